"""An axis of a drawing: its range, its round ticks, and where a value lies on it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


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
