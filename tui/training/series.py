"""What a chart draws of a run: which metric, how finely, smoothed, from where to where."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from tui.training.curves import Curve
from tui.training.progress import RunProgress
from tui.training.smoothing import SmoothedCurve, smooth

Points = list[tuple[float, float]]

RECENT = 10
"""Epochs of the recent window."""


@dataclass(frozen=True)
class View:
    """How a metric is looked at.

    Args:
        every_batch: the running means within each epoch; else one point an epoch.
        weight: of the smoothing, 0 to 0.99.
        first: least epoch shown; batches of epoch n lie between n − 1 and n.
        last: greatest epoch shown; None is the newest.
        log: decimal logarithms of the values; see `on_log`.
    """

    every_batch: bool = False
    weight: float = 0.0
    first: float = -math.inf
    last: float | None = None
    log: bool = False


def recent(progress: RunProgress, epochs: int = RECENT) -> float:
    """Return where a window of the newest epochs begins.

    >>> recent(RunProgress(epoch=25), 10)
    15.0
    """
    return float(max(max(progress.epochs_done, progress.epoch) - epochs, 0))


def metrics(progress: RunProgress) -> list[str]:
    """Return the metrics that can be drawn, validation under its training metric.

    The course's two come first, then what else the history has, then `learning_rate` where the
    trainer told it.

    >>> metrics(RunProgress(history={"val_loss": [1.0], "loss": [1.0], "auc": [0.5]}))
    ['loss', 'auc']
    """
    names = {name.removeprefix("val_") for name in (*progress.history, *progress.batch_curves)}
    known = [name for name in ("accuracy", "loss") if name in names]
    found = known + sorted(names - set(known))
    if any(rate is not None for rate in learning_rates(progress)):
        found.append("learning_rate")
    return found


def learning_rates(progress: RunProgress) -> list[float | None]:
    """Return the learning rate at each epoch's end; None where it was not told."""
    return [one.learning_rate or None for one in progress.epoch_details]


def epoch_row(progress: RunProgress, metric: str) -> Sequence[float | None]:
    """Return one value an epoch of a metric of the history, or of `learning_rate`."""
    if metric == "learning_rate" and metric not in progress.history:
        return learning_rates(progress)
    return progress.history.get(metric, ())


class MetricSeries:
    """The points of one run's metrics; smoothed batch curves are kept between drawings."""

    def __init__(self) -> None:
        self._smoothed: dict[str, tuple[Curve, float, SmoothedCurve]] = {}

    def points(self, progress: RunProgress, metric: str, view: View, columns: int) -> Points:
        """Return what to draw: smoothed over the whole run, then cut to the window, then sampled.

        Args:
            progress: the run so far.
            metric: a name of the history, such as `val_loss`, or `learning_rate`.
            view: how it is looked at; a metric without batches is shown by epochs.
            columns: how many stretches there are to draw on; at most about twice as many points
                come back, whatever the length of the run.

        Returns:
            Points (epoch, value), all finite; logarithms of the values with `view.log`.
        """
        last = math.inf if view.last is None else view.last
        curve = progress.batch_curves.get(metric) if view.every_batch else None
        if curve is not None:
            if view.weight > 0:
                curve = self._smooth(metric, curve, view.weight)
            found = curve.window(columns, view.first, last)
        else:
            row = smooth(epoch_row(progress, metric), view.weight)
            whole = [
                (float(epoch), value)
                for epoch, value in zip(progress.epoch_numbers, row, strict=False)
                if value is not None and view.first <= epoch <= last
            ]
            found = envelope(whole, columns)
        return on_log(found) if view.log else found

    def _smooth(self, metric: str, curve: Curve, weight: float) -> Curve:
        source, known, kept = self._smoothed.get(metric, (None, 0.0, None))
        if kept is None or source is not curve or known != weight:
            kept = SmoothedCurve(curve, weight)
            self._smoothed[metric] = (curve, weight, kept)
        return kept.curve()


def envelope(points: Points, columns: int) -> Points:
    """Return the least and the greatest of each stretch of points, in their order.

    >>> envelope([(1.0, 5.0), (2.0, 1.0), (3.0, 9.0), (4.0, 2.0), (5.0, 3.0)], 1)
    [(2.0, 1.0), (3.0, 9.0)]
    """
    if len(points) <= 2 * max(columns, 1):
        return points
    length = -(-len(points) // max(columns, 1))
    found: Points = []
    for start in range(0, len(points), length):
        stretch = points[start : start + length]
        ends = {min(stretch, key=lambda one: one[1]), max(stretch, key=lambda one: one[1])}
        found += sorted(ends)
    return found


def on_log(points: Points) -> Points:
    """Return points with the decimal logarithm of their values.

    Zero and less have none: they are left out, and `log_gap` says how many.

    >>> on_log([(1.0, 100.0), (2.0, 0.0)])
    [(1.0, 2.0)]
    """
    return [(x, math.log10(y)) for x, y in points if y > 0]


def log_gap(points: Points) -> int:
    """Return how many points a logarithmic scale cannot show."""
    return sum(1 for _, y in points if not y > 0)


def value_at(points: Points, x: float) -> float | None:
    """Return the value of the newest point at or before x; None before the first."""
    place = bisect_right(points, (x, math.inf))
    return points[place - 1][1] if place else None
