"""The words in which a network's end is told."""

from __future__ import annotations

import math

from tui.common.numbers import figure
from tui.geometry import Activation, Dropout, Flatten, Row
from tui.geometry.output_bounds import OutputBounds

LOSS_NAMES = {
    "binary": "binary cross-entropy",
    "categorical": "categorical cross-entropy",
    "sparse": "sparse categorical cross-entropy",
}


def function_of(row: Row) -> str:
    """Return a layer's activation; empty where it can have none."""
    layer = row.layer
    return layer.function if isinstance(layer, Activation) else getattr(layer, "activation", "")


def has_activation(row: Row) -> bool:
    """Return whether a layer is an activation or has one of its own, perhaps linear."""
    return isinstance(row.layer, Activation) or hasattr(row.layer, "activation")


def ending_function(rows: tuple[Row, ...]) -> str:
    """Return the network's last activation; empty where it is linear or there is none."""
    ends = (row for row in reversed(rows) if not isinstance(row.layer, Flatten | Dropout))
    function = function_of(next(ends, rows[-1]))
    return "" if function == "linear" else function


def bounds(end: OutputBounds) -> str:
    """Return between which bounds values lie, in words.

    >>> bounds(OutputBounds(low=0.0)), bounds(OutputBounds()), bounds(OutputBounds(-1, 1))
    ('from 0 upwards', 'of any size and sign', 'from −1 to 1')
    """
    low, high = (figure(one).replace("-", "−") for one in (end.low, end.high))
    if not (math.isfinite(end.low) or math.isfinite(end.high)):
        return "of any size and sign"
    if not math.isfinite(end.high):
        return f"from {low} upwards"
    return f"up to {high}" if not math.isfinite(end.low) else f"from {low} to {high}"


def dropped(rows: tuple[Row, ...]) -> str:
    """Return what a Dropout behind the last activation does."""
    row = next(row for row in reversed(rows) if isinstance(row.layer, Dropout))
    return (
        f"{row.name} stands behind the last activation: it sets probabilities to 0 at random, "
        "also that of the right class."
    )
