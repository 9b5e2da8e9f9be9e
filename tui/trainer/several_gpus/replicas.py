"""The devices that share each batch of a training."""

from __future__ import annotations

from collections import Counter
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import keras

from tui.keras_worker.devices import device_name, grow_gpu_memory, name_of_gpu
from tui.keras_worker.failures import TrainingError
from tui.runs.queue.shared_gpus import logical_devices
from tui.runs.settings.several_gpus import ALL_GPUS, gpus_text, indivisible
from tui.runs.settings.spec import TrainingSpec

_WHERE = "choosing the GPUs"


@dataclass(frozen=True)
class Replicas:
    """The devices that compute a training, each on its part of every batch.

    Args:
        description: the device or devices in words.
        devices: TensorFlow's names, such as `GPU:0`; empty where one device computes alone.
        notice: what the user should know about the choice; may be empty.
    """

    description: str
    devices: tuple[str, ...] = ()
    notice: str = ""

    @property
    def several(self) -> bool:
        """Whether there is more than one."""
        return len(self.devices) > 1

    def __str__(self) -> str:
        """How many there are: `2 GPUs`, or `2 devices` where tests divide the CPU."""
        if not self.several:
            return "one device"
        return f"{len(self.devices)} {'GPUs' if self.devices[0].startswith('GPU') else 'devices'}"

    @cached_property
    def strategy(self) -> Any:
        """TensorFlow's strategy, in whose scope the model has to be built."""
        import tensorflow as tf

        return tf.distribute.MirroredStrategy(list(self.devices))

    def scope(self) -> AbstractContextManager[Any]:
        """Return the scope in which a model is built on all devices; one device needs none."""
        if not self.several:
            return nullcontext()
        scope: AbstractContextManager[Any] = self.strategy.scope()
        return scope


def choose_replicas(spec: TrainingSpec, *, resumed: bool) -> Replicas:
    """Return the devices for a training; call it before anything is computed.

    A new training gets what its spec asks for, or is refused. A run that is resumed where there are
    fewer GPUs continues on as many as there are and as can share its batch.

    Raises:
        TrainingError: when there are not so many GPUs, or they cannot share a batch evenly.
    """
    wanted = spec.gpus
    if wanted in (0, 1):
        return Replicas(device_name())
    _require_tensorflow(wanted)
    devices, names = _available()
    batch = spec.data.batch_size
    number = len(devices) if wanted == ALL_GPUS else wanted
    if len(devices) < max(number, 2):
        if wanted != ALL_GPUS and not resumed:
            raise _too_few(wanted, len(devices))
        if not resumed:
            seen = "one GPU" if devices else "no GPU"
            return Replicas(
                device_name(), notice=f"TensorFlow sees {seen} here: one device trains alone."
            )
    if problem := indivisible(number, batch):
        if not resumed:
            raise TrainingError(*_problem_and_cure(problem))
    elif len(devices) >= number > 1:
        return Replicas(_described(names[:number]), devices[:number])
    usable = max((n for n in range(1, len(devices) + 1) if batch % n == 0), default=1)
    place = "one device" if usable == 1 else str(usable)
    notice = (
        f"The run asks for {gpus_text(wanted)} GPUs, and TensorFlow sees {len(devices)} here: it "
        f"continues on {place}, which changes the history by rounding only."
    )
    if usable == 1:
        return Replicas(device_name(), notice=notice)
    return Replicas(_described(names[:usable]), devices[:usable], notice)


def _problem_and_cure(problem: str) -> tuple[str, str, str]:
    what, _, cure = problem.partition(". ")
    return f"{what}.", _WHERE, cure


def _require_tensorflow(wanted: int) -> None:
    backend = keras.backend.backend()
    if backend != "tensorflow":
        raise TrainingError(
            f"{gpus_text(wanted)} GPUs can share a batch on TensorFlow only, and Keras uses "
            f"{backend} here.",
            _WHERE,
            "Train on one GPU, or set KERAS_BACKEND=tensorflow in the environment.",
        )


def _too_few(wanted: int, seen: int) -> TrainingError:
    devices = {0: "none", 1: "one"}.get(seen, str(seen))
    fewer = f"{seen} GPUs" if seen > 1 else "1 GPU"
    return TrainingError(
        f"{wanted} GPUs were asked for, and TensorFlow sees {devices} here.",
        _WHERE,
        f"`cnn-tui doctor` says why a GPU is not seen. Or train on {fewer}.",
    )


def _available() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the names of the devices that can share a batch, and their models if GPUs."""
    number = logical_devices()
    if number > 1:
        _divide_cpu(number)
        return tuple(f"CPU:{n}" for n in range(number)), ()
    gpus = grow_gpu_memory()
    return tuple(f"GPU:{n}" for n in range(len(gpus))), tuple(name_of_gpu(gpu) for gpu in gpus)


def _divide_cpu(number: int) -> None:
    import tensorflow as tf

    cpu = tf.config.list_physical_devices("CPU")[0]
    parts = [tf.config.LogicalDeviceConfiguration()] * number
    tf.config.set_logical_device_configuration(cpu, parts)


def _described(names: tuple[str, ...]) -> str:
    """Return devices in words.

    Args:
        names: of GPUs; empty where the CPU is divided.

    >>> _described(("NVIDIA H200", "NVIDIA H200", "NVIDIA L4"))
    '2 × NVIDIA H200, 1 × NVIDIA L4'
    """
    if not names:
        return "CPU, divided"
    return ", ".join(f"{count} × {name}" for name, count in Counter(names).items())
