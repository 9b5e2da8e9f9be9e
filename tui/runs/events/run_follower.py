"""Following a run, live or ended, and finding out why a trainer died."""

from __future__ import annotations

from threading import Lock

from tui.common.safe_files import open_reading
from tui.common.text import clean
from tui.runs.events.event_log import EventReader
from tui.runs.events.event_types import Event
from tui.runs.events.run_progress import RunProgress
from tui.runs.process.memory import memory_shortage, mentions_memory, smaller_batch_advice
from tui.runs.store.find_runs import lock_id, renamed_run
from tui.runs.store.model_files import checkpoints
from tui.runs.store.run_access import ExternalRunError, RunError
from tui.runs.store.run_folder import RunFolder, State
from tui.runs.store.trainer_log import log_end

LOADED = b'"libraries_loaded"'
_TAIL = 16 * 1024
"""Bytes at the end of a log in which a cause is looked for."""
_NO_MESSAGE = "It was killed, ran out of memory, or the machine went down."
"""The causes of a death without a message."""


def death_cause(run: RunFolder) -> str:
    """Return why a trainer died, in one or two sentences, as far as its log shows.

    When memory runs out, a C++ library ends the process at once, and only the log shows it. When
    the kernel kills the process, nothing of the trainer shows it.
    """
    try:
        batch_size = run.spec().data.batch_size
    except ExternalRunError:  # nothing of what its program prints is known
        return _NO_MESSAGE
    except RunError:
        batch_size = None
    loading = not _loaded(run)
    if mentions_memory(_printed(run)):
        if loading:
            return f"There was not enough memory to load Keras and TensorFlow. {_advice()}"
        return f"There was not enough memory. {smaller_batch_advice(batch_size)}"
    if loading:
        return f"{_NO_MESSAGE} Keras and TensorFlow were not loaded yet. {_advice()}"
    if batch_size is None or batch_size == 1:
        return _NO_MESSAGE
    smaller = f"A batch size of {batch_size // 2} instead of {batch_size} needs less memory."
    return f"{_NO_MESSAGE} {smaller}"


def _advice() -> str:
    return memory_shortage() or "`cnn-tui doctor` says whether there is enough memory for them."


def _printed(run: RunFolder) -> str:
    """Return the end of what the trainer printed; empty where that cannot be read."""
    try:
        return log_end(run, _TAIL)
    except OSError:
        return ""


def _loaded(run: RunFolder) -> bool:
    """Return whether Keras was loaded; that is one of the first events of a run."""
    try:
        with open_reading(run.events) as file:
            return LOADED in file.read(_TAIL)
    except OSError:
        return False


def resume_advice(run: RunFolder) -> str:
    """Return how to continue a run whose trainer died, for the command line; clean."""
    kept = checkpoints(run)
    if not kept:
        return "There is no checkpoint: start a new run."
    return f"`cnn-tui runs resume {run.name}` continues after epoch {kept[-1]}."


class RunFollower:
    """Reads the new events of a run at each poll and keeps its progress."""

    def __init__(self, run: RunFolder) -> None:
        self.run = run
        self.progress = RunProgress()
        self.state: State = "starting"
        self.cause = ""
        """Why the trainer died, in sentences, if it did."""
        self.deleted = False
        """Whether its folder was deleted; what was read of it stays."""
        self.problem = ""
        """Why it cannot be read now, in a sentence; all else stays as last read."""
        self._reader = EventReader(run.events)
        self._lock: tuple[int, int] | None = None
        """Device and inode of the run's lock, which stay when the folder is renamed."""
        self._begun_anew = 0
        self._poll_lock = Lock()
        """A poll in a thread may still be at work when the next one begins."""

    def poll(self) -> list[Event]:
        """Read the new events, update the progress, and return them.

        Reads a few MB at most; `state` does not change before a long history is read to its end.
        """
        with self._poll_lock:
            return self._poll()

    def _poll(self) -> list[Event]:
        self._follow_rename()
        # First the lock, then the file: a trainer writes its last event before it releases the
        # lock.
        alive = self.run.alive()
        try:
            events = self._reader.read()
        except OSError as error:
            # The trainer may be well even if its events cannot be read: the state stays.
            self.problem = (
                f"Cannot read {clean(self.run.events)}: {error.strerror or error}. Check the "
                "permissions of its folder, and its disk."
            )
            if not self.progress.started_at:
                # Nothing was ever read: only the lock is known.
                self.state = "running" if alive else self.run.state(None)
            return []
        self.problem = ""
        self.deleted = not events and self.run.deleted()
        if self._reader.restarts != self._begun_anew:
            events = self._read_anew(events)
        else:
            for event in events:
                self.progress.apply(event)
        ending = self.progress.ending
        if ending is not None:
            self.state = self.run.state(ending)
        elif alive:
            self.state = "followed" if self.run.is_log else "running"
        elif not events:
            self.state = self.run.state(None)
        if self.state != "died":
            self.cause = ""
        elif not self.cause:
            self.cause = death_cause(self.run)
        return events

    def _follow_rename(self) -> None:
        """Follow a run whose folder was renamed, as a trainer at work on it does."""
        if not self.run.deleted():
            self._lock = lock_id(self.run) or self._lock
        elif self._lock is not None and (found := renamed_run(self.run, self._lock)) is not None:
            self.run = found
            self._reader.set_path(found.events)

    def _read_anew(self, events: list[Event]) -> list[Event]:
        """Read a file that replaced the previous one, and return the events that are new in it.

        It is read to its end, so that nobody sees half a run where a complete one was.
        """
        progress, seen = RunProgress(), self.progress.last_at
        new = []
        while events:
            for event in events:
                progress.apply(event)
            new += [event for event in events if event.at > seen]
            try:
                events = self._reader.read()
            except OSError:
                break  # reported by the next poll
        self._begun_anew = self._reader.restarts
        self.progress = progress
        return new

    @property
    def over(self) -> bool:
        """Whether no more events will come."""
        return self.state not in ("queued", "starting", "running", "followed", "unknown")

    @property
    def too_long(self) -> int:
        """The number of lines that are longer than any event."""
        return self._reader.too_long

    @property
    def skipped(self) -> int:
        """The number of lines that could not be read."""
        return self._reader.skipped
