"""The keys that look at charts over epochs: zoom, pan, cursor, scale, smoothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.reactive import reactive

from tui.ui.area_screen import AreaScreen
from tui.ui.charts.chart_view import LEAST, ZOOM, ChartView


class ChartKeys(AreaScreen):
    """Changes how charts are looked at; a subclass draws them when the view changes."""

    HELP = "Charts; the screen that shows them says more."

    AUTO_FOCUS = ""  # the arrows belong to the charts until a table is gone to

    view: reactive[ChartView] = reactive(ChartView())

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "left",
            "cursor(-1)",
            "Cursor left",
            show=False,
            id="chart.cursor-left",
            tooltip="Move the cursor; its values stand below the charts",
        ),
        Binding(
            "right",
            "cursor(1)",
            "Cursor right",
            show=False,
            id="chart.cursor-right",
            tooltip="Move the cursor to the right",
        ),
        Binding(
            "home",
            "cursor_end(0)",
            "Cursor to the start",
            show=False,
            id="chart.cursor-home",
            tooltip="Cursor to the first epoch",
        ),
        Binding(
            "end",
            "cursor_end(1)",
            "Cursor to the end",
            show=False,
            id="chart.cursor-end",
            tooltip="Cursor to the last epoch",
        ),
        Binding(
            "plus,equals_sign",
            "zoom(1)",
            "Zoom in",
            show=False,
            id="chart.zoom-in",
            tooltip="Zoom in round the cursor, or on the right end",
        ),
        Binding(
            "minus",
            "zoom(-1)",
            "Zoom out",
            show=False,
            id="chart.zoom-out",
            tooltip="Zoom out",
        ),
        Binding(
            "shift+left,comma",
            "pan(-1)",
            "Pan left",
            show=False,
            id="chart.pan-left",
            tooltip="What is zoomed into: half a width to the left",
        ),
        Binding(
            "shift+right,full_stop",
            "pan(1)",
            "Pan right",
            show=False,
            id="chart.pan-right",
            tooltip="What is zoomed into: half a width to the right",
        ),
        Binding(
            "f",
            "full",
            "Full or recent",
            show=False,
            id="chart.full",
            tooltip="The whole run, or its last epochs, followed",
        ),
        Binding(
            "y",
            "log_scale",
            "Log scale",
            show=False,
            id="chart.log-scale",
            tooltip="Logarithmic loss",
        ),
        Binding(
            "o",
            "smooth",
            "Smooth",
            show=False,
            id="chart.smooth",
            tooltip="Smooth the curves in steps, then not at all",
        ),
    ]

    def last_x(self) -> float:
        """Return where the whole chart ends, in epochs."""
        raise NotImplementedError

    def least_x(self) -> float:
        """Return how few epochs may be in sight: no fewer than there are values for."""
        return LEAST

    def ended_epochs(self) -> Sequence[int]:
        """Return the epochs that the cursor can stand on."""
        raise NotImplementedError

    def draw_charts(self) -> None:
        """Show the charts as they are looked at now."""
        raise NotImplementedError

    def watch_view(self) -> None:
        if self.is_mounted:
            self.draw_charts()

    def action_zoom(self, step: int) -> None:
        """Show less or more of the epochs."""
        self.view = self.view.zoomed(ZOOM**step, self.last_x(), self.least_x())

    def action_pan(self, step: int) -> None:
        self.view = self.view.panned(step / 2, self.last_x())

    def action_full(self) -> None:
        """Show all; where all is shown, the last epochs."""
        self.view = replace(self.view, window=None, recent=self.view.whole)

    def action_log_scale(self) -> None:
        self.view = replace(self.view, log=not self.view.log)

    def action_smooth(self) -> None:
        self.view = self.view.next_smoothing()

    def action_cursor(self, step: int) -> None:
        """Move the cursor by an epoch; the first time put it on the last one in sight."""
        epochs, view, last = self.ended_epochs(), self.view, self.last_x()
        if not epochs:
            self.notify("No epoch has ended yet: there is no value to show.", timeout=3)
            return
        if view.cursor is None:
            low, high = view.shown(last)
            x = float(([epoch for epoch in epochs if low <= epoch <= high] or epochs)[-1])
        else:
            x = float(round(view.cursor) + step)
        self.view = view.moved(min(max(x, float(epochs[0])), float(epochs[-1])), last)

    def action_cursor_end(self, end: int) -> None:
        """Put the cursor on the first (0) or the last (1) epoch."""
        epochs = self.ended_epochs()
        if epochs:
            self.view = self.view.moved(float(epochs[-end]), self.last_x())

    def action_back(self) -> None:
        """Put the cursor away; without one go back."""
        if self.view.cursor is not None:
            self.view = replace(self.view, cursor=None)
        else:
            super().action_back()
