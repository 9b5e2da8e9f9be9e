"""Images/s on several devices, against one of them alone."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import keras

from tui.callback.epoch_clock import EpochClock
from tui.keras_worker.failures import explain_failure, is_out_of_memory
from tui.trainer.data.data_state import (
    numpy_state,
    python_state,
    set_numpy_state,
    set_python_state,
)
from tui.trainer.several_gpus.mirrored_model import as_on_one_device

MEASURE_SECONDS = 2.0
_WARM_UP, _FIRST, _MOST = 2, 3, 200
"""Steps: to compile the training, to estimate its speed, and the most that are measured."""


@dataclass(frozen=True)
class OneDevice:
    """The speed of one device.

    Args:
        images_per_second: of the training; 0 where it could not be measured.
        problem: why not, in a sentence.
        batch_size: with which it was measured, if that is not the training's; else 0.
    """

    images_per_second: float
    problem: str = ""
    batch_size: int = 0


def measured_batch_size(values: int, batch_size: int, devices: int, memory: int | None) -> int:
    """Return the batch size to measure one device with: the training's, if that is safe.

    TensorFlow keeps the GPU memory that it has taken once, and the training needs some of it for
    what is not TensorFlow's. So the measurement should not take most of it.

    Args:
        values: numbers in the outputs of all layers, for one image.
        batch_size: of the training, a multiple of the number of devices.
        devices: their number.
        memory: bytes of one device; None: not known, or not a GPU's.

    >>> measured_batch_size(1_000_000, 64, 2, 80 * 10**9)
    64
    >>> measured_batch_size(40_000_000, 64, 2, 80 * 10**9)
    32
    """
    part = batch_size // devices
    if memory is None:
        return batch_size
    # The outputs, their gradients, and what convolutions need beside them.
    safe = int(0.3 * memory / max(3 * 4 * values, 1))
    return max(min(safe // part, devices), 1) * part


def measure_one_device(
    model: keras.Model, batch: tuple[Any, Any], check: Callable[[], None]
) -> OneDevice:
    """Train a copy of a model on the first of several devices for a few seconds.

    Neither the model nor the random numbers of this process are changed.

    Args:
        model: built and compiled for several.
        batch: images and labels, a whole batch; they are not changed.
        check: called before each step; it may raise, to stop.
    """
    python, numpy = python_state(), numpy_state()
    try:
        # Outside the strategy's scope TensorFlow computes on the first device, as ever.
        with as_on_one_device(model):
            copy = keras.models.clone_model(model)
        copy.compile_from_config(model.get_compile_config())
        _seconds(copy, batch, _WARM_UP, check)
        each = _seconds(copy, batch, _FIRST, check) / _FIRST
        steps = int(min(max(MEASURE_SECONDS / max(each, 1e-6), 1), _MOST))
        seconds = _seconds(copy, batch, steps, check)
        return OneDevice(steps * len(batch[0]) / seconds)
    except Exception as error:
        check()  # a stop is not a failure to measure
        why = "it has too little memory for a whole batch"
        if not is_out_of_memory(error):
            why = explain_failure(error).what.rstrip(".")
        return OneDevice(0.0, f"One of them alone could not be measured: {why}.")
    finally:
        set_python_state(python)
        set_numpy_state(numpy)


def _seconds(
    model: keras.Model, batch: tuple[Any, Any], steps: int, check: Callable[[], None]
) -> float:
    began = time.perf_counter()
    model.fit(_SameBatch(batch, steps), verbose=0, callbacks=[_Check(check)])
    return time.perf_counter() - began


class _SameBatch(keras.utils.PyDataset):  # type: ignore[misc]
    def __init__(self, batch: tuple[Any, Any], steps: int) -> None:
        super().__init__()
        self._batch, self._steps = batch, steps

    def __len__(self) -> int:
        return self._steps

    def __getitem__(self, index: int) -> Any:
        return self._batch


class _Check(keras.callbacks.Callback):  # type: ignore[misc]
    async_safe = True

    def __init__(self, check: Callable[[], None]) -> None:
        super().__init__()
        self._check = check

    def on_train_batch_begin(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        self._check()


class SpeedReport(keras.callbacks.Callback):  # type: ignore[misc]
    """Reports images/s of the first epoch that can be measured, beside those of one device.

    The first step compiles the training: it is left out. An epoch of one step is left out whole.
    It has to be the first of the callbacks.

    Args:
        one: the speed of one device.
        images: training images.
        batch_size: images a batch.
        devices: how many there are, in words.
        clock: knows the pauses, and the time spent waiting for images.
        report: takes the sentences.
    """

    async_safe = True

    def __init__(
        self,
        one: OneDevice,
        images: int,
        batch_size: int,
        devices: str,
        clock: EpochClock,
        report: Callable[[str], None],
    ) -> None:
        super().__init__()
        self._one = one
        self._images, self._batch_size = images, batch_size
        self._devices = devices
        self._clock = clock
        self._report = report
        self._epoch = self._measured = 0
        self._began = self._waiting = 0.0
        self._compiled = self._over = False
        self._sentences = ""

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        self._send()
        self._epoch, self._began = epoch + 1, 0.0
        if self._compiled:
            self._began, self._waiting, self._measured = time.perf_counter(), 0.0, self._images

    def on_train_batch_begin(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        if batch == 1 and not self._compiled:
            self._began = time.perf_counter() - self._clock.paused
            self._waiting = self._clock.waiting
            self._measured = self._images - self._batch_size

    def on_test_begin(self, logs: dict[str, Any] | None = None) -> None:
        self._training_ends()

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        self._training_ends()  # where there is no validation

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        self._send()

    def _training_ends(self) -> None:
        self._compiled = True
        if not self._began or self._over:
            return
        self._over = True
        seconds = max(time.perf_counter() - self._clock.paused - self._began, 1e-6)
        self._sentences = speed_sentences(
            self._measured / seconds,
            self._devices,
            self._one,
            (self._clock.waiting - self._waiting) / seconds,
            epoch=self._epoch,
        )

    def _send(self) -> None:
        """Report once, after the other callbacks have reported the epoch."""
        if self._sentences:
            self._report(self._sentences)
            self._sentences = ""


def speed_sentences(
    speed: float, devices: str, one: OneDevice, waiting: float = 0.0, *, epoch: int = 1
) -> str:
    """Return the speed of several devices beside that of one, and what to conclude.

    Args:
        speed: images/s of all together.
        devices: how many there are, in words.
        one: the speed of one alone.
        waiting: the part of the time that was spent waiting for images.
        epoch: in which it was measured.

    >>> print(speed_sentences(5210, "2 GPUs", OneDevice(3100)))
    Epoch 1: 5,210 images/s on 2 GPUs. One of them alone computed 3,100 images/s before the \
first epoch, with images in memory. Together they are 1.7 times as fast.
    >>> speed_sentences(90, "2 GPUs", OneDevice(100)).rpartition(". ")[2]
    'Together they are slower: train this network on one, or with a larger batch.'
    """
    text = f"Epoch {epoch}: {_rate(speed)} images/s on {devices}"
    if waiting >= 0.1:
        text += f", {waiting:.0%} of the time waiting for images"
    if not one.images_per_second:
        return f"{text}. {one.problem}".rstrip()
    batches = f", in batches of {one.batch_size}" if one.batch_size else ""
    text += (
        f". One of them alone computed {_rate(one.images_per_second)} images/s before the first "
        f"epoch, with images in memory{batches}. Together they are "
    )
    ratio = speed / one.images_per_second
    if ratio >= 1.05:
        return f"{text}{ratio:.2g} times as fast."
    slower = "about as fast" if ratio > 0.95 else "slower"
    if waiting >= 0.1:
        return f"{text}{slower}: the images come too slowly."
    return f"{text}{slower}: train this network on one, or with a larger batch."


def _rate(speed: float) -> str:
    return f"{speed:,.0f}" if speed >= 10 else f"{speed:.1f}"
