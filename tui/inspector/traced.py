"""The symbolic output of every layer of a model, in the order of its rows.

A model inside the model has outputs of its own, which are not on the way from the outer input: its
layers are gone through anew from what the outer model feeds it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import keras

from tui.common.text import clean
from tui.geometry import Graph, GraphRow, sides_of
from tui.inspector.refusal import Refusal

Key = tuple[tuple[str, ...], str, int]
"""The names of the models that hold a layer, its own name, and which use of it."""
Use = tuple[Any, Any]
"""A layer, and the symbolic output of one use of it."""


def uses_of(model: keras.Model, graph: Graph, inputs: Sequence[Any]) -> list[Use]:
    """Return every row's layer and its symbolic output.

    Args:
        model: made from the description that `graph` was read from.
        graph: its rows.
        inputs: the model's own; or others, from which its layers are gone through anew.

    Raises:
        Refusal: when Keras made something else of the description than was read in it.
    """
    found: dict[Key, Use] = {}
    own = all(one is other for one, other in zip(inputs, model.inputs, strict=True))
    _go_through(model, list(inputs), (), found, anew=not own or _holds_models(model))
    return [_found(found, row) for row in graph.rows]


def outputs_of(model: keras.Model, layers: Sequence[keras.Layer]) -> list[Any]:
    """Return the symbolic outputs of layers, those of models inside the model too.

    A Sequential that was added to layer by layer has been put together several times, and a
    layer's own `output` may be of an earlier time: these are all of the last one.
    """
    found: dict[Key, Use] = {}
    _go_through(model, list(model.inputs), (), found, anew=_holds_models(model))
    outputs = {id(layer): output for layer, output in found.values()}
    return [outputs[id(layer)] for layer in layers]


def _found(found: Mapping[Key, Use], row: GraphRow) -> Use:
    use = found.get((row.models, row.name, row.use))
    if use is None:
        raise Refusal(
            f"The layer {clean(row.name, 40)} is described in a way that Keras does not follow.",
            "Save the model again with model.save, or choose another file.",
        )
    shape = tuple(use[1].shape[1:])
    if row.output is None or shape != sides_of(row.output):
        raise Refusal(
            f"The layer {clean(row.name, 40)} puts out {shape}, which is not what its description "
            f"was read as: {row.output}.",
            "Save the model again with model.save, or choose another file.",
        )
    return use


def _holds_models(model: keras.Model) -> bool:
    return any(isinstance(layer, keras.Model) for layer in model.layers)


def _go_through(
    model: keras.Model,
    values: list[Any],
    inside: tuple[str, ...],
    found: dict[Key, Use],
    anew: bool,
) -> list[Any]:
    """Note every layer's output, and return the model's.

    Args:
        model: built.
        values: what it receives.
        inside: the names of the models that hold it and its own, the outermost left out.
        found: where the outputs are noted.
        anew: whether each layer is called again, on what comes from `values`.
    """
    # A Sequential keeps a functional model of its layers.
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
            outputs = _go_through(layer, fed, (*inside, layer.name), found, anew)
        else:
            if getattr(layer, "_call_has_training_arg", False):
                kwargs = {**kwargs, "training": False}
            outputs = keras.tree.flatten(layer(*args, **kwargs))
            found[inside, layer.name, use] = layer, outputs[0]
        known |= {id(old): new for old, new in zip(node.outputs, outputs, strict=True)}
    return [known[id(output)] for output in function.outputs]
