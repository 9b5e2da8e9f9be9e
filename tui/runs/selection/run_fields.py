"""A setting or metric of runs, that a list can be filtered, sorted and grouped by: a `Field`."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from tui.common.shorten import cells, shorten_words
from tui.common.text import clean, exact
from tui.runs.store.run_summary import RunSummary

Value = float | str
Kind = Literal["number", "metric", "mixed", "text", "state", "time", "age"]
"""How values of a field are compared and written.

`metric`: a number that is rounded for the screen, while a setting is shown exactly. `mixed`: a
number in some runs and a text in others. `state`: a word of `STATES`. `time`: a local time as
`2026-11-22T161200`; so is `age`, which is compared with durations."""
Read = Callable[[RunSummary], Value | None]

STATES: dict[str, frozenset[str]] = {
    **{
        name: frozenset({name})
        for name in (
            *("queued", "aside", "starting", "paused", "finished", "stopped", "failed", "died"),
            *("followed", "read", "unknown", "foreign"),
        )
    },
    "running": frozenset({"running", "paused"}),
    "live": frozenset({"starting", "running", "paused", "followed"}),
    "ended": frozenset({"finished", "stopped", "failed", "died", "read"}),
    "done": frozenset({"finished"}),
    "completed": frozenset({"finished"}),
    "dead": frozenset({"died"}),
    "crashed": frozenset({"failed", "died"}),
    "waiting": frozenset({"queued"}),
}
"""The states that each word of a filter means."""


@dataclass(frozen=True)
class Field:
    """A setting or metric of runs.

    Args:
        name: as it is written in a filter and stored.
        what: what it is, in a few words.
        kind: how its values are compared and written.
        read: returns the value for a run; None where it has none.
        aliases: other names for it.
        search: returns further texts that `~` and `=` find it by.
        shows: returns a value as text of at most so many columns, where the kind's own way is
            not wanted.
        width: the columns that a text may take; a number is never cut.
        fixed: whether a text takes all of them in any case, since what is shown is another one.
    """

    name: str
    what: str
    kind: Kind
    read: Read
    aliases: tuple[str, ...] = ()
    search: Callable[[RunSummary], str] | None = None
    shows: Callable[[RunSummary, int], str] | None = None
    width: int = 16
    fixed: bool = False

    @property
    def numeric(self) -> bool:
        """Whether its values are numbers."""
        return self.kind in ("number", "metric", "mixed")


def number_text(value: float) -> str:
    """Return a setting exactly, a whole number without a point.

    >>> number_text(0.001), number_text(1234567.0), number_text(4294967295.0)
    ('0.001', '1234567', '4294967295')
    """
    whole = math.isfinite(value) and value == int(value) and abs(value) < 1e15
    return str(int(value)) if whole else exact(value)


def fitted(text: str, width: int) -> str:
    """Return a text from a run, clean and in at most so many columns."""
    safe = clean(text, 400)
    return safe if cells(safe) <= width else shorten_words(safe, width)
