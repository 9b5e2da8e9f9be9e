"""The keys of charts over epochs: zoom, pan, cursor, scale, smoothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol

from tui.ui.charts.chart_view import MIN_EPOCHS_SHOWN, ZOOM, ChartView
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
