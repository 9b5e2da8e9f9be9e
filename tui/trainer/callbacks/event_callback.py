"""The callback that writes a training's events."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from typing import Any

import keras

from tui.common.stop_rule import rounded_metric
from tui.common.text import exact_32
from tui.runs.events.event_types import BatchesEnded, EpochEnded, EpochStarted, Validating
from tui.trainer.callbacks.timing import Timing
from tui.trainer.run_session import RunSession
from tui.trainer.state.training_record import TrainingRecord, epoch_metrics

FLUSH_SECONDS = 0.25


class EventCallback(keras.callbacks.Callback):  # type: ignore[misc]
    """Reports batches and epochs, and adds each complete epoch to the record.

    `async_safe` keeps Keras's asynchronous dispatch: the batch hooks then run in threads beside
    the training, perhaps two at once and out of order. So they only collect values, under a lock;
    a few times a second these are written in order as one event.

    Args:
        session: takes the events.
        images: training images.
        batch_size: of the training loader.
        validation_steps: batches of a validation; 0 without.
        epochs: returns the number of epochs that is wanted in all now.
        record: gets the complete epochs.
        timing: measures an epoch's parts.
    """

    async_safe = True

    def __init__(
        self,
        session: RunSession,
        *,
        images: int,
        batch_size: int,
        validation_steps: int,
        epochs: Callable[[], int],
        record: TrainingRecord,
        timing: Timing,
    ) -> None:
        super().__init__()
        self._session = session
        self._images = images
        self._batch_size = batch_size
        self._validation_steps = validation_steps
        self._epochs = epochs
        self._timing = timing
        self._lock = threading.Lock()
        self._collected: dict[int, dict[str, float]] = {}
        self._next = 1
        self._flushed = -math.inf
        self._epoch_began = 0.0
        self._train_ended = 0.0
        self._validation_reported = 0.0
        self.epoch = 0
        self.batch = 0
        self.record = record
        self.improved = False
        """Whether the last complete epoch is the best so far."""

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        self.epoch = epoch + 1
        self.batch = 0
        self._next = 1
        self._collected.clear()
        # Not by the time of day: a clock that is set back would hold up the events.
        self._epoch_began = self._train_ended = time.monotonic()
        self._session.emit(
            EpochStarted(
                at=time.time(),
                epoch=self.epoch,
                epochs=self._epochs(),
                steps=self.params["steps"],
            )
        )

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        now = time.monotonic()
        with self._lock:
            self._collected[batch + 1] = logs or {}
            self._train_ended = max(self._train_ended, now)
            if now - self._flushed >= FLUSH_SECONDS:
                self._flush(now)

    def on_test_batch_begin(self, batch: int, logs: dict[str, float] | None = None) -> None:
        now = time.monotonic()
        if batch == 0 or now - self._validation_reported >= 0.5:
            self._validation_reported = now
            self._session.emit(
                Validating(
                    at=time.time(),
                    epoch=self.epoch,
                    step=batch + 1,
                    steps=self._validation_steps,
                )
            )

    def on_test_begin(self, logs: dict[str, float] | None = None) -> None:
        self.flush()

    def flush(self) -> None:
        """Write the batches that are collected."""
        with self._lock:
            self._flush(time.monotonic())

    def _flush(self, now: float) -> None:
        rows = []
        while self._next in self._collected:
            rows.append(self._collected.pop(self._next))
            self._next += 1
        if not rows:
            return
        self._flushed = now
        self.batch = self._next - 1
        names = sorted(rows[-1])
        self._session.emit(
            BatchesEnded(
                at=time.time(),
                epoch=self.epoch,
                first=self._next - len(rows),
                steps=self.params["steps"],
                values={
                    n: tuple(rounded_metric(row.get(n, math.nan)) for row in rows) for n in names
                },
                images_per_second=round(self._speed(self.batch), 1),
            )
        )

    def _speed(self, batches: int) -> float:
        images = min(batches * self._batch_size, self._images)
        seconds = self._train_ended - self._epoch_began - self._timing.paused_training
        return images / max(seconds, 1e-6)

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        self.flush()
        metrics = epoch_metrics(logs)
        record = self.record
        self.improved = record.add(epoch + 1, metrics)
        times = self._timing.epoch_times()
        now = time.monotonic()
        self._session.emit(
            EpochEnded(
                at=time.time(),
                epoch=epoch + 1,
                epochs=self._epochs(),
                seconds=round(max(now - self._epoch_began - self._timing.paused, 0.0), 3),
                images_per_second=round(self._speed(self.params["steps"]), 1),
                metrics=metrics,
                best_epoch=record.best_epoch,
                best=record.best,
                best_metric=record.best_metric,
                learning_rate=exact_32(float(self.model.optimizer.learning_rate)),
                data_seconds=times.data,
                validation_seconds=times.validation,
                saving_seconds=times.saving,
            )
        )
