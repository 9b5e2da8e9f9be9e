"""A picture to look at through ready-made filters."""

from __future__ import annotations

from tui.course.lesson.blocks import PICTURES, LookBlock
from tui.course.reading.fields import Fields
from tui.geometry import (
    KERNELS,
    Activation,
    AveragePool2D,
    GeometryError,
    Layer,
    MaxPool2D,
    Network,
    Volume,
    parse_layer,
    trace_network,
)
from tui.geometry.errors import did_you_mean, shown

_MAPS = {"digit": Volume(6, 6, 1)}
"""The least that is left of a picture behind a filter of 3×3, for those that are small."""
_LARGE_MAP = Volume(38, 38, 1)


def read_look(fields: Fields) -> LookBlock | None:
    """Read a picture with its filters."""
    block_id = fields.name("id", required=False)
    prompt = fields.text("prompt", '"Which filter answers to the stems?"')
    picture = fields.text("picture", '"flower"')
    if picture and picture not in PICTURES:
        fields.add(f"is {shown(picture)}: {did_you_mean(picture, PICTURES)}.", "picture")
        picture = ""
    filters = fields.texts("filters", '["vertical-edges"]', least=1, most=len(KERNELS))
    for name in filters:
        if name not in KERNELS:
            fields.add(f"has {shown(name)}: {did_you_mean(name, KERNELS)}.", "filters")
    if len(set(filters)) != len(filters):
        fields.add("has a filter twice: name each one once.", "filters")
    then = _then(fields, picture)
    if not picture or then is None:
        return None
    return LookBlock(block_id, prompt, picture, filters, then, fields.line)


def _then(fields: Fields, picture: str) -> tuple[Layer, ...] | None:
    """Read the layers that every map goes through; None when they cannot be."""
    line = fields.text("then", '"activation:a=relu maxpool:f=2"', required=False)
    layers: list[Layer] = []
    for word in line.split():
        try:
            layer = parse_layer(word)
        except GeometryError as error:
            fields.add(f"cannot be read: {error.message}", "then")
            return None
        if not isinstance(layer, (Activation, MaxPool2D, AveragePool2D)):
            fields.add(
                f"has {shown(word)}: every map goes through layers without weights, so write "
                "activation, maxpool or avgpool.",
                "then",
            )
            return None
        layers.append(layer)
    network = Network(_MAPS.get(picture, _LARGE_MAP), tuple(layers))
    for row in trace_network(network):
        if row.error is not None:
            fields.add(f"does not fit: {row.error.message}", "then")
            return None
    return tuple(layers)
