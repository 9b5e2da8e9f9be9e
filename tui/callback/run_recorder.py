"""A training's access to its run: the lock, the events it writes, the requests it reads."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable
from typing import Protocol

from tui import __version__
from tui.common.atomic_write import replace_file
from tui.runs.control.control_file import Control, ControlReader
from tui.runs.events.compaction import Compactor
from tui.runs.events.event_log import EventWriter
from tui.runs.events.event_types import (
    ControlReceived,
    EpochEnded,
    Event,
    Failed,
    Finished,
    Notice,
    RunStarted,
    StopRequested,
)
from tui.runs.store.find_runs import LockedRun
from tui.runs.store.on_end_mark import arm
from tui.runs.store.run_folder import RunFolder

_BALLAST = 256 * 1024


class ReadsRequests(Protocol):
    """The user's requests: a control file, or what several processes know of it."""

    revision: int
    """Changes with each new request."""

    def read(self) -> Control:
        """Return the present requests."""


class Recorder(Protocol):
    """What a training needs to be recorded and to be steered."""

    control: ReadsRequests
    """The user's requests."""
    terminated: bool
    """Whether the system, and not the user, asked the training to stop (SIGTERM)."""

    def emit(self, event: Event) -> None:
        """Write an event."""

    def stop_requested(self) -> bool:
        """Return whether to stop."""


class _NoRequests:
    revision = 0

    def read(self) -> Control:
        return Control()


class Unrecorded:
    """A recorder that writes nothing, for a training that cannot be recorded."""

    def __init__(self) -> None:
        self.control: ReadsRequests = _NoRequests()
        self.terminated = False

    def emit(self, event: Event) -> None:
        """Drop an event."""

    def stop_requested(self) -> bool:
        """Return False: nobody can request it."""
        return False


class RunRecorder:
    """Holds the lock of a run while it is trained, writes its events and reads its requests.

    Args:
        run: the run.
        log: takes a sentence for the training's own output when events cannot be written.

    Raises:
        RunError: when another training has the run.
        OSError: when the run folder cannot be written to.
    """

    def __init__(self, run: RunFolder, log: Callable[[str], None]) -> None:
        self._lock = run.acquire_lock()
        self.run = LockedRun(run, self._lock)
        self._log = log
        self.restarted = self.run.events.exists()
        """Whether the run was trained before."""
        try:
            self._writer = EventWriter(self.run.events)
        except OSError:
            os.close(self._lock)
            raise
        arm(self.run.path)
        self._compacting = Compactor(self._writer)
        self.control: ReadsRequests = ControlReader(lambda: self.run.control)
        """The user's requests."""
        self._stop = False
        self.terminated = False
        """Whether the system, and not the user, asked the training to stop (SIGTERM)."""
        self._stop_reported = False
        self.ending: Finished | Failed | None = None
        """The last event of this training, once there is one."""
        # Space for the one event that says that the disk is full.
        self._ballast = self.run.path / "ballast"
        with contextlib.suppress(OSError):
            replace_file(self._ballast, b"\0" * _BALLAST)

    def begin(self) -> None:
        """Report that the training begins; from now on the run is neither waiting nor starting."""
        given = self.run.gpus() or ()
        self.emit(
            RunStarted(at=time.time(), pid=os.getpid(), version=__version__, assigned_gpus=given)
        )
        self.run.clear_marks()

    def close(self) -> None:
        """Write what waits, and release the lock."""
        with contextlib.suppress(OSError):  # the folder may be read-only by now
            self._ballast.unlink(missing_ok=True)
        self._compacting.wait()
        self._writer.close()
        os.close(self._lock)
        self.run.announce()

    def emit(self, event: Event) -> None:
        """Write an event. A full disk is reported once and never ends the training."""
        failing = self._writer.problem is not None
        self._writer.write(event)
        self._compacting.start_if_due()
        if isinstance(event, Finished | Failed):
            self.ending = event
        if isinstance(event, EpochEnded):
            self._writer.path = self.run.events  # the folder may have been renamed
        problem = self._writer.problem
        if problem is not None and not failing:
            reason = problem.strerror or str(problem)
            self._log(f"Cannot write {self.run.events}: {reason}")
            with contextlib.suppress(OSError):
                self._ballast.unlink(missing_ok=True)
            self._writer.write(
                Notice(
                    at=time.time(),
                    text=f"Cannot write the run's events: {reason}. The training continues and "
                    f"keeps them in memory; free some space on the disk of {self.run.path}.",
                )
            )

    def request_stop(self) -> None:
        """Stop the training as soon as possible, because the system asked for it (SIGTERM)."""
        self._stop = self.terminated = True

    def stop_requested(self) -> bool:
        """Return whether to stop, now or since earlier; the first time it is reported."""
        self._stop = self._stop or self.control.read().want == "stop"
        if self._stop and not self._stop_reported:
            self._stop_reported = True
            if not self.terminated:
                self.emit(ControlReceived(at=time.time(), request="stop"))
            self.emit(StopRequested(at=time.time()))
        return self._stop
