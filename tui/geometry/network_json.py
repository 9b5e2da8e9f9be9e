"""A network as plain JSON values, and back, with every value checked."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from tui.geometry.errors import GeometryError, did_you_mean, shown
from tui.geometry.layer_names import accepted_name
from tui.geometry.layers import KINDS, Layer
from tui.geometry.network import Network
from tui.geometry.shapes import Pair, Volume

_PAIRS = frozenset({"kernel", "pool", "stride", "dilation", "output_padding"})
_WHOLE = frozenset({"filters", "units", "groups", "multiplier"})
_NUMBERS = frozenset({"rate", "scale", "offset"})
_MISSING = object()
_WORDS = frozenset({"activation", "function"})


def to_dict(network: Network) -> dict[str, Any]:
    """Return a network as values that JSON can hold.

    Args:
        network: the network.

    Returns:
        `{"input": [W, H, D], "layers": [{"kind": …, its settings}, …]}`; pairs are lists,
        width first.

    >>> from tui.geometry.one_line import parse_network
    >>> to_dict(parse_network("8x8x1 maxpool:f=2"))["layers"]
    [{'kind': 'maxpool', 'pool': [2, 2], 'stride': [2, 2], 'padding': 'valid'}]
    """
    volume, names = network.input, network.names
    if len(names) != len(network.layers):
        names = ("",) * len(network.layers)
    return {
        "input": [volume.width, volume.height, volume.depth],
        "layers": [
            _layer_to_dict(layer) | ({"name": name} if name else {})
            for layer, name in zip(network.layers, names, strict=True)
        ],
    }


def _layer_to_dict(layer: Layer) -> dict[str, Any]:
    values: dict[str, Any] = {"kind": layer.kind}
    for field in dataclasses.fields(layer):
        value = getattr(layer, field.name)
        values[field.name] = list(value) if isinstance(value, Pair) else value
    return values


def from_dict(data: object) -> Network:
    """Read a network from what :func:`to_dict` made.

    Args:
        data: the values, perhaps from a foreign file.

    Returns:
        The network. Whether its layers fit is for :func:`tui.geometry.trace_network`.

    Raises:
        GeometryError: something is missing, unknown or of the wrong type.
    """
    if not isinstance(data, Mapping):
        raise GeometryError(
            f"{shown(data)} is not a network: give an object with input and layers."
        )
    sides, layers = data.get("input"), data.get("layers")
    if not (isinstance(sides, (list, tuple)) and len(sides) == 3 and all(map(_is_whole, sides))):
        raise GeometryError(f"input is {shown(sides)}: write [width, height, depth].")
    if not isinstance(layers, (list, tuple)):
        raise GeometryError(f"layers is {shown(layers)}: write a list of layers.")
    names = tuple(accepted_name(item["name"]) if _has_name(item) else "" for item in layers)
    plain = [
        {key: value for key, value in item.items() if key != "name"} if _has_name(item) else item
        for item in layers
    ]
    made = tuple(_layer_from_dict(item) for item in plain)
    return Network(Volume(*sides), made, names if any(names) else ())


def _has_name(item: object) -> bool:
    return isinstance(item, Mapping) and "name" in item


def _layer_from_dict(data: object) -> Layer:
    if not isinstance(data, Mapping):
        raise GeometryError(f"{shown(data)} is not a layer: give an object with a kind.")
    values = dict(data)
    kind = values.pop("kind", None)
    if not isinstance(kind, str) or kind not in KINDS:
        raise GeometryError(f"no layer is called {shown(kind)}: {did_you_mean(str(kind), KINDS)}.")
    fields = {field.name: field for field in dataclasses.fields(KINDS[kind])}
    for name in values:
        if name not in fields:
            raise GeometryError(f"{kind} has no {shown(name)}: {did_you_mean(str(name), fields)}.")
    for name, field in fields.items():
        if field.default is dataclasses.MISSING and name not in values:
            raise GeometryError(f"{kind} lacks {name}: add it.", field=name)
    return KINDS[kind](**{name: _value(kind, name, value) for name, value in values.items()})


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _value(kind: str, name: str, value: object) -> Any:
    """Return a value, checked against the type of its setting."""
    is_pair = isinstance(value, (list, tuple)) and len(value) == 2 and all(map(_is_whole, value))
    good: object = _MISSING
    if is_pair and (name in _PAIRS or name == "padding"):
        assert isinstance(value, (list, tuple))
        good = Pair(value[0], value[1])
    elif (
        (name == "output_padding" and value is None)
        or (name == "padding" and kind != "zeropad" and value in ("valid", "same"))
        or (name in _WHOLE and _is_whole(value))
        or (name in _NUMBERS and (_is_whole(value) or isinstance(value, float)))
        or (name in _WORDS and isinstance(value, str))
        or (name == "use_bias" and isinstance(value, bool))
    ):
        good = value
    if good is _MISSING:
        raise GeometryError(
            f"{kind} has {name} = {shown(value)}: that is the wrong type.", field=name
        )
    return good
