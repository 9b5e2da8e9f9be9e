"""What became of a request: asked, received by the trainer, in force since which batch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual.content import Content

from tui.common.text import clean
from tui.runs.events.event_types import ControlApplied, ControlReceived, Request

SHOWN = 2
"""Requests that are told of at once: the latest."""

READING = 8.0
"""Seconds that a request is told of at least, however short the epochs are."""

AT_ONCE: tuple[Request, ...] = ("resume", "stop", "stop after epoch", "save")
"""Requests that are done once; the others stay in force."""


@dataclass(frozen=True)
class Asked:
    """A request that this screen wrote down.

    Args:
        request: what is wanted.
        value: to what, in words; empty where the request says all.
        known: how many events of requests had come when it was written.
        at: when that was, in seconds since 1970; no later than the trainer could read it.
    """

    request: Request
    value: str
    known: int
    at: float


@dataclass(frozen=True)
class _Fate:
    request: Request
    value: str
    took: ControlApplied | None = None
    received: bool = True


def request_lines(
    asked: Sequence[Asked],
    events: Sequence[ControlReceived | ControlApplied],
    *,
    over: bool,
    read: float = 0.0,
    epoch: int | None = None,
    now: float = 0.0,
) -> list[Content]:
    """Return a line for each request, or for each of the latest.

    Args:
        asked: the requests of this screen.
        events: what the trainer said of requests, whoever had them.
        over: whether the trainer is gone: what it did not do it will not do.
        read: when the trainer last read requests: of what was asked before, all is told.
        epoch: the one at work: what was in force before the last one is not told any more,
            once it could be read. None: every request of the run.
        now: seconds since 1970.
    """
    # One that was asked at a time to come, by a clock that was set back since, has been read.
    fates = _fates([one for one in asked if read < one.at and not 0 < now < one.at], events)
    if epoch is not None:
        fates = [
            fate
            for fate in fates
            if fate.took is None
            or (not over and (fate.took.epoch >= epoch - 1 or 0 <= now - fate.took.at < READING))
        ][-SHOWN:]
    # That it ended is told elsewhere: whoever requested it to stop has that.
    return [
        _line(fate, over=over)
        for fate in fates
        if not (over and fate.request == "stop" and fate.took is None)
    ]


def _fates(
    asked: Sequence[Asked], events: Sequence[ControlReceived | ControlApplied]
) -> list[_Fate]:
    fates: list[_Fate] = []
    for event in events:
        waiting = next(
            (
                at
                for at in range(len(fates) - 1, -1, -1)
                if fates[at].request == event.request and fates[at].took is None
            ),
            None,
        )
        if isinstance(event, ControlReceived):
            fates.append(_Fate(event.request, event.value))
        elif waiting is None:
            fates.append(_Fate(event.request, event.value, event))
        else:
            fates[waiting] = _Fate(event.request, event.value or fates[waiting].value, event)
    for one in asked:
        if not any(event.request == one.request for event in events[one.known :]):
            fates.append(_Fate(one.request, one.value, received=False))
    return fates


def _line(fate: _Fate, *, over: bool) -> Content:
    value = f" {clean(fate.value, 60)}" if fate.value else ""
    if fate.took is not None:
        done = (
            f"done at {fate.took.position}"
            if fate.request in AT_ONCE
            else f"since {fate.took.position}"
        )
        verb = "" if fate.request in AT_ONCE else "in force "
        return Content.styled(f" ✓ {fate.request}{value}: {verb}{done}", "$text-success")
    if over:
        return Content.styled(f" ✗ {fate.request}{value}: the training ended before", "$text-muted")
    if fate.received:
        return Content(f" → {fate.request}{value}: received, not in force yet")
    again = "; s again kills it at once" if fate.request == "stop" else ""
    return Content.styled(f" … {fate.request}{value}: asked{again}", "$text-muted")
