"""A Keras description as one list of layers, each after all that it receives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tui.geometry import checks
from tui.geometry.errors import GeometryError, shown
from tui.geometry.graphs.graph import AnyShape, Block, GraphInput, shape_of
from tui.keras_io.described import (
    DEEPEST,
    MODELS,
    Described,
    config_in,
    is_model,
    is_sequential,
    layers_in,
    module_of,
    name_of,
    said,
    written_shape,
)
from tui.keras_io.layer_call import Call, Calls, Source, Told
from tui.keras_io.layer_config import Step
from tui.keras_io.nodes import Finder, Node, in_order, nodes_of, tensors_in, told_shape

FREE_SIDE = 224
"""What is taken for a side that a network leaves open: what most networks for photographs get."""
MOST_ROWS = 4000
"""More layers than any network that is used has; those of `keras.applications` have up to 1,100."""


@dataclass(frozen=True, slots=True)
class _Inside:
    """Which models hold what is being read, and what holds for all of them."""

    names: tuple[str, ...] = ()
    frozen: bool = False
    again: bool = False


def calls_of(data: object) -> Calls:
    """Take a Keras model's description apart.

    Args:
        data: what the JSON of `model.to_json()` holds.

    Raises:
        GeometryError: it is no model, or hangs together in no way that could be computed.
    """
    if not isinstance(data, Mapping) or data.get("class_name") not in MODELS:
        given = data.get("class_name") if isinstance(data, Mapping) else data
        raise GeometryError(
            f"{shown(given)} is no Keras model that can be read: Sequential and Functional are."
        )
    found = Calls()
    made = _open(data, None, _Inside(), found)
    if not found.calls:
        raise GeometryError(
            f'the model "{said(name_of(data))}" has no layers: give a model with at least one.'
        )
    found.outputs = list(dict.fromkeys(source.index for source in made))
    return found


def _open(
    model: Described, fed: Sequence[Source] | None, inside: _Inside, found: Calls
) -> list[Source]:
    """Add the layers of a model, and return what it puts out.

    Args:
        model: the model.
        fed: what it receives; None for the outermost one.
        inside: what holds it.
        found: where its layers are added.
    """
    if len(inside.names) > DEEPEST:
        raise GeometryError(
            f"models are nested more than {DEEPEST} deep: put their layers into one model."
        )
    found.opened += 1
    if found.opened > MOST_ROWS:
        raise _too_many(found.opened)
    layers = layers_in(model)
    frozen = inside.frozen or config_in(model).get("trainable") is False
    inside = _Inside(inside.names, frozen, inside.again)
    if is_sequential(model):
        return _sequential(model, layers, fed, inside, found)
    return _functional(model, layers, fed, inside, found)


def _sequential(
    model: Described,
    layers: list[Described],
    fed: Sequence[Source] | None,
    inside: _Inside,
    found: Calls,
) -> list[Source]:
    if fed is None:
        fed = [_input(found, model, _first_shape(model, layers))]
    values = list(fed)
    for layer in layers:
        if layer["class_name"] != "InputLayer":
            values = _use(layer, 0, _as_built(layer, values), True, inside, found)
    return values


def _as_built(layer: Described, values: list[Source]) -> list[Source]:
    """What a layer receives, with the shape for which the file says that it was built."""
    build = layer.get("build_config")
    told = told_shape(build.get("input_shape")) if isinstance(build, Mapping) else None
    if told is None or len(values) != 1 or values[0].told is not None:
        return values
    return [Source(values[0].index, told)]


def _first_shape(model: Described, layers: list[Described]) -> object:
    """The input shape of a Sequential, perhaps written in the model that it begins with."""
    shape: object = written_shape(model, layers)
    while shape is None and layers and is_model(layers[0]):
        model = layers[0]
        layers = layers_in(model)
        shape = written_shape(model, layers)
    return shape


def _functional(
    model: Described,
    layers: list[Described],
    fed: Sequence[Source] | None,
    inside: _Inside,
    found: Calls,
) -> list[Source]:
    if len(layers) > MOST_ROWS:
        raise _too_many(len(layers))
    config = config_in(model)
    nodes: list[list[Node]] = [nodes_of(layer) for layer in layers]
    find = Finder(layers, nodes)
    ends = tensors_in(config.get("output_layers"))
    order = in_order(layers, nodes, ends)
    starts = [find.key(one, None)[0] for one in tensors_in(config.get("input_layers"))]
    starts = starts or [
        place for place, layer in enumerate(layers) if layer["class_name"] == "InputLayer"
    ]
    made: dict[tuple[int, int], list[Source]] = {}
    if fed is None:
        fed = [_input(found, layers[place], _batch_shape(layers[place])) for place in starts]
    if len(fed) != len(starts):
        raise GeometryError(
            f'the model "{said(name_of(model))}" has {len(starts)} inputs and receives '
            f"{len(fed)} values: give the whole text that model.to_json() returns."
        )
    for place, source in zip(starts, fed, strict=True):
        made[place, 0] = [source]
    for place, use in order:
        node = nodes[place][use]
        values = []
        for tensor in node.tensors:
            several = made.get(find.key(tensor, layers[place]), [])
            values.append(_of(several, tensor.place, tensor.told, tensor.layer))
        made[place, use] = _use(layers[place], use, values, node.plain, inside, found)
    if not ends:
        return made[order[-1]] if order else list(fed)
    return [_of(made.get(find.key(end, None), []), end.place, end.told, end.layer) for end in ends]


def _of(several: Sequence[Source], place: int, told: Told, name: str) -> Source:
    """One of the values that a layer puts out."""
    if not several:
        raise GeometryError(
            f'the input "{said(name)}" is none of the model\'s inputs: give the whole text that '
            "model.to_json() returns."
        )
    source = several[min(place, len(several) - 1)]
    return Source(source.index, told or source.told)


def _use(
    layer: Described,
    use: int,
    values: Sequence[Source],
    plain: bool,
    inside: _Inside,
    found: Calls,
) -> list[Source]:
    """Add one use of a layer, or of a model with all its layers."""
    frozen = inside.frozen or config_in(layer).get("trainable") is False
    again = inside.again or use > 0
    if is_model(layer):
        names = (*inside.names, name_of(layer))
        return _open(layer, values, _Inside(names, frozen, again), found)
    if len(found.calls) >= MOST_ROWS:
        raise _too_many(len(found.calls) + 1)
    number = len(found.calls) + 1
    step = Step(
        number, name_of(layer), str(layer["class_name"]), module_of(layer), config_in(layer)
    )
    found.calls.append(Call(step, inside.names, use, tuple(values), plain, frozen, again))
    return [Source(number - 1)]


def _too_many(count: int) -> GeometryError:
    return GeometryError(f"the model has {count:,} layers or more: at most {MOST_ROWS:,} are read.")


def _batch_shape(layer: Described) -> object:
    config = config_in(layer)
    return config.get("batch_shape", config.get("batch_input_shape"))


def _input(found: Calls, described: Described, shape: object) -> Source:
    """Add an input of the outermost model."""
    if not isinstance(shape, list):
        raise GeometryError(
            f'"{said(name_of(described))}" does not say what it receives: begin the model with '
            "keras.Input(shape=(height, width, depth))."
        )
    taken, free = _taken(shape)
    sides = told_shape(taken)
    if sides is None:
        raise GeometryError(
            f"the model's input shape is {shown(shape).replace('None', '?')}: every side has to "
            "be a fixed whole number, such as keras.Input(shape=(150, 150, 3)). Only a picture's "
            "height and width may be free."
        )
    found.inputs.append(GraphInput(name_of(described), sound(shape_of(sides)), free))
    return Source(-len(found.inputs), sides)


def _taken(shape: list[object]) -> tuple[list[object], tuple[str, ...]]:
    """Return an input shape without free sides, and which of height and width were free.

    >>> _taken([None, None, None, 3]), _taken([None, 64, None, 1])
    (([None, 224, 224, 3], ('height', 'width')), ([None, 64, 64, 1], ('width',)))
    """
    if len(shape) != 4:
        return shape, ()
    batch, height, width, depth = shape
    free = tuple(name for name, side in (("height", height), ("width", width)) if side is None)
    fixed = next((side for side in (height, width) if side is not None), FREE_SIDE)
    sides = [fixed if side is None else side for side in (height, width)]
    return [batch, *sides, depth], free


def sound(shape: AnyShape) -> AnyShape:
    """Return a shape whose numbers are all in range, or raise a GeometryError."""
    if not isinstance(shape, Block):
        return checks.sound_shape(shape)
    for side in shape.sides:
        checks.whole(side, "side")
    return shape
