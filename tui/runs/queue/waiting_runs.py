"""Runs that wait for the others: the queue lies on the disk, in the run folders themselves.

A run that waits is a run folder with a mark `queued` (`tui.runs.queue.mark`); nothing else
knows of it. Whoever wants the queue to be worked off starts the queue's own process
(`python -m tui.trainer.queue`, without Keras): it starts one trainer after the other, as soon as
no run is at work, and ends when none waits. One lock lets only one such process live. So the
queue goes on without the app; after a reboot whoever opens the app or puts a run into the queue
starts it again.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from tui.common.file_locks import is_locked, try_lock
from tui.common.paths import StateError, runs_dir, state_dir
from tui.common.safe_files import open_appending, open_descriptor
from tui.runs.export.run_formatting import ordinal
from tui.runs.process.logs import shorten_log
from tui.runs.store.find_runs import iter_runs
from tui.runs.store.run_folder import RunFolder
from tui.runs.store.run_summary import RunSummary, has_ended

# -P: no file of the folder that the user happens to stand in is imported.
_COMMAND = [sys.executable, "-P", "-m", "tui.trainer.queue"]
AGAIN_SECONDS = 10.0
"""A queue process that fails is not started more often than this."""


def waiting_runs() -> list[RunFolder]:
    """Return the runs that wait, the first to start first.

    Raises:
        StateError: when the runs cannot be listed.
    """
    marked = [
        (mark.at, run.name, run)
        for run in iter_runs(runs_dir(to_read=True))
        if (mark := run.queued())
    ]
    return [run for _, _, run in sorted(marked) if run.state(None) == "queued"]


def last_place() -> float:
    """Return the place of the last run that waits (`QueueMark.at`); 0 where none does.

    Raises:
        StateError: when the runs cannot be listed.
    """
    marks = (run.queued() for run in waiting_runs())
    return max((mark.at for mark in marks if mark is not None), default=0.0)


def at_work(run: RunFolder) -> bool:
    """Say whether a trainer holds a run, is about to take it, or may hold it.

    Where it cannot be found out whether one does, it counts as at work unless its events say that
    the last training has ended: two trainings at once would take each other's memory.
    """
    state = run.state(None)
    return state in ("starting", "running") or (state == "unknown" and not has_ended(run))


def some_run_at_work() -> bool:
    """Say whether any run is being trained, whoever started it.

    Raises:
        StateError: when the runs cannot be listed.
    """
    return any(at_work(run) for run in iter_runs(runs_dir(to_read=True)))


def queue_places(summaries: Iterable[RunSummary]) -> dict[RunFolder, int]:
    """Return the place of each run that waits, counted from 1."""
    waiting = [
        (one.mark.at, one.run.name, one.run)
        for one in summaries
        if one.state == "queued" and one.mark is not None
    ]
    return {run: place for place, (_, _, run) in enumerate(sorted(waiting), 1)}


def queue_position_text(summary: RunSummary, place: int) -> str:
    """Return what a run waits for and its place, in two or three words.

    Args:
        summary: the run.
        place: its place in the queue, counted from 1; 0 where it does not wait.

    Returns:
        Nothing where it does not wait.
    """
    if not place:
        return ""
    return f"{'to resume' if summary.resumes else 'queued'} {ordinal(place)}"


def _lock_path() -> Path:
    return state_dir() / "queue.lock"


@contextlib.contextmanager
def hold_queue() -> Iterator[bool]:
    """Be the one process that works the queue off; false where another one is.

    Raises:
        StateError: when the state folder cannot be used.
        OSError: when the lock cannot be made.
    """
    file = open_descriptor(_lock_path(), os.O_RDWR | os.O_CREAT)
    try:
        yield try_lock(file, seconds=0.2)
    finally:
        os.close(file)


def queue_goes_on() -> bool:
    """Say whether a process works the queue off."""
    try:
        file = open_descriptor(_lock_path(), os.O_RDWR)
    except OSError:
        return False
    try:
        return is_locked(file)
    finally:
        os.close(file)


class QueueStarter:
    """Sees to it that somebody works the queue off."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._started = 0.0

    def ensure(self) -> None:
        """Start the queue's process unless one is there; it outlives this one.

        Raises:
            StateError: when it cannot be started.
        """
        status = None if self._process is None else self._process.poll()
        if queue_goes_on() or (self._process is not None and status is None):
            return
        if status and time.monotonic() - self._started < AGAIN_SECONDS:
            return
        try:
            shorten_log(state_dir() / "queue.log")
            with open_appending(state_dir() / "queue.log") as log:
                self._process = subprocess.Popen(
                    _COMMAND,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
        except OSError as error:
            raise StateError(
                f"Cannot start the queue: {error.strerror or error}. The run waits in it; open "
                "cnn-tui again, or start the run by hand."
            ) from error
        self._started = time.monotonic()
