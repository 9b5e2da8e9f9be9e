"""The list of runs: a line for each, read from the folders themselves."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path
from threading import Lock

from tui.common.paths import runs_dir
from tui.common.text import clean
from tui.runs.events.last_words import LastWordsReader
from tui.runs.store.index import Kept, Signature, look_into, old, read_index, same, write_index
from tui.runs.store.labels import title_of
from tui.runs.store.run_folder import RunError, RunFolder, is_run, iter_runs, run_names
from tui.runs.store.run_summary import RunSummary, best_limits, has_ended, summarise

__all__ = ["RunList", "RunSummary", "best_limits", "find_run", "has_ended", "summarise"]

_TICK_SECONDS = 2.0
"""A file may be written twice within a tick of its disk's clock, and look the same."""
AT_ONCE = 500
"""Runs that rest are looked at in each look; where there are more, so many of them in turn."""
_WORTH_AN_INDEX = 300
"""With so many runs it pays to remember them."""
_WORTH_WRITING = 100
"""So many runs have to have been read anew, and a twentieth of all."""


@dataclass
class _Known:
    """What is known of a run in the list.

    Args:
        run: its folder.
        path: the same, as text.
        signature: of the files that `summary` was read from.
        summary: as it was read last.
        words: has read its last words.
        since: when it was first seen with this signature, by a clock that nobody sets.
        settled: whether nothing has changed as long as the signature is the same.
    """

    run: RunFolder
    path: str
    signature: Signature = ()
    summary: RunSummary | None = None
    words: LastWordsReader | None = None
    since: float = 0.0
    settled: bool = False

    def look(self) -> bool:
        """Bring the run's line up to date; return whether it was read anew, and rests now."""
        if self.settled and same(self.path, self.signature):
            return False
        if not is_run(self.path):  # or no more: deleted or renamed by hand just now
            self.summary, self.settled = None, False
            return False
        found, contents = look_into(self.path)
        words = self.words or LastWordsReader(f"{self.path}/events.jsonl")
        summary = summarise(self.run, words, contents)
        if summary != self.summary:  # the same object while nothing is new: others rely on it
            self.summary = summary
        if found != self.signature:
            self.signature, self.since = found, time.monotonic()
        rests = not summary.live and summary.state != "unknown" and summary.spec is not None
        self.settled = rests and (old(found) or time.monotonic() - self.since > _TICK_SECONDS)
        self.words = None if self.settled else words
        return self.settled


class RunList:
    """The list of runs, newest first.

    Each look reads what may have changed: runs at work, and those that rest and whose files are not
    as they were. Where thousands rest, it looks at all of them when the folder of runs says that
    something was done (`RunFolder.announce`), else at some hundreds in turn: what somebody changes
    by hand inside one of ten thousand folders is seen within half a minute.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._known: dict[str, _Known] = {}
        self._order: list[_Known] = []
        self._mark: tuple[int, ...] = ()
        self._all_until = 0.0
        self._next = 0
        self._looking = Lock()

    def read(self) -> list[RunSummary]:
        """Return a line for each run; the same object as before where nothing changed.

        Raises:
            StateError: when the state folder cannot be used.
        """
        with self._looking:
            read_anew = sum(
                [one.look() for one in self._due(self._folder or runs_dir(to_read=True))]
            )
            if read_anew > max(len(self._order) // 20, _WORTH_WRITING):
                self._remember()
            return [one.summary for one in self._order if one.summary is not None]

    def _due(self, folder: Path) -> list[_Known]:
        """Return the runs that are looked at now."""
        first, mark = not self._mark, _mark(folder)
        announced = mark != self._mark
        if announced:
            # For a while: what is done within the same tick changes the time no more.
            self._all_until = time.monotonic() + _TICK_SECONDS
        few = len(self._order) <= AT_ONCE
        if first or announced or few or time.monotonic() < self._all_until:
            self._list(folder, remembered=first)
            self._mark = mark
            return self._order
        if self._next >= len(self._order):
            self._next = 0
            self._list(folder)
        turn = range(self._next, self._next + AT_ONCE)
        self._next += AT_ONCE
        return [one for place, one in enumerate(self._order) if place in turn or not one.settled]

    def _list(self, folder: Path, *, remembered: bool = False) -> None:
        """Find out which runs there are."""
        before, names = self._known, run_names(folder)
        kept: dict[str, Kept] = {}
        if remembered and len(names) >= _WORTH_AN_INDEX:
            kept = read_index(str(folder))
        self._known = {}
        for name in names:
            one = before.get(name)
            if one is None:
                path = f"{folder}/{name}"
                line = kept.get(name)
                one = _Known(RunFolder(folder / name), path)
                if line is not None:
                    one.summary, one.signature = _summary(one.run, line), line.signature
                    one.settled = True
            self._known[name] = one
        self._order = list(self._known.values())

    def _remember(self) -> None:
        """Write down what rests, for the next process."""
        if len(self._order) < _WORTH_AN_INDEX:
            return
        lines = {
            one.run.name: _kept(one.signature, one.summary)
            for one in self._order
            if one.settled and one.summary is not None and old(one.signature)
        }
        write_index(str(self._order[0].run.path.parent), lines)


def _mark(folder: Path) -> tuple[int, ...]:
    """Return what changes when a run comes or goes, or is announced to have changed."""
    try:
        status = os.stat(folder)
    except OSError:
        return ()
    return status.st_ino, status.st_mtime_ns, status.st_ctime_ns


_FIELDS = Kept.__struct_fields__[1:]
_values = attrgetter(*_FIELDS)


def _kept(found: Signature, summary: RunSummary) -> Kept:
    return Kept(found, *_values(summary))


def _summary(run: RunFolder, line: Kept) -> RunSummary:
    return RunSummary(run, **{name: getattr(line, name) for name in _FIELDS})


def find_run(name: str) -> RunFolder:
    """Return the run whose folder is called so, or alone begins or ends so, or that is named so.

    Raises:
        RunError: when there is none, or more than one.
    """
    runs = list(iter_runs(runs_dir(to_read=True)))
    for run in runs:
        if run.name == name or str(run.path) == name:
            return run
    close = [run for run in runs if run.name.startswith(name) or run.name.endswith(name)]
    close = close or [run for run in runs if title_of(run) == name]
    if len(close) == 1:
        return close[0]
    if not close:
        raise RunError(f"There is no run {clean(name, 60)!r}. `cnn-tui runs` lists them.")
    listing = ", ".join(run.name for run in close[:5])
    raise RunError(f"{name!r} fits {len(close)} runs ({listing}). Write more of the name.")
