"""One metric of several runs, each in a small chart, all with the same axes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tui.areas.runs.chart_page.chart_tiles import (
    Tile,
    drawn_series,
    empty_note,
    epoch_values,
    metric_series,
    metric_values,
)
from tui.runs.curves.epoch_curves import is_bounded, is_metric, plottable
from tui.runs.events.run_progress import RunProgress
from tui.ui.charts.chart_view import ChartView
from tui.ui.charts.line_chart import Marks
from tui.ui.charts.plotting import Range, value_range
from tui.ui.charts.run_charts import last_epoch
from tui.ui.charts.run_series import phase_marks


class RunTiles:
    """One metric of several runs, each in a chart of its own, all with the same axes."""

    def __init__(self, metric: str = "") -> None:
        self.metric = metric
        """The metric that is shown, without `val_`; empty for the first that there is."""
        self._runs: dict[str, tuple[str, RunProgress]] = {}
        self._axes: dict[tuple[str, ChartView], tuple[bool, Range]] = {}
        """The axes of the charts that were made last: all runs have to be drawn for them."""

    def set_runs(self, runs: Sequence[tuple[str, str, RunProgress]]) -> None:
        """Set the runs.

        Args:
            runs: for each the name of its folder, its title (clean), and its progress.
        """
        self._runs = {name: (title, progress) for name, title, progress in runs}
        self._axes = {}
        metrics = self.metrics()
        if self.metric not in metrics:
            self.metric = next(iter(metrics), "accuracy")

    def metrics(self) -> list[str]:
        """Return what one of the runs has measured: accuracy and loss first."""
        measured = [one for _, one in self._runs.values() if one.history or one.batch_curves]
        return list(dict.fromkeys(name for one in measured for name in plottable(one)))

    def names(self) -> Sequence[str]:
        """Return the names of the runs' folders."""
        return list(self._runs)

    def title(self, name: str) -> str:
        """Return the title of a run."""
        return self._runs[name][0]

    def is_system(self, name: str) -> bool:
        """Return False: these charts have epochs on their axis."""
        return False

    def last_x(self) -> float:
        """Return the right end of the charts: the longest run's."""
        return max((last_epoch(progress) for _, progress in self._runs.values()), default=1.0)

    def ended_epochs(self) -> Sequence[int]:
        """Return the epochs that have ended in any of the runs."""
        numbers = (progress.epoch_numbers for _, progress in self._runs.values())
        return sorted(set().union(*numbers))

    def tile(self, name: str, view: ChartView, columns: int) -> Tile:
        """Return the chart of a run, with axes that fit all runs."""
        progress = self._runs[name][1]
        window = view.shown(self.last_x())
        curves = drawn_series(progress, self.metric, replace(view, window=window), columns)
        bounded, y_range = self._axis(replace(view, window=window, cursor=None))
        marks = Marks(
            log=self._log(view, bounded),
            bounded=bounded,
            y_range=y_range,
            phases=phase_marks(progress),
        )
        note = "" if any(one.points for one in curves) else empty_note(progress, self.metric)
        values = metric_values(progress, self.metric)
        return Tile((self.title(name),), values, curves, window, marks, note, view.cursor)

    def values_at(self, name: str, x: float) -> tuple[str, str]:
        """Return where a cursor is, and the values there."""
        return epoch_values(self._runs[name][1], self.metric, round(x))

    def _axis(self, view: ChartView) -> tuple[bool, Range]:
        """Return whether the metric is a share of all runs, and a range with all visible values."""
        key = self.metric, view
        if key not in self._axes:
            runs = [progress for _, progress in self._runs.values()]
            bounded = all(is_bounded(one, self.metric) for one in runs)
            curves = [curve for one in runs for curve in metric_series(one, self.metric, view, 100)]
            y_range = value_range(curves, log=self._log(view, bounded), bounded=bounded)
            self._axes = {key: (bounded, y_range)}
        return self._axes[key]

    def _log(self, view: ChartView, bounded: bool) -> bool:
        return view.log and not bounded and is_metric(self.metric)
