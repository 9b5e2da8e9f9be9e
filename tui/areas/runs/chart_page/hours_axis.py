"""The keys of the charts of the machine's load, whose axis has hours and not epochs."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tui.ui.charts.chart_controller import ChartController
from tui.ui.charts.chart_view import ChartView


class HoursController(ChartController):
    """Changes the view of the charts of the machine's load, whose axis has hours."""

    def min_width(self, view: ChartView) -> float:
        """Return the fewest hours that a view may show."""
        return 10 / 3600

    def cursor(self, step: int) -> None:
        """Move the cursor by a sixtieth of what is visible."""
        view, last = self.view, self._source.last_x()
        low, high = view.shown(last)
        x = high if view.cursor is None else view.cursor + step * (high - low) / 60
        self.view = view.moved(x, last)

    def cursor_end(self, end: int) -> None:
        """Move the cursor to the beginning (0) or the end (1)."""
        self.view = self.view.moved(end * self._source.last_x(), self._source.last_x())


class HoursAxis:
    """The axis of the charts of the machine's load."""

    def __init__(self, hours: Callable[[], float]) -> None:
        """Make the axis.

        Args:
            hours: returns its right end, in hours.
        """
        self.last_x = hours

    def ended_epochs(self) -> Sequence[int]:
        """Return nothing: the cursor can be anywhere."""
        return ()
