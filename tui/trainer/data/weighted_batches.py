"""Batches whose images count in the loss as much as their classes weigh."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np


class WeightedBatches(keras.utils.PyDataset):  # type: ignore[misc]
    """The batches of a loader with a weight for each image: that of its class.

    It does what `fit` does with `class_weight`. Here it is done before a batch is divided among
    several processes, which have to have the weights of all its images.

    Args:
        batches: a loader, or batches of one.
        weights: of each class.
    """

    def __init__(self, batches: Any, weights: Sequence[float]) -> None:
        super().__init__(batches.workers, batches.use_multiprocessing, batches.max_queue_size)
        self._batches = batches
        self._weights = np.asarray(weights, keras.backend.floatx())

    def __len__(self) -> int:
        return len(self._batches)

    def __getitem__(self, index: int) -> Any:
        images, labels = self._batches[index]
        return images, labels, self._weights[class_numbers(labels)]

    def on_epoch_begin(self) -> None:
        self._batches.on_epoch_begin()

    def on_epoch_end(self) -> None:
        self._batches.on_epoch_end()


def class_numbers(labels: Any) -> Any:
    """Return the number of each image's class.

    Args:
        labels: (images, classes), one 1 in each row; or numbers, (images,) or (images, 1).

    >>> class_numbers(np.array([[0.0, 1.0], [1.0, 0.0]])).tolist()
    [1, 0]
    >>> class_numbers(np.array([1.0, 0.0])).tolist()
    [1, 0]
    """
    if labels.ndim > 1 and labels.shape[-1] > 1:
        return np.argmax(labels, axis=-1)
    return np.round(labels.reshape(len(labels))).astype(int)
