"""The keys that look at a run's charts: zoom, cursor, scale, smoothing, what is drawn."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from textual.binding import Binding, BindingType

from tui.screens.run_base import RunBase
from tui.widgets.chart import Chart
from tui.widgets.chart_view import ZOOM
from tui.widgets.curves import RunCharts, last_epoch
from tui.widgets.run_series import drawable

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
            "left",
            "cursor(-1)",
            "Cursor left",
            show=False,
            id="run.cursor-left",
            tooltip="Move the cursor; its values stand below the charts",
        ),
        Binding(
            "right",
            "cursor(1)",
            "Cursor right",
            show=False,
            id="run.cursor-right",
            tooltip="Move the cursor to the right",
        ),
        Binding(
            "home",
            "cursor_end(0)",
            "Cursor to the start",
            show=False,
            id="run.cursor-home",
            tooltip="Cursor to the first epoch",
        ),
        Binding(
            "end",
            "cursor_end(1)",
            "Cursor to the end",
            show=False,
            id="run.cursor-end",
            tooltip="Cursor to the last epoch",
        ),
        Binding(
            "plus,equals_sign",
            "zoom(1)",
            "Zoom in",
            show=False,
            id="run.zoom-in",
            tooltip="Zoom in round the cursor, or on the right end",
        ),
        Binding(
            "minus",
            "zoom(-1)",
            "Zoom out",
            show=False,
            id="run.zoom-out",
            tooltip="Zoom out",
        ),
        Binding(
            "shift+left,comma",
            "pan(-1)",
            "Pan left",
            show=False,
            id="run.pan-left",
            tooltip="What is zoomed into: half a width to the left",
        ),
        Binding(
            "shift+right,full_stop",
            "pan(1)",
            "Pan right",
            show=False,
            id="run.pan-right",
            tooltip="What is zoomed into: half a width to the right",
        ),
        Binding(
            "f",
            "full",
            "Full or recent",
            show=False,
            id="run.full",
            tooltip="The whole run, or its last epochs, followed",
        ),
        Binding(
            "y",
            "log_scale",
            "Log scale",
            show=False,
            id="run.log-scale",
            tooltip="Logarithmic loss",
        ),
        Binding(
            "o",
            "smooth",
            "Smooth",
            show=False,
            id="run.smooth",
            tooltip="Smooth the curves in steps, then not at all",
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

    def _last(self) -> float:
        return last_epoch(self.progress)

    def action_batches(self) -> None:
        view = replace(self.view, every_batch=not self.view.every_batch)
        if view.cursor is not None and not view.every_batch:
            view = replace(view, cursor=float(max(round(view.cursor), 1)))
        self.view = view

    def action_zoom(self, step: int) -> None:
        """Show less or more of the epochs."""
        self.view = self.view.zoomed(ZOOM**step, self._last())

    def action_pan(self, step: int) -> None:
        self.view = self.view.panned(step / 2, self._last())

    def action_full(self) -> None:
        """Show all; where all is shown, the last epochs."""
        self.view = replace(self.view, window=None, recent=self.view.whole)

    def action_log_scale(self) -> None:
        self.view = replace(self.view, log=not self.view.log)

    def action_smooth(self) -> None:
        self.view = self.view.next_smoothing()

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
        view, last = self.view, self._last()
        low, high = view.shown(last)
        if view.every_batch:
            columns = max((chart.size.width for chart in self.query(Chart)), default=40) - 8
            stride = max((high - low) / max(columns, 10), 1 / max(self.progress.steps, 1))
            start = min(high, self._reached())
            x = start if view.cursor is None else view.cursor + step * stride
            self.view = view.moved(self._batch(x), last)
            return
        epochs = self.progress.epoch_numbers
        if not epochs:
            self.notify("No epoch has ended yet; b draws the batches.", timeout=3)
            return
        if view.cursor is None:
            inside = [epoch for epoch in epochs if low <= epoch <= high] or epochs
            x = float(inside[-1])
        else:
            x = float(round(view.cursor) + step)
        self.view = view.moved(min(max(x, float(epochs[0])), float(epochs[-1])), last)

    def action_cursor_end(self, end: int) -> None:
        epochs = self.progress.epoch_numbers
        if self.view.every_batch or not epochs:
            self.view = self.view.moved(self._batch(end * self._reached()), self._last())
        else:
            self.view = self.view.moved(float(epochs[-end]), self._last())

    def _batch(self, x: float) -> float:
        """Return the x of the batch that is nearest."""
        steps = max(self.progress.steps, 1)
        return min(max(round(x * steps), 1) / steps, self._reached())

    def _reached(self) -> float:
        """Return how far the run is, in epochs."""
        ends = [curve.x[-1] for curve in self.progress.batch_curves.values() if len(curve)]
        return max([*ends, float(self.progress.epochs_done)])

    def action_back(self) -> None:
        """Put the cursor away; without one go back."""
        if self.view.cursor is not None:
            self.view = replace(self.view, cursor=None)
        else:
            super().action_back()
