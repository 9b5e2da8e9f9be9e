"""The phases of a training on a pretrained backbone, carried out on its model.

In each phase the model is compiled anew: its optimizer starts without what it had gathered. Frozen
layers of BatchNormalization are in inference mode; they stay frozen while others are fine-tuned.
"""

from __future__ import annotations

import difflib
import math
import time
from typing import Any

import keras
from msgspec.structs import replace

from tui.common.text import clean, in_words
from tui.geometry import parse_network
from tui.keras_io import keras_layers
from tui.keras_worker.build_model import compile_model
from tui.keras_worker.failures import TrainingError
from tui.runs.events.event_types import PhaseStarted
from tui.runs.settings.phases import Phase, phases_of
from tui.runs.settings.spec import TrainingSpec


class Phases:
    """The phase that a model is in, and the way to the next one.

    Args:
        spec: what to train.
        model: compiled for `spec`, its backbone frozen. It is put into the first phase.

    Raises:
        TrainingError: when the backbone has no layer of the name from which on it is fine-tuned.
    """

    def __init__(self, spec: TrainingSpec, model: keras.Model) -> None:
        self._spec = spec
        self._model = model
        self._phases = phases_of(spec)
        self.number = 0
        self.first_epoch = 1
        """The first epoch of the present phase."""
        self._trained_layers = [_layers_from(spec, model, phase) for phase in self._phases]
        if self._trained_layers[0]:
            self._compile()

    @property
    def several(self) -> bool:
        """Whether the training has phases at all."""
        return bool(self._phases[0].name)

    @property
    def present(self) -> Phase:
        """The phase that the model is in."""
        return self._phases[self.number]

    @property
    def spec(self) -> TrainingSpec:
        """The spec, with the learning rate that the present phase begins with."""
        return replace(self._spec, learning_rate=self.present.learning_rate)

    @property
    def last_epoch(self) -> int | None:
        """The epoch that the present phase ends with at the latest; None: it is the last one."""
        return self.present.last_epoch or None

    @property
    def frozen(self) -> bool:
        """Whether a backbone is frozen in the present phase, all of it."""
        return self._spec.base is not None and not self._trained_layers[self.number]

    def begin_next(self, done: int) -> None:
        """Put the model into the next phase.

        Args:
            done: complete epochs.
        """
        self._enter(self.number + 1, done + 1)

    def _enter(self, number: int, first_epoch: int) -> None:
        self.first_epoch = first_epoch
        if number != self.number:
            self.number = number
            self._compile()

    def _compile(self) -> None:
        trained = {id(layer) for layer in self._trained_layers[self.number]}
        for layers in self._trained_layers:
            for layer in layers:
                layer.trainable = id(layer) in trained
        compile_model(self._model, self.spec)

    def event(self, reason: str = "") -> PhaseStarted:
        """Return the event that the present phase begins.

        Args:
            reason: why the one before ended early.
        """
        phase = self.present
        return PhaseStarted(
            at=time.time(),
            epoch=self.first_epoch,
            phase=phase.name,
            learning_rate=phase.learning_rate,
            until=phase.last_epoch,
            from_layer=phase.from_layer,
            trainable=sum(math.prod(one.shape) for one in self._model.trainable_weights),
            reason=reason,
        )

    def state(self) -> dict[str, Any]:
        """Return the part of a checkpoint that belongs to this object, as JSON has it."""
        return {"number": self.number, "first_epoch": self.first_epoch}

    def restore(self, state: dict[str, Any]) -> None:
        """Put the model into the phase of a checkpoint, before its variables are restored.

        Args:
            state: of the checkpoint; empty for the first phase.
        """
        number = min(state.get("number", 0), len(self._phases) - 1)
        self._enter(number, state.get("first_epoch", 1))


def _layers_from(spec: TrainingSpec, model: keras.Model, phase: Phase) -> list[keras.layers.Layer]:
    """Return the layers of the backbone that a phase trains, without BatchNormalization."""
    if not phase.from_layer:
        return []
    layers = backbone_layers(spec, model)
    names = [layer.name for layer in layers]
    if phase.from_layer not in names:
        base = spec.base.name if spec.base is not None else ""
        near = difflib.get_close_matches(phase.from_layer, names, 3, 0.5)
        trained = [layer.name for layer in layers if layer.weights]
        raise TrainingError(
            f"{base} has no layer {clean(phase.from_layer, 60)!r}.",
            "building the network",
            f"Fine-tune from a layer that it has, for example {in_words(near or trained[-3:])}.",
        )
    return [
        layer
        for layer in layers[names.index(phase.from_layer) :]
        if not isinstance(layer, keras.layers.BatchNormalization)
    ]


def head_layers(spec: TrainingSpec, model: keras.Model) -> list[keras.layers.Layer]:
    """Return the layers of a model that stand on its backbone."""
    count = len(keras_layers(parse_network(spec.network)))
    found: list[keras.layers.Layer] = model.layers[len(model.layers) - count :]
    return found


def backbone_layers(spec: TrainingSpec, model: keras.Model) -> list[keras.layers.Layer]:
    """Return the layers of a model's backbone, in their order."""
    found: list[keras.layers.Layer] = model.layers[: -len(head_layers(spec, model))]
    return found
