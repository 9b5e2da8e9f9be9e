"""The source of a run: the files of its log, by their format."""

from __future__ import annotations

import contextlib
import os
from typing import Protocol

from tui.common.text import stored_path
from tui.log_reader.growing_file import GrowingFile, signature_of
from tui.log_reader.series import SeriesStore
from tui.runs.watched.log_state import FileSignature


class LogSource(Protocol):
    """Reads the files of a log into series."""

    @property
    def problem(self) -> str:
        """What is wrong with them, in a sentence; empty if nothing is."""

    @property
    def rows_are_epochs(self) -> bool:
        """Whether its steps are epochs."""

    def files(self) -> list[GrowingFile]:
        """Return the files that are known."""

    def grown(self) -> bool:
        """Return whether there is something to read.

        Raises:
            OSError: when the log is gone.
        """

    def read(self, store: SeriesStore, until: float) -> bool:
        """Read new values into a store; return whether there may be more.

        Args:
            store: the series.
            until: when to stop, by the monotonic clock.

        Raises:
            Restarted: when a file was replaced or cut off.
            OSError: when it cannot be read.
        """


def open_source(path: str, log_format: str) -> LogSource:
    """Return the source of a log.

    Raises:
        ImportError: when TensorBoard's reader is needed and not installed.
    """
    if log_format == "tensorboard":
        from tui.log_reader.event_files import EventFolder

        return EventFolder(path)
    if log_format == "history":
        from tui.log_reader.history_file import HistoryFile

        return HistoryFile(path)
    from tui.log_reader.table_file import TableFile

    return TableFile(path)


def signatures_now(source: LogSource) -> dict[str, FileSignature]:
    """Return the signatures of a source's files as they are; without those that are gone."""
    found = {}
    for one in source.files():
        with contextlib.suppress(OSError):
            found[stored_path(one.path)] = signature_of(os.stat(one.path))
    return found


def bytes_read(source: LogSource) -> tuple[int, int]:
    """Return the bytes that were read, and those that there are."""
    files = source.files()
    return sum(one.position for one in files), sum(max(one.size, one.position) for one in files)


def last_change(source: LogSource) -> float:
    """Return when a file was last changed, in seconds since 1970; 0 if nothing was read."""
    return max((one.changed_at for one in source.files()), default=0.0)
