"""What small charts show, and all that one run has measured as such charts."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from tui.common.metrics import higher_is_better
from tui.common.natural_order import natural_key
from tui.common.numbers import figure, metric_value
from tui.common.text import clean
from tui.runs.curves.epoch_curves import (
    Points,
    envelope,
    epoch_points,
    is_bounded,
    is_metric,
    plottable,
)
from tui.runs.curves.growing_curve import Curve
from tui.runs.curves.system_curves import Figure, figure_of, in_order
from tui.runs.events.last_measured import last_measured
from tui.runs.events.run_progress import RunProgress
from tui.ui.charts.chart_view import ChartView
from tui.ui.charts.line_chart import Marks
from tui.ui.charts.plotting import Range, Series
from tui.ui.charts.run_charts import last_epoch
from tui.ui.charts.run_series import series

SYSTEM = "\0"
"""The beginning of the name of a chart of the machine's load; no metric begins with it."""
MOST_SMOOTHED = 20_000
"""Batches that may be smoothed while the screen waits: some hundredths of a second."""
_UNITS = ((3 / 60, "seconds", 3600.0), (3.0, "minutes", 60.0), (math.inf, "hours", 1.0))
"""Up to so many hours, the unit of the axis, and how many of it an hour has."""


@dataclass(frozen=True)
class Tile:
    """A small chart.

    Args:
        titles: its name, clean, from the longest form to the shortest.
        values: what is written below it, from the longest to the shortest; all are whole.
        series: the curves.
        window: the lowest and the highest x.
        marks: what else is drawn.
        note: what stands instead of the curves, where there are none.
        cursor: the x of the cursor, or None.
    """

    titles: tuple[str, ...]
    values: tuple[str, ...]
    series: tuple[Series, ...]
    window: Range
    marks: Marks
    note: str = ""
    cursor: float | None = None


class Tiles(Protocol):
    """Small charts by their names, of which only those in sight are made."""

    def names(self) -> Sequence[str]:
        """Return the names of all."""

    def title(self, name: str) -> str:
        """Return the title of one, clean: what the filter looks at."""

    def tile(self, name: str, view: ChartView, columns: int) -> Tile:
        """Return one.

        Args:
            name: one of `names`.
            view: the visible part, scale and smoothing.
            columns: the width of the chart, which limits the points of a curve.
        """

    def is_system(self, name: str) -> bool:
        """Return whether it has hours on its axis, and not epochs."""

    def values_at(self, name: str, x: float) -> tuple[str, str]:
        """Return where a cursor is, and the values there, in words."""


class MetricTiles:
    """All metrics of a run, training and validation in one chart, and the load of its machine."""

    def __init__(self) -> None:
        self.progress = RunProgress()
        self._known: tuple[object, ...] = ()
        self._names: list[str] = []

    def names(self) -> Sequence[str]:
        """Return accuracy and loss, the other metrics by name, other figures, the machine."""
        progress = self.progress
        system = progress.system_curves.curves
        known = (
            id(progress),
            len(progress.history),
            len(progress.batch_curves),
            len(progress.epoch_details) > 0,
            progress.best_metric,
            len(system),
        )
        if known != self._known:  # with ten thousand metrics it takes some hundredths of a second
            self._known = known
            first = ("accuracy", progress.best_metric.removeprefix("val_"), "loss")
            shown = plottable(progress) if progress.history or progress.batch_curves else []
            metrics = [name for name in shown if is_metric(name)]
            self._names = [
                *(name for name in metrics if name in first),
                *sorted((name for name in metrics if name not in first), key=natural_key),
                *(name for name in shown if not is_metric(name)),
                *(SYSTEM + name for name in in_order(system)),
            ]
        return self._names

    def title(self, name: str) -> str:
        """Return the title of a chart."""
        if self.is_system(name):
            return figure_of(name.removeprefix(SYSTEM)).title
        return clean(name)

    def is_system(self, name: str) -> bool:
        """Return whether it shows the machine's load."""
        return name.startswith(SYSTEM) and name.removeprefix(SYSTEM) in (
            self.progress.system_curves.curves
        )

    def tile(self, name: str, view: ChartView, columns: int) -> Tile:
        """Return a chart."""
        if self.is_system(name):
            return self._system(name.removeprefix(SYSTEM), view, columns)
        progress = self.progress
        window = view.shown(last_epoch(progress))
        curves = metric_series(progress, name, view, columns)
        bounded = is_bounded(progress, name)
        best = best_point(progress, name)
        if best is not None and not view.smoothing:
            sign = Series("best", [best], "best", line=False, marker="▲")
            curves = (*curves, sign)
        return Tile(
            (self.title(name),),
            metric_values(progress, name),
            curves,
            window,
            Marks(log=view.log and not bounded and is_metric(name), bounded=bounded),
            "" if any(one.points for one in curves) else empty_note(progress, name),
            view.cursor,
        )

    def _system(self, name: str, view: ChartView, columns: int) -> Tile:
        curve, hours = self.progress.system_curves.curves[name], self.hours
        shown = figure_of(name)
        unit, factor = time_unit(hours)
        low, high = view.shown(hours)
        points = [
            (x * factor, y / shown.scale) for x, y in visible_points(curve, low, high, columns)
        ]
        title, of = shown.title, f", {shown.unit}" if shown.unit else ""
        return Tile(
            (f"{title}{of} by {unit}", f"{title} by {unit}", title),
            system_values(curve, shown),
            (Series(shown.title, points, "training"),),
            (low * factor, high * factor),
            Marks(y_range=(0.0, 100.0) if shown.unit == "%" else None),
            "" if points else "no report here",
            None if view.cursor is None else view.cursor * factor,
        )

    def values_at(self, name: str, x: float) -> tuple[str, str]:
        """Return where a cursor is, and the values there."""
        if not self.is_system(name):
            return epoch_values(self.progress, name, round(x))
        unit, factor = time_unit(self.hours)
        where = f"{figure(x * factor, 3)} {unit}"
        name = name.removeprefix(SYSTEM)
        nearest, shown = self.progress.system_curves.curves[name].nearest(x), figure_of(name)
        if nearest is None:
            return where, "no report"
        return where, f"{figure(nearest[1] / shown.scale, 4)} {shown.unit}".rstrip()

    @property
    def hours(self) -> float:
        """The right end of the charts of the machine's load."""
        return max(self.progress.system_curves.hours, 1 / 3600)


def visible_points(curve: Curve, low: float, high: float, columns: int) -> Points:
    """Return the points of a curve in a part, and one more on each side, thinned for its width."""
    first = max(bisect_left(curve.x, low) - 1, 0)
    last = bisect_right(curve.x, high) + 1
    return envelope(list(zip(curve.x[first:last], curve.y[first:last], strict=True)), columns)


def time_unit(hours: float) -> tuple[str, float]:
    """Return the unit in which a time is shown, and how many of it an hour has.

    >>> time_unit(0.02), time_unit(0.5), time_unit(30)
    (('seconds', 3600.0), ('minutes', 60.0), ('hours', 1.0))
    """
    return next((unit, factor) for most, unit, factor in _UNITS if hours < most)


def metric_series(
    progress: RunProgress, name: str, view: ChartView, columns: int
) -> tuple[Series, ...]:
    """Return the training and the validation curve of a metric or figure."""
    batches = progress.batch_curves.get(name)
    if batches is not None and len(batches) > MOST_SMOOTHED and len(progress.epoch_numbers) < 2:
        view = replace(view, smoothing=0.0)
    return tuple(
        series(
            progress,
            name,
            columns,
            every_batch=False,
            window=view.shown(last_epoch(progress)),
            smoothing=view.smoothing,
        )
    )


def best_point(progress: RunProgress, name: str) -> tuple[float, float] | None:
    """Return the best epoch of a metric by itself, and its value.

    The validation values count, where there are some.

    Returns:
        None where there is no value, or where its name does not say what is better.
    """
    better = higher_is_better(name)
    if not is_metric(name) or better is None:
        return None
    points = epoch_points(progress, f"val_{name}") or epoch_points(progress, name)
    return (max if better else min)(points, key=lambda point: point[1], default=None)


def metric_values(progress: RunProgress, name: str) -> tuple[str, ...]:
    """Return the last values and the best of a metric, from the longest words to the shortest."""
    if not is_metric(name):
        points = epoch_points(progress, name)
        return (figure(points[-1][1], 4),) if points else ("",)
    training = last_value(progress, name)
    validation = last_value(progress, f"val_{name}")
    best = best_point(progress, name)
    last = validation or training
    ends = ("", "")
    if best is not None:
        value = metric_value(best[1], 8)
        ends = (f"  ▲ {value} epoch {best[0]:.0f}", f" ▲{value}")
    both = [f"⣀ {training}" if training else "", f"● {validation}" if validation else ""]
    long = "  ".join(filter(None, both))
    return (
        f"{long}{ends[0]}",
        f"{long}{ends[1]}",
        f"{'●' if validation else '⣀'} {last}{ends[1]}" if last else "",
        last,
        "",
    )


def epoch_values(progress: RunProgress, name: str, epoch: int) -> tuple[str, str]:
    """Return an epoch, and the values of a metric or figure at its end."""
    words = []
    for one, what in ((name, "training"), (f"val_{name}", "validation")):
        value = dict(epoch_points(progress, one)).get(float(epoch))
        if value is not None:
            text = metric_value(value) if is_metric(name) else figure(value, 4)
            words.append(f"{what} {text}" if is_metric(name) else text)
    return f"epoch {epoch}", "  ".join(words) or "no value was measured here"


def last_value(progress: RunProgress, name: str) -> str:
    """Return the last measured value of a metric, also of the epoch at work; else nothing."""
    batches = progress.batch_curves.get(name)
    if batches is not None and len(batches) and batches.x[-1] > progress.epochs_done:
        return metric_value(batches.y[-1], 8)
    value = last_measured(progress.epoch_details, name)
    return "" if value is None else metric_value(value, 8)


def system_values(curve: Curve, shown: Figure) -> tuple[str, ...]:
    """Return the last value and the highest of a figure of the machine."""
    if not len(curve):
        return ("",)
    last, highest = figure(curve.y[-1] / shown.scale, 3), figure(max(curve.y) / shown.scale, 3)
    unit = f" {shown.unit}" if shown.unit else ""
    return (
        f"{last}{unit}  highest {highest}{unit}",
        f"{last}{unit}  max {highest}",
        f"{last}{unit}",
        "",
    )


def empty_note(progress: RunProgress, name: str) -> str:
    """Return why a chart has no curve."""
    if name in progress.history or f"val_{name}" in progress.history:
        return "no finite value"
    return "no value yet"
