"""All that a run has measured as small charts: its metrics, and the load of its machine."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from tui.areas.runs.chart_page.chart_tiles import (
    Tile,
    drawn_series,
    empty_note,
    epoch_values,
    metric_values,
)
from tui.common.natural_order import natural_key
from tui.common.numbers import figure
from tui.common.text import clean
from tui.runs.curves.epoch_curves import Points, envelope, is_bounded, is_metric, plottable
from tui.runs.curves.growing_curve import Curve
from tui.runs.curves.system_curves import Figure, figure_of, in_order
from tui.runs.events.run_progress import RunProgress
from tui.ui.charts.chart_view import ChartView
from tui.ui.charts.line_chart import Marks
from tui.ui.charts.plotting import Series
from tui.ui.charts.run_charts import last_epoch
from tui.ui.charts.run_series import phase_marks

SYSTEM = "\0"
"""The beginning of the name of a chart of the machine's load; no metric begins with it."""
_UNITS = ((3 / 60, "seconds", 3600.0), (3.0, "minutes", 60.0), (math.inf, "hours", 1.0))
"""Up to so many hours, the unit of the axis, and how many of it an hour has."""


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

    def last_x(self) -> float:
        """Return the right end of the charts over epochs."""
        return last_epoch(self.progress)

    def ended_epochs(self) -> Sequence[int]:
        """Return the epochs that have ended."""
        return self.progress.epoch_numbers

    def title(self, name: str) -> str:
        """Return the title of a chart, clean: what the filter looks at."""
        if self.is_system(name):
            return figure_of(name.removeprefix(SYSTEM)).title
        return clean(name)

    def is_system(self, name: str) -> bool:
        """Return whether a chart has hours on its axis, and not epochs."""
        return name.startswith(SYSTEM) and name.removeprefix(SYSTEM) in (
            self.progress.system_curves.curves
        )

    def tile(self, name: str, view: ChartView, columns: int) -> Tile:
        """Return a chart.

        Args:
            name: one of `names`.
            view: the visible part, scale and smoothing.
            columns: the width of the chart, which limits the points of a curve.
        """
        if self.is_system(name):
            return self._system(name.removeprefix(SYSTEM), view, columns)
        progress = self.progress
        window = view.shown(self.last_x())
        curves = drawn_series(progress, name, view, columns)
        bounded = is_bounded(progress, name)
        return Tile(
            (self.title(name),),
            metric_values(progress, name),
            curves,
            window,
            Marks(
                log=view.log and not bounded and is_metric(name),
                bounded=bounded,
                phases=phase_marks(progress),
            ),
            "" if any(one.points for one in curves) else empty_note(progress, name),
            view.cursor,
        )

    def _system(self, name: str, view: ChartView, columns: int) -> Tile:
        curve, hours = self.progress.system_curves.curves[name], system_hours(self.progress)
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
        """Return where a cursor is, and the values there, in words."""
        if not self.is_system(name):
            return epoch_values(self.progress, name, round(x))
        unit, factor = time_unit(system_hours(self.progress))
        where = f"{figure(x * factor, 3)} {unit}"
        name = name.removeprefix(SYSTEM)
        nearest, shown = self.progress.system_curves.curves[name].nearest(x), figure_of(name)
        if nearest is None:
            return where, "no report"
        return where, f"{figure(nearest[1] / shown.scale, 4)} {shown.unit}".rstrip()


def system_hours(progress: RunProgress) -> float:
    """Return the right end of the charts of the machine's load, in hours; at least a second."""
    return max(progress.system_curves.hours, 1 / 3600)


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
