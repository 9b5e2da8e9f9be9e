"""How charts over epochs are looked at: zoom, pan, cursor, scale, smoothing, and what is drawn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol

from textual.widget import Widget

from tui.runs.curves.epoch_curves import plottable
from tui.runs.events.run_progress import RunProgress
from tui.ui.charts.chart_view import LEAST, ZOOM, ChartView
from tui.ui.charts.line_chart import Chart
from tui.ui.charts.run_charts import last_epoch
from tui.ui.charts.run_series import least_in_sight
from tui.ui.commands import bindings

CHART_COMMANDS = bindings(
    "chart",
    (
        "left",
        "cursor(-1)",
        "cursor-left",
        "Cursor left",
        "Move the cursor; its values stand below the charts",
    ),
    ("right", "cursor(1)", "cursor-right", "Cursor right", "Move the cursor to the right"),
    ("home", "cursor_end(0)", "cursor-home", "Cursor to the start", "Cursor to the first epoch"),
    ("end", "cursor_end(1)", "cursor-end", "Cursor to the end", "Cursor to the last epoch"),
    (
        "plus,equals_sign",
        "zoom(1)",
        "zoom-in",
        "Zoom in",
        "Zoom in round the cursor, or on the right end",
    ),
    ("minus", "zoom(-1)", "zoom-out", "Zoom out", "Zoom out"),
    (
        "shift+left,comma",
        "pan(-1)",
        "pan-left",
        "Pan left",
        "What is zoomed into: half a width to the left",
    ),
    (
        "shift+right,full_stop",
        "pan(1)",
        "pan-right",
        "Pan right",
        "What is zoomed into: half a width to the right",
    ),
    ("f", "full", "full", "Full or recent", "The whole run, or its last epochs, followed"),
    ("y", "log_scale", "log-scale", "Log scale", "Logarithmic loss"),
    ("o", "smooth", "smooth", "Smooth", "Smooth the curves in steps, then not at all"),
    handler="charts",
)


class Drawn(Protocol):
    """What charts are drawn of."""

    def last_x(self) -> float:
        """Return where the whole chart ends, in epochs."""

    def ended_epochs(self) -> Sequence[int]:
        """Return the epochs that the cursor can stand on."""


class ChartController:
    """Changes how charts are looked at."""

    def __init__(self, drawn: Drawn, draw: Callable[[], None], say: Callable[[str], None]) -> None:
        """Make it.

        Args:
            drawn: what the charts are of.
            draw: draws them anew.
            say: tells why a key does nothing.
        """
        self._drawn, self._draw, self._say = drawn, draw, say
        self._view = ChartView()

    @property
    def view(self) -> ChartView:
        """How the charts are looked at; they are drawn anew when it changes."""
        return self._view

    @view.setter
    def view(self, view: ChartView) -> None:
        view = self.allowed(view)
        if view != self._view:
            self._view = view
            self._draw()

    def allowed(self, view: ChartView) -> ChartView:
        """Return what is shown where somebody asks for a view: no less than there is to see."""
        return view

    def offers(self, command: str) -> bool:
        """Whether a command makes sense now."""
        return True

    def least_x(self, view: ChartView) -> float:
        """Return how few epochs may be in sight: no fewer than there are values for."""
        return LEAST

    def zoom(self, step: int) -> None:
        """Show less or more of the epochs."""
        view = self.view
        self.view = view.zoomed(ZOOM**step, self._drawn.last_x(), self.least_x(view))

    def pan(self, step: int) -> None:
        """Show another part of what is zoomed into."""
        self.view = self.view.panned(step / 2, self._drawn.last_x())

    def full(self) -> None:
        """Show all; where all is shown, the last epochs."""
        self.view = replace(self.view, window=None, recent=self.view.whole)

    def log_scale(self) -> None:
        """Draw the loss on a logarithmic scale, or a plain one."""
        self.view = replace(self.view, log=not self.view.log)

    def smooth(self) -> None:
        """Smooth more, and after the most not at all."""
        self.view = self.view.next_smoothing()

    def cursor(self, step: int) -> None:
        """Move the cursor by an epoch; the first time put it on the last one in sight."""
        epochs, view, last = self._drawn.ended_epochs(), self.view, self._drawn.last_x()
        if not epochs:
            self._say("No epoch has ended yet: there is no value to show.")
            return
        if view.cursor is None:
            low, high = view.shown(last)
            x = float(([epoch for epoch in epochs if low <= epoch <= high] or epochs)[-1])
        else:
            x = float(round(view.cursor) + step)
        self.view = view.moved(min(max(x, float(epochs[0])), float(epochs[-1])), last)

    def cursor_end(self, end: int) -> None:
        """Put the cursor on the first (0) or the last (1) epoch."""
        epochs = self._drawn.ended_epochs()
        if epochs:
            self.view = self.view.moved(float(epochs[-end]), self._drawn.last_x())

    def remove_cursor(self) -> bool:
        """Take the cursor off the charts; return whether there was one."""
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
        "The second chart's metric: loss, learning rate, any that the history has",
    ),
    handler="charts",
)


class RunChartController(ChartController):
    """Changes how the charts of one run are looked at, batch by batch where wanted."""

    def __init__(
        self,
        progress: Callable[[], RunProgress],
        charts: Widget,
        draw: Callable[[], None],
        say: Callable[[str], None],
    ) -> None:
        """Make it.

        Args:
            progress: returns what the run's events add up to.
            charts: what holds the charts: its width says how far a step goes.
            draw: draws them anew.
            say: tells why a key does nothing.
        """
        self._progress, self._charts = progress, charts
        super().__init__(self, draw, say)

    def last_x(self) -> float:
        """Return where the whole chart ends, in epochs."""
        return last_epoch(self._progress())

    def ended_epochs(self) -> list[int]:
        """Return the epochs that the cursor can stand on."""
        return self._progress().epoch_numbers

    def allowed(self, view: ChartView) -> ChartView:
        """Return a view that shows no less than there are values for, whichever key led there."""
        if view.window is None or not view.every_batch:
            return view
        low, high = view.window
        least = self.least_x(view)
        if high - low > least - 1e-9:
            return view
        return view.zoomed((high - low) / least, self.last_x())

    def batches(self) -> None:
        """Draw every batch, or one point an epoch."""
        view = replace(self.view, every_batch=not self.view.every_batch)
        if view.cursor is not None and not view.every_batch:
            view = replace(view, cursor=float(max(round(view.cursor), 1)))
        self.view = view

    def metric(self) -> None:
        """Draw the next thing that is known of the run in the second chart."""
        names = plottable(self._progress())[1:]
        at = names.index(self.view.second) if self.view.second in names else -1
        self.view = replace(self.view, second=names[(at + 1) % len(names)])

    def cursor(self, step: int) -> None:
        """Move the cursor by an epoch, or by a column where every batch is drawn."""
        view = self.view
        if not view.every_batch:
            super().cursor(step)
            return
        low, high = view.shown(self.last_x())
        stride = max((high - low) / max(self._columns() - 8, 10), 1 / self._steps())
        x = high if view.cursor is None else view.cursor + step * stride
        self.view = view.moved(self._batch(x), self.last_x())

    def cursor_end(self, end: int) -> None:
        """Put the cursor on the first (0) or the last (1) epoch or batch."""
        if self.view.every_batch:
            self.view = self.view.moved(self._batch(end * self._reached()), self.last_x())
        else:
            super().cursor_end(end)

    def least_x(self, view: ChartView) -> float:
        """Return how few epochs may be in sight: no fewer than there are values for."""
        if not view.every_batch:
            return LEAST
        high = view.shown(self.last_x())[1]
        middle = high if view.cursor is None else view.cursor
        return least_in_sight(self._progress(), self._columns(), middle)

    def _columns(self) -> int:
        return max((chart.size.width for chart in self._charts.query(Chart)), default=40)

    def _steps(self) -> int:
        return max(self._progress().steps, 1)

    def _batch(self, x: float) -> float:
        """Return the x of the batch that is nearest."""
        return min(max(round(x * self._steps()), 1) / self._steps(), self._reached())

    def _reached(self) -> float:
        """Return how far the run is, in epochs."""
        progress = self._progress()
        ends = [curve.x[-1] for curve in progress.batch_curves.values() if len(curve)]
        return max([*ends, float(progress.epochs_done)])
