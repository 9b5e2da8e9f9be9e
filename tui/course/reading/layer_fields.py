"""Read the volumes and layers in a block, and the calculator block."""

from __future__ import annotations

from tui.course.lesson.page_blocks import FIXED_FIELDS, CalculatorBlock
from tui.course.reading.toml_fields import Fields
from tui.geometry import (
    Effect,
    GeometryError,
    Network,
    Volume,
    parse_layer,
    parse_network,
    trace_network,
)
from tui.geometry.errors import did_you_mean, shown

INPUT, LAYER, NETWORK = '"5x5x1"', '"conv:k=1,f=3"', '"5x5x1 conv:k=1,f=3"'


def read_layer(fields: Fields, *, chain: bool = False) -> tuple[Network, tuple[Effect, ...]] | None:
    """Read `input` and `layer`, or `network`, and apply the layers.

    Args:
        fields: of the block.
        chain: whether `network` is allowed instead.

    Returns:
        The network and the effect of each layer; None, with a problem, when it does not fit.
    """
    if chain and fields.has("network"):
        if fields.has("input") or fields.has("layer"):
            fields.add("is given as well as input or layer: keep only one of the two.", "network")
        for other in ("input", "layer"):
            fields.text(other, INPUT, required=False)
        return read_network(fields)
    volume, layer = fields.text("input", INPUT), fields.text("layer", LAYER)
    if not volume or not layer:
        return None
    key = "input"
    try:
        size = Volume.parse(volume)
        key = "layer"
        network = Network(size, (parse_layer(layer),))
    except GeometryError as error:
        fields.add(f"cannot be read: {error.message}", key)
        return None
    return network_that_fits(fields, network, key)


def read_network(fields: Fields) -> tuple[Network, tuple[Effect, ...]] | None:
    """Read `network`, an input and layers in the one-line form; else as :func:`read_layer`."""
    line = fields.text("network", NETWORK)
    if not line:
        return None
    try:
        network = parse_network(line)
    except GeometryError as error:
        fields.add(f"cannot be read: {error.message}", "network")
        return None
    return network_that_fits(fields, network, "network")


def network_that_fits(
    fields: Fields, network: Network, key: str
) -> tuple[Network, tuple[Effect, ...]] | None:
    """Return a network and the effect of each layer; None, with a problem, if one does not fit."""
    rows = trace_network(network)
    for row in rows:
        if row.error is not None:
            fields.add(f"does not fit: {row.error.message}", key)
            return None
    if not rows:
        fields.add("has no layer: write one after the input, such as conv:k=1,f=3.", key)
        return None
    return network, tuple(row.effect for row in rows if row.effect is not None)


def read_calculator(fields: Fields) -> CalculatorBlock | None:
    """Read a calculator block; None when its layer is wrong."""
    found = read_layer(fields)
    fixed = fields.texts("fixed", '["K", "P"]', maximum=len(FIXED_FIELDS))
    for name in fixed:
        if name not in FIXED_FIELDS:
            fields.add(f"has {shown(name)}: {did_you_mean(name, FIXED_FIELDS)}.", "fixed")
    if found is None:
        return None
    network, _ = found
    return CalculatorBlock(network.input, network.layers[0], fixed, fields.line)
