"""The callback that saves the history, checkpoint and best model of an epoch."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import keras
import msgspec

from tui.callback.epoch_clock import EpochClock
from tui.callback.training_control import TrainingControl
from tui.callback.training_events import TrainingEvents
from tui.common.atomic_write import write_atomically
from tui.keras_worker.model_state import copy_variables, first_non_finite, weights_of
from tui.keras_worker.snapshot_files import Weights, keep_snapshot
from tui.keras_worker.state_file import Arrays, State
from tui.runs.events.event_types import Event, Notice
from tui.runs.export.run_formatting import history_csv
from tui.runs.store.model_files import epoch_of_best, stale_best
from tui.trainer.callbacks.finite_loss import FiniteLoss
from tui.trainer.callbacks.rate_schedule import RateSchedule
from tui.trainer.data.data_state import DataState
from tui.trainer.phases import Phases
from tui.trainer.run_session import RunSession
from tui.trainer.state.checkpoints import write_checkpoint
from tui.trainer.state.saved_models import BestModel, first_readable_weights


class BackgroundWriter:
    """A thread that writes the files of an epoch while the next one trains.

    It runs one task at a time: a slow disk holds the training up instead of filling the memory with
    waiting states.
    """

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(1, thread_name_prefix="keep")
        self._last: Future[None] | None = None

    def submit(self, task: Callable[[], None]) -> None:
        """Wait for the previous task, then start this one.

        Raises:
            Exception: what the previous task raised.
        """
        self.wait()
        self._last = self._threads.submit(task)

    def wait(self) -> None:
        """Wait until the task at work is done.

        Raises:
            Exception: what the task raised.
        """
        last, self._last = self._last, None
        if last is not None:
            last.result()


class CheckpointCallback(keras.callbacks.Callback):  # type: ignore[misc]
    """Saves after each epoch the history, a checkpoint, and the model if it is the best so far.

    The state is copied at the epoch's end and written while the next epoch trains.

    Args:
        session: takes the events.
        events: has the epoch's figures.
        control: its state goes into the checkpoint.
        data: the state of the loaders and the random numbers.
        clock: measures how long saving holds the training up.
        finite_loss: runs before this callback and explains a divergence.
        model: compiled; the one that is saved. `fit` may be called of another with its layers.
        phases: the phase that the model is in goes into the checkpoint.
        schedule: its state goes into the checkpoint; None where the rate is constant.
    """

    async_safe = True

    def __init__(
        self,
        session: RunSession,
        events: TrainingEvents,
        control: TrainingControl,
        data: DataState,
        clock: EpochClock,
        finite_loss: FiniteLoss,
        model: keras.Model,
        phases: Phases,
        schedule: RateSchedule | None = None,
    ) -> None:
        super().__init__()
        self._trained = model
        self._schedule = schedule
        self._session = session
        self._events = events
        self._control = control
        self._data = data
        self._clock = clock
        self._finite_loss = finite_loss
        self._phases = phases
        self._background = BackgroundWriter()
        self._best = BestModel(session.run, model)
        self._problems: dict[str, str] = {}
        self._arrays: Arrays = {}
        """The state at the last epoch's end, in memory that the next one uses again."""
        self.next_epoch_data: State | None = None
        """The state of the data that the next epoch begins with; None before the first."""
        self.checkpoint_epoch = 0
        """The last epoch with a checkpoint; 0: none."""

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        # So the epoch begins as it would in a process that resumes the run.
        if self.next_epoch_data is not None:
            self._data.restore(self.next_epoch_data)

    def on_test_begin(self, logs: dict[str, Any] | None = None) -> None:
        self._data.validation_begins()

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        with self._clock.saving():
            self.next_epoch_data = self._data.capture()
            self._background.wait()  # it writes the arrays of the epoch before
            self._arrays = arrays = copy_variables(self._trained, self._arrays)
            bad = first_non_finite(self._trained, arrays)
            if bad is not None:
                raise self._finite_loss.failure(
                    f"The weights stopped being finite numbers in epoch {epoch + 1} ({bad})."
                )
            record = self._events.record
            values = {
                "epoch": epoch + 1,
                "record": msgspec.to_builtins(record),
                "obey": self._control.state(),
                "data": self.next_epoch_data.values,
                **({"phases": self._phases.state()} if self._phases.several else {}),
            }
            if self._schedule is not None:
                values["schedule"] = self._schedule.state()
            state = State(values, {**self.next_epoch_data.arrays, **arrays})
            weights = weights_of(self._trained, arrays)
            history = history_csv(record.epochs, record.history)
            best = self._events.improved
            self._background.submit(lambda: self._write(epoch + 1, state, weights, history, best))

    def phase_begins(self) -> None:
        """Let the best model be saved with the layers trainable that are in this phase."""
        self._background.wait()
        self._best.follow(self._trained)

    def keep_initial_weights(self) -> None:
        """Keep a snapshot of the weights before the first epoch."""
        weights: Weights = [weight.copy() for weight in self._trained.get_weights()]
        self._background.submit(lambda: self._snapshot(0, weights))

    def write_missing_best(self) -> None:
        """Write the best model if a trainer died before it did, and its weights are on the disk."""
        run, record = self._session.run, self._events.record
        best, weights = record.best_epoch, None
        stale = stale_best(run, best)
        if 0 < best == record.done and epoch_of_best(run) != best:
            weights = [weight.copy() for weight in self._trained.get_weights()]
        elif stale is not None:
            weights = first_readable_weights(self._trained, stale.sources)
            if weights is None:
                self._session.emit(Notice(at=time.time(), text=stale.after_training))
        if weights is not None:
            self._background.submit(lambda: self._write_best(best, weights))

    def _write(self, epoch: int, state: State, weights: Weights, history: str, best: bool) -> None:
        run = self._session.run
        self._try(
            "history.csv",
            epoch,
            lambda: write_atomically(run.history_csv, lambda path: path.write_text(history)),
        )
        # The checkpoint comes last of these: where it exists, history and snapshot do too.
        self._snapshot(epoch, weights)
        if self._try("the checkpoint", epoch, lambda: write_checkpoint(run, epoch, state)):
            self.checkpoint_epoch = epoch
        # The best model comes after it: so it is never of an epoch that has to be trained again.
        # If it is missing, `write_missing_best` writes it from the checkpoint.
        self._write_best(epoch, weights if best else None)

    def _write_best(self, epoch: int, weights: Weights | None = None) -> None:
        if weights is not None:
            self._best.pending = epoch, weights
        if not self._try("best.keras", epoch, self._best.write):
            self._best.keep_pending()

    def _snapshot(self, epoch: int, weights: Weights) -> None:
        run = self._session.run
        self._try("the weights", epoch, lambda: keep_snapshot(run, epoch, weights))

    def _try(self, what: str, epoch: int, write: Callable[[], Event | None]) -> bool:
        """Write something and return whether it worked; a failure and its end are reported once."""
        try:
            event = write()
        except OSError as error:
            reason = error.strerror or str(error)
            if self._problems.get(what) != reason:
                self._problems[what] = reason
                self._session.emit(
                    Notice(
                        at=time.time(),
                        text=f"Could not write {what} after epoch {epoch}: {reason}. The training "
                        "continues and tries again after each epoch.",
                    )
                )
            return False
        if self._problems.pop(what, None) is not None:
            self._session.emit(
                Notice(at=time.time(), text=f"Written again, after epoch {epoch}: {what}.")
            )
        if event is not None:
            self._session.emit(event)
        return True

    def wait(self) -> None:
        """Wait until all files are on the disk, as far as it takes them."""
        self._background.wait()
        if self._best.pending is not None:
            self._write_best(self._events.record.done)
