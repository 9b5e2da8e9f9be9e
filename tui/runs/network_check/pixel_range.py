"""The range of the pixel values that reach the first layer with weights.

Measured on digits with three small networks, six epochs of RMSprop: they all learn with a maximum
from 1/32 to 32; with 1/255 (divided by 255 twice) none does, and with 255 the loss begins at 5 to
15 instead of 2.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tui.common.text import exact
from tui.datasets import LoaderSettings
from tui.geometry import BatchNormalization, Layer, Network, Rescaling, format_layer, trace_network
from tui.geometry.output_bounds import OutputBounds, output_bounds
from tui.runs.settings.findings import Finding

PIXELS = "pixels"
"""`Finding.about` of the findings of this module."""
LARGEST = 16.0
"""Pixels further from 0 than this are too large."""
LEAST_SPREAD = 1 / 32
"""Pixels whose range is smaller than this are too small."""


@dataclass(frozen=True)
class PixelRange:
    """The pixel values before the first layer with weights.

    Args:
        name: of that layer.
        low: lowest value.
        high: highest value.
        normalized: whether that layer is a BatchNormalization, which scales them itself.
    """

    name: str
    low: float
    high: float
    normalized: bool

    @property
    def too_large(self) -> bool:
        """Whether they are too far from 0."""
        return not self.normalized and max(abs(self.low), abs(self.high)) > LARGEST

    @property
    def too_small(self) -> bool:
        """Whether they hardly differ."""
        return self.high - self.low < LEAST_SPREAD


def pixel_range_of(network: Network, settings: LoaderSettings) -> PixelRange | None:
    """Return the pixel values that reach the first layer with weights; None if there is none.

    Args:
        network: any network, even one whose layers do not fit.
        settings: the loader, with the divisor of the values from 0 to 255.
    """
    divisor = settings.rescale_divisor
    before = OutputBounds(0.0, 255 / divisor if divisor > 0 else 255.0)
    behind = (before, *output_bounds(network, before))
    for row, values in zip(trace_network(network), behind, strict=False):
        if row.effect is None:
            return None
        if row.effect.trainable:
            normalized = isinstance(row.layer, BatchNormalization)
            return PixelRange(row.name, values.low, values.high, normalized)
    return None


def is_well_scaled(network: Network, settings: LoaderSettings) -> bool:
    """Return whether the pixel values before the first layer with weights are usual."""
    reach = pixel_range_of(network, settings)
    return reach is None or not (reach.too_large or reach.too_small)


def pixel_finding(network: Network, settings: LoaderSettings) -> Finding | None:
    """Return the finding about pixel values far from 0 to 1, without a corrected network."""
    reach = pixel_range_of(network, settings)
    if reach is None or not (reach.too_large or reach.too_small):
        return None
    divisor = settings.rescale_divisor
    loaded = "The loader leaves the pixels from 0 to 255"
    if divisor != 1:
        loaded = f"The loader divides the pixels by {exact(divisor)}"
    layers = [format_layer(one) for one in _leading(network) if isinstance(one, Rescaling)]
    then = f", and the network begins with {' '.join(layers)}" if layers else ""
    what = "too large: the loss begins far too high, and may never come down"
    other = ""
    if reach.too_small:
        what = "too small: hardly anything is learnt"
    elif divisor != 255 and not layers:
        other = "Or divide the pixels by 255 (the rescale divisor, under 3 Data)."
    return Finding(
        "question",
        f"{loaded}{then}: what reaches {reach.name} is between {_short(reach.low)} and "
        f"{_short(reach.high)}, which is {what}. 0 to 1, or −1 to 1, is usual.",
        other,
        about=PIXELS,
    )


def with_rescaling(network: Network, settings: LoaderSettings) -> Iterator[Network]:
    """Yield the networks whose rescaling is changed so that the pixel values are usual."""
    layers, leading = network.layers, len(_leading(network))
    own = [place for place in range(leading) if isinstance(layers[place], Rescaling)]
    without = tuple(one for place, one in enumerate(layers) if place not in own)
    scaled = Rescaling(settings.rescale_divisor / 255)
    changed = [
        *((*layers[:place], *layers[place + 1 :]) for place in own),
        without,
        (scaled, *without),
    ]
    for one in changed:
        found = Network(network.input, one)
        if is_well_scaled(found, settings):
            yield found


def _leading(network: Network) -> tuple[Layer, ...]:
    """Return the layers before the first with weights."""
    for row in trace_network(network):
        if row.effect is None or row.effect.trainable:
            return network.layers[: row.index]
    return network.layers


def _short(value: float) -> str:
    return f"{value:.3g}".replace("-", "−")
