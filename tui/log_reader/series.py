"""The values of a log, kept in bounded memory.

Each series is exact while there is room. When there is none left, neighbours of the longest series
are merged in pairs: two points become a stretch with its mean, its lowest and its highest value. So
curves keep their shape and the means of epochs stay exact, but for the stretch at each end.
"""

from __future__ import annotations

import math
from array import array
from dataclasses import dataclass

import numpy as np

Numbers = np.ndarray[tuple[int], np.dtype[np.float64]]
Places = np.ndarray[tuple[int], np.dtype[np.int64]]
Truths = np.ndarray[tuple[int], np.dtype[np.bool_]]

BUDGET = 600_000
"""Points of all series together, of 24 bytes each."""
LEAST = 2000
"""Points of a series that are always kept as they are: so many epochs stay exact."""
_STRETCH = 3
"""Points that a merged stretch counts for."""


@dataclass(frozen=True)
class Stretches:
    """The points of a series, or stretches of several points; one row each, with rising steps.

    Args:
        first, last: the steps at both ends.
        count: points with a finite value.
        bad: points that are NaN or infinite.
        total: the sum of the finite values.
        final: the value of the last point.
        low, high: the lowest and the highest finite value, NaN without one.
        low_at, high_at: their steps.
        at: the time of the last point, in seconds since 1970; 0 if unknown.
    """

    first: Numbers
    last: Numbers
    count: Numbers
    bad: Numbers
    total: Numbers
    final: Numbers
    low: Numbers
    high: Numbers
    low_at: Numbers
    high_at: Numbers
    at: Numbers

    def __len__(self) -> int:
        return len(self.last)

    @classmethod
    def of_points(cls, steps: Numbers, values: Numbers, at: Numbers) -> Stretches:
        """Return each point as a stretch of its own."""
        finite = np.isfinite(values)
        shown = np.where(finite, values, np.nan)
        count = finite.astype(np.float64)
        return cls(
            first=steps,
            last=steps,
            count=count,
            bad=1 - count,
            total=np.where(finite, values, 0.0),
            final=shown,
            low=shown,
            high=shown,
            low_at=steps,
            high_at=steps,
            at=at,
        )

    def columns(self) -> tuple[Numbers, ...]:
        """Return the columns in the order of the fields."""
        return tuple(getattr(self, name) for name in self.__dataclass_fields__)

    def then(self, later: Stretches) -> Stretches:
        """Return these stretches followed by others."""
        if not len(self):
            return later
        return Stretches(
            *(
                np.concatenate((mine, theirs))
                for mine, theirs in zip(self.columns(), later.columns(), strict=True)
            )
        )

    def __getitem__(self, rows: slice) -> Stretches:
        return Stretches(*(column[rows] for column in self.columns()))

    def halved(self) -> Stretches:
        """Return half as many stretches, of twice the length; an odd last one stays."""
        even = len(self) // 2 * 2
        a, b, rest = self[0:even:2], self[1:even:2], self[even:]
        lower = ~(a.low > b.low)  # also where either is NaN: fmin below chooses the other
        lower = np.where(np.isnan(a.low), False, lower)
        higher = np.where(np.isnan(a.high), False, ~(a.high < b.high))
        merged = Stretches(
            first=a.first,
            last=b.last,
            count=a.count + b.count,
            bad=a.bad + b.bad,
            total=a.total + b.total,
            final=b.final,
            low=np.fmin(a.low, b.low),
            high=np.fmax(a.high, b.high),
            low_at=np.where(lower, a.low_at, b.low_at),
            high_at=np.where(higher, a.high_at, b.high_at),
            at=b.at,
        )
        return merged.then(rest)


class Series:
    """One series of a log: its points in the order of their steps."""

    def __init__(self) -> None:
        self._steps, self._values, self._at = array("d"), array("d"), array("d")
        self._merged: Stretches | None = None
        self._length = 2
        """Points of a stretch, a power of 2."""
        self.last_step = -math.inf
        self.added = 0
        """How many points were ever added."""

    @property
    def size(self) -> int:
        """How much of the budget it takes."""
        merged = len(self._merged) if self._merged is not None else 0
        return len(self._steps) + _STRETCH * merged

    def add(self, step: float, value: float, at: float) -> None:
        """Add a point. One for a step that was passed replaces what came after it."""
        if step <= self.last_step:
            self.cut(step)
        self._steps.append(step)
        self._values.append(value)
        self._at.append(at)
        self.last_step = step
        self.added += 1

    def cut(self, step: float) -> None:
        """Forget the points from a step on: a training was resumed from before it."""
        steps = self._steps
        keep = int(np.searchsorted(np.frombuffer(steps, np.float64), step)) if len(steps) else 0
        for column in (self._steps, self._values, self._at):
            del column[keep:]
        if not keep and self._merged is not None:
            rows = int(np.searchsorted(self._merged.last, step))
            self._merged = self._merged[0:rows] if rows else None
        self.last_step = -math.inf
        if len(self._steps):
            self.last_step = self._steps[-1]
        elif self._merged is not None:
            self.last_step = float(self._merged.last[-1])

    def stretches(self) -> Stretches:
        """Return all that is known of it."""
        points = Stretches.of_points(
            np.array(self._steps), np.array(self._values), np.array(self._at)
        )
        return points if self._merged is None else self._merged.then(points)

    @property
    def exact(self) -> bool:
        """Whether each point is kept as it is."""
        return self._merged is None

    def halve(self) -> None:
        """Take half the room, or less; all stretches have the same number of points."""
        wanted = self.size / 2
        self._fold()
        while self.size > max(wanted, 2 * _STRETCH) and self._merged is not None:
            self._merged = self._merged.halved()
            self._length *= 2
            self._fold()

    def _fold(self) -> None:
        """Make stretches of the single points, as many as are full."""
        whole = len(self._steps) // self._length * self._length
        if not whole:
            return
        points = Stretches.of_points(
            np.array(self._steps[:whole]),
            np.array(self._values[:whole]),
            np.array(self._at[:whole]),
        )
        length = 1
        while length < self._length:
            points = points.halved()
            length *= 2
        self._merged = points if self._merged is None else self._merged.then(points)
        for column in (self._steps, self._values, self._at):
            del column[:whole]


class SeriesStore:
    """The series of a log by their names."""

    def __init__(self, budget: int = BUDGET, least: int = LEAST) -> None:
        self.series: dict[str, Series] = {}
        self._budget, self._least = budget, least
        self._until_check = 0

    def add(self, name: str, step: float, value: float, at: float) -> None:
        """Add a point of a series."""
        one = self.series.get(name)
        if one is None:
            one = self.series[name] = Series()
        one.add(step, value, at)
        self._until_check -= 1
        if self._until_check < 0:
            self._make_room()

    def single(self) -> frozenset[str]:
        """Return the series of one value, where others have more."""
        return frozenset(name for name, one in self.series.items() if one.added == 1)

    def _make_room(self) -> None:
        """Merge points of the longest series until there is room for a quarter more."""
        sizes = {name: one.size for name, one in self.series.items()}
        total = sum(sizes.values())
        while total > self._budget:
            before = total
            for name in sorted(sizes, key=lambda one: -sizes[one])[: max(len(sizes) // 8, 1)]:
                if sizes[name] <= self._least:
                    break
                self.series[name].halve()
                total += self.series[name].size - sizes[name]
                sizes[name] = self.series[name].size
                if total <= 0.75 * self._budget:
                    break
            if total >= before:
                break  # very many series of a few points each
        self._until_check = max(self._budget - total, self._budget // 8)
