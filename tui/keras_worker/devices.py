"""The GPUs of a machine that others use too: their memory is taken as it is needed."""

from __future__ import annotations

import contextlib
from typing import Any

import keras


def spare_the_gpus() -> list[Any]:
    """Have the memory of every GPU taken as it is needed; TensorFlow would take all of it at once.

    To be called before anything is computed. All or none: TensorFlow refuses to begin where memory
    growth differs between the GPUs that it sees, whichever of them it is going to use.

    Returns:
        The GPUs that TensorFlow sees; it computes with the first.
    """
    if keras.backend.backend() != "tensorflow":
        return []
    import tensorflow as tf

    devices: list[Any] = tf.config.list_physical_devices("GPU")
    for device in devices:
        with contextlib.suppress(RuntimeError):  # something was computed already: too late
            tf.config.experimental.set_memory_growth(device, True)
    return devices
