"""Between which bounds the pixels lie that reach the first layer with weights.

Measured on digits with three small networks, six epochs of RMSprop: from 1/32 to 32 they all learn,
up to 1/255 (divided by 255 twice) none does, and up to 255 the loss begins at 5 to 15 instead of 2.
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
"""What a finding of this module is about."""
LARGEST = 16.0
"""Pixels that reach further from 0 than this are too large."""
LEAST_SPREAD = 1 / 32
"""Pixels that differ by less than this are too small."""


@dataclass(frozen=True)
class PixelRange:
    """The pixels in front of the first layer with weights.

    Args:
        name: that layer.
        low: none is less.
        high: none is greater.
        normalized: whether that layer is a BatchNormalization, which brings them to size itself.
    """

    name: str
    low: float
    high: float
    normalized: bool

    @property
    def too_large(self) -> bool:
        """Whether they reach too far from 0."""
        return not self.normalized and max(abs(self.low), abs(self.high)) > LARGEST

    @property
    def too_small(self) -> bool:
        """Whether they hardly differ."""
        return self.high - self.low < LEAST_SPREAD


def pixel_range_of(network: Network, settings: LoaderSettings) -> PixelRange | None:
    """Return the pixels that reach the first layer with weights; None where there is none.

    Args:
        network: any network, also one that does not fit.
        settings: the loader, which divides each value from 0 to 255.
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
    """Return whether the pixels that reach the first layer with weights are of a usual size."""
    reach = pixel_range_of(network, settings)
    return reach is None or not (reach.too_large or reach.too_small)


def pixel_finding(network: Network, settings: LoaderSettings) -> Finding | None:
    """Return the question that pixels far from 0 to 1 raise, without the corrected network."""
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
        f"{loaded}{then}: what reaches {reach.name} lies between {_short(reach.low)} and "
        f"{_short(reach.high)}, which is {what}. Usual is 0 to 1, or −1 to 1.",
        other,
        about=PIXELS,
    )


def rescaled(network: Network, settings: LoaderSettings) -> Iterator[Network]:
    """Yield the networks with another rescaling at their beginning that bring pixels to size."""
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
