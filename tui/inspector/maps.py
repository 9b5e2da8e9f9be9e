"""Feature maps: what a layer makes of a picture."""

from __future__ import annotations

import numpy as np

from tui.inspection.messages import Maps, Numbers, Prepared
from tui.inspection.requests import LookAt, Prepare, Values
from tui.inspector.opened import OpenedNetwork
from tui.inspector.refusal import Refusal
from tui.inspector.tiles import Ranges, channel

MOST_UNITS = 4096
_LARGEST_TILE = 4096


def prepare(network: OpenedNetwork, request: Prepare) -> Prepared:
    """Show the picture as the network gets it."""
    pixels = network.preparation.pixels(request.picture)
    height, width, depth = pixels.shape
    return Prepared(id=request.id, height=height, width=width, depth=depth, pixels=pixels.tobytes())


def look_at(network: OpenedNetwork, request: LookAt) -> Maps:
    """Show a layer's channels; of a layer without height and width, its units."""
    values = network.activations(request.picture, request.layer)
    first = max(request.first, 0)
    if values.ndim != 3:
        flat = values.reshape(-1).astype(np.float64)
        order = np.arange(len(flat))
        if request.order == "activation":
            order = np.argsort(-np.where(np.isnan(flat), -np.inf, flat), kind="stable")
        shown = order[first : first + MOST_UNITS]
        return Maps(
            id=request.id,
            layer=request.layer,
            height=0,
            width=0,
            depth=len(flat),
            order=tuple(order.tolist()),
            units=tuple(flat[shown].tolist()),
        )
    height, width, depth = values.shape
    ranges = Ranges.of(values)
    order = ranges.order(request.order)
    tile = min(request.tile_height, _LARGEST_TILE), min(request.tile_width, _LARGEST_TILE)
    return Maps(
        id=request.id,
        layer=request.layer,
        height=height,
        width=width,
        depth=depth,
        channels=tuple(
            channel(values, ranges, int(index), *tile)
            for index in order[first : first + max(request.count, 0)]
        ),
        order=tuple(order.tolist()),
        dead=int(ranges.dead.sum()),
    )


def values(network: OpenedNetwork, request: Values) -> Numbers:
    """Give one channel's numbers."""
    layer = network.layer(request.layer)
    found = network.activations(request.picture, request.layer)
    if found.ndim != 3:
        raise Refusal(
            f"{layer.name} puts out {found.size} values without height and width.",
            "Look at its units.",
        )
    height, width, depth = found.shape
    if not 0 <= request.channel < depth:
        raise Refusal(
            f"There is no channel {request.channel}: {layer.name} has {depth}.",
            f"Choose 0 to {depth - 1}.",
        )
    return Numbers(
        id=request.id,
        layer=request.layer,
        channel=request.channel,
        height=height,
        width=width,
        values=found[..., request.channel].astype("<f4").tobytes(),
    )
