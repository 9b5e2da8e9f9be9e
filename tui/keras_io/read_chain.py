"""A Keras model that is a plain chain, as the network that the calculator edits.

No class of the model is made and no code of it is run.
"""

from __future__ import annotations

import dataclasses
import io
from dataclasses import dataclass

from tui.geometry.errors import GeometryError, escaped
from tui.geometry.graph import GraphInput
from tui.geometry.layer_names import accepted_name, layer_names
from tui.geometry.layers import (
    AveragePool2D,
    Conv2D,
    DepthwiseConv2D,
    Flatten,
    GlobalAveragePool2D,
    GlobalMaxPool2D,
    Layer,
    MaxPool2D,
    SeparableConv2D,
    ZeroPadding2D,
)
from tui.geometry.network import Network
from tui.geometry.shapes import Volume
from tui.keras_io.layer_classes import read_layer
from tui.keras_io.model_calls import Call, ModelCalls, model_calls
from tui.keras_io.model_json import load_json
from tui.keras_io.older_keras import translate_config

MOST_LAYERS = 1000
"""More layers than any plain chain has."""
ZIP_SIGNATURES = (b"PK\x03\x04", b"PK\x05\x06")
"""The first bytes of a zip archive, and so of a `.keras` file: with members, and without."""

_WINDOWS = (Conv2D, DepthwiseConv2D, SeparableConv2D, MaxPool2D, AveragePool2D)
_TO_VECTOR = (Flatten, GlobalMaxPool2D, GlobalAveragePool2D)
_ONLY_CHAINS = (
    "Only a plain chain, where each layer feeds the next one, can be edited here; Look inside (6, "
    "then a) and cnn-tui look FILE show any model"
)


@dataclass(frozen=True, slots=True)
class Imported:
    """A network that was read from a text or a file.

    Args:
        network: the network.
        notes: a sentence for each thing that was lost or changed; empty where nothing was.
    """

    network: Network
    notes: tuple[str, ...] = ()


def network_from_keras(source: str | bytes) -> Imported:
    """Read a network from what Keras writes about a model.

    Args:
        source: the JSON of `model.to_json()`, or the bytes of a `.keras` file.

    Returns:
        The network, and notes. A ZeroPadding2D before a layer with `valid` padding becomes
        that layer's P, which is the same thing.

    Raises:
        GeometryError: it is neither, or holds a layer that cannot be expressed; the message
            names the layer.

    >>> text = '''{"class_name": "Sequential", "config": {"layers": [
    ...   {"class_name": "InputLayer", "config": {"batch_shape": [null, 8, 8, 1]}},
    ...   {"class_name": "ZeroPadding2D", "config": {"name": "pad", "padding": [[1, 1], [1, 1]]}},
    ...   {"class_name": "Conv2D", "config": {"name": "conv", "filters": 4, "kernel_size": [3, 3]}}
    ... ]}}'''
    >>> from tui.geometry.one_line import format_network
    >>> found = network_from_keras(text)
    >>> print(format_network(found.network), *found.notes, sep=chr(10))
    8x8x1 conv:k=4,f=3,p=1
    layer 1 "pad" (ZeroPadding2D) is the padding P = 1×1 of layer 2 "conv" (Conv2D).
    """
    return network_from_config(load_json(keras_text(source)))


def keras_text(source: str | bytes) -> str:
    """Return a text, or the description in a `.keras` file.

    Args:
        source: text, text in UTF-8, or the bytes of a `.keras` file.

    Raises:
        GeometryError: bytes that are neither.
    """
    if isinstance(source, str):
        return source.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}")
    if source.startswith(ZIP_SIGNATURES):
        from tui.keras_io.keras_archive import config_text  # zipfile takes a while to import

        return config_text(io.BytesIO(source))
    if source.startswith(b"\x89HDF"):
        raise GeometryError(
            "this is an HDF5 file, which can only be read from the disk: give the file's name."
        )
    try:
        return source.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise GeometryError(
            "this is neither text in UTF-8 nor a .keras file: give the output of "
            'model.to_json(), or a file of model.save("name.keras").'
        ) from None


def network_from_config(data: object) -> Imported:
    """Read a network from the values in the JSON that Keras writes.

    Args:
        data: the values.

    Returns:
        The network, and notes.

    Raises:
        GeometryError: as :func:`network_from_keras`.
    """
    calls = model_calls(translate_config(data))
    _check_chain(calls)
    volume = _input_volume(calls.inputs[0])
    notes = [
        f'the layers of the model "{escaped(name)}" inside it stand in its place.'
        for name in calls.models[1:]
    ]
    layers: list[Layer] = []
    names: list[str] = []
    padding_label = ""
    rank = 3
    for call in calls.calls:
        config = call.layer
        layer, more = read_layer(config, rank)
        notes += more
        if layer is None:
            continue
        rank = 1 if isinstance(layer, _TO_VECTOR) else rank
        before = layers[-1] if layers else None
        if (
            isinstance(before, ZeroPadding2D)
            and before.padding != (0, 0)
            and isinstance(layer, _WINDOWS)
            and layer.padding == "valid"
        ):
            layer = dataclasses.replace(layer, padding=before.padding)
            notes.append(f"{padding_label} is the padding P = {before.padding} of {config.label}.")
            layers.pop()
            names.pop()
        layers.append(layer)
        names.append(accepted_name(config.name))
        if not names[-1] and config.name != "unnamed":
            notes.append(
                f"{config.label} gets the name that Keras would give it: its own is too long or "
                "has characters that are not allowed here."
            )
        padding_label = config.label
    return Imported(_with_names(Network(volume, tuple(layers)), names), tuple(notes))


def _check_chain(calls: ModelCalls) -> None:
    """Raise a GeometryError unless each layer receives the output of the one before it."""
    if len(calls.calls) > MOST_LAYERS:
        raise GeometryError(
            f"the model has {len(calls.calls):,} layers: at most {MOST_LAYERS:,} are read."
        )
    if len(calls.inputs) != 1:
        raise GeometryError(f"the model has {len(calls.inputs)} inputs. {_ONLY_CHAINS}.")
    receivers: dict[int, Call] = {}
    for call in calls.calls:
        if call.repeated:
            raise GeometryError(f"{_layer_name(call)} is used more than once. {_ONLY_CHAINS}.")
        if len(call.sources) != 1:
            raise GeometryError(
                f"{_layer_name(call)} receives {len(call.sources)} outputs. {_ONLY_CHAINS}."
            )
        index = call.sources[0].index
        other = receivers.setdefault(index, call)
        if other is not call:
            source = calls.calls[index].layer.name if index >= 0 else calls.inputs[0].name
            raise GeometryError(
                f'the output of layer "{escaped(source)}" goes to '
                f'"{escaped(other.layer.name)}" and to "{escaped(call.layer.name)}". '
                f"{_ONLY_CHAINS}."
            )
    # Each call comes after its source, and no two share one: so each follows the one before.
    if calls.unused or calls.outputs != [len(calls.calls) - 1]:
        raise GeometryError(f"the layers of the model do not follow one another. {_ONLY_CHAINS}.")


def _layer_name(call: Call) -> str:
    return f'layer "{escaped(call.layer.name)}" ({escaped(call.layer.class_name)})'


def _input_volume(given: GraphInput) -> Volume:
    """Return the volume that a chain receives.

    Raises:
        GeometryError: it is not a volume of fixed width and height.
    """
    shape = given.shape
    if not isinstance(shape, Volume):
        raise GeometryError(
            f"the model's input shape is {shape}: a network here begins with pictures, "
            "[batch, height, width, depth], such as keras.Input(shape=(28, 28, 1))."
        )
    if given.free:
        height, width = (
            "?" if name in given.free else side
            for name, side in (("height", shape.height), ("width", shape.width))
        )
        raise GeometryError(
            f"the model's input shape is [?, {height}, {width}, {shape.depth}]: height, width and "
            "depth have to be fixed, such as keras.Input(shape=(150, 150, 3))."
        )
    return shape


def _with_names(network: Network, names: list[str]) -> Network:
    """Return a network with the names of its file, unless Keras would give the same ones."""
    kept = tuple(names)
    usual = kept == layer_names(network.layers) or not any(kept)
    return network if usual else dataclasses.replace(network, names=kept)
