"""What became of a wish: asked, received by the trainer, in force since which batch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual.content import Content

from tui.text import clean
from tui.training.events import Wish, WishReceived, WishTook
from tui.training.wishes_told import place

SHOWN = 2
"""Wishes that are told of at once: the latest."""

READING = 8.0
"""Seconds that a wish is told of at least, however short the epochs are."""

AT_ONCE: tuple[Wish, ...] = ("resume", "stop", "stop after epoch", "save")
"""Wishes that are done once; the others stay in force."""


@dataclass(frozen=True)
class Asked:
    """A wish that this screen wrote down.

    Args:
        wish: what is wanted.
        value: to what, in words; empty where the wish says all.
        known: how many events of wishes had come when it was written.
        at: when that was, in seconds since 1970; no later than the trainer could read it.
    """

    wish: Wish
    value: str
    known: int
    at: float


@dataclass(frozen=True)
class _Fate:
    wish: Wish
    value: str
    took: WishTook | None = None
    received: bool = True


def wish_lines(
    asked: Sequence[Asked],
    events: Sequence[WishReceived | WishTook],
    *,
    over: bool,
    read: float = 0.0,
    epoch: int | None = None,
    now: float = 0.0,
) -> list[Content]:
    """Return a line for each wish, or for each of the latest.

    Args:
        asked: the wishes of this screen.
        events: what the trainer said of wishes, whoever had them.
        over: whether the trainer is gone: what it did not do it will not do.
        read: when the trainer last read wishes: of what was asked before, all is told.
        epoch: the one at work: what was in force before the last one is not told any more,
            once it could be read. None: every wish of the run.
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
    # That it ended is told elsewhere: whoever wished it to stop has that.
    return [
        _line(fate, over=over)
        for fate in fates
        if not (over and fate.wish == "stop" and fate.took is None)
    ]


def _fates(asked: Sequence[Asked], events: Sequence[WishReceived | WishTook]) -> list[_Fate]:
    fates: list[_Fate] = []
    for event in events:
        waiting = next(
            (
                at
                for at in range(len(fates) - 1, -1, -1)
                if fates[at].wish == event.wish and fates[at].took is None
            ),
            None,
        )
        if isinstance(event, WishReceived):
            fates.append(_Fate(event.wish, event.value))
        elif waiting is None:
            fates.append(_Fate(event.wish, event.value, event))
        else:
            fates[waiting] = _Fate(event.wish, event.value or fates[waiting].value, event)
    for one in asked:
        if not any(event.wish == one.wish for event in events[one.known :]):
            fates.append(_Fate(one.wish, one.value, received=False))
    return fates


def _line(fate: _Fate, *, over: bool) -> Content:
    value = f" {clean(fate.value, 60)}" if fate.value else ""
    if fate.took is not None:
        done = (
            f"done at {place(fate.took)}" if fate.wish in AT_ONCE else f"since {place(fate.took)}"
        )
        verb = "" if fate.wish in AT_ONCE else "in force "
        return Content.styled(f" ✓ {fate.wish}{value}: {verb}{done}", "$text-success")
    if over:
        return Content.styled(f" ✗ {fate.wish}{value}: the training ended before", "$text-muted")
    if fate.received:
        return Content(f" → {fate.wish}{value}: received, not in force yet")
    again = "; s again kills it at once" if fate.wish == "stop" else ""
    return Content.styled(f" … {fate.wish}{value}: asked{again}", "$text-muted")
