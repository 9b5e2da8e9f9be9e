"""Feature maps: a layer's output for an image, channel by channel, as small images."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tui.inspection.answers import Channel, Maps, Numbers, Prepared
from tui.inspection.requests import LookAt, Prepare, Values
from tui.inspector.refusal import Refusal

if TYPE_CHECKING:  # it imports Keras, which the arithmetic here does without
    from tui.inspector.opened_network import OpenedNetwork

SATURATED = 0.9
"""Fraction of values at the maximum from which a channel is saturated."""


@dataclass(frozen=True)
class ChannelStats:
    """The range and the mean of every channel of a layer.

    Args:
        least: the minimum of the finite values; 0 if there are none, as for the next two.
        greatest: the maximum of the finite values.
        mean: the mean of the finite values.
        finite: whether all values are finite.
    """

    least: NDArray[Any]
    greatest: NDArray[Any]
    mean: NDArray[Any]
    finite: NDArray[np.bool_]

    @classmethod
    def of(cls, values: NDArray[np.float32]) -> ChannelStats:
        """Measure each channel of (height, width, channels)."""
        flat = values.reshape(-1, values.shape[-1])
        finite = np.isfinite(flat)
        whole = np.asarray(finite.all(axis=0))
        if whole.all():
            mean = flat.mean(axis=0, dtype=np.float64)
            return cls(flat.min(axis=0), flat.max(axis=0), mean, whole)
        some = finite.any(axis=0)
        least = np.where(finite, flat, np.inf).min(axis=0)
        greatest = np.where(finite, flat, -np.inf).max(axis=0)
        count = np.maximum(finite.sum(axis=0), 1)
        mean = np.where(finite, flat, 0).sum(axis=0, dtype=np.float64) / count
        return cls(np.where(some, least, 0), np.where(some, greatest, 0), mean, whole)

    @property
    def dead(self) -> NDArray[np.bool_]:
        """Whether all values of a channel are equal."""
        return np.asarray(self.least == self.greatest)

    def order(self, by: str) -> NDArray[np.intp]:
        """Return the indices of the channels: as they are, or the highest mean first."""
        if by == "index":
            return np.arange(len(self.mean))
        return np.argsort(-self.mean, kind="stable")


def channel_image(
    values: NDArray[np.float32],
    ranges: ChannelStats,
    index: int,
    tile_height: int,
    tile_width: int,
) -> Channel:
    """Return one channel as a small image.

    Args:
        values: the layer's output, (height, width, channels).
        ranges: of the same.
        index: which channel.
        tile_height: maximum height of the image.
        tile_width: maximum width.
    """
    plane = values[..., index].astype(np.float64)
    least, greatest = float(ranges.least[index]), float(ranges.greatest[index])
    dead = least == greatest
    whole = bool(ranges.finite[index])
    if not whole:
        plane = np.where(np.isfinite(plane), plane, least)
    small = downscale(plane, tile_height, tile_width)
    return Channel(
        index=index,
        least=least,
        greatest=greatest,
        mean=float(ranges.mean[index]),
        dead=bool(dead),
        saturated=not dead and bool((plane == greatest).mean() >= SATURATED),
        height=small.shape[0],
        width=small.shape[1],
        pixels=to_uint8(small, least, greatest).tobytes(),
        finite=whole,
    )


def to_uint8(plane: NDArray[Any], least: float, greatest: float) -> NDArray[np.uint8]:
    """Scale a plane to bytes, from `least` (0) to `greatest` (255); 0 if the two are equal."""
    # The difference of two float32 values can be too large for float32, never for float64.
    span = float(greatest) - float(least)
    if span <= 0:
        return np.zeros(plane.shape, np.uint8)
    return np.rint(np.clip((plane - least) / span, 0, 1) * 255).astype(np.uint8)


def downscale(plane: NDArray[Any], tile_height: int, tile_width: int) -> NDArray[Any]:
    """Scale a plane down by averaging areas until it fits; a smaller one is returned as it is.

    >>> downscale(np.array([[0.0, 2.0, 4.0, 6.0]]), 1, 2)
    array([[1., 5.]])
    """
    height, width = plane.shape
    factor = max(height / max(tile_height, 1), width / max(tile_width, 1))
    if factor <= 1:
        return plane
    small = _averaged(plane, max(1, min(round(height / factor), tile_height)))
    return _averaged(small.T, max(1, min(round(width / factor), tile_width))).T


def _averaged(plane: NDArray[Any], smaller: int) -> NDArray[Any]:
    """Average rows so that fewer are left.

    It uses cumulative sums: a matrix product would use threads, which wait for those of
    a training or of TensorFlow.
    """
    before = np.zeros((plane.shape[0] + 1, plane.shape[1]))
    np.cumsum(plane, axis=0, out=before[1:])
    edges = np.linspace(0, plane.shape[0], smaller + 1)
    whole = np.minimum(edges.astype(int), plane.shape[0] - 1)
    parts = (edges - whole)[:, None]
    sums = before[whole] + parts * (before[whole + 1] - before[whole])
    return np.asarray(np.diff(sums, axis=0) * (smaller / plane.shape[0]))


MAX_UNITS = 4096
_LARGEST_TILE = 4096


def prepare(network: OpenedNetwork, request: Prepare) -> Prepared:
    """Answer with the image as the network receives it."""
    pixels = network.preparation.pixels(request.picture)
    height, width, depth = pixels.shape
    return Prepared(id=request.id, height=height, width=width, depth=depth, pixels=pixels.tobytes())


def feature_maps(network: OpenedNetwork, request: LookAt) -> Maps:
    """Answer with the channels of a layer; for one without height and width, with its units."""
    values = network.activations(request.picture, request.layer)
    first = max(request.first, 0)
    if values.ndim != 3:
        flat = values.reshape(-1).astype(np.float64)
        order = np.arange(len(flat))
        if request.order == "activation":
            order = np.argsort(-np.where(np.isnan(flat), -np.inf, flat), kind="stable")
        shown = order[first : first + MAX_UNITS]
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
    ranges = ChannelStats.of(values)
    order = ranges.order(request.order)
    tile = min(request.tile_height, _LARGEST_TILE), min(request.tile_width, _LARGEST_TILE)
    return Maps(
        id=request.id,
        layer=request.layer,
        height=height,
        width=width,
        depth=depth,
        channels=tuple(
            channel_image(values, ranges, int(index), *tile)
            for index in order[first : first + max(request.count, 0)]
        ),
        order=tuple(order.tolist()),
        dead=int(ranges.dead.sum()),
    )


def channel_values(network: OpenedNetwork, request: Values) -> Numbers:
    """Answer with the values of one channel."""
    layer = network.layer(request.layer)
    found = network.activations(request.picture, request.layer)
    if found.ndim != 3:
        raise Refusal(
            f"The output of {layer.name} has {found.size} values without height and width.",
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
