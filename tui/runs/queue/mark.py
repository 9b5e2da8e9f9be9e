"""The file `queued` in a run folder: the run's place in the queue, and its settings at the start.

While an ended run waits to be resumed, nothing else in its folder changes; even the requests for
its start are in this file alone. So deleting the file makes the run what it was before. The trainer
applies the requests when it starts, and its first event makes the mark invalid.
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

NO_EVENTS = -1
"""Stands for the size of `events.jsonl` if there is none: no trainer was ever at work."""


class QueueMark(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The content of the file."""

    at: float
    """The lowest starts first: seconds since 1970, unless the user has moved the run."""
    aside: bool = False
    """Whether it was taken out of the queue before it ever started."""
    events_bytes: int = msgspec.field(default=NO_EVENTS, name="told")
    """Size of `events.jsonl` when the run was put into the queue."""
    epochs: int | None = None
    """The number of epochs in all."""
    learning_rate: float | None = None
    no_rule: bool = False
    """Whether it continues without the rule that ended it."""

    @property
    def resumes(self) -> bool:
        """Whether the run had a trainer before."""
        return self.events_bytes != NO_EVENTS

    def requests(self) -> dict[str, Any]:
        """Return the fields of `control.json` to change when the run starts."""
        changes: dict[str, Any] = {"want": "run"} if self.resumes else {}
        if self.epochs is not None:
            changes["epochs"] = self.epochs
        if self.learning_rate is not None:
            changes["learning_rate"] = self.learning_rate
        if self.no_rule:
            changes |= {"stop_rule": None, "no_stop_rule": True, "patience": 0}
        return changes


def place_at_end(last: float) -> float:
    """Return a place at the end of the queue, even if the clock was set back.

    Args:
        last: the place of the last run in the queue; 0 if it is empty.
    """
    return max(time.time(), last + 0.001)


def events_size(events: Path | str) -> int:
    """Return the size of a run's events file, or `NO_EVENTS`."""
    try:
        return os.stat(events).st_size
    except OSError:
        return NO_EVENTS


def read_mark(path: Path | str, events: Path | str) -> QueueMark | None:
    """Return a run's mark; None if it has none, or one that is no longer valid.

    Args:
        path: of the mark.
        events: the events file; a size other than the mark's makes the mark invalid.
    """
    try:
        text = read_small(path)
    except OSError:
        return None
    mark = _decoded(text)
    return mark if mark.events_bytes == events_size(events) else None


def _decoded(text: bytes) -> QueueMark:
    try:
        return msgspec.json.decode(text, type=QueueMark)
    except (msgspec.DecodeError, UnicodeDecodeError):
        pass
    try:
        at = float(text)  # the time alone, as earlier versions wrote it
    except ValueError:
        at = 0.0
    return QueueMark(at=at if math.isfinite(at) else 0.0)  # damaged: it still counts, as the first


def write_mark(path: Path, mark: QueueMark) -> None:
    """Write a mark so that the old one or the new one survives a power cut.

    Raises:
        OSError: when it cannot be written.
    """
    replace_file(path, msgspec.json.encode(mark), sync=True)
