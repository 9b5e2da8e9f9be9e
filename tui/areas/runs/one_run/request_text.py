"""Requests to the trainer as lines of text: pending, received, or in force and since when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual.content import Content

from tui.common.text import clean
from tui.runs.events.event_types import ControlApplied, ControlReceived, Request

MAX_SHOWN = 2
"""The latest requests are shown, so many at a time."""

SHOWN_SECONDS = 8.0
"""Seconds that a request is shown at least, however short the epochs are."""

ONE_TIME: tuple[Request, ...] = ("resume", "stop", "stop after epoch", "save")
"""Requests that are carried out once; the others stay in force."""


@dataclass(frozen=True)
class PendingRequest:
    """A request that this screen wrote into the control file.

    Args:
        request: its kind.
        value: the new value as text; empty if there is none.
        seen_events: the number of events about requests when it was written.
        at: when it was written, in seconds since 1970; before the trainer could read it.
    """

    request: Request
    value: str
    seen_events: int
    at: float


@dataclass(frozen=True)
class _Outcome:
    request: Request
    value: str
    applied: ControlApplied | None = None
    received: bool = True


def request_lines(
    pending: Sequence[PendingRequest],
    events: Sequence[ControlReceived | ControlApplied],
    *,
    over: bool,
    read: float = 0.0,
    epoch: int | None = None,
    now: float = 0.0,
) -> list[Content]:
    """Return a line for each of the latest requests, or for all.

    Args:
        pending: the requests of this screen.
        events: the trainer's events about requests, from this screen or elsewhere.
        over: whether the trainer has ended and carries out no more requests.
        read: when the trainer last read requests; earlier ones have their events.
        epoch: the current epoch: requests in force since before the last one are no longer shown.
            None for every request of the run.
        now: seconds since 1970.
    """
    # A request from the future, written before the clock was set back, has been read.
    unread = [one for one in pending if read < one.at and not 0 < now < one.at]
    outcomes = _outcomes(unread, events)
    if epoch is not None:
        outcomes = [
            outcome
            for outcome in outcomes
            if outcome.applied is None
            or (
                not over
                and (
                    outcome.applied.epoch >= epoch - 1
                    or 0 <= now - outcome.applied.at < SHOWN_SECONDS
                )
            )
        ][-MAX_SHOWN:]
    # For a stop request it is enough that the training ended, which is shown elsewhere.
    return [
        _line(outcome, over=over)
        for outcome in outcomes
        if not (over and outcome.request == "stop" and outcome.applied is None)
    ]


def _outcomes(
    pending: Sequence[PendingRequest], events: Sequence[ControlReceived | ControlApplied]
) -> list[_Outcome]:
    outcomes: list[_Outcome] = []
    for event in events:
        index = next(
            (
                i
                for i in range(len(outcomes) - 1, -1, -1)
                if outcomes[i].request == event.request and outcomes[i].applied is None
            ),
            None,
        )
        if isinstance(event, ControlReceived):
            outcomes.append(_Outcome(event.request, event.value))
        elif index is None:
            outcomes.append(_Outcome(event.request, event.value, event))
        else:
            value = event.value or outcomes[index].value
            outcomes[index] = _Outcome(event.request, value, event)
    for request in pending:
        if not any(event.request == request.request for event in events[request.seen_events :]):
            outcomes.append(_Outcome(request.request, request.value, received=False))
    return outcomes


def _line(outcome: _Outcome, *, over: bool) -> Content:
    value = f" {clean(outcome.value, 60)}" if outcome.value else ""
    if outcome.applied is not None:
        done = (
            f"done at {outcome.applied.position}"
            if outcome.request in ONE_TIME
            else f"since {outcome.applied.position}"
        )
        verb = "" if outcome.request in ONE_TIME else "in force "
        return Content.styled(f" ✓ {outcome.request}{value}: {verb}{done}", "$text-success")
    if over:
        return Content.styled(
            f" ✗ {outcome.request}{value}: the training ended first", "$text-muted"
        )
    if outcome.received:
        return Content(f" → {outcome.request}{value}: received, not in force yet")
    again = "; s again kills it at once" if outcome.request == "stop" else ""
    return Content.styled(f" … {outcome.request}{value}: requested{again}", "$text-muted")
