"""A training whose batches several devices share: its model, its batches, its notices."""

from __future__ import annotations

import math
import time
from dataclasses import replace
from typing import Any

import keras
import numpy as np

from tui.callback.epoch_clock import EpochClock
from tui.keras_io.compile_names import CLASS_MODE_LOSSES
from tui.runs.events.event_types import Notice
from tui.runs.queue.slots import usable_gpus
from tui.runs.settings.spec import TrainingSpec
from tui.trainer.data.loaders import Loaders
from tui.trainer.run_session import RunSession
from tui.trainer.several_gpus.filled_batches import FilledBatches, uneven_batch
from tui.trainer.several_gpus.mirrored_model import mirrored
from tui.trainer.several_gpus.replicas import Replicas
from tui.trainer.several_gpus.speed import (
    SpeedReport,
    measure_one_device,
    measured_batch_size,
)


class SharedTraining:
    """Prepares a training for several devices. A new run gets a notice of what that changes.

    Args:
        session: takes the notices.
        spec: what to train.
        model: compiled, built in the scope of the replicas.
        loaders: of the images.
        replicas: the devices.
    """

    def __init__(
        self,
        session: RunSession,
        spec: TrainingSpec,
        model: keras.Model,
        loaders: Loaders,
        replicas: Replicas,
    ) -> None:
        self._session = session
        self._batch_size = spec.data.batch_size
        self._plain = model
        self._loaders = loaders
        self._replicas = replicas
        self._devices = len(replicas.devices)
        self.model = mirrored(model, CLASS_MODE_LOSSES[spec.data.class_mode], replicas)
        """The model to call `fit` of."""
        if not session.restarted:
            for text in self._notices():
                self._notify(text)

    def filled(self, batches: Any) -> Any:
        """Return batches of a loader that the devices can share; None where there are none."""
        return None if batches is None else FilledBatches(batches, self._devices)

    def speed_report(self, clock: EpochClock) -> SpeedReport:
        """Measure one device alone, and return a callback that compares all of them with it.

        Raises:
            Cancelled: when the user asks to stop meanwhile.
        """
        size = measured_batch_size(
            sum(math.prod(layer.output.shape[1:]) for layer in self._plain.layers),
            self._batch_size,
            self._devices,
            self._memory(),
        )
        one = measure_one_device(
            self._plain, self._random_batch(size), self._session.raise_if_stopped
        )
        if size != self._batch_size:
            one = replace(one, batch_size=size)
        images = self._loaders.training.n
        return SpeedReport(one, images, self._batch_size, str(self._replicas), clock, self._notify)

    def _memory(self) -> int | None:
        """Return the bytes of the smallest GPU; None where that is not known."""
        if not self._replicas.devices[0].startswith("GPU"):
            return None
        return min((gpu.memory_total for gpu in usable_gpus() if gpu.memory_total), default=None)

    def _random_batch(self, size: int) -> tuple[Any, Any]:
        random = np.random.default_rng(0)
        images = random.random((size, *self._plain.input_shape[1:]), np.float32)
        loader = self._loaders.training
        labels = random.integers(0, loader.num_classes, size)
        if loader.class_mode == "categorical":
            return images, np.eye(loader.num_classes, dtype=np.float32)[labels]
        return images, labels.astype(np.float32)

    def _notify(self, text: str) -> None:
        self._session.emit(Notice(at=time.time(), text=text))

    def _notices(self) -> list[str]:
        kinds = {type(layer) for layer in self._plain.layers}
        part = self._batch_size // self._devices
        text = f"{self._replicas} share each batch of {self._batch_size} images, {part} each. "
        if keras.layers.Dropout in kinds:
            text += (
                "Dropout draws the same for the part of each, so the history is not that of one "
                "alone. "
            )
        else:
            text += "The history is that of one alone to rounding. "
        text += "A small network may train more slowly than on one alone."
        found = [text]
        validation = self._loaders.validation
        for name, images in (
            ("training", self._loaders.training.n),
            ("validation", validation.n if validation is not None else 0),
        ):
            if last := uneven_batch(images, self._batch_size, self._devices):
                found.append(
                    uneven_sentence(name, last, self._devices)
                    + " They still count in the means of BatchNormalization."
                    * (name == "training" and keras.layers.BatchNormalization in kinds)
                )
        return found


def uneven_sentence(name: str, last: int, devices: int) -> str:
    """Return what is done with a last batch that the devices cannot share evenly.

    >>> uneven_sentence("training", 1, 2)
    'The last batch of training images, of 1, is filled up to 2 with images of its own that count \
neither in the loss nor in the accuracy.'
    """
    filled = -(-last // devices) * devices
    return (
        f"The last batch of {name} images, of {last}, is filled up to {filled} with images of its "
        "own that count neither in the loss nor in the accuracy."
    )
