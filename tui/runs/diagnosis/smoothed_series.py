"""A noisy row of figures, one an epoch: its level, its noise, whether it still falls."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

NOISE_TO_SPREAD = 0.6745 * math.sqrt(6)
"""Of white noise with standard deviation s the second differences have s·√6, and the median of
their absolute values is 0.6745 of that."""


@dataclass(frozen=True)
class Level:
    """A row without its gaps, smoothed.

    Args:
        epochs: the epoch of each value, from 1.
        raw: the values as they were measured.
        values: running medians of three, so that one bad epoch, also the last one, is not
            taken for a turn; every one of them was measured.
        noise: standard deviation of `raw` around its course, estimated from second differences;
            a straight trend does not count.
    """

    epochs: tuple[int, ...]
    raw: tuple[float, ...]
    values: tuple[float, ...]
    noise: float

    def __len__(self) -> int:
        return len(self.values)

    def first_within(self, margin: float) -> int:
        """Return the first position that lies at most `margin` above the least level."""
        limit = min(self.values) + margin
        return next(place for place, value in enumerate(self.values) if value <= limit)

    def at(self, epoch: int) -> float:
        """Return the level at an epoch, or at the last one before it that was measured."""
        place = max((p for p, known in enumerate(self.epochs) if known <= epoch), default=0)
        return self.values[place]

    def end(self, limit: float) -> float:
        """Return the last measured value where it lies at a limit or above, else the last level."""
        return self.raw[-1] if self.raw[-1] >= limit else self.values[-1]


def level_of(row: Iterable[float | None]) -> Level | None:
    """Return a row's level, or None where nothing of it is a finite number.

    >>> level = level_of([3.0, None, 9.0, 2.0, 1.0])
    >>> level.epochs, level.values
    ((1, 3, 4, 5), (3.0, 3.0, 2.0, 2.0))
    """
    known = [
        (epoch, float(value))
        for epoch, value in enumerate(row, start=1)
        if value is not None and math.isfinite(value)
    ]
    if not known:
        return None
    raw = tuple(value for _, value in known)
    return Level(tuple(epoch for epoch, _ in known), raw, _medians(raw), _noise(raw))


def _medians(raw: Sequence[float]) -> tuple[float, ...]:
    if len(raw) < 3:
        return tuple(raw)
    # At both ends the window is shifted inwards, not shortened: no value stands for itself alone.
    starts = [min(max(place - 1, 0), len(raw) - 3) for place in range(len(raw))]
    return tuple(sorted(raw[start : start + 3])[1] for start in starts)


def _noise(raw: Sequence[float]) -> float:
    seconds = [
        abs(before - 2 * here + after)
        for before, here, after in zip(raw, raw[1:], raw[2:], strict=False)
    ]
    return _median(seconds) / NOISE_TO_SPREAD if seconds else 0.0


def _median(values: Sequence[float]) -> float:
    ordered = sorted(values)
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[middle]
    return ordered[middle - 1] / 2 + ordered[middle] / 2
