"""A growing curve that can be drawn at any length for the same cost."""

from __future__ import annotations

import math
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable

from tui.runs.events.thinning import kept_points

_ROW = 16
"""Points whose least and greatest y are kept: shorter rows would take as much memory as these."""


class Curve:
    """Points with rising x, kept with the least and greatest y of ever longer stretches.

    A chart asks for as many stretches as it has columns, and a million points then cost what a
    hundred do. The stretches of a drawing are 2^k epochs long (k may be below 0) and begin at whole
    multiples of that: so a curve of which only the least and the greatest of each 2^k-th of an
    epoch are left (`tui.runs.events.thinning`) is drawn as it was before, unless it is drawn finer.
    Values that are not finite are left out: a terminal has no place to put them.

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
        """For each point how many batches it is behind the one before: more than 1 where those
        between are gone."""
        self.parts = 0
        """Into how many parts an epoch was divided of which two points each are left; 0: all are
        there."""
        self.thinned_until = -math.inf
        """The x up to which that holds."""
        # Level k holds the least and the greatest of each whole row of _ROW * 2^k points.
        self._least: list[array[float]] = [array("d")]
        self._greatest: list[array[float]] = [array("d")]

    def __len__(self) -> int:
        return len(self.y)

    def append(self, x: float, y: float | None) -> None:
        """Add a point at the right end; None and values that are not finite are passed over."""
        if y is None or not math.isfinite(y):
            return
        self.x.append(x)
        self.y.append(y)
        self.gaps.append(1)

    def extend(
        self, x: Iterable[float], y: Iterable[float], gaps: Iterable[int] | None = None
    ) -> None:
        """Add many points at the right end, all finite: the same as `append`, several times faster.

        Args:
            x: rising.
            y: as many.
            gaps: as many; None: no batch is left out.
        """
        self.x.extend(x)
        self.y.extend(y)
        if gaps is None:
            self.gaps.extend((1,) * (len(self.y) - len(self.gaps)))
        else:
            self.gaps.extend(gaps)

    def note_thinned(self, parts: int, until: float) -> None:
        """Note that up to an x only two points are left of each part of an epoch."""
        self.parts = min(self.parts or parts, parts)
        self.thinned_until = max(self.thinned_until, until)

    def thinned(self, parts: int, until: float) -> Curve:
        """Return a curve of which the points up to an x are thinned.

        What was thinned into as many parts before is taken over as it is.

        Args:
            parts: into which an epoch is divided, a power of 2.
            until: the x; what lies to the right of it stays whole.
        """
        end, begin = bisect_right(self.x, until), 0
        if parts == self.parts:
            # The part at the end of what was thinned may have been cut in two: it comes once more.
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

    def _sum_up(self) -> None:
        """Bring the stretches up to date with the points."""
        least, greatest = self._least[0], self._greatest[0]
        for begin in range(len(least) * _ROW, len(self.y) // _ROW * _ROW, _ROW):
            row = self.y[begin : begin + _ROW]
            least.append(min(row))
            greatest.append(max(row))
        level = 0
        while (wanted := len(self._least[level]) // 2) > 0:
            if level + 1 == len(self._least):
                self._least.append(array("d"))
                self._greatest.append(array("d"))
            least, greatest = self._least[level], self._greatest[level]
            known = 2 * len(self._least[level + 1])
            for part, of, pick in (
                (self._least[level + 1], least, min),
                (self._greatest[level + 1], greatest, max),
            ):
                part.extend(map(pick, of[known : 2 * wanted : 2], of[known + 1 : 2 * wanted : 2]))
            level += 1

    def cut(self, x: float) -> None:
        """Drop the points that lie to the right of x."""
        kept = bisect_right(self.x, x)
        for points in (self.x, self.y, self.gaps):
            del points[kept:]
        for level, pair in enumerate(zip(self._least, self._greatest, strict=True)):
            for values in pair:  # a row that is whole still has all its points: its values stay
                del values[kept // _ROW >> level :]

    def nearest(self, x: float) -> tuple[float, float] | None:
        """Return the point that is nearest to an x; None where there is none."""
        place = bisect_left(self.x, x)
        near = [index for index in (place - 1, place) if 0 <= index < len(self.x)]
        if not near:
            return None
        index = min(near, key=lambda one: abs(self.x[one] - x))
        return self.x[index], self.y[index]

    def sample(self, stretches: int, start: float = -math.inf) -> list[tuple[float, float]]:
        """Return the curve from an x on as at most about two points for each of some stretches.

        Args:
            stretches: how many columns there are to draw on.
            start: the least x wanted.

        Returns:
            Points (x, y); of a stretch with several points its least and its greatest y, so that
            no spike is lost. The last point is the curve's own.
        """
        first = bisect_left(self.x, start)
        if first == len(self.x):
            return []
        return self._pieces(stretches, first, len(self.x), self.x[first], self.x[-1])

    def window(self, stretches: int, first: float, last: float) -> list[tuple[float, float]]:
        """Return a piece of the curve as at most about two points for each of so many stretches.

        Args:
            stretches: how many columns there are to draw on.
            first: the least x wanted.
            last: the greatest x wanted.

        Returns:
            Points (x, y) as `sample` gives them; only the piece decides how fine they are. The
            stretches at both ends are looked at whole, also where they reach beyond the piece.
        """
        start, stop = bisect_left(self.x, first), bisect_right(self.x, last)
        if start >= stop:
            return []
        low = first if math.isfinite(first) else self.x[0]
        high = last if math.isfinite(last) else self.x[-1]
        return self._pieces(stretches, start, stop, low, high, whole=True)

    def _pieces(
        self, stretches: int, start: int, stop: int, low: float, high: float, *, whole: bool = False
    ) -> list[tuple[float, float]]:
        """Return the points of some stretches between two indices.

        Args:
            stretches: how many there may be.
            start: index of the first point.
            stop: index behind the last one.
            low: the x where the drawing begins.
            high: the x where it ends.
            whole: whether the stretches at both ends are looked at whole.
        """
        stretches = max(stretches, 1)
        all_there = low >= self.thinned_until
        if all_there and stop - start <= stretches:
            return list(zip(self.x[start:stop], self.y[start:stop], strict=True))
        self._sum_up()
        exponent = math.ceil(math.log2(max((high - low) / stretches, 1e-12)))
        if not all_there:
            exponent = max(exponent, -int(math.log2(self.parts)))
        length = 2.0**exponent  # so that dividing by it and multiplying with it is exact
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
                least, greatest = self._extremes(start, end)
                pair = ((1.0, least), (0.0, greatest))  # from one end of the stretch to the other
                if not whole:  # both in the middle: the nearer one to what was drawn comes first
                    before = points[-1][1] if points else least
                    turned = abs(before - least) > abs(before - greatest)
                    near, far = (greatest, least) if turned else (least, greatest)
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
        """Return the least and the greatest of a piece, from the longest rows inside it."""
        position, last = -(-start // _ROW), stop // _ROW  # the whole rows inside it
        if position >= last:
            piece = self.y[start:stop]
            return min(piece), max(piece)
        ends = self.y[start : position * _ROW] + self.y[last * _ROW : stop]
        low, high = min(ends, default=math.inf), max(ends, default=-math.inf)
        while position < last:
            level = 0
            while (
                level + 1 < len(self._least)
                and position % (2 << level) == 0
                and position + (2 << level) <= last
            ):
                level += 1
            low = min(low, self._least[level][position >> level])
            high = max(high, self._greatest[level][position >> level])
            position += 1 << level
        return low, high
