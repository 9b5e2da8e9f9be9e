"""The callback that streams a training into its run folder."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from typing import Any

import keras

from tui.common.stop_rule import judged
from tui.common.text import exact_32
from tui.runs.events.event_types import BatchesEnded, EpochEnded, EpochStarted, Validating
from tui.trainer.callbacks.timing import Timing
from tui.trainer.run_session import Link
from tui.trainer.state.training_record import Record, metrics_of

FLUSH_SECONDS = 0.25


class EventCallback(keras.callbacks.Callback):  # type: ignore[misc]
    """Tells batches and epochs, and takes each whole epoch into the record.

    `async_safe` keeps Keras's asynchronous dispatch: the batch hooks then run in threads beside
    the training, perhaps two at once and out of order. So they only collect, under a lock, and a
    few times a second what was collected is written in order as one event.

    Args:
        link: where to tell.
        images: training images.
        batch_size: of the training loader.
        validation_steps: batches of a validation; 0 without.
        epochs: says how many epochs are wanted in all, as of now.
        record: takes in the epochs.
        timing: measures an epoch's parts.
    """

    async_safe = True

    def __init__(
        self,
        link: Link,
        *,
        images: int,
        batch_size: int,
        validation_steps: int,
        epochs: Callable[[], int],
        record: Record,
        timing: Timing,
    ) -> None:
        super().__init__()
        self._link = link
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
        self._told_validation = 0.0
        self.epoch = 0
        self.batch = 0
        self.record = record
        self.improved = False
        """Whether the last whole epoch is the best so far."""

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        self.epoch = epoch + 1
        self.batch = 0
        self._next = 1
        self._collected.clear()
        # Not by the time of day: a clock that is set back would hold up what is told.
        self._epoch_began = self._train_ended = time.monotonic()
        self._link.tell(
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
        if batch == 0 or now - self._told_validation >= 0.5:
            self._told_validation = now
            self._link.tell(
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
        """Tell the batches that are collected and not told yet."""
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
        self._link.tell(
            BatchesEnded(
                at=time.time(),
                epoch=self.epoch,
                first=self._next - len(rows),
                steps=self.params["steps"],
                values={n: tuple(judged(row.get(n, math.nan)) for row in rows) for n in names},
                images_per_second=round(self._speed(self.batch), 1),
            )
        )

    def _speed(self, batches: int) -> float:
        images = min(batches * self._batch_size, self._images)
        seconds = self._train_ended - self._epoch_began - self._timing.paused_training
        return images / max(seconds, 1e-6)

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        self.flush()
        metrics = metrics_of(logs)
        record = self.record
        self.improved = record.add(epoch + 1, metrics)
        times = self._timing.take()
        now = time.monotonic()
        self._link.tell(
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
