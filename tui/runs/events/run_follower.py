"""Following one run, live or ended."""

from __future__ import annotations

import os
from threading import Lock

from tui.common.safe_files import open_reading
from tui.common.text import clean
from tui.runs.events.event_log import EventReader
from tui.runs.events.event_types import Event
from tui.runs.events.run_progress import RunProgress
from tui.runs.process.memory import memory_shortage, mentions_memory, smaller_batch_advice
from tui.runs.store.find_runs import lock_id, renamed_run
from tui.runs.store.model_files import checkpoints
from tui.runs.store.run_access import RunError
from tui.runs.store.run_folder import RunFolder, State

LOADED = b'"libraries_loaded"'
_TAIL = 16 * 1024
"""Bytes at the end of a log that a dying process wrote last."""


def death_cause(run: RunFolder) -> str:
    """Return why a trainer died, in one or two sentences, as far as its log tells.

    Where there was no memory a C++ library ends the process at once, and only its log says so. A
    kernel that is short of memory kills it, and nothing of the trainer's says so.
    """
    try:
        batch_size = run.spec().data.batch_size
    except RunError:
        batch_size = None
    loading = not _loaded(run)
    if mentions_memory(_tail(run)):
        if loading:
            return f"There was not enough memory to load Keras and TensorFlow. {_advice()}"
        return f"There was not enough memory. {smaller_batch_advice(batch_size)}"
    cause = "It was killed, ran out of memory, or the machine went down."
    if loading:
        return f"{cause} Keras and TensorFlow were not loaded yet. {_advice()}"
    if batch_size is None or batch_size == 1:
        return cause
    return f"{cause} A batch size of {batch_size // 2} instead of {batch_size} needs less memory."


def _advice() -> str:
    return memory_shortage() or "`cnn-tui doctor` says whether there is memory enough for them."


def _loaded(run: RunFolder) -> bool:
    """Say whether Keras was loaded, as far as the events of the run tell; they begin with it."""
    try:
        with open_reading(run.events) as file:
            return LOADED in file.read(_TAIL)
    except OSError:
        return False


def resume_advice(run: RunFolder) -> str:
    """Return what can be done with a run whose trainer died, for the command line; clean."""
    kept = checkpoints(run)
    if not kept:
        return "No epoch is kept: train anew."
    return f"`cnn-tui runs resume {run.name}` goes on after epoch {kept[-1]}."


def _tail(run: RunFolder) -> str:
    try:
        with open_reading(run.log) as file:
            file.seek(-min(_TAIL, file.seek(0, os.SEEK_END)), os.SEEK_END)
            return file.read().decode("utf-8", "replace")
    except OSError:
        return ""


class RunFollower:
    """Reads a run's new events at each look and keeps what they add up to."""

    def __init__(self, run: RunFolder) -> None:
        self.run = run
        self.progress = RunProgress()
        self.state: State = "starting"
        self.cause = ""
        """Of a run that died: what is known of why, in sentences."""
        self.deleted = False
        """Whether its folder is there no more; what was read of it stays."""
        self.problem = ""
        """Why it cannot be read now, in a sentence; all else stays as it was read last."""
        self._reader = EventReader(run.events)
        self._lock: tuple[int, int] | None = None
        """What the file system calls the run's lock, whatever its folder is called."""
        self._begun_anew = 0
        self._looking = Lock()
        """A look in a thread goes on when whoever waited for it does not, into the next one."""

    def poll(self) -> list[Event]:
        """Take in the events that came since the last look, and return them.

        Reads a few MB at most: while a long history is being caught up with, `state` stays what
        it was.
        """
        with self._looking:
            return self._look()

    def _look(self) -> list[Event]:
        self._follow_rename()
        # First the lock, then the file: a trainer's last words are written before it lets go.
        alive = self.run.alive()
        try:
            events = self._reader.read()
        except OSError as error:
            # A trainer that cannot be looked at may be well: nothing is said of its state.
            self.problem = (
                f"Cannot read {clean(self.run.events)}: {error.strerror or error}. Look at the "
                "permissions of its folder and at its disk."
            )
            if not self.progress.started_at:
                # Nothing was ever read: all that is known is whether somebody is at work on it.
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
            self.state = "running"
        elif not events:
            self.state = self.run.state(None)
        if self.state != "died":
            self.cause = ""
        elif not self.cause:
            self.cause = death_cause(self.run)
        return events

    def _follow_rename(self) -> None:
        """Go on with a run whose folder was renamed: a trainer at work on it goes on there, too."""
        if not self.run.deleted():
            self._lock = lock_id(self.run) or self._lock
        elif self._lock is not None and (found := renamed_run(self.run, self._lock)) is not None:
            self.run = found
            self._reader.set_path(found.events)

    def _read_anew(self, events: list[Event]) -> list[Event]:
        """Take in a file that took the place of the one that was read; return what is new in it.

        All of it at once: nobody wants to see half a run where a whole one stood.
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
                break  # said at the next look
        self._begun_anew = self._reader.restarts
        self.progress = progress
        return new

    @property
    def over(self) -> bool:
        """Whether no more events will come."""
        return self.state not in ("queued", "starting", "running", "unknown")

    @property
    def too_long(self) -> int:
        """Lines of the events file that are longer than any event."""
        return self._reader.too_long

    @property
    def skipped(self) -> int:
        """Lines of the events file that could not be read."""
        return self._reader.skipped
