"""A layer's inputs for an image, and how one value of its output is computed from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from tui.geometry.axes import window_axis
from tui.inspection.traced_terms import TracedTerm, TraceRule

Array = NDArray[Any]
MOST_TERMS = 200
"""Contributions that are sent of a sum without a window; the largest ones."""
ACROSS_CHANNELS = ("softmax", "log_softmax", "sparsemax")
"""Activations that need all channels of a cell."""


@dataclass(frozen=True)
class Cell:
    """Where a value is in a volume; in a vector the channel is its index."""

    x: int
    y: int
    channel: int


@dataclass
class Computation:
    """How a value is computed.

    Args:
        rule: of the layer.
        computed: the value, computed again; None if the rule is not known.
        total: the sum before the activation.
        bias: of the filter or the unit.
        activation: the name of the function; empty for none.
        columns, rows: of the input under the window; outside of it for padding.
        read: channels of the input that are read.
        values, weights: (channels, rows, columns) under the window.
        terms: single values of the inputs, with their weights.
        count: how many terms there are in all.
        numbers: named numbers of the layer, such as a mean.
    """

    rule: TraceRule
    computed: float | None = None
    total: float = 0.0
    bias: float = 0.0
    activation: str = ""
    columns: Sequence[int] = ()
    rows: Sequence[int] = ()
    read: Sequence[int] = ()
    values: Array = field(default_factory=lambda: np.zeros((0, 0, 0)))
    weights: Array = field(default_factory=lambda: np.zeros((0, 0, 0)))
    terms: Sequence[TracedTerm] = ()
    count: int = 0
    numbers: Sequence[tuple[str, float]] = ()


@dataclass(frozen=True)
class Inputs:
    """What a layer receives for an image.

    Args:
        layer: the layer.
        sources: positions of its input layers, -1 for the image.
        arrays: their outputs, without the batch axis.
        output: of the layer itself.
    """

    layer: Any
    sources: tuple[int, ...]
    arrays: tuple[Array, ...]
    output: Array

    def term(self, cell: Cell, weight: float = 1.0, source: int = 0) -> TracedTerm:
        """Return one value of an input as a term."""
        array = self.arrays[source]
        return TracedTerm(
            source=self.sources[source],
            x=cell.x,
            y=cell.y,
            channel=cell.channel,
            value=value_at(array, cell),
            weight=weight,
        )


def value_at(array: Array, cell: Cell) -> float:
    """Return one value of a volume or a vector."""
    if array.ndim == 3:
        return float(array[cell.y, cell.x, cell.channel])
    return float(array.reshape(-1)[cell.channel])


def to_array(value: Any) -> Array:
    return np.asarray(keras.ops.convert_to_numpy(value))


def activated(layer: Any, totals: Array, index: int) -> float:
    """Apply a layer's activation to the sums of a cell, and return one value."""
    function = getattr(layer, "activation", None)
    if function in (None, keras.activations.linear):
        return float(totals[index])
    return float(to_array(function(keras.ops.convert_to_tensor(totals[None], "float32")))[0, index])


def activation_name(layer: Any) -> str:
    function = getattr(layer, "activation", None)
    if function in (None, keras.activations.linear):
        return ""
    return str(getattr(function, "__name__", "") or getattr(function, "name", "") or "activation")


def values_under(array: Array, rows: Sequence[int], columns: Sequence[int]) -> Array:
    """Return (rows, columns, channels) of a volume; 0 outside of it."""
    found = np.zeros((len(rows), len(columns), array.shape[2]), np.float64)
    for at, row in enumerate(rows):
        for place, column in enumerate(columns):
            if 0 <= row < array.shape[0] and 0 <= column < array.shape[1]:
                found[at, place] = array[row, column]
    return found


def window_places(
    layer: Any, size: Sequence[int], of: str, cell: Cell
) -> tuple[list[int], list[int]]:
    """Return the input rows and columns under a window."""
    found = []
    dilation = getattr(layer, "dilation_rate", (1, 1))
    for axis, place in ((0, cell.y), (1, cell.x)):
        along = window_axis(
            int(size[axis]),
            int(getattr(layer, of)[axis]),
            stride=int(layer.strides[axis]),
            padding="same" if layer.padding == "same" else "valid",
            dilation=int(dilation[axis]),
        )
        first = along.first(place)
        found.append([first + along.dilation * step for step in range(along.kernel)])
    return found[0], found[1]
