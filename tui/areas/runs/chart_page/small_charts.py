"""The key that opens the page of small charts, on the screens of a run and of all runs."""

from __future__ import annotations

from collections.abc import Callable

from tui.areas.runs.chart_page.chart_sources import FollowedRuns, OpenRun
from tui.ui.area_screen import AreaScreen
from tui.ui.commands import bindings

SMALL_CHARTS_COMMANDS = bindings(
    "small-charts",
    (
        "p",
        "open",
        "open",
        "Small charts",
        "All metrics of the run and its machine's load, or one metric of all marked runs",
    ),
    handler="small_charts",
    footer=("open",),
)


class SmallCharts:
    """Opens the page of small charts from another screen."""

    def __init__(
        self,
        screen: AreaScreen,
        source: Callable[[], OpenRun | FollowedRuns],
        any_run: Callable[[], bool] = lambda: True,
    ) -> None:
        """Initialise it.

        Args:
            screen: the screen.
            source: returns the runs to show.
            any_run: returns whether there are any.
        """
        self._screen, self._source, self._any_run = screen, source, any_run

    def offers(self, command: str) -> bool:
        """Return whether a command makes sense now."""
        return self._any_run()

    def open(self) -> None:
        """Open the page."""
        if self._any_run():
            from tui.areas.runs.chart_page.small_charts_screen import SmallChartsScreen

            self._screen.app.push_screen(SmallChartsScreen(self._source()))
