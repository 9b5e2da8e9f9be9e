"""A Keras model's architecture read as data: no class of it is made, no code of it run."""

from __future__ import annotations

import dataclasses
import io
from dataclasses import dataclass

from tui.geometry.errors import GeometryError
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
from tui.geometry.names import kept_name
from tui.geometry.network import Network, layer_names
from tui.keras_io.chain import chain_of
from tui.keras_io.dialects import in_todays_words
from tui.keras_io.json_text import load_json
from tui.keras_io.layer_classes import read_step

ZIP_SIGNATURES = (b"PK\x03\x04", b"PK\x05\x06")
"""How a zip archive begins, and so a `.keras` file: with a file in it, and empty."""

_WINDOWS = (Conv2D, DepthwiseConv2D, SeparableConv2D, MaxPool2D, AveragePool2D)
_TO_VECTOR = (Flatten, GlobalMaxPool2D, GlobalAveragePool2D)


@dataclass(frozen=True, slots=True)
class Imported:
    """A network that was read from a text or a file.

    Args:
        network: the network.
        notes: a sentence for everything that was there and is not in the network, or is
            in it in another form; empty when nothing was lost.
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
    >>> from tui.geometry.oneline import format_network
    >>> found = network_from_keras(text)
    >>> print(format_network(found.network), *found.notes, sep=chr(10))
    8x8x1 conv:k=4,f=3,p=1
    layer 1 "pad" (ZeroPadding2D) is the padding P = 1×1 of layer 2 "conv" (Conv2D).
    """
    return network_from_config(load_json(keras_text(source)))


def keras_text(source: str | bytes) -> str:
    """Return the text in what was given: of a `.keras` file, its description.

    Args:
        source: text, bytes of a text in UTF-8, or bytes of a `.keras` file.

    Returns:
        The text.

    Raises:
        GeometryError: bytes that are neither.
    """
    if isinstance(source, str):
        return source.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}")
    if source.startswith(ZIP_SIGNATURES):
        from tui.keras_io.archive import config_of  # zipfile takes a while to import

        return config_of(io.BytesIO(source))
    if source.startswith(b"\x89HDF"):
        raise GeometryError(
            "this is an HDF5 file, which is read from the disk only: name the file itself."
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
    chain = chain_of(in_todays_words(data))
    notes = list(chain.notes)
    layers: list[Layer] = []
    names: list[str] = []
    padded_by = ""
    rank = 3
    for step in chain.steps:
        layer, more = read_step(step, rank)
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
            notes.append(f"{padded_by} is the padding P = {before.padding} of {step.label}.")
            layers.pop()
            names.pop()
        layers.append(layer)
        names.append(kept_name(step.name))
        if not names[-1] and step.name != "unnamed":
            notes.append(f"{step.label} is called as Keras would call it: its name is an odd one.")
        padded_by = step.label
    return Imported(_called(Network(chain.input, tuple(layers)), names), tuple(notes))


def _called(network: Network, names: list[str]) -> Network:
    """Return a network with the names of its file, unless Keras would give all of them itself."""
    kept = tuple(names)
    usual = kept == layer_names(network.layers) or not any(kept)
    return network if usual else dataclasses.replace(network, names=kept)
