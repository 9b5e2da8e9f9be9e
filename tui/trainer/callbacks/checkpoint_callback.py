"""The callback that puts on the disk what an epoch has brought."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import keras
import msgspec

from tui.common.atomic_write import write_atomically
from tui.keras_worker.model_state import not_finite, take_model, weights_of
from tui.keras_worker.snapshot_files import Weights, keep_snapshot
from tui.keras_worker.state_file import State
from tui.runs.events.event_types import Event, Notice
from tui.runs.export.run_formatting import history_csv
from tui.runs.store.model_files import epoch_of_best, stale_best
from tui.trainer.callbacks.control_callback import ControlCallback
from tui.trainer.callbacks.event_callback import EventCallback
from tui.trainer.callbacks.finite_loss import FiniteLoss
from tui.trainer.callbacks.timing import Timing
from tui.trainer.data.data_state import DataState
from tui.trainer.run_session import Link
from tui.trainer.state.checkpoints import write_checkpoint
from tui.trainer.state.saved_models import BestModel, kept_weights


class Background:
    """A thread for what an epoch leaves on the disk while the next one trains.

    Only one task is ever under way, so that a slow disk holds the training up instead of filling
    the memory with states that wait.
    """

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(1, thread_name_prefix="keep")
        self._last: Future[None] | None = None

    def do(self, task: Callable[[], None]) -> None:
        """Wait for the task before, and begin this one.

        Raises:
            Exception: whatever the task before raised.
        """
        self.wait()
        self._last = self._threads.submit(task)

    def wait(self) -> None:
        """Wait until nothing is under way.

        Raises:
            Exception: whatever the task raised.
        """
        last, self._last = self._last, None
        if last is not None:
            last.result()


class CheckpointCallback(keras.callbacks.Callback):  # type: ignore[misc]
    """Writes after each epoch the history, a checkpoint, and the model when it is the best so far.

    The state is copied at the epoch's end; all is written beside the next epoch.

    Args:
        link: where to tell.
        stream: stands before this callback, and knows the epoch's figures.
        obey: stands before this callback; its state goes into the checkpoint.
        data: the loaders' and the random numbers' state.
        timing: counts the time that saving holds the training up.
        finite: stands before this callback, and knows why a training diverges.
        model: compiled.
    """

    async_safe = True

    def __init__(
        self,
        link: Link,
        stream: EventCallback,
        obey: ControlCallback,
        data: DataState,
        timing: Timing,
        finite: FiniteLoss,
        model: keras.Model,
    ) -> None:
        super().__init__()
        self.set_model(model)
        self._link = link
        self._stream = stream
        self._obey = obey
        self._data = data
        self._timing = timing
        self._finite = finite
        self._background = Background()
        self._best = BestModel(link.run, model)
        self._problems: dict[str, str] = {}
        self.between: State | None = None
        """The data's state as the next epoch is to begin with it; None before the first."""
        self.safe = 0
        """The last epoch whose checkpoint is on the disk."""

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        # Whatever happened between two epochs, the second begins as it would after a death.
        if self.between is not None:
            self._data.put(self.between)

    def on_test_begin(self, logs: dict[str, Any] | None = None) -> None:
        self._data.validation_begins()

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        with self._timing.saving():
            self.between = self._data.take()
            arrays = take_model(self.model)
            bad = not_finite(self.model, arrays)
            if bad is not None:
                raise self._finite.failure(
                    f"The weights stopped being finite numbers in epoch {epoch + 1} ({bad})."
                )
            record = self._stream.record
            values = {
                "epoch": epoch + 1,
                "record": msgspec.to_builtins(record),
                "obey": self._obey.state(),
                "data": self.between.values,
            }
            state = State(values, {**self.between.arrays, **arrays})
            weights = weights_of(self.model, arrays)
            history = history_csv(record.epochs, record.history)
            best = self._stream.improved
            self._background.do(lambda: self._write(epoch + 1, state, weights, history, best))

    def before_first(self) -> None:
        """CheckpointCallback the weights as they are before the first epoch."""
        weights: Weights = [weight.copy() for weight in self.model.get_weights()]
        self._background.do(lambda: self._snapshot(0, weights))

    def best_again(self) -> None:
        """Write the best model that a death left unwritten, where its weights are on the disk."""
        run, record = self._link.run, self._stream.record
        best, weights = record.best_epoch, None
        stale = stale_best(run, best)
        if 0 < best == record.done and epoch_of_best(run) != best:
            weights = [weight.copy() for weight in self.model.get_weights()]
        elif stale is not None:
            weights = kept_weights(self.model, stale.sources)
            if weights is None:
                self._link.tell(Notice(at=time.time(), text=stale.after_training))
        if weights is not None:
            self._background.do(lambda: self._write_best(best, weights))

    def _write(self, epoch: int, state: State, weights: Weights, history: str, best: bool) -> None:
        run = self._link.run
        self._try(
            "history.csv",
            epoch,
            lambda: write_atomically(run.history_csv, lambda path: path.write_text(history)),
        )
        # The checkpoint comes after what it stands for: that is there, whenever this process dies.
        self._snapshot(epoch, weights)
        if self._try("the checkpoint", epoch, lambda: write_checkpoint(run, epoch, state)):
            self.safe = epoch
        # And before the best model: that is never of an epoch that a death makes void. One that
        # is missing is written from the checkpoint (`best_again`).
        self._write_best(epoch, weights if best else None)

    def _write_best(self, epoch: int, weights: Weights | None = None) -> None:
        if weights is not None:
            self._best.waiting = epoch, weights
        self._try("best.keras", epoch, self._best.write)

    def _snapshot(self, epoch: int, weights: Weights) -> None:
        run = self._link.run
        self._try("the weights", epoch, lambda: keep_snapshot(run, epoch, weights))

    def _try(self, what: str, epoch: int, write: Callable[[], Event | None]) -> bool:
        """Write something; why a disk did not take it is told once, and when it does again."""
        try:
            event = write()
        except OSError as error:
            reason = error.strerror or str(error)
            if self._problems.get(what) != reason:
                self._problems[what] = reason
                self._link.tell(
                    Notice(
                        at=time.time(),
                        text=f"Could not write {what} after epoch {epoch}: {reason}. The training "
                        "goes on, and tries again after each epoch.",
                    )
                )
            return False
        if self._problems.pop(what, None) is not None:
            self._link.tell(
                Notice(at=time.time(), text=f"Written again, after epoch {epoch}: {what}.")
            )
        if event is not None:
            self._link.tell(event)
        return True

    def wait(self) -> None:
        """Wait until everything is on the disk that it takes."""
        self._background.wait()
        if self._best.waiting is not None:
            self._write_best(self._stream.record.done)
