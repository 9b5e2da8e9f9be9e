"""A growing curve that can be drawn at any length for the same cost."""

from __future__ import annotations

import math
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable


class Curve:
    """Points with rising x, kept with the least and greatest y of ever longer stretches.

    Level k holds one pair (least, greatest) for each whole stretch of 2^k points. A chart asks
    for as many stretches as it has columns, and a million points then cost what a hundred do.
    Values that are not finite are left out: a terminal has no place to put them.

    >>> curve = Curve()
    >>> for n in range(1000):
    ...     curve.append(n, n % 7)
    >>> len(curve), len(curve.sample(20)) <= 40
    (1000, True)
    """

    def __init__(self) -> None:
        self.x = array("d")
        self.y = array("d")
        self._least: list[array[float]] = [self.y]
        self._greatest: list[array[float]] = [self.y]

    def __len__(self) -> int:
        return len(self.y)

    def append(self, x: float, y: float | None) -> None:
        """Add a point at the right end; None and values that are not finite are passed over."""
        if y is None or not math.isfinite(y):
            return
        self.x.append(x)
        self.y.append(y)
        level = 0
        # A stretch is summed up once both its halves are whole: constant work on average.
        while len(self._least[level]) % 2 == 0:
            if level + 1 == len(self._least):
                self._least.append(array("d"))
                self._greatest.append(array("d"))
            self._least[level + 1].append(min(self._least[level][-2:]))
            self._greatest[level + 1].append(max(self._greatest[level][-2:]))
            level += 1

    def extend(self, x: Iterable[float], y: Iterable[float]) -> None:
        """Add many points at the right end, all finite: the same as `append`, several times faster.

        Args:
            x: rising.
            y: as many.
        """
        self.x.extend(x)
        self.y.extend(y)
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
        del self.x[kept:]
        for level, (least, greatest) in enumerate(zip(self._least, self._greatest, strict=True)):
            # A stretch that is whole still has all its points, and so its values stay.
            del least[kept >> level :]
            if greatest is not least:
                del greatest[kept >> level :]

    def sample(self, stretches: int, start: float = -math.inf) -> list[tuple[float, float]]:
        """Return the curve as at most about two points for each of so many stretches.

        Args:
            stretches: how many columns there are to draw on.
            start: the least x wanted.

        Returns:
            Points (x, y); of a stretch longer than one point its least and its greatest y, so
            that no spike is lost.
        """
        first = bisect_left(self.x, start)
        count = len(self.y) - first
        if count <= 0:
            return []
        level = max(0, math.ceil(math.log2(count / max(stretches, 1)))) if count > 1 else 0
        level = min(level, len(self._least) - 1)
        if level == 0:
            return list(zip(self.x[first:], self.y[first:], strict=True))
        length = 1 << level
        least, greatest = self._least[level], self._greatest[level]
        whole = range(-(-first // length), len(least))
        points: list[tuple[float, float]] = []
        before = min(whole.start * length, len(self.y))
        if first < before:
            points += self._ends(first, before)
        previous = points[-1][1] if points else self.y[first]
        for bucket in whole:
            x = self.x[bucket * length + length // 2]
            low, high = least[bucket], greatest[bucket]
            near, far = (low, high) if abs(previous - low) < abs(previous - high) else (high, low)
            points.append((x, near))
            points.append((x, far))
            previous = far
        after = max(whole.stop * length, before)
        if after < len(self.y):
            points += self._ends(after, len(self.y))
            points.append((self.x[-1], self.y[-1]))
        return points

    def _ends(self, start: int, stop: int) -> list[tuple[float, float]]:
        """Return the least and the greatest of a piece, from the longest stretches inside it."""
        low, high, position = math.inf, -math.inf, start
        while position < stop:
            level = 0
            while (
                level + 1 < len(self._least)
                and position % (2 << level) == 0
                and position + (2 << level) <= stop
            ):
                level += 1
            low = min(low, self._least[level][position >> level])
            high = max(high, self._greatest[level][position >> level])
            position += 1 << level
        return [(self.x[start], low), (self.x[stop - 1], high)]

    def window(self, stretches: int, first: float, last: float) -> list[tuple[float, float]]:
        """Return a piece of the curve as at most about two points for each of so many stretches.

        Args:
            stretches: how many columns there are to draw on.
            first: the least x wanted.
            last: the greatest x wanted.

        Returns:
            Points (x, y) as `sample` gives them; only the piece decides how fine they are.
        """
        start, stop = bisect_left(self.x, first), bisect_right(self.x, last)
        count = stop - start
        if count <= 0:
            return []
        length = 1 << max(0, math.ceil(math.log2(count / max(stretches, 1))))
        if length == 1:
            return list(zip(self.x[start:stop], self.y[start:stop], strict=True))
        points: list[tuple[float, float]] = []
        while start < stop:
            # Stretches begin where the summed-up ones do, so that few pieces make up each.
            end = min((start // length + 1) * length, stop)
            points += (
                self._ends(start, end) if end - start > 1 else [(self.x[start], self.y[start])]
            )
            start = end
        return points
