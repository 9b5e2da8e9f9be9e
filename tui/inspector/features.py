"""All layers' outputs for a picture, in one forward pass, kept as far as there is room."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from tui.inspector.pictures import Key

ROOM = 512 * 2**20
"""Bytes of outputs that are kept, of one picture or of several."""

Array = NDArray[np.float32]


class Features:
    """What each layer makes of a picture.

    Where one picture's outputs fit into the room they are computed at once, as
    `keras.Model(model.inputs, [layer.output for layer in model.layers])` does, and kept. Those of
    a larger network are computed layer by layer, and only the last one is kept, from which the
    next layers are reached; where branches meet, each layer is reached from the picture.

    Args:
        inputs: the symbolic inputs of a model.
        outputs: of each layer, symbolic.
        chain: the layers, where each one receives the output of the one before; else None.
        room: bytes that may be kept.
    """

    def __init__(
        self,
        inputs: Sequence[Any],
        outputs: Sequence[Any],
        chain: Sequence[keras.Layer] | None,
        room: int = ROOM,
    ) -> None:
        self.inputs, self.outputs = list(inputs), list(outputs)
        self._layers = chain
        self._room = room
        self.shapes = [tuple(int(side) for side in output.shape[1:]) for output in outputs]
        """Each layer's output without the axis of the batch."""
        self.sizes = [4 * int(np.prod(shape)) for shape in self.shapes]
        """Bytes of each layer's output for one picture."""
        self._whole = keras.Model(self.inputs, self.outputs) if sum(self.sizes) <= room else None
        self._kept: OrderedDict[Key, list[Array]] = OrderedDict()
        self._reached: tuple[Key, int, Any] | None = None

    def of(self, key: Key, position: int, picture: Callable[[], Array]) -> Array:
        """Return one layer's output for a picture.

        Args:
            key: what the picture is kept under.
            position: of the layer.
            picture: gives (height, width, depth) when it is needed.
        """
        if self._whole is None and self._layers is None:
            return self._alone(key, position, picture)
        if self._whole is None:
            return self._step(key, position, picture)
        if key not in self._kept:
            outputs = self._whole([picture()[None]], training=False)
            outputs = outputs if isinstance(outputs, (list, tuple)) else [outputs]
            while self._kept and (len(self._kept) + 1) * sum(self.sizes) > self._room:
                self._kept.popitem(last=False)
            self._kept[key] = [keras.ops.convert_to_numpy(output)[0] for output in outputs]
        self._kept.move_to_end(key)
        return self._kept[key][position]

    def _alone(self, key: Key, position: int, picture: Callable[[], Array]) -> Array:
        """One layer of a large network with branches; the last one is kept."""
        if self._reached is None or self._reached[:2] != (key, position):
            self._reached = None
            model = keras.Model(self.inputs, self.outputs[position])
            output = keras.ops.convert_to_numpy(model(picture()[None], training=False))[0]
            self._reached = key, position, output
        array: Array = self._reached[2]
        return array

    def _step(self, key: Key, position: int, picture: Callable[[], Array]) -> Array:
        assert self._layers is not None
        before, value = -1, None
        if self._reached is not None and self._reached[0] == key and self._reached[1] <= position:
            _, before, value = self._reached
        self._reached = None
        if value is None:
            value = keras.ops.convert_to_tensor(picture()[None])
        for layer in self._layers[before + 1 : position + 1]:
            value = layer(value, training=False) if _knows_training(layer) else layer(value)
        if self.sizes[position] <= self._room:
            self._reached = key, position, value
        array: Array = keras.ops.convert_to_numpy(value)[0]
        return array


def _knows_training(layer: keras.Layer) -> bool:
    return bool(getattr(layer, "_call_has_training_arg", False))
