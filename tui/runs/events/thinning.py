"""Which values of old batches are kept, so that the charts of a run look the same.

Each epoch is divided into 2^k equal parts. Of each part the batches with the lowest and the highest
value are kept. A chart draws the lowest and the highest value of intervals that are 2^j epochs long
and begin at multiples of their length (`Curve.window`). If such an interval is no shorter than a
part, its lowest and highest values are still there, and the chart is the same to the last pixel.
Charts zoom no further than that into thinned batches.

The reports on the machine's load are thinned in the same way, with hours instead of epochs.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

BUDGET = 1_400_000
"""Values kept of all old batches and metrics together: about 17 MB in the file."""
FINEST = 4096
"""The most parts of an epoch: finer than the charts zoom."""
SYSTEM_POINTS = 4_000
"""Values kept of each figure of the machine's load."""


def parts_per_epoch(epochs: int, metrics: int) -> int:
    """Return the number of parts of each epoch, a power of 2.

    Args:
        epochs: their number.
        metrics: the number of values a batch.

    >>> parts_per_epoch(15, 2), parts_per_epoch(10_000, 2), parts_per_epoch(100_000, 2)
    (4096, 32, 2)
    """
    room = BUDGET / max(2 * epochs * metrics, 1)
    return int(min(max(2.0 ** math.floor(math.log2(room)), 1), FINEST)) if room >= 1 else 1


def parts_per_hour(hours: float) -> int:
    """Return into how many parts an hour of reports on the machine is divided, a power of 2.

    >>> parts_per_hour(0.5), parts_per_hour(24), parts_per_hour(24 * 365)
    (1024, 64, 1)
    """
    room = max(SYSTEM_POINTS / (2 * max(hours, 1.0)), 1.0)
    return int(min(2.0 ** math.floor(math.log2(room)), FINEST))


def kept_points(
    xs: Sequence[float], ys: Sequence[float], parts: int, begin: int = 0, end: int | None = None
) -> Iterator[int]:
    """Yield the indices of the points that are kept.

    Args:
        xs: rising; epochs, so that 1.5 is the middle of the second.
        ys: as many values, all finite.
        parts: the number of parts of an epoch, a power of 2.
        begin: index of the first point to consider, the first one of its part.
        end: index after the last one; None: all.

    Yields:
        Rising indices: of each part the first with the lowest y and the last with the highest (two
        points wherever there were two or more), and the first and last of each epoch.

    >>> list(kept_points([0.1, 0.2, 0.3, 0.4, 0.9, 1.0], [5, 1, 9, 2, 3, 4], 2))
    [0, 1, 2, 4, 5]
    """
    count, start = len(xs) if end is None else end, begin
    while start < count:
        number = math.ceil(xs[start] * parts)  # the parts are (number - 1, number] / parts
        stop = start + 1
        low = high = start
        edge = number / parts
        while stop < count and xs[stop] <= edge:
            if ys[stop] < ys[low]:
                low = stop
            if ys[stop] >= ys[high]:
                high = stop
            stop += 1
        kept = {low, high}
        epoch = math.ceil(xs[start])
        if start == 0 or math.ceil(xs[start - 1]) != epoch:
            kept.add(start)
        if stop == count or math.ceil(xs[stop]) != epoch:
            kept.add(stop - 1)
        yield from sorted(kept)
        start = stop
