"""The trainer's access to its run: the lock, the events it writes, the requests it reads."""

from __future__ import annotations

import contextlib
import os
import sys
import time
import traceback
from collections.abc import Callable
from types import TracebackType

from tui import __version__
from tui.common.atomic_write import replace_file
from tui.keras_worker.failures import Cancelled, explain_failure
from tui.runs.control.control_file import ControlReader, change_control
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
from tui.runs.export.run_formatting import failure_sentence
from tui.runs.process.logs import shorten_log
from tui.runs.store.find_runs import LockedRun
from tui.runs.store.on_end_mark import arm
from tui.runs.store.run_folder import RunFolder

_BALLAST = 256 * 1024


class RunSession:
    """Holds the lock of a run while it is trained, writes its events and reads its requests.

    Raises:
        RunError: when another trainer has the run.
        OSError: when the run folder cannot be written to.
    """

    def __init__(self, run: RunFolder) -> None:
        self._lock = run.acquire_lock()
        self.run = run = LockedRun(run, self._lock)
        self.restarted = run.events.exists()
        """Whether the run had a trainer before."""
        mark = run.queued()
        if mark is not None and (requests := mark.requests()):
            # Requests that were made when it was put into the queue.
            change_control(run.control, **requests)
        arm(run.path)
        self._writer = EventWriter(run.events)
        self._compacting = Compactor(self._writer)
        self.control = ControlReader(lambda: run.control)
        """The user's requests."""
        self._control_read_at = 0.0
        self._stop = False
        self.terminated = False
        """Whether the system, and not the user, asked the training to stop (SIGTERM)."""
        self._stop_reported = False
        self.ending: Finished | Failed | None = None
        """The last event of this trainer, once it is written."""
        # Space for the one event that says that the disk is full.
        self._ballast = run.path / "ballast"
        with contextlib.suppress(OSError):
            replace_file(self._ballast, b"\0" * _BALLAST)
        self.emit(RunStarted(at=time.time(), pid=os.getpid(), version=__version__))
        run.clear_marks()

    def __enter__(self) -> RunSession:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._drop_ballast()
        self._compacting.wait()
        self._writer.close()
        os.close(self._lock)

    def _drop_ballast(self) -> None:
        with contextlib.suppress(OSError):  # the folder may be read-only by now
            self._ballast.unlink(missing_ok=True)

    def emit(self, event: Event) -> None:
        """Write an event. A full disk is reported once and never ends the training.

        Notices go to the trainer's log as well.
        """
        if isinstance(event, Notice):
            self._log(event.text)
        failing = self._writer.problem is not None
        self._writer.write(event)
        self._compacting.start_if_due()
        if isinstance(event, Finished | Failed):
            self.ending = event
        if isinstance(event, EpochEnded):
            self._writer.path = self.run.events  # the folder may have been renamed
            shorten_log(self.run.log)
        problem = self._writer.problem
        if problem is not None and not failing:
            reason = problem.strerror or str(problem)
            self._log(f"Cannot write {self.run.events}: {reason}")
            self._drop_ballast()
            self._writer.write(
                Notice(
                    at=time.time(),
                    text=f"Cannot write the run's events: {reason}. The training continues and "
                    f"keeps them in memory; free some space on the disk of {self.run.path}.",
                )
            )

    def _log(self, text: str) -> None:
        with contextlib.suppress(OSError):  # the log may be on a full disk
            print(text, file=sys.stderr)

    def request_stop(self) -> None:
        """Stop the training as soon as possible, because the system asked for it (SIGTERM)."""
        self._stop = self.terminated = True

    def stop_requested(self) -> bool:
        """Return whether to stop; the control file is read at most ten times a second."""
        now = time.monotonic()
        if not self._stop and now - self._control_read_at >= 0.1:
            self._control_read_at = now
            self._stop = self.control.read().want == "stop"
        if self._stop and not self._stop_reported:
            self._stop_reported = True
            if not self.terminated:
                self.emit(ControlReceived(at=time.time(), request="stop"))
            self.emit(StopRequested(at=time.time()))
        return self._stop

    def raise_if_stopped(self) -> None:
        """Raise Cancelled if a stop was requested."""
        if self.stop_requested():
            raise Cancelled

    def run_task(self, task: Callable[[RunSession], None]) -> int:
        """Run a task; an error is logged with its traceback and reported in one sentence.

        Returns:
            The exit status: 0, or 1 when the task failed.
        """
        try:
            task(self)
        except BaseException as error:  # any error has to be reported
            with contextlib.suppress(OSError):  # the disk may be full
                traceback.print_exc()
            failure = explain_failure(error)
            failed = Failed(
                at=time.time(),
                what=failure.what,
                where=failure.where,
                cure=failure.cure,
                run=failure.run,
                kept=failure.kept,
                learning_rate=failure.learning_rate,
                not_finite=failure.not_finite,
            )
            self._log(failure_sentence(failed))
            self.emit(failed)
            return 1
        return 0
