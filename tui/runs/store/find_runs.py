"""Finding runs: all in a folder, one by its name, one whose folder was renamed.

Renaming a folder does not change the lock in it. The process that holds the lock open can ask the
system for its present path, and a process that has seen the lock recognises it by its inode.
"""

from __future__ import annotations

import contextlib
import difflib
import fcntl
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal

from tui.common.paths import StateError, runs_dir
from tui.common.text import clean
from tui.runs.store.run_access import RunError
from tui.runs.store.run_folder import RunFolder, is_missing
from tui.runs.store.run_label import title_of
from tui.runs.store.same_titles import numbered_titles
from tui.runs.store.start_time import date_and_time, start_of

_MOST_COMPARED = 1000
"""Runs whose names are looked through for one of a similar spelling."""


def run_names(folder: Path) -> list[str]:
    """Return the names in a folder of runs that may be runs, newest first.

    Raises:
        StateError: when it cannot be listed.
    """
    try:
        names = sorted(os.listdir(folder), reverse=True)
    except FileNotFoundError:
        return []  # `runs_dir` could not create it, so it has no runs
    except OSError as error:
        raise StateError(
            f"Cannot list the folder of runs {folder}: {error.strerror}. Check its permissions."
        ) from error
    return [name for name in names if not name.startswith(".")]


def is_run(path: str) -> bool:
    """Return whether a folder is a run; a folder that may not be read counts as one."""
    return not is_missing(f"{path}/spec.json")


def iter_runs(folder: Path) -> Iterator[RunFolder]:
    """Yield the runs in a folder, newest first (their names begin with the time)."""
    for name in run_names(folder):
        if is_run(f"{folder}/{name}"):
            yield RunFolder(folder / name)


SameTitle = Literal["newest", "at work", "none"]
"""Which of several runs with the same title is meant: the one at work, or else the newest; the one
at work; none of them."""
_MOST_LISTED = 5
_AT_WORK = ("starting", "running", "queued", "followed")


def find_run(name: str, same_title: SameTitle = "at work") -> RunFolder:
    """Return the run with this folder name, title, or unambiguous part of either.

    A whole title may have the number behind it that the list of runs shows.

    Args:
        name: as typed.
        same_title: which run is meant if several have the same title.

    Raises:
        RunError: when there is none, or more than one.
    """
    runs = list(iter_runs(runs_dir(to_read=True)))
    for run in runs:
        if run.name == name or str(run.path) == name:
            return run
    matches = [run for run in runs if run.name.startswith(name) or run.name.endswith(name)]
    titles: dict[RunFolder, str] = {}
    if not matches:
        titles = {run: title_of(run) for run in runs}
        matches = _with_title(name, titles)
    if len(matches) == 1:
        return matches[0]
    if not matches:
        raise RunError(
            f"There is no run {clean(name, 60)!r}. {_nearest(name, titles)}`cnn-tui runs` lists "
            "them."
        )
    same = len({titles.get(run) or title_of(run) for run in matches}) == 1
    if same and same_title != "none":
        at_work = [run for run in matches if run.state(None) in _AT_WORK]
        if same_title == "newest":
            return (at_work or matches)[0]
        if len(at_work) == 1:
            return at_work[0]
    listing = "; ".join(_with_start(run) for run in matches[:_MOST_LISTED])
    more = "; …" if len(matches) > _MOST_LISTED else ""
    fits = f"{len(matches)} runs of the same title" if same else f"{len(matches)} runs"
    longer = "" if same else "Write more of the name, or "
    cure = f"{longer}{'name' if longer else 'Name'} one by its folder"
    raise RunError(f"{clean(name, 60)!r} fits {fits}. {cure}: {listing}{more}")


def _with_title(name: str, titles: Mapping[RunFolder, str]) -> list[RunFolder]:
    """Return the runs of a title; without any, those with it as a part of their names.

    Args:
        name: the title as typed, with or without its number.
        titles: those of the runs, newest first.
    """
    matches = [run for run, title in titles.items() if title == name]
    if not matches:
        numbered = numbered_titles(titles.items())
        matches = [run for run, parts in numbered.items() if "".join(parts) == name]
    if not matches and (part := name.strip().casefold()):
        found = titles.items()
        matches = [run for run, title in found if part in title.casefold() or part in run.name]
    return matches


def _with_start(run: RunFolder) -> str:
    """Return the name of a run's folder and when it began, from its name."""
    began = date_and_time(start_of(run.name))
    return f"{clean(run.name, 60)} ({began})" if began else clean(run.name, 60)


def _nearest(name: str, titles: Mapping[RunFolder, str]) -> str:
    """Return a question with the run of the nearest spelling, with a blank behind it, or nothing.

    Args:
        name: as typed.
        titles: those of the runs, newest first.
    """
    known: dict[str, str] = {}
    for run, title in list(titles.items())[:_MOST_COMPARED]:
        without_time = run.name.removeprefix(f"{start_of(run.name)}-")
        for spelling in (title, run.name, without_time.rpartition("-")[0]):
            known.setdefault(spelling.casefold(), title if spelling == title else run.name)
    near = difflib.get_close_matches(name[:80].casefold(), known, n=1, cutoff=0.6)
    return f"Did you mean {clean(known[near[0]], 60)!r}? " if near else ""


def newest_run(folder: Path) -> RunFolder | None:
    """Return the newest run that is being trained, else the newest of all; None without runs.

    Args:
        folder: of the runs.
    """
    newest = None
    for run in iter_runs(folder):
        if run.alive():
            return run
        newest = newest or run
    return newest


def lock_id(run: RunFolder) -> tuple[int, int] | None:
    """Return the device and inode of a run's lock; None without a lock."""
    try:
        status = os.lstat(run.lock)
    except OSError:
        return None
    return status.st_dev, status.st_ino


def renamed_run(run: RunFolder, lock: tuple[int, int]) -> RunFolder | None:
    """Return the run under its new name, if its folder was renamed within the same folder.

    Args:
        run: under its old name.
        lock: what `lock_id` returned for it.
    """
    with contextlib.suppress(StateError):
        for other in iter_runs(run.path.parent):
            if lock_id(other) == lock:
                return other
    return None


class LockedRun(RunFolder):
    """A run whose lock this process holds; `path` follows a renamed folder."""

    _first_path: Path
    _lock: int

    def __init__(self, run: RunFolder, lock: int) -> None:
        """Initialise it.

        Args:
            run: where it is now.
            lock: the open file descriptor of its lock.
        """
        object.__setattr__(self, "_first_path", run.path)
        object.__setattr__(self, "_lock", lock)

    @property
    def path(self) -> Path:
        """The present path of the folder; the first one if the system does not say."""
        found = _path_of(self._lock)
        return found.parent if found is not None and found.exists() else self._first_path


def _path_of(descriptor: int) -> Path | None:
    """Return the present path of an open file; None if the system does not say."""
    try:
        if hasattr(fcntl, "F_GETPATH"):  # macOS
            return Path(
                os.fsdecode(fcntl.fcntl(descriptor, fcntl.F_GETPATH, bytes(1024)).rstrip(b"\0"))
            )
        return Path(os.readlink(f"/proc/self/fd/{descriptor}"))
    except OSError:
        return None
