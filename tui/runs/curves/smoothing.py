"""Smoothing of curves as in TensorBoard; curves are smoothed first and sampled afterwards."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from tui.runs.curves.growing_curve import Curve

WEIGHTS = (0.0, 0.3, 0.6, 0.9, 0.97)
"""The steps of smoothing; 0 is none, 0.6 is TensorBoard's default."""
MAX_WEIGHT = 0.99


class Smoother:
    """An exponential moving average with bias correction.

    Each value is `(1 − w)·v + w·before`, divided by `1 − wⁿ`, without which the first values would
    be pulled towards zero.

    >>> average = Smoother(0.5)
    >>> average.next(2.0), average.next(2.0), average.next(5.0)
    (2.0, 2.0, 3.7142857142857144)
    """

    def __init__(self, weight: float) -> None:
        """Start anew.

        Args:
            weight: 0 to 0.99; a larger one smooths more.
        """
        self.weight = min(max(weight, 0.0), MAX_WEIGHT)
        self._sum = 0.0
        self._share = 1.0

    def next(self, value: float) -> float:
        """Return the next value smoothed."""
        if self.weight == 0:
            return value
        self._sum = self._sum * self.weight + (1 - self.weight) * value
        self._share *= self.weight
        return self._sum / (1 - self._share)

    def ramp(self, start: float, end: float, steps: int) -> float:
        """Return the smoothed value after several values on a line.

        Args:
            start: the value before them.
            end: the last of them.
            steps: their number.

        The result is that of `next` for each of them, as the sum of a geometric series:

        >>> one, other = Smoother(0.9), Smoother(0.9)
        >>> [one.next(value) for value in (1.0, 2.0, 3.0)][-1]
        2.07...
        >>> other.next(1.0), other.ramp(1.0, 3.0, 2)
        (1.0, 2.07...)
        """
        w = self.weight
        if w == 0:
            return end
        power = w**steps
        slope = (end - start) / steps
        line = start * (1 - power) + slope * (steps - w * (1 - power) / (1 - w))
        self._sum = power * self._sum + line
        self._share *= power
        return self._sum / (1 - self._share)


def smooth(values: Iterable[float | None], weight: float) -> list[float | None]:
    """Return values smoothed; gaps stay gaps, and the average continues after them.

    Args:
        values: one an epoch; None for values that are not finite.
        weight: 0 (unchanged) to 0.99.

    >>> smooth([1.0, None, 1.0], 0.9)
    [1.0, None, 1.0]
    """
    average = Smoother(weight)
    return [
        None if value is None or not math.isfinite(value) else average.next(value)
        for value in values
    ]


class SmoothedCurve:
    """A growing curve, smoothed as it grows, so that each point is averaged only once."""

    def __init__(self, source: Curve, weight: float) -> None:
        """Follow a curve.

        Args:
            source: a curve that may grow, be cut off, and grow again.
            weight: 0 to 0.99.
        """
        self._source = source
        self._weight = weight
        self._restart()

    def _restart(self) -> None:
        self._average = Smoother(self._weight)
        self._curve = Curve()
        self._last: tuple[float, float] | None = None

    def __len__(self) -> int:
        return len(self._curve)

    def _averaged(self, values: Sequence[float], gaps: Sequence[int]) -> Iterable[float]:
        """Return values smoothed; missing ones are interpolated linearly."""
        average = self._average
        if max(gaps, default=1) == 1:
            return map(average.next, values)
        found, before = [], self._last[1] if self._last is not None else values[0]
        for value, gap in zip(values, gaps, strict=True):
            found.append(average.next(value) if gap == 1 else average.ramp(before, value, gap))
            before = value
        return found

    def curve(self) -> Curve:
        """Return the smoothed curve, as long as its source is now."""
        source = self._source
        seen = len(self._curve)
        cut = len(source) < seen or (
            seen > 0 and (source.x[seen - 1], source.y[seen - 1]) != self._last
        )
        if cut:  # a resumed run: points after its checkpoint are void
            self._restart()
            seen = 0
        end = len(source)  # it may grow meanwhile if this runs in a thread
        gaps = source.gaps[seen:end]
        self._curve.extend(source.x[seen:end], self._averaged(source.y[seen:end], gaps), gaps)
        if source.parts:
            self._curve.note_thinned(source.parts, source.thinned_until)
        if end:
            self._last = (source.x[end - 1], source.y[end - 1])
        return self._curve
