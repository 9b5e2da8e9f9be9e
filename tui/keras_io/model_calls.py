"""A Keras model as one list of layer calls, each after all that it receives.

Models inside the model are replaced by their layers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from tui.geometry import checks
from tui.geometry.errors import GeometryError, escaped, shown
from tui.geometry.graph import GraphInput
from tui.geometry.shapes import AnyShape, Block, shape_of
from tui.keras_io.inbound_nodes import (
    CallLookup,
    nodes_of,
    sorted_calls,
    tensors_in,
    without_batch,
)
from tui.keras_io.layer_config import LayerConfig
from tui.keras_io.model_json import (
    DEEPEST,
    Config,
    built_shape_in,
    config_in,
    input_shape_in,
    is_model,
    is_sequential,
    layers_in,
    model_in,
    module_in,
    name_in,
)

DEFAULT_SIDE = 224
"""Taken for a height or width that a network leaves open: what most photo networks receive."""
MOST_CALLS = 4000
"""More than any network in use has; those of `keras.applications` have up to 1,100."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where an input of a layer comes from.

    Args:
        index: position in `ModelCalls.calls`; −1 is the model's first input, −2 the second.
        shape: its shape without the batch, where it is written.
    """

    index: int
    shape: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a layer.

    Args:
        layer: the layer; its number is the position of this call in the list, from 1.
        models: names of the models that hold it, the outermost first, without the whole model.
        use: which call of the layer it is, from 0: only a shared layer has more.
        sources: its inputs.
        plain: whether all its other arguments are numbers and strings.
        frozen: whether it, or a model that holds it, is not trained.
        repeated: whether its parameters were counted with an earlier call.
    """

    layer: LayerConfig
    models: tuple[str, ...]
    use: int
    sources: tuple[Source, ...]
    plain: bool
    frozen: bool
    repeated: bool


@dataclass
class ModelCalls:
    """A model taken apart.

    Args:
        inputs: of the whole model.
        calls: of its layers, without the input layers.
        outputs: positions of the calls whose outputs are the model's.
        models: names of all models that were opened, the whole one first.
        unused: how many calls the outputs do not depend on; they are left out.
    """

    inputs: list[GraphInput] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    outputs: list[int] = field(default_factory=list)
    models: list[str] = field(default_factory=list)
    unused: int = 0


@dataclass(frozen=True, slots=True)
class _Context:
    """The models that hold the one being read, and what follows from them."""

    models: tuple[str, ...] = ()
    frozen: bool = False
    repeated: bool = False


def model_calls(data: object) -> ModelCalls:
    """Take a Keras model apart.

    Args:
        data: the values in the JSON of `model.to_json()`.

    Raises:
        GeometryError: it is not a model, or its layers are not connected in a way that Keras
            could compute.
    """
    model = model_in(data)
    found = ModelCalls()
    outputs = _read_model(model, None, _Context(), found)
    found.outputs = list(dict.fromkeys(source.index for source in outputs))
    return found


def _read_model(
    model: Config, inputs: Sequence[Source] | None, context: _Context, found: ModelCalls
) -> list[Source]:
    """Add the calls of a model's layers to `found`, and return the model's outputs.

    Args:
        model: the model.
        inputs: what it receives; None for the whole model.
        context: what holds it.
        found: is added to.
    """
    if len(context.models) > DEEPEST:
        raise GeometryError(
            f"models are nested more than {DEEPEST} deep: put their layers into one model."
        )
    found.models.append(name_in(model))
    if len(found.models) > MOST_CALLS:
        raise _too_many(len(found.models))
    layers = layers_in(model)
    frozen = context.frozen or config_in(model).get("trainable") is False
    context = _Context(context.models, frozen, context.repeated)
    read = _read_sequential if is_sequential(model) else _read_functional
    return read(model, layers, inputs, context, found)


def _read_sequential(
    model: Config,
    layers: list[Config],
    inputs: Sequence[Source] | None,
    context: _Context,
    found: ModelCalls,
) -> list[Source]:
    if inputs is None:
        inputs = [_add_input(found, model, _first_shape(model, layers))]
    values = list(inputs)
    for layer in layers:
        if layer["class_name"] != "InputLayer":
            values = _call(layer, 0, _with_built_shape(layer, values), True, context, found)
    return values


def _with_built_shape(layer: Config, values: list[Source]) -> list[Source]:
    """Return a layer's inputs, with the shape for which the file says that it was built."""
    shape = without_batch(built_shape_in(layer))
    if shape is None or len(values) != 1 or values[0].shape is not None:
        return values
    return [Source(values[0].index, shape)]


def _first_shape(model: Config, layers: list[Config]) -> object:
    """Return the input shape of a Sequential, perhaps written in the model that it begins with."""
    shape: object = input_shape_in(model, layers)
    while shape is None and layers and is_model(layers[0]):
        model = layers[0]
        layers = layers_in(model)
        shape = input_shape_in(model, layers)
    return shape


def _read_functional(
    model: Config,
    layers: list[Config],
    inputs: Sequence[Source] | None,
    context: _Context,
    found: ModelCalls,
) -> list[Source]:
    if len(layers) > MOST_CALLS:
        raise _too_many(len(layers))
    config = config_in(model)
    nodes = [nodes_of(layer) for layer in layers]
    lookup = CallLookup(layers, nodes)
    ends = tensors_in(config.get("output_layers"))
    order = sorted_calls(layers, nodes, ends)
    found.unused += sum(map(len, nodes)) - len(order)
    starts = [lookup.key(tensor, None)[0] for tensor in tensors_in(config.get("input_layers"))]
    starts = starts or [
        position for position, layer in enumerate(layers) if layer["class_name"] == "InputLayer"
    ]
    if inputs is None:
        inputs = [
            _add_input(found, layers[position], input_shape_in({}, [layers[position]]))
            for position in starts
        ]
    if len(inputs) != len(starts):
        raise GeometryError(
            f'the model "{escaped(name_in(model))}" has {len(starts)} inputs and receives '
            f"{len(inputs)} values: give the whole text that model.to_json() returns."
        )
    outputs: dict[tuple[int, int], list[Source]] = {}
    for position, source in zip(starts, inputs, strict=True):
        outputs[position, 0] = [source]
    for position, number in order:
        node = nodes[position][number]
        values = []
        for tensor in node.tensors:
            candidates = outputs.get(lookup.key(tensor, layers[position]), [])
            values.append(_pick(candidates, tensor.index, tensor.shape, tensor.layer))
        outputs[position, number] = _call(
            layers[position], number, values, node.plain, context, found
        )
    if not ends:
        return outputs[order[-1]] if order else list(inputs)
    return [
        _pick(outputs.get(lookup.key(end, None), []), end.index, end.shape, end.layer)
        for end in ends
    ]


def _pick(
    candidates: Sequence[Source], index: int, shape: tuple[int, ...] | None, name: str
) -> Source:
    """Return one of the outputs of the layer `name`."""
    if not candidates:
        raise GeometryError(
            f'the input "{escaped(name)}" is not one of the model\'s inputs: give the whole '
            "text that model.to_json() returns."
        )
    source = candidates[min(index, len(candidates) - 1)]
    return Source(source.index, shape or source.shape)


def _call(
    layer: Config,
    use: int,
    values: Sequence[Source],
    plain: bool,
    context: _Context,
    found: ModelCalls,
) -> list[Source]:
    """Add one call of a layer, or of a model with all its layers."""
    frozen = context.frozen or config_in(layer).get("trainable") is False
    repeated = context.repeated or use > 0
    if is_model(layer):
        models = (*context.models, name_in(layer))
        return _read_model(layer, values, _Context(models, frozen, repeated), found)
    number = len(found.calls) + 1
    if number > MOST_CALLS:
        raise _too_many(number)
    config = LayerConfig(
        number, name_in(layer), str(layer["class_name"]), module_in(layer), config_in(layer)
    )
    found.calls.append(Call(config, context.models, use, tuple(values), plain, frozen, repeated))
    return [Source(number - 1)]


def _too_many(count: int) -> GeometryError:
    return GeometryError(
        f"the model has {count:,} layers or more: at most {MOST_CALLS:,} are read."
    )


def _add_input(found: ModelCalls, described: Config, shape: object) -> Source:
    """Add an input of the whole model."""
    if not isinstance(shape, list):
        raise GeometryError(
            f'"{escaped(name_in(described))}" has no input shape: begin the model with '
            "keras.Input(shape=(height, width, depth))."
        )
    filled, free = _with_sides(shape)
    sides = without_batch(filled)
    if sides is None:
        raise GeometryError(
            f"the model's input shape is {shown(shape).replace('None', '?')}: every side has to "
            "be a fixed whole number, such as keras.Input(shape=(150, 150, 3))."
        )
    found.inputs.append(GraphInput(name_in(described), sound_shape(shape_of(sides)), free))
    return Source(-len(found.inputs), sides)


def _with_sides(shape: list[object]) -> tuple[list[object], tuple[str, ...]]:
    """Return a written input shape with free sides filled in, and which of the two were free.

    >>> _with_sides([None, None, None, 3]), _with_sides([None, 64, None, 1])
    (([None, 224, 224, 3], ('height', 'width')), ([None, 64, 64, 1], ('width',)))
    """
    if len(shape) != 4:
        return shape, ()
    batch, height, width, depth = shape
    free = tuple(name for name, side in (("height", height), ("width", width)) if side is None)
    fixed = next((side for side in (height, width) if side is not None), DEFAULT_SIDE)
    sides = [fixed if side is None else side for side in (height, width)]
    return [batch, *sides, depth], free


def sound_shape(shape: AnyShape) -> AnyShape:
    """Return a shape whose numbers are all in range, or raise a GeometryError."""
    if not isinstance(shape, Block):
        return checks.sound_shape(shape)
    for side in shape.sides:
        checks.whole_number(side, "side")
    return shape
