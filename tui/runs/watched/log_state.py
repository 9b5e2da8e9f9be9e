"""What was read of a run's log: `watched.json` in its folder, written by the reader."""

from __future__ import annotations

import msgspec

from tui.common.atomic_write import replace_file
from tui.common.safe_files import read_small
from tui.runs.settings.external_spec import CurveRoles
from tui.runs.store.run_folder import RunFolder

FileSignature = tuple[int, int, int]
"""Inode, size and modification time in ns of a file."""

MOST_SERIES = 2000
"""Names that are kept for the window in which one is chosen."""


class LogState(msgspec.Struct, frozen=True, kw_only=True):
    """What was read of a log, and how it is understood."""

    series: tuple[str, ...] = ()
    """The names of its series, the first `MOST_SERIES` of them; not clean."""
    series_count: int = 0
    roles: CurveRoles = CurveRoles()
    """Which series is what now; an empty text: none."""
    guessed: tuple[str, ...] = ()
    """The roles that were guessed."""
    axis: str = ""
    """What an epoch of the run is in the log, in a sentence."""
    problem: str = ""
    """What is wrong with the log, in a sentence; clean."""
    read_bytes: int = 0
    total_bytes: int = 0
    files: dict[str, FileSignature] = {}
    """The files as they were when all of them had been read, by their paths as `stored_path`
    writes them; empty before that."""
    spec: str = ""
    """A digest of the spec that this was read with."""


_decoder = msgspec.json.Decoder(LogState)


def read_log_state(run: RunFolder) -> LogState | None:
    """Return what was read of a run's log; None for other runs, an empty one before the first time.

    A damaged file counts as an empty one.
    """
    if not run.is_log:
        return None
    try:
        return _decoder.decode(read_small(run.watched))
    except (OSError, ValueError):
        return LogState()


def write_log_state(run: RunFolder, state: LogState) -> None:
    """Keep what was read.

    Raises:
        OSError: when it cannot be written.
    """
    replace_file(run.watched, msgspec.json.encode(state) + b"\n")
