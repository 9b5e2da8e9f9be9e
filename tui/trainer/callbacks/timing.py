"""Where an epoch's time goes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import keras

from tui.trainer.data.timed_dataset import TimedDataset


@dataclass(frozen=True)
class Times:
    """Parts of an epoch's time, in seconds.

    Args:
        data: waiting for training images.
        validation: the validation, pauses left out.
        saving: writing checkpoints and models since the epoch before, as far as the training
            waited for it.
    """

    data: float = 0.0
    validation: float = 0.0
    saving: float = 0.0


class Timing(keras.callbacks.Callback):  # type: ignore[misc]
    """Measures an epoch's parts: stands first among the callbacks.

    Waiting for data is what of a batch's making the training step has seen: from the step's
    begin, or the making's where that came later, until the batch is made. So neither the tracing
    of the graph counts nor a batch that was made ahead, nor the copy of a batch into TensorFlow.
    """

    async_safe = True

    def __init__(self) -> None:
        super().__init__()
        self._saving = self._data = self._validation = 0.0
        self._supply: TimedDataset | None = None
        self._batch = -1
        self._began = 0.0
        self._validation_began = self._paused_before = 0.0
        self._pauses = 0
        self.paused = 0.0
        """Seconds of this epoch in which the training waited for the user."""
        self.paused_training = 0.0
        """Of `paused`: before the validation."""
        self.while_paused: Callable[[], None] = lambda: None
        """Called several times a second in a pause."""

    def watch(self, training: Any) -> TimedDataset:
        """Return a loader of the same batches whose making is measured."""
        self._supply = TimedDataset(training)
        return self._supply

    # These hooks run in the training's own thread.

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        self._data = self._validation = self.paused = self.paused_training = 0.0
        self._batch, self._validation_began = -1, 0.0

    def on_train_batch_begin(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        self._count_waiting()
        self._batch, self._began = batch, time.perf_counter()

    def on_test_begin(self, logs: dict[str, Any] | None = None) -> None:
        self._count_waiting()
        self._validation_began = time.perf_counter()
        self._paused_before = self.paused

    def on_test_end(self, logs: dict[str, Any] | None = None) -> None:
        seconds = time.perf_counter() - self._validation_began
        self._validation = seconds - (self.paused - self._paused_before)

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        self._count_waiting()

    def _count_waiting(self) -> None:
        if self._supply is not None and self._batch >= 0:
            self._data += self._supply.waited(self._batch, self._began)
        self._batch = -1

    @contextmanager
    def pause(self) -> Iterator[None]:
        """Leave what is done within out of the epoch's seconds and speeds."""
        began = time.perf_counter()
        self._pauses += 1
        try:
            yield
        finally:
            self._pauses -= 1
            if not self._pauses:  # a model may be saved within a pause
                self._began = time.perf_counter()
                self.paused += self._began - began
                if not self._validation_began:
                    self.paused_training = self.paused

    @contextmanager
    def saving(self) -> Iterator[None]:
        """Count what is done within as saving."""
        began = time.perf_counter()
        try:
            yield
        finally:
            self._saving += time.perf_counter() - began

    def take(self) -> Times:
        """Return the parts of the epoch that ends now, and begin anew."""
        times = Times(
            data=round(self._data, 3),
            validation=round(self._validation, 3),
            saving=round(self._saving, 3),
        )
        self._saving = 0.0
        return times
