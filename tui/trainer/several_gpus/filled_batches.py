"""Batches that several devices can share evenly."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np


class FilledBatches(keras.utils.PyDataset):  # type: ignore[misc]
    """The batches of a loader with weights; one that the devices do not divide is filled up.

    Each device gets as many images: TensorFlow ends the process where one gets none. A batch is
    filled up with its own first images, at weight 0. The others weigh the more: Keras divides by
    the number of all, and the gradient is that of the batch as it was.

    Args:
        batches: a loader, or batches of one.
        devices: the number of devices.
    """

    def __init__(self, batches: Any, devices: int) -> None:
        super().__init__(batches.workers, batches.use_multiprocessing, batches.max_queue_size)
        self._batches = batches
        self._devices = devices

    def __len__(self) -> int:
        return len(self._batches)

    def __getitem__(self, index: int) -> Any:
        images, labels = self._batches[index]
        labels = labels.reshape(len(labels), -1)  # Keras's loss metric needs columns
        return fill_batch(images, labels, self._devices)

    def on_epoch_begin(self) -> None:
        self._batches.on_epoch_begin()

    def on_epoch_end(self) -> None:
        self._batches.on_epoch_end()


def fill_batch(images: Any, labels: Any, devices: int) -> tuple[Any, Any, Any]:
    """Return images, labels and weights, as many as the devices can share evenly."""
    real = len(images)
    filled = -(-real // devices) * devices
    if filled == real:
        return images, labels, np.ones(real, "float32")
    rows = np.arange(filled)
    weights = np.where(rows < real, filled / real, 0.0).astype("float32")
    return images[rows % real], labels[rows % real], weights


def uneven_batch(images: int, batch_size: int, devices: int) -> int:
    """Return the size of an epoch's last batch if the devices cannot share it evenly; else 0."""
    last = images % batch_size
    return last if last % devices else 0
