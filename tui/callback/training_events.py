"""Writing a training's batches and epochs as events."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from tui.callback.epoch_clock import EpochClock
from tui.callback.training_record import TrainingRecord, epoch_metrics
from tui.common.stop_rule import rounded_metric
from tui.runs.events.event_types import BatchesEnded, EpochEnded, EpochStarted, Event, Validating

FLUSH_SECONDS = 0.25
VALIDATION_SECONDS = 0.5
MOST_BATCH_METRICS = 50
"""Metrics whose value after each batch is written; of more metrics, only after each epoch."""


class TrainingEvents:
    """Reports batches and epochs, and adds each complete epoch to the record.

    `batch_ended` may be called in threads beside the training, perhaps in two at once and out of
    order, as Keras's asynchronous dispatch does. So it only collects values, under a lock; a few
    times a second these are written in order as one event.

    Args:
        emit: takes the events.
        epochs: returns the number of epochs that is wanted in all now.
        record: gets the complete epochs.
        clock: measures an epoch's parts.
        images: training images; 0 where not known, and then there are no images/s.
        batch_size: images a batch; 0 where not known.
        validation_steps: batches of a validation; 0 without, or where not known.
    """

    def __init__(
        self,
        emit: Callable[[Event], None],
        *,
        epochs: Callable[[], int],
        record: TrainingRecord,
        clock: EpochClock,
        images: int = 0,
        batch_size: int = 0,
        validation_steps: int = 0,
    ) -> None:
        self._emit = emit
        self._images = images
        self._batch_size = batch_size
        self._validation_steps = validation_steps
        self._epochs = epochs
        self._clock = clock
        self._lock = threading.Lock()
        self._collected: dict[int, Mapping[str, Any]] = {}
        self._next = 1
        self._flushed = -math.inf
        self._epoch_began = 0.0
        self._train_ended = 0.0
        self._validation_reported = 0.0
        self._steps = 0
        self.epoch = 0
        self.batch = 0
        self.record = record
        self.improved = False
        """Whether the last complete epoch is the best so far."""
        self.grouped = False
        """Whether several batches may end at once, and only the last of them has values, as with
        Keras's `steps_per_execution`."""

    def epoch_begins(self, epoch: int, steps: int = 0, since: float | None = None) -> None:
        """Report that an epoch begins.

        Args:
            epoch: from 1.
            steps: batches in it; 0 where not known.
            since: when it began, by `time.monotonic`; None: now.
        """
        # The epoch before shows it where a generator does not say.
        self.epoch, self._steps, self.batch = epoch, steps or self.batch, 0
        self._next = 1
        self._collected.clear()
        # Not by the time of day: a clock that is set back would hold up the events.
        self._epoch_began = time.monotonic() if since is None else since
        self._train_ended = self._epoch_began
        self._emit(
            EpochStarted(at=time.time(), epoch=epoch, epochs=self._epochs(), steps=self._steps)
        )

    def batch_ended(self, number: int, values: Mapping[str, Any]) -> None:
        """Collect the values after a batch.

        Args:
            number: from 1 in the epoch.
            values: by metric, Keras's running means.
        """
        now = time.monotonic()
        with self._lock:
            self._collected[number] = values
            self._train_ended = max(self._train_ended, now)
            if now - self._flushed >= FLUSH_SECONDS:
                self._flush(now)

    def validation_batch_begins(self, step: int) -> None:
        """Report how far the validation is, twice a second.

        Args:
            step: from 1.
        """
        now = time.monotonic()
        if step == 1 or now - self._validation_reported >= VALIDATION_SECONDS:
            self._validation_reported = now
            self._emit(
                Validating(
                    at=time.time(), epoch=self.epoch, step=step, steps=self._validation_steps
                )
            )

    def validation_ended(self, steps: int) -> None:
        """Note how many batches a validation has, where that was not known."""
        self._validation_steps = self._validation_steps or steps

    def flush(self) -> None:
        """Write the batches that are collected."""
        with self._lock:
            self._flush(time.monotonic())

    def _flush(self, now: float) -> None:
        first = self._next
        rows: list[Mapping[str, Any]] = []
        while self._collected:
            number = min(self._collected) if self.grouped else self._next
            if number not in self._collected:
                break
            values = self._collected.pop(number)
            if number >= self._next:
                rows += [{}] * (number - self._next) + [values]
                self._next = number + 1
        if not rows:
            return
        self._flushed = now
        self.batch = self._next - 1
        names = sorted(rows[-1], key=lambda name: (name != "loss", name))[:MOST_BATCH_METRICS]
        self._emit(
            BatchesEnded(
                at=time.time(),
                epoch=self.epoch,
                first=first,
                steps=self._steps,
                values={n: tuple(_value(row, n) for row in rows) for n in sorted(names)},
                images_per_second=round(self._speed(self.batch), 1),
            )
        )

    def _speed(self, batches: int) -> float:
        images = batches * self._batch_size
        if self._images:
            images = min(images, self._images)
        seconds = self._train_ended - self._epoch_began - self._clock.paused_training
        return images / max(seconds, 1e-6)

    def epoch_ended(self, epoch: int, logs: Mapping[str, Any] | None, rate: float = 0.0) -> None:
        """Report an epoch's end, and add it to the record.

        Args:
            epoch: from 1.
            logs: its metrics.
            rate: the learning rate; 0 where not known.
        """
        self.flush()
        metrics = epoch_metrics(logs)
        record = self.record
        self.improved = record.add(epoch, metrics)
        times = self._clock.epoch_times()
        now = time.monotonic()
        self._emit(
            EpochEnded(
                at=time.time(),
                epoch=epoch,
                epochs=self._epochs(),
                seconds=round(max(now - self._epoch_began - self._clock.paused, 0.0), 3),
                images_per_second=round(self._speed(self._steps or self.batch), 1),
                metrics=metrics,
                best_epoch=record.best_epoch,
                best=record.best,
                best_metric=record.best_metric,
                learning_rate=rate,
                data_seconds=times.data,
                validation_seconds=times.validation,
                saving_seconds=times.saving,
            )
        )


def _value(row: Mapping[str, Any], name: str) -> float | None:
    try:
        return rounded_metric(float(row.get(name, math.nan)))
    except (TypeError, ValueError):  # no single number
        return None
