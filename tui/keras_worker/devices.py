"""The devices that Keras computes on."""

from __future__ import annotations

import contextlib
import os
from typing import Any

import keras


def device_name() -> str:
    """Return the device that computes: `CPU, 2 cores`, or the name of the first GPU.

    GPU memory is from now on taken as it is needed, see `grow_gpu_memory`.
    """
    grow_gpu_memory()
    return name_of_device()


def name_of_device() -> str:
    """Return the device that computes, without changing any setting of the backend."""
    backend = keras.backend.backend()
    if backend == "tensorflow":
        import tensorflow as tf

        for device in tf.config.list_physical_devices("GPU")[:1]:
            return name_of_gpu(device)
    elif backend == "jax":
        import jax

        first = jax.devices()[0]
        if first.platform != "cpu":
            return str(first.device_kind)
    elif backend == "torch":
        import torch

        if torch.cuda.is_available():
            return str(torch.cuda.get_device_name())
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"CPU, {cores} cores"


def name_of_gpu(device: Any) -> str:
    """Return the name of a GPU that TensorFlow lists."""
    import tensorflow as tf

    details = tf.config.experimental.get_device_details(device)
    return str(details.get("device_name", device.name))


def grow_gpu_memory() -> list[Any]:
    """Let TensorFlow take GPU memory as it is needed, and not all of it at once: others use it too.

    To be called before anything is computed. It is set for all GPUs or none: TensorFlow refuses to
    start where memory growth differs between the GPUs that it sees, whichever of them it uses.

    Returns:
        The GPUs that TensorFlow sees; it computes on the first.
    """
    if keras.backend.backend() != "tensorflow":
        return []
    import tensorflow as tf

    devices: list[Any] = tf.config.list_physical_devices("GPU")
    for device in devices:
        with contextlib.suppress(RuntimeError):  # something was computed already: too late
            tf.config.experimental.set_memory_growth(device, True)
    return devices
