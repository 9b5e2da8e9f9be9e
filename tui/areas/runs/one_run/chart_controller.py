"""The keys of charts over epochs: zoom, pan, cursor, scale, smoothing, and what is drawn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol

from textual.widget import Widget

from tui.runs.curves.epoch_curves import plottable, second_plottable
from tui.runs.events.run_progress import RunProgress
from tui.ui.charts.chart_view import MIN_EPOCHS_SHOWN, ZOOM, ChartView
from tui.ui.charts.line_chart import Chart
from tui.ui.charts.run_charts import last_epoch
from tui.ui.charts.run_series import min_epochs_shown
from tui.ui.commands import bindings

CHART_COMMANDS = bindings(
    "chart",
    (
        "left",
        "cursor(-1)",
        "cursor-left",
        "Cursor left",
        "Move the cursor; its values are shown below the charts",
    ),
    ("right", "cursor(1)", "cursor-right", "Cursor right", "Move the cursor to the right"),
    ("home", "cursor_end(0)", "cursor-home", "Cursor to the start", "Cursor to the first epoch"),
    ("end", "cursor_end(1)", "cursor-end", "Cursor to the end", "Cursor to the last epoch"),
    (
        "plus,equals_sign",
        "zoom(1)",
        "zoom-in",
        "Zoom in",
        "Zoom in around the cursor, or on the right end",
    ),
    ("minus", "zoom(-1)", "zoom-out", "Zoom out", "Zoom out"),
    (
        "shift+left,comma",
        "pan(-1)",
        "pan-left",
        "Pan left",
        "Move the visible part to the left by half its width",
    ),
    (
        "shift+right,full_stop",
        "pan(1)",
        "pan-right",
        "Pan right",
        "Move the visible part to the right by half its width",
    ),
    ("f", "full", "full", "Full or recent", "The whole run, or its last epochs as they come"),
    ("y", "log_scale", "log-scale", "Log scale", "Logarithmic loss"),
    ("o", "smooth", "smooth", "Smooth", "Smooth the curves in steps, then not at all"),
    handler="charts",
)


MOST_CYCLED = 9
"""Metrics that a key goes through one by one; more are chosen from a list."""


class ChartSource(Protocol):
    """The epochs of what charts show."""

    def last_x(self) -> float:
        """Return the right end of the whole chart, in epochs."""

    def ended_epochs(self) -> Sequence[int]:
        """Return the epochs that the cursor can be on."""


class ChartController:
    """Changes the view of charts."""

    def __init__(
        self, source: ChartSource, draw: Callable[[], None], notify: Callable[[str], None]
    ) -> None:
        """Initialise it.

        Args:
            source: the epochs of the charts.
            draw: redraws the charts.
            notify: shows why a key does nothing.
        """
        self._source, self._draw, self._notify = source, draw, notify
        self._view = ChartView()

    @property
    def view(self) -> ChartView:
        """The view of the charts, which are redrawn when it changes."""
        return self._view

    @view.setter
    def view(self, view: ChartView) -> None:
        view = self.allowed(view)
        if view != self._view:
            self._view = view
            self._draw()

    def allowed(self, view: ChartView) -> ChartView:
        """Return a view limited to what can be shown."""
        return view

    def offers(self, command: str) -> bool:
        """Return whether a command is available now."""
        return True

    def min_width(self, view: ChartView) -> float:
        """Return the fewest epochs that a view may show."""
        return MIN_EPOCHS_SHOWN

    def zoom(self, step: int) -> None:
        """Show less or more of the epochs."""
        view = self.view
        self.view = view.zoomed(ZOOM**step, self._source.last_x(), self.min_width(view))

    def pan(self, step: int) -> None:
        """Move the visible part by half widths."""
        self.view = self.view.panned(step / 2, self._source.last_x())

    def full(self) -> None:
        """Show the whole run; if it is shown already, the last epochs."""
        self.view = replace(self.view, window=None, recent=self.view.whole)

    def log_scale(self) -> None:
        """Draw the loss on a logarithmic scale, or a linear one."""
        self.view = replace(self.view, log=not self.view.log)

    def smooth(self) -> None:
        """Smooth by the next step, after the last not at all."""
        self.view = self.view.next_smoothing()

    def cursor(self, step: int) -> None:
        """Move the cursor by an epoch; the first time put it on the last visible one."""
        epochs, view, last = self._source.ended_epochs(), self.view, self._source.last_x()
        if not epochs:
            self._notify("No epoch has ended yet, so there is no value to show.")
            return
        if view.cursor is None:
            low, high = view.shown(last)
            x = float(([epoch for epoch in epochs if low <= epoch <= high] or epochs)[-1])
        else:
            x = float(round(view.cursor) + step)
        self.view = view.moved(min(max(x, float(epochs[0])), float(epochs[-1])), last)

    def cursor_end(self, end: int) -> None:
        """Move the cursor to the first (0) or the last (1) epoch."""
        epochs = self._source.ended_epochs()
        if epochs:
            self.view = self.view.moved(float(epochs[-end]), self._source.last_x())

    def remove_cursor(self) -> bool:
        """Remove the cursor; return whether there was one."""
        if self.view.cursor is None:
            return False
        self.view = replace(self.view, cursor=None)
        return True


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
        pick: Callable[[list[str]], None],
    ) -> None:
        """Initialise it.

        Args:
            progress: returns the sum of the run's events.
            charts: the container of the charts, whose width sets the step of the cursor.
            draw: redraws the charts.
            notify: shows why a key does nothing.
            pick: lets the user choose one of many metrics, which `show_metric` then draws.
        """
        self._progress, self._charts, self._pick = progress, charts, pick
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
        """Draw the next metric or figure in the second chart; of many let the user choose."""
        names = self.second_metrics()
        if not names:
            self._notify("This run has measured nothing else yet.")
            return
        if len(names) > MOST_CYCLED:
            self._pick(names)
            return
        now = second_plottable(self._progress(), self.view.second)
        self.show_metric(names[(names.index(now) + 1) % len(names)])

    def second_metrics(self) -> list[str]:
        """Return all that the second chart can show."""
        return plottable(self._progress())[1:]

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
