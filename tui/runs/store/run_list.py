"""The list of runs: a summary of each, read from the folders themselves."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from tui.common.paths import runs_dir
from tui.runs.events.log_end import OutcomeReader
from tui.runs.store.find_runs import is_run, run_names
from tui.runs.store.run_folder import RunFolder
from tui.runs.store.run_list_cache import (
    Signature,
    is_settled,
    is_unchanged,
    read_cache,
    read_signature,
    write_cache,
)
from tui.runs.store.run_summary import RunSummary, summarise

_TICK_SECONDS = 2.0
"""A file may be written twice within a tick of its disk's clock, and look the same."""
CHECKS_PER_READ = 500
"""Idle runs that are checked in one `read`; if there are more, they are checked in turn."""
_MIN_CACHED_RUNS = 300
"""From this number of runs on the list is cached."""
_MIN_REREAD_RUNS = 100
"""The cache is written once so many runs, and a twentieth of all, had to be read again."""


@dataclass
class _Entry:
    """A run in the list.

    Args:
        run: its folder.
        path: the same, as text.
        signature: the signature of the files that `summary` was read from.
        summary: the last summary.
        words: the reader of its last events.
        since: when it was first seen with this signature, by the monotonic clock.
        settled: whether the summary holds for as long as the signature is the same.
    """

    run: RunFolder
    path: str
    signature: Signature = ()
    summary: RunSummary | None = None
    words: OutcomeReader | None = None
    since: float = 0.0
    settled: bool = False

    def refresh(self) -> bool:
        """Bring the summary up to date; return whether it was read again and is settled now."""
        if self.settled and is_unchanged(self.path, self.signature):
            return False
        if not is_run(self.path):  # deleted or renamed by hand just now
            self.summary, self.settled = None, False
            return False
        signature, contents = read_signature(self.path)
        words = self.words or OutcomeReader(f"{self.path}/events.jsonl")
        summary = summarise(self.run, words, contents)
        if summary != self.summary:  # callers rely on the same object while nothing changes
            self.summary = summary
        if signature != self.signature:
            self.signature, self.since = signature, time.monotonic()
        changes = summary.live or summary.state in ("unknown", "followed")
        idle = not changes and summary.readable
        unchanged = time.monotonic() - self.since > _TICK_SECONDS
        self.settled = idle and (is_settled(signature) or unchanged)
        self.words = None if self.settled else words
        return self.settled


class RunList:
    """The list of runs, newest first.

    Each `read` looks at the runs that may have changed: those being trained, and idle ones whose
    files changed. With thousands of idle runs it checks all of them when the folder of runs was
    touched (`RunFolder.announce`), otherwise some hundreds in turn: a change made by hand in one of
    ten thousand folders is noticed within half a minute.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._entries: dict[str, _Entry] = {}
        self._order: list[_Entry] = []
        self._stamp: tuple[int, ...] = ()
        self._check_all_until = 0.0
        self._next = 0
        self._reading = Lock()

    def read(self) -> list[RunSummary]:
        """Return the summary of each run; the same object as before if nothing changed.

        Raises:
            StateError: when the state folder cannot be used.
        """
        with self._reading:
            due = self._due(self._folder or runs_dir(to_read=True))
            read_again = sum([entry.refresh() for entry in due])
            if read_again > max(len(self._order) // 20, _MIN_REREAD_RUNS):
                self._write_cache()
            return [entry.summary for entry in self._order if entry.summary is not None]

    def _due(self, folder: Path) -> list[_Entry]:
        """Return the runs to check now."""
        first, stamp = not self._stamp, _folder_stamp(folder)
        announced = stamp != self._stamp
        if announced:
            # For a while: a second change within the same tick does not change the time again.
            self._check_all_until = time.monotonic() + _TICK_SECONDS
        few = len(self._order) <= CHECKS_PER_READ
        if first or announced or few or time.monotonic() < self._check_all_until:
            self._list(folder, cached=first)
            self._stamp = stamp
            return self._order
        if self._next >= len(self._order):
            self._next = 0
            self._list(folder)
        turn = range(self._next, self._next + CHECKS_PER_READ)
        self._next += CHECKS_PER_READ
        return [
            entry
            for position, entry in enumerate(self._order)
            if position in turn or not entry.settled
        ]

    def _list(self, folder: Path, *, cached: bool = False) -> None:
        """List the folder, keeping the entries of runs that are still there."""
        before, names = self._entries, run_names(folder)
        if cached and len(names) >= _MIN_CACHED_RUNS:
            for name, signature, summary in read_cache(str(folder)):
                before[name] = _Entry(
                    summary.run, f"{folder}/{name}", signature, summary, settled=True
                )
        self._entries = {
            name: before.get(name) or _Entry(RunFolder(folder / name), f"{folder}/{name}")
            for name in names
        }
        self._order = list(self._entries.values())

    def _write_cache(self) -> None:
        """Cache the settled runs for the next process."""
        if len(self._order) < _MIN_CACHED_RUNS:
            return
        write_cache(
            str(self._order[0].run.path.parent),
            [
                (entry.signature, entry.summary)
                for entry in self._order
                if entry.settled and entry.summary is not None and is_settled(entry.signature)
            ],
        )


def _folder_stamp(folder: Path) -> tuple[int, ...]:
    """Return a value that changes when a run is added, removed or announced."""
    try:
        status = os.stat(folder)
    except OSError:
        return ()
    return status.st_ino, status.st_mtime_ns, status.st_ctime_ns
