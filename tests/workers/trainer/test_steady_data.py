"""What TensorFlow is kept from: a thread that sleeps by the time of day, and is waited for."""

from __future__ import annotations

import numpy as np
from keras.src.trainers.data_adapters.py_dataset_adapter import PyDatasetAdapter
from numpy.typing import NDArray

from tui.trainer.data.timed_dataset import TimedDataset
from tui.trainer.fitting import disable_autotune

Batch = tuple[NDArray[np.float32], NDArray[np.float32]]


class Loader:
    """Three batches that tell themselves apart."""

    workers, use_multiprocessing, max_queue_size = 1, False, 10

    def __len__(self) -> int:
        return 3

    def __getitem__(self, index: int) -> Batch:
        return np.full((2, 4), index, np.float32), np.full((2, 1), index, np.float32)

    def on_epoch_begin(self) -> None:
        pass

    def on_epoch_end(self) -> None:
        pass


def test_the_batches_come_without_the_thread_that_tunes_by_the_time_of_day() -> None:
    disable_autotune()
    disable_autotune()  # done once
    dataset = PyDatasetAdapter(TimedDataset(Loader()), shuffle=False).get_tf_dataset()
    assert dataset.options().autotune.enabled is False
    values = [float(images[0, 0]) for images, _ in dataset]
    assert values == [0.0, 1.0, 2.0]
