"""Beside a training: not taking what it needs."""

from __future__ import annotations

import contextlib

import keras


def spare_the_gpu() -> None:
    """Take the GPU's memory as it is needed; TensorFlow would take all of it at once.

    A training may be at work on it, of this program or of somebody else.
    """
    if keras.backend.backend() != "tensorflow":
        return
    import tensorflow as tf

    for device in tf.config.list_physical_devices("GPU"):
        with contextlib.suppress(RuntimeError, ValueError):
            tf.config.experimental.set_memory_growth(device, True)
