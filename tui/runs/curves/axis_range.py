"""The range of a vertical axis: cut to the values, with the line of a stop rule that is near."""

from __future__ import annotations

import math
from collections.abc import Iterable

Range = tuple[float, float]

_LEAST_SHARE = 0.05
"""The least span of an axis, of shares such as an accuracy or relative to the largest value: on a
shorter axis the noise of a flat curve would look like a trend."""
_NEAR = 0.25
"""A line at most this part of the span beyond the values is included."""


def axis_range(
    values: Iterable[float], *, rule: float | None = None, bounded: bool = False
) -> Range:
    """Return a range that contains all finite values; it is never empty.

    Args:
        values: those that are shown.
        rule: the value of a stop rule. One far from the values does not stretch the axis, because
            it would press the curves flat.
        bounded: whether the values are shares from 0 to 1, as an accuracy.

    >>> axis_range([0.5, 0.7], rule=0.997, bounded=True)
    (0.5, 0.7)
    >>> axis_range([0.7, 0.95], rule=0.997, bounded=True)
    (0.7, 0.997)
    >>> axis_range([0.5, 0.5], bounded=True), axis_range([0.0, 0.0], bounded=True)
    ((0.475, 0.525), (0.0, 0.05))
    >>> axis_range([]), axis_range([0.0])
    ((0.0, 1.0), (-0.5, 0.5))
    """
    finite = [value for value in values if math.isfinite(value)]
    if not finite:
        return 0.0, 1.0
    low, high = min(finite), max(finite)
    least = _LEAST_SHARE * (1.0 if bounded else max(abs(low), abs(high)))
    if high - low < least:
        middle = low + (high - low) / 2
        low, high = middle - least / 2, middle + least / 2
        if bounded:
            low, high = _within_shares(low, high)
    if not high > low:  # all are 0
        low, high = low - 0.5, high + 0.5
    if rule is not None and math.isfinite(rule):
        near = _NEAR * (high - low)
        if low - near <= rule <= high + near:
            low, high = min(low, rule), max(high, rule)
    return low, high


def _within_shares(low: float, high: float) -> Range:
    """Move a range into 0 to 1 if it reaches over one end."""
    if high > 1 >= low:
        return low - (high - 1), 1.0
    if low < 0 <= high:
        return 0.0, high - low
    return low, high
