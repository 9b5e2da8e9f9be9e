"""Each process's share of a batch."""

from __future__ import annotations

import threading
import weakref
from typing import Any

import keras
import numpy as np

_whole: dict[int, weakref.ref[Any]] = {}
"""Arrays that every process has in whole, by their id."""
_lock = threading.Lock()


class BatchShare(keras.utils.PyDataset):  # type: ignore[misc]
    """The rows of each batch that this process computes.

    Every process makes the same batches, in the same order. A batch that the devices cannot divide,
    as the last one of an epoch may be, is computed in whole by each of them: so every figure is
    that of one process.

    Args:
        batches: the same in every process.
        number: of this process, from 0.
        processes: how many there are.
        devices: of all processes.
    """

    def __init__(self, batches: Any, number: int, processes: int, devices: int) -> None:
        super().__init__(batches.workers, batches.use_multiprocessing, batches.max_queue_size)
        self._batches = batches
        self._number, self._processes, self._devices = number, processes, devices

    def __len__(self) -> int:
        return len(self._batches)

    def __getitem__(self, index: int) -> Any:
        batch = self._batches[index]
        return tuple(self._share(array) for array in batch)

    def _share(self, array: Any) -> Any:
        rows = len(array)
        if rows % self._devices:
            whole = np.array(array)  # a copy: its id is in no other batch
            _mark_whole(whole)
            return whole
        part = rows // self._processes
        return array[self._number * part : (self._number + 1) * part]

    def on_epoch_begin(self) -> None:
        self._batches.on_epoch_begin()

    def on_epoch_end(self) -> None:
        self._batches.on_epoch_end()


def _mark_whole(array: Any) -> None:
    key = id(array)

    def forget(_: Any) -> None:
        _whole.pop(key, None)

    with _lock:
        _whole[key] = weakref.ref(array, forget)


def lay_out_each_batch() -> None:
    """Have Keras lay out each batch by itself, in this process.

    Keras takes the layout of an epoch's first batch for all of them. Here a batch that the devices
    cannot divide is laid out in another way: in whole on each.
    """
    from jax.sharding import NamedSharding, PartitionSpec
    from keras.src import tree
    from keras.src.backend.jax import trainer

    def batches(self: Any, distribution: Any) -> Any:
        def layout(array: Any) -> Any:
            if array is None:
                return None
            shared = distribution.get_data_layout(array.shape).backend_layout
            if id(array) in _whole:
                return NamedSharding(shared.mesh, PartitionSpec())
            return shared

        for data in self.data_adapter.get_jax_iterator():
            yield trainer._distribute_data(data, tree.map_structure(layout, data))

    trainer.JAXEpochIterator._get_distributed_iterator = batches
