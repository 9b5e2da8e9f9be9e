"""The keys of one run's charts: those of all charts, its batches, what its second chart shows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from textual.widget import Widget

from tui.runs.curves.epoch_curves import plottable, second_plottable
from tui.runs.events.run_progress import RunProgress
from tui.ui.charts.chart_controller import ChartController
from tui.ui.charts.chart_view import MIN_EPOCHS_SHOWN, ChartView
from tui.ui.charts.line_chart import Chart
from tui.ui.charts.run_charts import last_epoch
from tui.ui.charts.run_series import min_epochs_shown
from tui.ui.commands import bindings

RUN_CHART_COMMANDS = bindings(
    "run",
    (
        "b",
        "batches",
        "batches",
        "Batches",
        "Draw the running means within every epoch, or one point an epoch",
    ),
    (
        "m",
        "metric",
        "metric",
        "Metric",
        "The second chart's metric: loss, learning rate, any in the history",
    ),
    handler="charts",
)


class RunChartController(ChartController):
    """Changes the view of one run's charts, by epoch or by batch."""

    def __init__(
        self,
        progress: Callable[[], RunProgress],
        charts: Widget,
        draw: Callable[[], None],
        notify: Callable[[str], None],
        choose: Callable[[list[str], str], None],
    ) -> None:
        """Initialise it.

        Args:
            progress: returns the sum of the run's events.
            charts: the container of the charts, whose width sets the step of the cursor.
            draw: redraws the charts.
            notify: shows why a key does nothing.
            choose: chooses one of some metrics, after the one that is drawn; `show_metric` then
                draws it.
        """
        self._progress, self._charts, self._choose = progress, charts, choose
        super().__init__(self, draw, notify)

    def last_x(self) -> float:
        """Return the right end of the whole chart, in epochs."""
        return last_epoch(self._progress())

    def ended_epochs(self) -> list[int]:
        """Return the epochs that the cursor can be on."""
        return self._progress().epoch_numbers

    def allowed(self, view: ChartView) -> ChartView:
        """Return a view limited to what there are values for."""
        if view.window is None or not view.every_batch:
            return view
        low, high = view.window
        width = self.min_width(view)
        if high - low > width - 1e-9:
            return view
        return view.zoomed((high - low) / width, self.last_x())

    def batches(self) -> None:
        """Draw every batch, or one point an epoch."""
        view = replace(self.view, every_batch=not self.view.every_batch)
        if view.cursor is not None and not view.every_batch:
            view = replace(view, cursor=float(max(round(view.cursor), 1)))
        self.view = view

    def metric(self) -> None:
        """Draw another metric or figure in the second chart."""
        names = plottable(self._progress())[1:]
        if names:
            self._choose(names, second_plottable(self._progress(), self.view.second))
        else:
            self._notify("This run has measured nothing else yet.")

    def show_metric(self, name: str) -> None:
        """Draw a metric or figure in the second chart."""
        self.view = replace(self.view, second=name)

    def cursor(self, step: int) -> None:
        """Move the cursor by an epoch, or by a column if every batch is drawn."""
        view = self.view
        if not view.every_batch:
            super().cursor(step)
            return
        low, high = view.shown(self.last_x())
        stride = max((high - low) / max(self._columns() - 8, 10), 1 / self._steps())
        x = high if view.cursor is None else view.cursor + step * stride
        self.view = view.moved(self._batch(x), self.last_x())

    def cursor_end(self, end: int) -> None:
        """Move the cursor to the first (0) or the last (1) epoch or batch."""
        if self.view.every_batch:
            self.view = self.view.moved(self._batch(end * self._reached()), self.last_x())
        else:
            super().cursor_end(end)

    def min_width(self, view: ChartView) -> float:
        """Return the fewest epochs that a view may show."""
        if not view.every_batch:
            return MIN_EPOCHS_SHOWN
        high = view.shown(self.last_x())[1]
        middle = high if view.cursor is None else view.cursor
        return min_epochs_shown(self._progress(), self._columns(), middle)

    def _columns(self) -> int:
        return max((chart.size.width for chart in self._charts.query(Chart)), default=40)

    def _steps(self) -> int:
        return self._progress().drawn_steps

    def _batch(self, x: float) -> float:
        """Return the x of the nearest batch."""
        return min(max(round(x * self._steps()), 1) / self._steps(), self._reached())

    def _reached(self) -> float:
        """Return how far the run has come, in epochs."""
        progress = self._progress()
        ends = [curve.x[-1] for curve in progress.batch_curves.values() if len(curve)]
        return max([*ends, float(progress.epochs_done)])
