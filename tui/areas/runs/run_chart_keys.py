"""The keys that choose what a run's charts draw: batches or epochs, which metric, how large."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from textual.binding import Binding, BindingType

from tui.areas.runs.run_base import RunBase
from tui.ui.charts.chart_view import LEAST, ChartView
from tui.ui.charts.curves import RunCharts
from tui.ui.charts.line_chart import Chart
from tui.ui.charts.run_series import drawable, least_in_sight

LARGE = ("", "first", "second")


class RunChartKeys(RunBase):
    """Changes how the charts are looked at; the run itself is left alone."""

    HELP = "The charts of a run; the screen that shows them says more."

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "b",
            "batches",
            "Batches",
            show=False,
            id="run.batches",
            tooltip="Draw the running means within every epoch, or one point an epoch",
        ),
        Binding(
            "m",
            "metric",
            "Metric",
            show=False,
            id="run.metric",
            tooltip="The second chart's metric: loss, learning rate, any that the history has",
        ),
        Binding(
            "z",
            "large",
            "Large",
            show=False,
            id="run.large",
            tooltip="One chart on the whole width, the other one, both",
        ),
    ]

    def action_batches(self) -> None:
        view = replace(self.view, every_batch=not self.view.every_batch)
        if view.cursor is not None and not view.every_batch:
            view = replace(view, cursor=float(max(round(view.cursor), 1)))
        self.view = view

    def action_metric(self) -> None:
        """Draw the next thing that is known of the run in the second chart."""
        names = drawable(self.progress)[1:]
        at = names.index(self.view.second) if self.view.second in names else -1
        self.view = replace(self.view, second=names[(at + 1) % len(names)])

    def action_large(self) -> None:
        charts = self.query_one(RunCharts)
        charts.large = LARGE[(LARGE.index(charts.large) + 1) % len(LARGE)]
        self.call_after_refresh(self.refresh_run)

    def action_cursor(self, step: int) -> None:
        """Move the cursor by an epoch, or by a column where every batch is drawn."""
        view = self.view
        if not view.every_batch:
            super().action_cursor(step)
            return
        low, high = view.shown(self.last_x())
        columns = max((chart.size.width for chart in self.query(Chart)), default=40) - 8
        stride = max((high - low) / max(columns, 10), 1 / max(self.progress.steps, 1))
        x = high if view.cursor is None else view.cursor + step * stride
        self.view = view.moved(self._batch(x), self.last_x())

    def action_cursor_end(self, end: int) -> None:
        if self.view.every_batch:
            self.view = self.view.moved(self._batch(end * self._reached()), self.last_x())
        else:
            super().action_cursor_end(end)

    def least_x(self) -> float:
        return self._least(self.view)

    def _least(self, view: ChartView) -> float:
        if not view.every_batch:
            return LEAST
        high = view.shown(self.last_x())[1]
        middle = high if view.cursor is None else view.cursor
        columns = max((chart.size.width for chart in self.query(Chart)), default=40)
        return least_in_sight(self.progress, columns, middle)

    def validate_view(self, view: ChartView) -> ChartView:
        """Show no less than there are values for, whichever key led there."""
        if view.window is None or not view.every_batch:
            return view
        low, high = view.window
        least = self._least(view)
        if high - low > least - 1e-9:
            return view
        return view.zoomed((high - low) / least, self.last_x())

    def _batch(self, x: float) -> float:
        """Return the x of the batch that is nearest."""
        steps = max(self.progress.steps, 1)
        return min(max(round(x * steps), 1) / steps, self._reached())

    def _reached(self) -> float:
        """Return how far the run is, in epochs."""
        ends = [curve.x[-1] for curve in self.progress.batch_curves.values() if len(curve)]
        return max([*ends, float(self.progress.epochs_done)])
