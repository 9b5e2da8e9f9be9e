"""The trainer's access to its run: what it adds to a recorder, and its last words on a failure."""

from __future__ import annotations

import contextlib
import sys
import time
import traceback
from collections.abc import Callable
from types import TracebackType

from tui.callback.run_recorder import RunRecorder
from tui.keras_worker.failures import Cancelled, explain_failure
from tui.runs.control.control_file import ControlReader, change_control
from tui.runs.events.event_types import EpochEnded, Event, Failed, Notice
from tui.runs.export.run_formatting import failure_sentence
from tui.runs.process.logs import shorten_log
from tui.runs.store.run_folder import RunFolder
from tui.trainer.several_machines.connection import Connection
from tui.trainer.several_machines.shared_control import SharedControl


class RunSession(RunRecorder):
    """The run that the trainer's process trains; its output is the run's log.

    Args:
        run: its folder.
        connection: with the other processes that train it; None where this one trains alone.

    Raises:
        RunError: when another trainer has the run.
        OSError: when the run folder cannot be written to.
    """

    def __init__(self, run: RunFolder, connection: Connection | None = None) -> None:
        super().__init__(run, log=_log)
        self.connection = connection
        self.shared: SharedControl | None = None
        """The requests as all processes know them; None where this one trains alone."""
        mark = self.run.queued()
        if mark is not None and (requests := mark.requests()):
            # Requests that were made when it was put into the queue.
            change_control(self.run.control, **requests)
        if connection is not None:
            self.control = self.shared = SharedControl(connection, ControlReader(self.run.control))
        self.begin()

    def __enter__(self) -> RunSession:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def emit(self, event: Event) -> None:
        """Write an event; notices go to the log as well, which is kept short."""
        if isinstance(event, Notice):
            _log(event.text)
        super().emit(event)
        if isinstance(event, EpochEnded):
            shorten_log(self.run.log)

    def request_stop(self) -> None:
        """Stop the training as soon as possible, because the system asked for it (SIGTERM)."""
        if self.shared is not None:
            self.shared.terminate_requested = True
        else:
            super().request_stop()

    def stop_requested(self) -> bool:
        """Return whether to stop; where several processes train, as all of them know it."""
        if self.shared is not None and self.shared.terminated:
            super().request_stop()
        return super().stop_requested()

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
            _log(failure_sentence(failed))
            self.emit(failed)
            return 1
        return 0


def _log(text: str) -> None:
    with contextlib.suppress(OSError):  # the log may be on a full disk
        print(text, file=sys.stderr)
