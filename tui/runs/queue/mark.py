"""The mark `queued` in a run's folder: its place in the queue, and what it is to start with.

A run that ended and is to go on later keeps everything as it is while it waits; even the requests
with which it shall go on stand in the mark alone. So a run whose mark is taken away is again what
it was. The trainer carries the requests out as it begins, and with its first word the mark is over.
"""

from __future__ import annotations

import math
import os
import time
from pathlib import Path
from typing import Any

import msgspec

from tui.common.atomic_write import replace_file
from tui.common.safe_files import read_small

NEVER = -1
"""Bytes of `events.jsonl` where there is none: no trainer was ever at work."""


class QueueMark(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a mark says."""

    at: float
    """The least is the first to start: the seconds since 1970, until somebody moves it."""
    aside: bool = False
    """Whether it was taken out of the queue before it ever began: it waits for nobody."""
    told: int = NEVER
    """Bytes of `events.jsonl` when it was put into the queue."""
    epochs: int | None = None
    """Train so many in all."""
    learning_rate: float | None = None
    no_rule: bool = False
    """Whether it goes on without the rule that ended it."""

    @property
    def resumes(self) -> bool:
        """Whether a trainer was at work on the run before."""
        return self.told != NEVER

    def requests(self) -> dict[str, Any]:
        """Return the fields of `control.json` that change when the run starts."""
        changes: dict[str, Any] = {"want": "run"} if self.resumes else {}
        if self.epochs is not None:
            changes["epochs"] = self.epochs
        if self.learning_rate is not None:
            changes["learning_rate"] = self.learning_rate
        if self.no_rule:
            changes |= {"stop_rule": None, "no_stop_rule": True, "patience": 0}
        return changes


def place_at_end(last: float) -> float:
    """Return a place at the end of the queue, also where the clock was set back meanwhile.

    Args:
        last: the place of the last run that waits; 0 where none does.
    """
    return max(time.time(), last + 0.001)


def events_size(events: Path | str) -> int:
    """Return how much a run's trainers have told so far."""
    try:
        return os.stat(events).st_size
    except OSError:
        return NEVER


def read_mark(path: Path | str, events: Path | str) -> QueueMark | None:
    """Return a run's mark; None where it has none, or none that still means something.

    Args:
        path: of the mark.
        events: what the run's trainers tell; more than the mark knows of ends it.
    """
    try:
        text = read_small(path)
    except OSError:
        return None
    mark = _decoded(text)
    return mark if mark.told == events_size(events) else None


def _decoded(text: bytes) -> QueueMark:
    try:
        return msgspec.json.decode(text, type=QueueMark)
    except (msgspec.DecodeError, UnicodeDecodeError):
        pass
    try:
        at = float(text)  # the time alone, as earlier versions wrote it
    except ValueError:
        at = 0.0
    return QueueMark(at=at if math.isfinite(at) else 0.0)  # damaged: still a mark, and first


def write_mark(path: Path, mark: QueueMark) -> None:
    """Write a mark so that the old one stands or the new one, also after a power cut.

    Raises:
        OSError: when it cannot be written.
    """
    replace_file(path, msgspec.json.encode(mark), sync=True)
