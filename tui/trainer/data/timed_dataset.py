"""The batches of a loader, with the times at which each was made."""

from __future__ import annotations

import time
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
