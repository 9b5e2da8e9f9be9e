"""A training loader whose batches are clocked as they are made."""

from __future__ import annotations

import time
from typing import Any

import keras


class TimedDataset(keras.utils.PyDataset):  # type: ignore[misc]
    """Gives a loader's own batches, and remembers when each was begun and made.

    `fit` has batches made ahead in a thread of its own; this class adds two looks at the clock
    to a batch.

    Args:
        loader: Keras's iterator over a folder, or one of its kind.
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
        """Return how long a step waited for its batch; to be asked after the step.

        Args:
            step: of the epoch, from 0.
            since: when the step began, by `time.perf_counter`.
        """
        if step >= len(self._clocked):
            return 0.0
        begun, made = self._clocked[step]
        return max(made - max(begun, since), 0.0)
