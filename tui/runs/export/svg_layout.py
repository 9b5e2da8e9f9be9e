"""The layout of an SVG chart: axis ranges and ticks, free positions for labels, signs."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from tui.common.numbers import figure


@dataclass(frozen=True)
class Axis:
    """An axis: values from `low` to `high`, drawn from `start` to `end` (units of the drawing)."""

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        """Return the position of a value; values outside the range are clamped."""
        share = (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)
        return self.start + share * (self.end - self.start)

    def ticks(self, most: int, *, whole: bool = False) -> list[float]:
        """Return round values within the range, for its ticks.

        Args:
            most: their maximum number.
            whole: whether to return integers only.

        >>> Axis(0, 1, 0, 100).ticks(6)
        [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]
        >>> Axis(0.5, 3, 0, 100).ticks(6, whole=True)
        [1.0, 2.0, 3.0]
        """
        span = self.high - self.low
        power = 10.0 ** math.floor(math.log10(span / max(most, 1)))
        for factor in (1, 2, 5, 10, 20, 50):
            step = power * factor
            if whole:
                step = max(step, 1.0)
            first, last = math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9)
            if last - first < most:
                return [float(f"{number * step:.12g}") for number in range(first, last + 1)]
        return [self.low, self.high]


def range_of(
    values: Iterable[float], floor: float | None = None, ceiling: float | None = None
) -> tuple[float, float]:
    """Return a range that contains all values with a small margin; it is never empty.

    Args:
        values: finite values.
        floor: the margin does not go below it.
        ceiling: the margin does not go above it.

    >>> range_of([0.5, 0.75]), range_of([])
    ((0.4875, 0.7625), (0.0, 1.0))
    """
    finite: Sequence[float] = list(values)
    if not finite:
        return 0.0, 1.0
    low, high = min(finite), max(finite)
    margin = 0.05 * (high - low) or 0.05 * max(abs(high), 1.0)
    # Near the limit of floats there is no room for a margin.
    low, high = max(low - margin, -1e300), min(high + margin, 1e300)
    if floor is not None:
        low = min(max(low, floor), min(finite))
    if ceiling is not None:
        high = max(min(high, ceiling), max(finite))
    if not high > low:
        low, high = low - 0.5, high + 0.5
    return low, high


Point = tuple[float, float]

_LETTER_WIDTH = 6.6
"""The width of nearly every letter is at most this."""
_ABOVE, _BELOW = 6.0, 14.0
"""From a line to the baseline of a label above it, and below it."""
_LETTER_HEIGHT = 12.0
_CURVE_MARGIN = 6.0
"""Distance between a label and a curve, whose signs reach this far."""


class Box(NamedTuple):
    """A rectangle; y grows downwards."""

    left: float
    top: float
    right: float
    bottom: float


class LabelPosition(NamedTuple):
    """The left end of a label, and its baseline."""

    x: float
    y: float


def beside_line(
    text: str, line: float, bounds: Box, curves: Iterable[Sequence[Point]]
) -> LabelPosition:
    """Return a position for the label of a horizontal line that is free of curves.

    Preferred is below the line at its right end, then above it, then further to the left. If no
    position is free, it is the one that the fewest curves touch.

    Args:
        text: the label.
        line: y of the line.
        bounds: the label stays bounds.
        curves: the positions of their points, in the order of x.
    """
    width = _LETTER_WIDTH * len(text)
    left, right = bounds.left + 4, max(bounds.right - 4 - width, bounds.left + 4)
    curves = list(curves)
    best: tuple[int, LabelPosition] | None = None
    for share in (1.0, 0.0, 0.75, 0.5, 0.25):
        for y in (line + _BELOW, line - _ABOVE):
            position = LabelPosition(left + share * (right - left), y)
            box = Box(position.x, y - _LETTER_HEIGHT + 2, position.x + width, y + 2)
            if box.top < bounds.top or box.bottom > bounds.bottom:
                continue
            crossed = sum(_touches(curve, box) for curve in curves)
            if best is None or crossed < best[0]:
                best = crossed, position
    return best[1] if best is not None else LabelPosition(right, line + _BELOW)


def _touches(curve: Sequence[Point], box: Box) -> bool:
    """Return whether a curve, or a sign on it, touches a rectangle."""
    margin = _CURVE_MARGIN
    wide = Box(box.left - margin, box.top - margin, box.right + margin, box.bottom + margin)
    pairs = pairwise(curve) if len(curve) > 1 else [(point, point) for point in curve]
    return any(_crosses(begin, end, wide) for begin, end in pairs)


def _crosses(begin: Point, end: Point, box: Box) -> bool:
    """Return whether a straight line crosses a rectangle.

    >>> _crosses((0, 0), (10, 10), Box(4, 4, 6, 6)), _crosses((0, 0), (10, 10), Box(6, 0, 9, 4))
    (True, False)
    """
    (x0, y0), (x1, y1) = begin, end
    first, last = 0.0, 1.0
    for start, length, low, high in (
        (x0, x1 - x0, box.left, box.right),
        (y0, y1 - y0, box.top, box.bottom),
    ):
        if length == 0:
            if not low <= start <= high:
                return False
            continue
        near, far = sorted(((low - start) / length, (high - start) / length))
        first, last = max(first, near), min(last, far)
    return first <= last


_OUTLIER_FACTOR = 20.0
"""Values above this multiple of the 80th percentile are cut off."""


def upper_limit(values: list[float]) -> tuple[float, str]:
    """Return the largest value that a panel shows, and a note if larger ones are cut off.

    After a first loss of 10¹⁴ nothing of the rest would be visible.

    >>> upper_limit([0.5, 0.7, 0.6]), upper_limit([9e9, *[0.5] * 9])
    ((0.7, ''), (0.5, ' (up to 9e9, cut here)'))
    """
    ordered = sorted(values) or [1.0]
    usual = ordered[(len(ordered) - 1) * 4 // 5]
    if usual > 0 and ordered[-1] > _OUTLIER_FACTOR * usual:
        shown = max(value for value in ordered if value <= _OUTLIER_FACTOR * usual)
        return shown, f" (up to {figure(ordered[-1])}, cut here)"
    return ordered[-1], ""


def sign_at(sign: str, x: float, y: float, slot: int) -> str:
    """Return a sign as a path, since a font might not have it."""
    shape = {
        "▲": "M0 -5L5 4H-5Z",
        "■": "M-4 -4H4V4H-4Z",
        "◆": "M0 -5.5L5.5 0L0 5.5L-5.5 0Z",
        "✚": "M-1.5 -5H1.5V-1.5H5V1.5H1.5V5H-1.5V1.5H-5V-1.5H-1.5Z",
        "★": "M0 -6L1.5 -2H5.7L2.3 0.6L3.5 4.9L0 2.3L-3.5 4.9L-2.3 0.6L-5.7 -2H-1.5Z",
    }.get(sign, "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0Z")
    return f'<path class="f{slot}" transform="translate({x:.1f} {y:.1f})" d="{shape}"/>'
