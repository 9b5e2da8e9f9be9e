"""Where an epoch's time goes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import keras


class TimedDataset(keras.utils.PyDataset):  # type: ignore[misc]
    """The batches of a loader, with the times at which each was begun and finished.

    `fit` has batches made ahead in a thread of its own.

    Args:
        loader: Keras's iterator over a folder, or a subclass.
    """

    def __init__(self, loader: Any) -> None:
        super().__init__(loader.workers, loader.use_multiprocessing, loader.max_queue_size)
        self._loader = loader
        # In the order in which they are made: `fit` shuffles the indices.
        self._clocked: list[tuple[float, float]] = []

    def __len__(self) -> int:
        return len(self._loader)

    def __getitem__(self, index: int) -> Any:
        begun = time.perf_counter()
        batch = self._loader[index]
        self._clocked.append((begun, time.perf_counter()))
        return batch

    def on_epoch_begin(self) -> None:
        self._clocked.clear()  # the batches, too, that `fit` took for their shapes
        self._loader.on_epoch_begin()

    def on_epoch_end(self) -> None:
        self._loader.on_epoch_end()

    def waited(self, step: int, since: float) -> float:
        """Return how many seconds a step waited for its batch; to be called after the step.

        Args:
            step: of the epoch, from 0.
            since: when the step began, by `time.perf_counter`.
        """
        if step >= len(self._clocked):
            return 0.0
        begun, made = self._clocked[step]
        return max(made - max(begun, since), 0.0)


@dataclass(frozen=True)
class Times:
    """Parts of an epoch's time, in seconds.

    Args:
        data: waiting for training images.
        validation: the validation, without pauses.
        saving: writing checkpoints and models since the previous epoch, as far as the training
            waited for it.
    """

    data: float = 0.0
    validation: float = 0.0
    saving: float = 0.0


class Timing(keras.callbacks.Callback):  # type: ignore[misc]
    """Measures the parts of an epoch's time; it has to be the first callback.

    A step waits for data from its own beginning, or the beginning of its batch if that is later,
    until the batch is finished. So neither the tracing of the graph counts, nor a batch that was
    made ahead, nor the copy of a batch into TensorFlow.
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
        """Seconds of this epoch in which the user had paused the training."""
        self.paused_training = 0.0
        """Of `paused`: before the validation."""
        self.while_paused: Callable[[], None] = lambda: None
        """Called several times a second during a pause."""

    def watch(self, training: Any) -> TimedDataset:
        """Return a loader of the same batches that measures how long they take."""
        self._supply = TimedDataset(training)
        return self._supply

    # These hooks run in the thread of the training.

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
        """Leave a `with` block out of the epoch's seconds and speeds."""
        began = time.perf_counter()
        self._pauses += 1
        try:
            yield
        finally:
            self._pauses -= 1
            if not self._pauses:  # a model may be saved during a pause
                self._began = time.perf_counter()
                self.paused += self._began - began
                if not self._validation_began:
                    self.paused_training = self.paused

    @contextmanager
    def saving(self) -> Iterator[None]:
        """Count a `with` block as saving."""
        began = time.perf_counter()
        try:
            yield
        finally:
            self._saving += time.perf_counter() - began

    def epoch_times(self) -> Times:
        """Return the times of the epoch that ends now, and reset them."""
        times = Times(
            data=round(self._data, 3),
            validation=round(self._validation, 3),
            saving=round(self._saving, 3),
        )
        self._saving = 0.0
        return times
