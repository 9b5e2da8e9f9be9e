"""The output of every layer of a model: symbolic, and the values for an image.

A model inside the model has outputs of its own, which do not depend on the outer input: its layers
are called again on what the outer model feeds it.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from tui.common.text import clean
from tui.geometry import Graph, GraphRow, sides_of
from tui.inspector.image_preparation import FileKey
from tui.inspector.refusal import Refusal

LayerKey = tuple[tuple[str, ...], str, int]
"""The names of the models that contain a layer, its own name, and the number of its call."""
Use = tuple[Any, Any]
"""A layer, and the symbolic output of one of its calls."""


def layer_uses(model: keras.Model, graph: Graph, inputs: Sequence[Any]) -> list[Use]:
    """Return the layer and the symbolic output of every row.

    Args:
        model: built from the description that `graph` was read from.
        graph: its graph.
        inputs: those of the model, or others on which its layers are called again.

    Raises:
        Refusal: if Keras built something else from the description than was read from it.
    """
    found: dict[LayerKey, Use] = {}
    own = all(one is other for one, other in zip(inputs, model.inputs, strict=True))
    _trace_layers(model, list(inputs), (), found, anew=not own or _holds_models(model))
    return [_found(found, row) for row in graph.rows]


def symbolic_outputs(model: keras.Model, layers: Sequence[keras.Layer]) -> list[Any]:
    """Return the symbolic outputs of layers, including those of inner models.

    A Sequential is rebuilt with each added layer, so the `output` of a layer may be of an earlier
    build: these are all from the last one.
    """
    found: dict[LayerKey, Use] = {}
    _trace_layers(model, list(model.inputs), (), found, anew=_holds_models(model))
    outputs = {id(layer): output for layer, output in found.values()}
    return [outputs[id(layer)] for layer in layers]


def _found(found: Mapping[LayerKey, Use], row: GraphRow) -> Use:
    use = found.get((row.models, row.name, row.use))
    if use is None:
        raise Refusal(
            f"The layer {clean(row.name, 40)} is not in the model that Keras built from the "
            "description.",
            "Save the model again with model.save, or choose another file.",
        )
    shape = tuple(use[1].shape[1:])
    if row.output is None or shape != sides_of(row.output):
        raise Refusal(
            f"The layer {clean(row.name, 40)} has the output {shape}, but its description "
            f"was read as {row.output}.",
            "Save the model again with model.save, or choose another file.",
        )
    return use


def _holds_models(model: keras.Model) -> bool:
    return any(isinstance(layer, keras.Model) for layer in model.layers)


def _trace_layers(
    model: keras.Model,
    values: list[Any],
    inside: tuple[str, ...],
    found: dict[LayerKey, Use],
    anew: bool,
) -> list[Any]:
    """Collect the output of every layer, and return those of the model.

    Args:
        model: a built model.
        values: its inputs.
        inside: the names of the models that contain it and its own, without the outermost.
        found: receives the outputs.
        anew: whether each layer is called again, starting from `values`.
    """
    # A Sequential has a functional model of its layers.
    function = model._functional if isinstance(model, keras.Sequential) else model
    known = {id(old): new for old, new in zip(function.inputs, values, strict=True)}
    by_depth = function._nodes_by_depth
    nodes = [node for depth in sorted(by_depth, reverse=True) for node in by_depth[depth]]
    places = {id(node) for node in nodes}
    for node in nodes:
        layer = node.operation
        if layer is None or node.is_input:
            continue
        of_layer = [id(one) for one in layer._inbound_nodes if id(one) in places]
        use = of_layer.index(id(node))
        if not anew:
            found[inside, layer.name, use] = layer, node.outputs[0]
            known |= {id(output): output for output in node.outputs}
            continue
        args, kwargs = node.arguments.fill_in(known)
        if isinstance(layer, keras.Model):
            fed = keras.tree.flatten(args)
            outputs = _trace_layers(layer, fed, (*inside, layer.name), found, anew)
        else:
            if getattr(layer, "_call_has_training_arg", False):
                kwargs = {**kwargs, "training": False}
            outputs = keras.tree.flatten(layer(*args, **kwargs))
            found[inside, layer.name, use] = layer, outputs[0]
        known |= {id(old): new for old, new in zip(node.outputs, outputs, strict=True)}
    return [known[id(output)] for output in function.outputs]


MAX_CACHE_BYTES = 512 * 2**20
"""Bytes of outputs that are cached, of one image or several."""

Array = NDArray[np.float32]


class LayerOutputs:
    """The outputs of all layers for an image, cached.

    If the outputs for one image fit into the cache, they are computed at once, as by
    `keras.Model(model.inputs, [layer.output for layer in model.layers])`. Those of a larger chain
    are computed layer by layer, and only the last one is cached, from which later layers are
    computed; with branches, each layer is computed from the image.

    Args:
        inputs: the symbolic inputs of a model.
        outputs: the symbolic output of each layer.
        chain: the layers, if each one receives the output of the one before; else None.
        max_bytes: bytes that may be cached.
    """

    def __init__(
        self,
        inputs: Sequence[Any],
        outputs: Sequence[Any],
        chain: Sequence[keras.Layer] | None,
        max_bytes: int = MAX_CACHE_BYTES,
    ) -> None:
        self.inputs, self.outputs = list(inputs), list(outputs)
        self._layers = chain
        self._max_bytes = max_bytes
        self.shapes = [tuple(int(side) for side in output.shape[1:]) for output in outputs]
        """Output shape of each layer, without the batch axis."""
        self.sizes = [4 * int(np.prod(shape)) for shape in self.shapes]
        """Bytes of each layer's output for one image."""
        self._whole = (
            keras.Model(self.inputs, self.outputs) if sum(self.sizes) <= max_bytes else None
        )
        self._kept: OrderedDict[FileKey, list[Array]] = OrderedDict()
        self._reached: tuple[FileKey, int, Any] | None = None

    def of(self, key: FileKey, position: int, picture: Callable[[], Array]) -> Array:
        """Return the output of a layer for an image.

        Args:
            key: cache key of the image.
            position: position of the layer.
            picture: returns the image, (height, width, depth), when it is needed.
        """
        if self._whole is None and self._layers is None:
            return self._one_layer(key, position, picture)
        if self._whole is None:
            return self._step(key, position, picture)
        if key not in self._kept:
            outputs = self._whole([picture()[None]], training=False)
            outputs = outputs if isinstance(outputs, (list, tuple)) else [outputs]
            while self._kept and (len(self._kept) + 1) * sum(self.sizes) > self._max_bytes:
                self._kept.popitem(last=False)
            self._kept[key] = [keras.ops.convert_to_numpy(output)[0] for output in outputs]
        self._kept.move_to_end(key)
        return self._kept[key][position]

    def _one_layer(self, key: FileKey, position: int, picture: Callable[[], Array]) -> Array:
        """Compute one layer of a large network with branches, and cache it."""
        if self._reached is None or self._reached[:2] != (key, position):
            self._reached = None
            model = keras.Model(self.inputs, self.outputs[position])
            output = keras.ops.convert_to_numpy(model(picture()[None], training=False))[0]
            self._reached = key, position, output
        array: Array = self._reached[2]
        return array

    def _step(self, key: FileKey, position: int, picture: Callable[[], Array]) -> Array:
        assert self._layers is not None
        before, value = -1, None
        if self._reached is not None and self._reached[0] == key and self._reached[1] <= position:
            _, before, value = self._reached
        self._reached = None
        if value is None:
            value = keras.ops.convert_to_tensor(picture()[None])
        for layer in self._layers[before + 1 : position + 1]:
            value = layer(value, training=False) if _knows_training(layer) else layer(value)
        if self.sizes[position] <= self._max_bytes:
            self._reached = key, position, value
        array: Array = keras.ops.convert_to_numpy(value)[0]
        return array


def _knows_training(layer: keras.Layer) -> bool:
    return bool(getattr(layer, "_call_has_training_arg", False))
