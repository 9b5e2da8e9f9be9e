"""A growing curve that can be sampled at the same cost for any length."""

from __future__ import annotations

import math
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable

from tui.runs.events.thinning import kept_points

_ROW = 16
"""Points per row whose lowest and highest y are kept; shorter rows would take too much memory."""


class Curve:
    """Points in order of x, with the lowest and highest y of longer and longer intervals.

    A chart samples as many intervals as it has columns, so a million points cost as much as a
    hundred. The intervals are 2^k epochs long (k may be negative) and start at whole multiples of
    that length. So a thinned curve, with only the lowest and the highest point of each 2^k-th of an
    epoch, is drawn as before unless it is drawn finer. Values that are not finite are left out.

    >>> curve = Curve()
    >>> for n in range(1000):
    ...     curve.append(n, n % 7)
    >>> len(curve), len(curve.sample(20)) <= 50
    (1000, True)
    """

    def __init__(self) -> None:
        self.x = array("d")
        self.y = array("d")
        self.gaps = array("I")
        """The batches between each point and the one before: more than 1 if some were dropped."""
        self.parts = 0
        """The parts of an epoch of which two points each are left; 0 if none are thinned out."""
        self.thinned_until = -math.inf
        """The x up to which the curve is thinned."""
        # Level k holds the lowest and the highest of each whole row of _ROW * 2^k points.
        self._lowest: list[array[float]] = [array("d")]
        self._highest: list[array[float]] = [array("d")]

    def __len__(self) -> int:
        return len(self.y)

    def append(self, x: float, y: float | None) -> None:
        """Add a point at the right end; None and values that are not finite are ignored."""
        if y is None or not math.isfinite(y):
            return
        self.x.append(x)
        self.y.append(y)
        self.gaps.append(1)

    def extend(
        self, x: Iterable[float], y: Iterable[float], gaps: Iterable[int] | None = None
    ) -> None:
        """Add finite points at the right end, several times faster than `append`.

        Args:
            x: the x values, in order.
            y: the y values, as many.
            gaps: the batches since the previous point, as many; None if no batch is missing.
        """
        self.x.extend(x)
        self.y.extend(y)
        if gaps is None:
            self.gaps.extend((1,) * (len(self.y) - len(self.gaps)))
        else:
            self.gaps.extend(gaps)

    def note_thinned(self, parts: int, until: float) -> None:
        """Record that up to an x only two points of each part of an epoch are left."""
        self.parts = min(self.parts or parts, parts)
        self.thinned_until = max(self.thinned_until, until)

    def thinned(self, parts: int, until: float) -> Curve:
        """Return a curve with the points up to an x thinned; parts thinned before are kept.

        Args:
            parts: the parts of an epoch, a power of 2.
            until: the x; points to the right of it are kept.
        """
        end, begin = bisect_right(self.x, until), 0
        if parts == self.parts:
            # The last thinned part may have been cut in two: thin it again.
            begin = bisect_right(self.x, math.floor(self.thinned_until * parts) / parts, hi=end)
        other = Curve()
        other.extend(self.x[:begin], self.y[:begin], self.gaps[:begin])
        position = begin
        for index in kept_points(self.x, self.y, parts, begin, end):
            other.x.append(self.x[index])
            other.y.append(self.y[index])
            other.gaps.append(sum(self.gaps[position : index + 1]))
            position = index + 1
        other.extend(self.x[end:], self.y[end:], self.gaps[end:])
        other.parts, other.thinned_until = self.parts, self.thinned_until
        other.note_thinned(parts, until)
        return other

    def scaled(self, start: float, factor: float) -> Curve:
        """Return a curve whose points to the right of an x are nearer to it, or farther from it.

        Args:
            start: the x: the beginning of the last epoch.
            factor: what their distance is multiplied by.

        >>> curve = Curve()
        >>> curve.extend([1.0, 1.5, 2.0], [7, 8, 9])
        >>> list(curve.scaled(1.0, 0.5).x)
        [1.0, 1.25, 1.5]
        """
        other, first = Curve(), bisect_right(self.x, start)
        moved = (min(start + (x - start) * factor, start + 1) for x in self.x[first:])
        other.extend([*self.x[:first], *moved], self.y, self.gaps)
        other.parts, other.thinned_until = self.parts, self.thinned_until
        return other

    def _sum_up(self) -> None:
        """Bring the rows up to date with the points."""
        lowest, highest = self._lowest[0], self._highest[0]
        for begin in range(len(lowest) * _ROW, len(self.y) // _ROW * _ROW, _ROW):
            row = self.y[begin : begin + _ROW]
            lowest.append(min(row))
            highest.append(max(row))
        level = 0
        while (wanted := len(self._lowest[level]) // 2) > 0:
            if level + 1 == len(self._lowest):
                self._lowest.append(array("d"))
                self._highest.append(array("d"))
            lowest, highest = self._lowest[level], self._highest[level]
            known = 2 * len(self._lowest[level + 1])
            for part, of, pick in (
                (self._lowest[level + 1], lowest, min),
                (self._highest[level + 1], highest, max),
            ):
                part.extend(map(pick, of[known : 2 * wanted : 2], of[known + 1 : 2 * wanted : 2]))
            level += 1

    def cut(self, x: float) -> None:
        """Drop the points to the right of x."""
        kept = bisect_right(self.x, x)
        for points in (self.x, self.y, self.gaps):
            del points[kept:]
        for level, pair in enumerate(zip(self._lowest, self._highest, strict=True)):
            for values in pair:  # the values of rows that are still whole stay
                del values[kept // _ROW >> level :]

    def nearest(self, x: float) -> tuple[float, float] | None:
        """Return the point nearest to an x; None if the curve is empty."""
        place = bisect_left(self.x, x)
        near = [index for index in (place - 1, place) if 0 <= index < len(self.x)]
        if not near:
            return None
        index = min(near, key=lambda i: abs(self.x[i] - x))
        return self.x[index], self.y[index]

    def sample(self, intervals: int, start: float = -math.inf) -> list[tuple[float, float]]:
        """Return the curve from an x on, with about two points per interval.

        Args:
            intervals: the number of intervals, such as the columns of a chart.
            start: the lowest x.

        Returns:
            Points (x, y): the lowest and the highest y of an interval with several points, so that
            no spike is lost. The last point is that of the curve.
        """
        first = bisect_left(self.x, start)
        if first == len(self.x):
            return []
        return self._interval_points(intervals, first, len(self.x), self.x[first], self.x[-1])

    def window(self, intervals: int, first: float, last: float) -> list[tuple[float, float]]:
        """Return a part of the curve, with about two points per interval.

        Args:
            intervals: the number of intervals, such as the columns of a chart.
            first: the lowest x.
            last: the highest x.

        Returns:
            Points (x, y) as from `sample`, as fine as the part allows. The intervals at both ends
            count as a whole, even if they reach beyond the part.
        """
        start, stop = bisect_left(self.x, first), bisect_right(self.x, last)
        if start >= stop:
            return []
        low = first if math.isfinite(first) else self.x[0]
        high = last if math.isfinite(last) else self.x[-1]
        return self._interval_points(intervals, start, stop, low, high, whole=True)

    def _interval_points(
        self, intervals: int, start: int, stop: int, low: float, high: float, *, whole: bool = False
    ) -> list[tuple[float, float]]:
        """Return the points of intervals between two indices.

        Args:
            intervals: the largest number of intervals.
            start: the index of the first point.
            stop: the index after the last point.
            low: the x where the drawing starts.
            high: the x where it ends.
            whole: whether the intervals at both ends count as a whole.
        """
        intervals = max(intervals, 1)
        all_there = low >= self.thinned_until
        if all_there and stop - start <= intervals:
            return list(zip(self.x[start:stop], self.y[start:stop], strict=True))
        self._sum_up()
        exponent = math.ceil(math.log2(max((high - low) / intervals, 1e-12)))
        if not all_there:
            exponent = max(exponent, -int(math.log2(self.parts)))
        length = 2.0**exponent  # a power of 2, so that dividing and multiplying is exact
        begin, end_x = max(low, self.x[start]), min(high, self.x[stop - 1])
        if whole:
            begin, end_x = max(low, self.x[0]), min(high, self.x[-1])
            start = bisect_right(self.x, (math.ceil(low / length) - 1) * length)
            stop = bisect_right(self.x, math.ceil(high / length) * length)
        points: list[tuple[float, float]] = []
        while start < stop:
            number = math.ceil(self.x[start] / length)  # (number - 1, number] x length
            end = min(bisect_right(self.x, number * length, start), stop)
            if end - start == 1:
                if low <= self.x[start] <= high:
                    points.append((self.x[start], self.y[start]))
            else:
                lowest, highest = self._extremes(start, end)
                pair = ((1.0, lowest), (0.0, highest))  # from one end of the interval to the other
                if not whole:  # both in the middle, the one nearer to the previous point first
                    before = points[-1][1] if points else lowest
                    turned = abs(before - lowest) > abs(before - highest)
                    near, far = (highest, lowest) if turned else (lowest, highest)
                    pair = ((0.5, near), (0.5, far))
                for share, y in pair:
                    x = (number - share) * length
                    points.append((min(max(x, begin), end_x), y))
            start = end
        end_point = self.x[-1], self.y[-1]
        if end_x == self.x[-1] and points[-1:] != [end_point]:
            points.append(end_point)
        return points

    def _extremes(self, start: int, stop: int) -> tuple[float, float]:
        """Return the lowest and highest y of a part, from the longest rows inside it."""
        position, last = -(-start // _ROW), stop // _ROW  # the whole rows inside it
        if position >= last:
            piece = self.y[start:stop]
            return min(piece), max(piece)
        ends = self.y[start : position * _ROW] + self.y[last * _ROW : stop]
        low, high = min(ends, default=math.inf), max(ends, default=-math.inf)
        while position < last:
            level = 0
            while (
                level + 1 < len(self._lowest)
                and position % (2 << level) == 0
                and position + (2 << level) <= last
            ):
                level += 1
            low = min(low, self._lowest[level][position >> level])
            high = max(high, self._highest[level][position >> level])
            position += 1 << level
        return low, high
