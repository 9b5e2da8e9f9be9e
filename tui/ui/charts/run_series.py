"""The curves of a run as series to draw: any metric, by batch or by epoch, whole or in part."""

from __future__ import annotations

import math
from collections.abc import Sequence

from tui.runs.curves.epoch_curves import EPOCH_FIGURES, envelope, epoch_points, is_metric
from tui.runs.curves.growing_curve import Curve
from tui.runs.curves.smoothing import SmoothedCurve, smooth
from tui.runs.events.run_progress import RunProgress
from tui.runs.export.phase_text import phase_name
from tui.ui.charts.chart_view import MIN_EPOCHS_SHOWN
from tui.ui.charts.plotting import Points, Range, Series

EVERYTHING = (-math.inf, math.inf)


def within(points: Points, window: Range) -> list[tuple[float, float]]:
    """Return the visible points and one more on each side, so that a line reaches the edge."""
    low, high = window
    first = next((at for at, (x, _) in enumerate(points) if x >= low), len(points))
    last = next((at for at in range(len(points), 0, -1) if points[at - 1][0] <= high), 0)
    return list(points[max(first - 1, 0) : last + 1])


class SmoothedCurves:
    """A run's batch curves smoothed, and cached so that each point is averaged once."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[Curve, float, SmoothedCurve]] = {}

    def lag(self, metric: str, source: Curve, weight: float) -> int:
        """Return the number of points still to be averaged before a smoothed curve can be drawn."""
        known, before, kept = self._kept.get(metric, (None, 0.0, None))
        if not weight:
            return 0
        if kept is None or known is not source or before != weight:
            return len(source)
        return max(len(source) - len(kept), 0)

    def curve(self, metric: str, source: Curve, weight: float) -> Curve:
        """Return a curve smoothed over the whole run, as long as its source is now.

        Args:
            metric: its metric.
            source: its points.
            weight: the weight of the moving average, 0 to below 1.
        """
        if not weight:
            self._kept.pop(metric, None)  # its source may be replaced later
            return source
        known, before, kept = self._kept.get(metric, (None, 0.0, None))
        if kept is None or known is not source or before != weight:
            kept = SmoothedCurve(source, weight)
            self._kept[metric] = (source, weight, kept)
        return kept.curve()


def smoothed(points: Points, weight: float) -> list[tuple[float, float]]:
    """Return points with y smoothed by a moving average."""
    means = smooth([y for _, y in points], weight)
    return [(x, mean) for (x, _), mean in zip(points, means, strict=True) if mean is not None]


def series(
    progress: RunProgress,
    metric: str,
    columns: int,
    *,
    every_batch: bool,
    window: Range = EVERYTHING,
    smoothing: float = 0.0,
    kept: SmoothedCurves | None = None,
) -> list[Series]:
    """Return the training and the validation curve of a metric.

    Args:
        progress: the run so far.
        metric: `accuracy`, `loss` or another one that `plottable` names.
        columns: the width of the chart, which limits the number of points.
        every_batch: whether to draw the running means within every epoch, not only within the
            current one.
        window: the lowest and highest visible x.
        smoothing: the weight of the moving average, 0 to below 1.
        kept: the smoothed curves of earlier calls.
    """
    intervals = intervals_of(columns)
    smoothing = smoothing if is_metric(metric) else 0.0
    ended = smoothed(epoch_points(progress, metric), smoothing)
    curve = progress.batch_curves.get(metric)
    if curve is None:
        training: Sequence[tuple[float, float]] = ended
    elif every_batch or len(ended) < 2:
        # With one epoch or none there is only the curve within the epoch. The visible part alone
        # determines how finely it is sampled.
        curve = (kept or SmoothedCurves()).curve(metric, curve, smoothing)
        training = curve.window(intervals, *window)
    else:
        # The running mean starts anew with each epoch: join it to the last whole epoch.
        now = curve.sample(intervals, start=ended[-1][0] + 1e-9)
        # Leave out the first twentieth, where it jumps.
        training = ended + [point for point in now if point[0] > ended[-1][0] + 0.05]
    validation = smoothed(epoch_points(progress, f"val_{metric}"), smoothing)
    return [
        Series("training", envelope(within(training, window), columns), "training"),
        Series(
            "validation",
            envelope(within(validation, window), intervals),
            "validation",
            line=False,
        ),
    ]


def min_epochs_shown(progress: RunProgress, columns: int, x: float) -> float:
    """Return the fewest epochs that a chart of every batch may show, given thinned curves.

    Args:
        progress: the run so far.
        columns: the width of the chart.
        x: the x that is zoomed in on.
    """
    thinned = [one for one in progress.batch_curves.values() if x <= one.thinned_until]
    finest = min((one.parts for one in thinned), default=0)
    return max(intervals_of(columns) / finest, MIN_EPOCHS_SHOWN) if finest else MIN_EPOCHS_SHOWN


def intervals_of(columns: int) -> int:
    """Return the number of intervals of a curve that a chart of this width can show."""
    return max(columns // 2, 8)


def best_mark(progress: RunProgress, metric: str) -> Series | None:
    """Return the sign of the best epoch on a metric's curve; None without a best epoch."""
    if metric in EPOCH_FIGURES or progress.best_epoch not in progress.epoch_numbers:
        return None
    for name in (f"val_{metric}", metric):
        for epoch, value in epoch_points(progress, name):
            if epoch == progress.best_epoch:
                return Series("best epoch", [(epoch, value)], "best", line=False, marker="▲")
    return None


def phase_marks(progress: RunProgress) -> tuple[tuple[float, str], ...]:
    """Return where each phase after the first begins, and its name."""
    later = [event for event in progress.phases if event.epoch > 1]
    return tuple((float(event.epoch - 1), phase_name(event)) for event in later)
