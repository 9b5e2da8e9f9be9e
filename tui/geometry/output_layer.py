"""The last layer that a number of classes needs."""

from __future__ import annotations

from tui.geometry import checks
from tui.geometry.layers import Dense


def output_layer(classes: int) -> Dense:
    """Return the last layer for a number of classes.

    Args:
        classes: how many classes, at least 2.

    Returns:
        One sigmoid unit for two classes, else a softmax unit for each.

    Raises:
        GeometryError: fewer than two classes.
    """
    checks.whole_number(classes, "classes", least=2)
    return Dense(1, "sigmoid") if classes == 2 else Dense(classes, "softmax")
