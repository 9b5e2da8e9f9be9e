"""The queue of runs that wait for others to end. It is on the disk, in the run folders themselves.

A waiting run is a run folder with a mark `queued` (`tui.runs.queue.mark`). The app and the command
line start the queue's own process (`python -m tui.trainer.queue`, without Keras): it starts a
trainer whenever there is a place for one (`tui.runs.queue.slots`): on a free GPU or, without GPUs,
when no run is at work. It ends when no run waits. A lock allows only one such process. So the
queue continues without the app; after a reboot the app, or adding a run to the queue, starts the
process again.
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
from tui.runs.process.needs import check_can_train
from tui.runs.store.find_runs import iter_runs
from tui.runs.store.run_folder import RunFolder
from tui.runs.store.run_summary import RunSummary, has_ended

# -P: nothing is imported from the current folder.
_COMMAND = [sys.executable, "-P", "-m", "tui.trainer.queue"]
AGAIN_SECONDS = 10.0
"""Seconds after which a queue process that failed may be started again."""


def waiting_runs() -> list[RunFolder]:
    """Return the waiting runs in the order of their start.

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
    """Return the place of the last waiting run (`QueueMark.at`); 0 if there is none.

    Raises:
        StateError: when the runs cannot be listed.
    """
    marks = (run.queued() for run in waiting_runs())
    return max((mark.at for mark in marks if mark is not None), default=0.0)


def at_work(run: RunFolder) -> bool:
    """Return whether a run has a trainer, is about to get one, or may have one.

    Where that cannot be found out, the run counts as at work unless its events show that its last
    training has ended: two trainings at once would compete for memory.
    """
    state = run.state(None)
    return state in ("starting", "running") or (state == "unknown" and not has_ended(run))


def runs_at_work() -> list[RunFolder]:
    """Return the runs that are at work.

    Raises:
        StateError: when the runs cannot be listed.
    """
    return [run for run in iter_runs(runs_dir(to_read=True)) if at_work(run)]


def queue_places(summaries: Iterable[RunSummary]) -> dict[RunFolder, int]:
    """Return the place of each waiting run, counted from 1."""
    waiting = [
        (summary.mark.at, summary.run.name, summary.run)
        for summary in summaries
        if summary.state == "queued" and summary.mark is not None
    ]
    return {run: place for place, (_, _, run) in enumerate(sorted(waiting), 1)}


def queue_position_text(summary: RunSummary, place: int) -> str:
    """Return a run's place in the queue in two or three words; empty if it does not wait.

    Args:
        summary: of the run.
        place: counted from 1; 0 if it does not wait.
    """
    if not place:
        return ""
    return f"{'to resume' if summary.resumes else 'queued'} {ordinal(place)}"


def _lock_path() -> Path:
    return state_dir() / "queue.lock"


@contextlib.contextmanager
def hold_queue() -> Iterator[bool]:
    """Hold the lock of the queue's process within a `with` block; False if another one has it.

    Raises:
        StateError: when the state folder cannot be used.
        OSError: when the lock cannot be made.
    """
    file = open_descriptor(_lock_path(), os.O_RDWR | os.O_CREAT)
    try:
        yield try_lock(file, seconds=0.2)
    finally:
        os.close(file)


def queue_is_running() -> bool:
    """Return whether the queue's process is running."""
    try:
        file = open_descriptor(_lock_path(), os.O_RDWR)
    except OSError:
        return False
    try:
        return is_locked(file)
    finally:
        os.close(file)


class QueueStarter:
    """Starts the queue's process when it is not running."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._started = 0.0

    def ensure(self) -> None:
        """Start the queue's process unless it is running; it outlives this process.

        Raises:
            StateError: when it cannot be started, or nothing can be trained here.
        """
        check_can_train()
        status = None if self._process is None else self._process.poll()
        if queue_is_running() or (self._process is not None and status is None):
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
                f"Cannot start the queue: {error.strerror or error}. The run stays in it; open "
                "cnn-tui again, or start the run yourself."
            ) from error
        self._started = time.monotonic()
