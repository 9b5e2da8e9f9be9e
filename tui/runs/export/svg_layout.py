"""An axis of a drawing: its range, its round ticks, and where a value lies on it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple


@dataclass(frozen=True)
class Axis:
    """Values from `low` to `high`, drawn from `start` to `end` (units of the drawing)."""

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        """Return where a value lies; what is outside is held at the edge."""
        share = (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)
        return self.start + share * (self.end - self.start)

    def ticks(self, most: int, *, whole: bool = False) -> list[float]:
        """Return round values within the range.

        Args:
            most: how many there may be.
            whole: only integers.

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
    """Return a range that holds all values, with a little air and never empty.

    Args:
        values: finite ones.
        floor: where it begins at the latest.
        ceiling: where it ends at most, although there is air.

    >>> range_of([0.5, 0.75]), range_of([])
    ((0.4875, 0.7625), (0.0, 1.0))
    """
    known: Sequence[float] = list(values)
    if not known:
        return 0.0, 1.0
    low, high = min(known), max(known)
    air = 0.05 * (high - low) or 0.05 * max(abs(high), 1.0)
    # Floats near their limit have no room for air.
    low, high = max(low - air, -1e300), min(high + air, 1e300)
    if floor is not None:
        low = min(max(low, floor), min(known))
    if ceiling is not None:
        high = max(min(high, ceiling), max(known))
    if not high > low:
        low, high = low - 0.5, high + 0.5
    return low, high


Point = tuple[float, float]

_LETTER = 6.6
"""Units that a letter of the drawing's writing takes at most, nearly always."""
_ABOVE, _BELOW = 6.0, 14.0
"""From a line to the foot of a label above it, and below it."""
_TALL = 12.0
_AIR = 6.0
"""Between a label and a curve: its signs reach so far."""


class Box(NamedTuple):
    """A rectangle; y grows downwards."""

    left: float
    top: float
    right: float
    bottom: float


class Place(NamedTuple):
    """Where a label begins, and its foot."""

    x: float
    y: float


def beside_line(text: str, line: float, inside: Box, curves: Iterable[Sequence[Point]]) -> Place:
    """Return where a label of a level line lies on no curve.

    Below the line at its right end, if it can be; then above it, and further to the left. Where
    a curve lies everywhere, it is the place that the fewest touch.

    Args:
        text: the label.
        line: y of the line.
        inside: what the label must not leave.
        curves: the places of their points, x rising.
    """
    width = _LETTER * len(text)
    left, right = inside.left + 4, max(inside.right - 4 - width, inside.left + 4)
    known = list(curves)
    best: tuple[int, Place] | None = None
    for share in (1.0, 0.0, 0.75, 0.5, 0.25):
        for y in (line + _BELOW, line - _ABOVE):
            place = Place(left + share * (right - left), y)
            box = Box(place.x, y - _TALL + 2, place.x + width, y + 2)
            if box.top < inside.top or box.bottom > inside.bottom:
                continue
            crossed = sum(_touches(curve, box) for curve in known)
            if best is None or crossed < best[0]:
                best = crossed, place
    return best[1] if best is not None else Place(right, line + _BELOW)


def _touches(curve: Sequence[Point], box: Box) -> bool:
    """Say whether a curve, or a sign on it, comes into a rectangle."""
    wide = Box(box.left - _AIR, box.top - _AIR, box.right + _AIR, box.bottom + _AIR)
    pairs = pairwise(curve) if len(curve) > 1 else [(point, point) for point in curve]
    return any(_crosses(begin, end, wide) for begin, end in pairs)


def _crosses(begin: Point, end: Point, box: Box) -> bool:
    """Say whether a straight line comes into a rectangle.

    >>> _crosses((0, 0), (10, 10), Box(4, 4, 6, 6)), _crosses((0, 0), (10, 10), Box(6, 0, 9, 4))
    (True, False)
    """
    (x0, y0), (x1, y1) = begin, end
    first, last = 0.0, 1.0
    for start, way, low, high in (
        (x0, x1 - x0, box.left, box.right),
        (y0, y1 - y0, box.top, box.bottom),
    ):
        if way == 0:
            if not low <= start <= high:
                return False
            continue
        near, far = sorted(((low - start) / way, (high - start) / way))
        first, last = max(first, near), min(last, far)
    return first <= last
