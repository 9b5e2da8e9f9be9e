"""The file `starting` in a run's folder: a trainer was sent for, and has not said a word yet."""

from __future__ import annotations

import os
import time
from pathlib import Path

import msgspec

from tui.common.atomic_write import replace_file
from tui.common.safe_files import read_small
from tui.runs.store.lock import boot_id, uptime

STARTING_GRACE = 20.0
"""Seconds that a run without a lock counts as starting: Python itself has to load."""


class StartMark(msgspec.Struct, frozen=True):
    """What stands in the file `starting`: when a trainer was sent for, by a clock nobody sets."""

    boot: str
    """The system's id of the time since its machine was started."""
    seconds: float
    """Since then."""


def write_start(path: Path) -> None:
    """Note that a trainer is sent for now.

    Raises:
        OSError: when it cannot be written.
    """
    replace_file(path, msgspec.json.encode(StartMark(boot_id(), uptime())))


def just_started(path: Path | str) -> bool:
    """Say whether a trainer was sent for so lately that it may not have said a word yet."""
    try:
        text = read_small(path, 1024)
    except OSError:
        return False
    try:
        mark = msgspec.json.decode(text, type=StartMark)
    except (msgspec.DecodeError, UnicodeDecodeError):
        mark = None
    if mark is not None and mark.boot == boot_id():
        return 0 <= uptime() - mark.seconds < STARTING_GRACE
    return file_age(path) < STARTING_GRACE  # of another machine, or of an earlier version


def file_age(path: Path | str) -> float:
    """Return the seconds since a file was written; for ever where there is none.

    A file of the future (a clock that was set back, another machine's clock) is as old as can be:
    nobody knows how long it has been there.
    """
    try:
        age = time.time() - os.lstat(path).st_mtime
    except OSError:
        return float("inf")
    return age if age >= 0 else float("inf")
