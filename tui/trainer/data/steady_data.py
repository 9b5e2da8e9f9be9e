"""Keeping TensorFlow's data pipeline from waiting for a clock that was set back.

tf.data has a thread that tunes the pipeline from time to time, by the time of day. After the clock
was set back by three hours it may sleep for three hours, and at the end of an epoch the training
waits for it. The pipeline here is one generator: there is nothing to tune.
"""

from __future__ import annotations

from typing import Any

import keras


def without_tuning() -> None:
    """Have Keras hand its batches to TensorFlow without that thread, in this whole process."""
    if keras.backend.backend() != "tensorflow":
        return
    import tensorflow as tf
    from keras.src.trainers.data_adapters.py_dataset_adapter import PyDatasetAdapter

    plain = PyDatasetAdapter.get_tf_dataset
    if getattr(plain, "steady", False):
        return

    def steady(self: Any) -> Any:
        options = tf.data.Options()
        options.autotune.enabled = False
        return plain(self).with_options(options)

    steady.steady = True  # type: ignore[attr-defined]
    PyDatasetAdapter.get_tf_dataset = steady
