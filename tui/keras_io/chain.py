"""The layers of a Keras configuration in the order in which they follow each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tui.geometry import checks
from tui.geometry.errors import GeometryError, shown
from tui.geometry.shapes import Volume
from tui.keras_io.described import (
    DEEPEST,
    MODELS,
    Described,
    config_in,
    is_sequential,
    layers_in,
    module_of,
    name_of,
    said,
    written_shape,
)
from tui.keras_io.layer_config import Step

MOST_LAYERS = 1000
"""More layers than any plain chain has."""

_CHAIN = (
    "Only a plain chain, where each layer feeds the next one, can be edited here; Look inside (6, "
    "then a) and cnn-tui look FILE show any model"
)


@dataclass(frozen=True, slots=True)
class Chain:
    """A Keras model taken apart.

    Args:
        input: the volume the first layer receives.
        steps: the layers in order, without the input.
        notes: what was taken apart on the way.
    """

    input: Volume
    steps: tuple[Step, ...]
    notes: tuple[str, ...]


def chain_of(data: object) -> Chain:
    """Take a Keras model's configuration apart.

    Args:
        data: what the JSON of `model.to_json()` holds.

    Returns:
        Its input and its layers; models inside the model are replaced by their layers.

    Raises:
        GeometryError: it is no chain, or no model, or its input is not fixed.
    """
    if not isinstance(data, Mapping) or data.get("class_name") not in MODELS:
        given = data.get("class_name") if isinstance(data, Mapping) else data
        raise GeometryError(
            f"{shown(given)} is no Keras model that can be read: Sequential and Functional are."
        )
    layers, notes = _opened(data, 0)
    sides = _input_shape(data, layers)
    real = [layer for layer in layers if layer["class_name"] != "InputLayer"]
    if len(real) > MOST_LAYERS:
        raise GeometryError(f"the model has {len(real):,} layers: at most {MOST_LAYERS} are read.")
    steps = [
        Step(number, name_of(one), str(one["class_name"]), module_of(one), config_in(one))
        for number, one in enumerate(real, start=1)
    ]
    return Chain(sides, tuple(steps), tuple(notes))


def _opened(model: Described, depth: int) -> tuple[list[Described], list[str]]:
    """The layers of a model, with models inside it replaced by their layers."""
    if depth > DEEPEST:
        raise GeometryError(
            f"models are nested more than {DEEPEST} deep: put their layers into one Sequential."
        )
    notes = []
    if depth:
        notes.append(
            f'the layers of the model "{said(name_of(model))}" inside it stand in its place.'
        )
    opened: list[Described] = []
    for layer in _in_order(model):
        if layer["class_name"] in MODELS:
            inner, more = _opened(layer, depth + 1)
            opened += inner
            notes += more
        else:
            opened.append(layer)
    return opened, notes


def _in_order(model: Described) -> list[Described]:
    layers = layers_in(model)
    return layers if is_sequential(model) else _followed(config_in(model), layers)


def _followed(config: Described, layers: list[Described]) -> list[Described]:
    """The layers of a Functional model from its input to its output."""
    by_name = {name_of(layer): layer for layer in layers}
    after: dict[str, str] = {}
    inputs = []
    for layer in layers:
        name, nodes = name_of(layer), layer.get("inbound_nodes")
        if not nodes:
            inputs.append(name)
            continue
        sources = _sources(nodes)
        if not isinstance(nodes, list) or len(nodes) != 1 or len(sources) != 1:
            many = f"receives {len(sources)} outputs"
            if not isinstance(nodes, list) or len(nodes) != 1:
                many = "is used more than once"
            raise GeometryError(
                f'layer "{said(name)}" ({said(layer["class_name"])}) {many}. {_CHAIN}.'
            )
        if sources[0] in after:
            raise GeometryError(
                f'the output of layer "{said(sources[0])}" goes to "{said(after[sources[0]])}" '
                f'and to "{said(name)}". {_CHAIN}.'
            )
        after[sources[0]] = name
    if len(inputs) != 1 or len(by_name) != len(layers):
        raise GeometryError(f"the model has {len(inputs)} inputs. {_CHAIN}.")
    order = [inputs[0]]
    while order[-1] in after and len(order) <= len(layers):
        order.append(after[order[-1]])
    outputs = _names_in(config.get("output_layers"))
    if (
        len(order) != len(layers)
        or not set(order) <= set(by_name)
        or outputs not in ([], order[-1:])
    ):
        raise GeometryError(f"the layers of the model do not follow one another. {_CHAIN}.")
    return [by_name[name] for name in order]


def _sources(nodes: object) -> list[str]:
    """The layers whose outputs a layer receives, in the old and the new way of writing it."""
    found: list[str] = []
    waiting: list[object] = [nodes]
    while waiting:
        value = waiting.pop()
        if isinstance(value, Mapping):
            if value.get("class_name") == "__keras_tensor__":
                history = value.get("config")
                history = history.get("keras_history") if isinstance(history, Mapping) else None
                if isinstance(history, list) and history:
                    found.append(str(history[0]))
            else:
                waiting += value.values()
        elif isinstance(value, list):
            if len(value) in (3, 4) and isinstance(value[0], str) and isinstance(value[1], int):
                found.append(value[0])
                waiting += value[3:]
            else:
                waiting += value
    return found


def _names_in(outputs: object) -> list[str]:
    """The names in Keras's `output_layers`: one triple, or a list of them."""
    if isinstance(outputs, list) and outputs and isinstance(outputs[0], str):
        return [outputs[0]]
    return _sources(outputs)


def _input_shape(model: Described, layers: list[Described]) -> Volume:
    """The input volume, from whichever place this Keras wrote it to."""
    shape = written_shape(model, layers)
    if shape is None:
        raise GeometryError(
            "the model does not say what it receives: begin it with "
            "keras.Input(shape=(height, width, depth))."
        )
    said = f"the model's input shape is {shown(shape).replace('None', '?')}"
    if len(shape) != 4:
        raise GeometryError(
            f"{said}: a network here begins with pictures, [batch, height, width, depth], such as "
            "keras.Input(shape=(28, 28, 1))."
        )
    if None in shape[1:]:
        raise GeometryError(
            f"{said}: height, width and depth have to be fixed, such as "
            "keras.Input(shape=(150, 150, 3))."
        )
    _, height, width, depth = shape
    volume = checks.sound_shape(Volume(width, height, depth))
    assert isinstance(volume, Volume)
    return volume
