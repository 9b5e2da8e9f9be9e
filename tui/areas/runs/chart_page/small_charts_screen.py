"""A page of small charts: all metrics of a run, or one metric of several runs."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import partial
from typing import ClassVar

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Input, Static

from tui.areas.runs.chart_page.chart_grid import ChartGrid
from tui.areas.runs.chart_page.chart_sources import FollowedRuns, OpenRun
from tui.areas.runs.chart_page.chart_tiles import Tile
from tui.areas.runs.chart_page.hours_axis import HoursAxis, HoursController
from tui.areas.runs.chart_page.metric_tiles import MetricTiles, system_hours
from tui.areas.runs.chart_page.run_tiles import RunTiles
from tui.common.shorten import cells, shorten_words
from tui.common.text import clean
from tui.ui.area_screen import AreaScreen
from tui.ui.charts.chart_controller import CHART_COMMANDS, ChartController
from tui.ui.charts.metric_choice import choose_metric
from tui.ui.charts.overlays import CURSOR
from tui.ui.commands import BackStep, bindings
from tui.ui.forms.line_input import FilterInput
from tui.ui.textual_patches.repaint import repaint

LOOK_SECONDS = 0.5
SIGNS = " · ⣀ training ● validation ▲ best"


class SmallChartsScreen(AreaScreen):
    """Shows many charts at once; only those in sight are made."""

    AREA = "runs"
    NAME = "Small charts"
    AUTO_FOCUS = ""
    CSS_PATH = "small_charts_screen.tcss"
    HELP = """
# Small charts

All that a run has measured, a chart for each metric: the fine line is training, ● is validation, ▲
is the metric's own best epoch. Below each chart are the last values and the best. Then come the
learning rate, the speed, and the load of the machine over the hours: GPUs, CPU, memory, disk.

With marked runs there is one chart for each of them, all of one metric and with the same axes;
**m** changes the metric.

The arrow keys choose a chart, **page up** and **page down** turn the pages, **/** shows only some.
**enter** enlarges the chosen chart; then **← →** move a cursor and **escape** leads back. **+ −**
zoom, **, .** pan, **f** shows all or the last epochs, **y** a logarithmic scale, **o** smooths in
steps: these hold for all charts with the same axis.
"""

    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(
            "small-chart",
            ("enter", "enlarge", "enlarge", "Enlarge", "Show the chosen chart at full size"),
            ("left", "move(-1, 0)", "left", "Left", "Choose the chart to the left"),
            ("right", "move(1, 0)", "right", "Right", "Choose the chart to the right"),
            ("up", "move(0, -1)", "up", "Up", "Choose the chart above"),
            ("down", "move(0, 1)", "down", "Down", "Choose the chart below"),
            ("pageup", "turn(-1)", "page-up", "Page up", "Show the page before"),
            ("pagedown", "turn(1)", "page-down", "Next page", "Show the next page"),
            ("home", "end(0)", "first", "First", "Choose the first chart"),
            ("end", "end(1)", "last", "Last", "Choose the last chart"),
            ("slash", "filter", "filter", "Filter", "Show only some charts"),
            ("m", "metric", "metric", "Metric", "Draw another metric of the runs"),
            footer=("enlarge", "page-down", "filter", "metric"),
        ),
        *CHART_COMMANDS,
    ]

    def __init__(self, source: OpenRun | FollowedRuns) -> None:
        """Initialise the screen.

        Args:
            source: one run, all of which is shown, or several, of which one metric is.
        """
        super().__init__()
        self._source = source
        self._tiles: MetricTiles | RunTiles = MetricTiles() if len(source.runs) == 1 else RunTiles()
        notify = partial(self.notify, timeout=3)
        self._epochs = ChartController(self._tiles, self.draw_charts, notify)
        hours = HoursAxis(lambda: system_hours(source.progress))
        self._hours = HoursController(hours, self.draw_charts, notify)
        self._seen = False

    def compose_body(self) -> ComposeResult:
        yield Static(id="chart-head")
        yield FilterInput(placeholder="words of a name", compact=True, id="chart-filter")
        yield Static(Content(" The charts appear with the first values."), id="no-charts")
        yield Static(Content(" No chart matches: escape shows all."), id="no-chart-fits")
        yield ChartGrid(self._tile)
        yield Static(id="chart-values")

    def on_mount(self) -> None:
        self.where = "Runs · small charts"
        self._follow()

    @property
    def _grid(self) -> ChartGrid:
        return self.query_one(ChartGrid)

    @property
    def charts(self) -> ChartController:
        """What the chart keys change: the charts with the same axis as the chosen one."""
        chosen = self._grid.chosen
        return self._hours if chosen and self._tiles.is_system(chosen) else self._epochs

    def _tile(self, name: str, columns: int) -> Tile:
        system = self._tiles.is_system(name)
        view = (self._hours if system else self._epochs).view
        if not self._grid.large:  # the cursor belongs to the large chart
            view = replace(view, cursor=None)
        return self._tiles.tile(name, view, columns)

    @work(exclusive=True, group="follow")
    async def _follow(self) -> None:
        """Read the runs again and again; one that ended may be resumed."""
        while True:
            grown = await self._source.read()
            if self._source.ready and (grown or not self._seen):
                self._seen = True
                self._take_over()
                self.draw_charts()
            await asyncio.sleep(LOOK_SECONDS)

    def _take_over(self) -> None:
        """Take over what was read: new metrics may have come."""
        if isinstance(self._tiles, MetricTiles):
            self._tiles.progress = self._source.progress
        elif isinstance(self._source, FollowedRuns):
            self._tiles.set_runs(self._source.all)
        self._choose_names()

    def _choose_names(self) -> None:
        """Set the charts that pass the filter."""
        words = self.query_one("#chart-filter", Input).value.casefold().split()
        names = [
            name
            for name in self._tiles.names()
            if all(word in self._tiles.title(name).casefold() for word in words)
        ]
        self._grid.set_names(names)
        self.set_class(self._seen and not self._tiles.names(), "-empty")
        self.set_class(bool(self._tiles.names()) and not names, "-no-match")

    def draw_charts(self) -> None:
        """Draw the charts in sight, and the lines above and below them."""
        if not self.query(ChartGrid) or not self._source.ready:
            return
        self._grid.redraw()
        self._show_lines()
        self.show_back_step()

    def _show_lines(self) -> None:
        """Show what there is and where, and in the large chart the values at the cursor."""
        grid, tiles = self._grid, self._tiles
        known, shown = len(tiles.names()), len(grid.names)
        noun, what = "charts", self._source.title
        if isinstance(tiles, RunTiles):
            noun, what = "runs", clean(tiles.metric)
        of = f"{shown} of {known}" if shown != known else f"{known}"
        page, pages = grid.page
        parts = [f"{of} {noun}"]
        parts += [f"page {page} of {pages}"] if pages > 1 and not grid.large else []
        if self.charts is self._epochs:
            parts.append(self._epochs.view.words(tiles.last_x()))
        rest = "".join(f" · {part}" for part in parts if part)
        title = shorten_words(what, max(self.size.width - len(rest) - 3, 8))
        if cells(title) + len(rest) + len(SIGNS) + 3 < self.size.width:
            rest += SIGNS
        head = Content.assemble((f" {title}", "bold"), (rest, "$text-muted"))
        repaint(self.query_one("#chart-head", Static), head)
        repaint(self.query_one("#chart-values", Static), self._values())

    def _values(self) -> Content:
        """Return the values at the cursor of the large chart; empty without."""
        name, x = self._grid.chosen, self.charts.view.cursor
        if not self._grid.large or not name or x is None:
            return Content("")
        head, text = self._tiles.values_at(name, x)
        return Content.assemble((f" {CURSOR} {head}: ", "bold $text-accent"), text)

    def on_resize(self) -> None:
        self.call_after_refresh(self._show_lines)

    # Choosing a chart

    @on(ChartGrid.Changed)
    def _changed(self, event: ChartGrid.Changed) -> None:
        event.stop()
        self._show_lines()
        self.show_back_step()
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        grid = self.query(ChartGrid)
        large = bool(grid) and grid.first().large
        if isinstance(self.focused, FilterInput) and action in ("filter", "enlarge"):
            return False
        if action == "metric":
            return isinstance(self._tiles, RunTiles)
        if action in ("enlarge", "filter", "move", "end"):
            return not large
        if action == "turn":
            return bool(grid) and grid.first().page[1] > 1
        if action == "delegate" and parameters[1] in ("cursor", "cursor_end"):
            return large
        return super().check_action(action, parameters)

    def action_enlarge(self) -> None:
        """Show the chosen chart at full size."""
        if self._grid.chosen:
            self._grid.large = True
            self.set_class(True, "-large")

    def action_move(self, columns: int, rows: int) -> None:
        """Choose another chart."""
        self._grid.move(columns, rows)

    def action_turn(self, pages: int) -> None:
        """Show another page."""
        self._grid.turn(pages)

    def action_end(self, last: int) -> None:
        """Choose the first chart or the last."""
        self._grid.end(bool(last))

    def action_metric(self) -> None:
        """Draw another metric of the runs."""
        tiles = self._tiles
        if isinstance(tiles, RunTiles) and (names := tiles.metrics()):
            choose_metric(self.app, "Metric of the runs", names, tiles.metric, self._draw_metric)

    def _draw_metric(self, metric: str) -> None:
        if isinstance(self._tiles, RunTiles):
            self._tiles.metric = metric
            self.draw_charts()

    # The filter

    def action_filter(self) -> None:
        """Focus the filter."""
        line = self.query_one("#chart-filter", Input)
        line.add_class("-shown")
        line.focus()

    @on(Input.Changed, "#chart-filter")
    def _filtered(self, event: Input.Changed) -> None:
        event.stop()
        self._choose_names()
        self._show_lines()

    @on(Input.Submitted, "#chart-filter")
    def _filter_done(self, event: Input.Submitted) -> None:
        event.stop()
        self.set_focus(None)

    def on_key(self, event: events.Key) -> None:
        """Move from the filter to the charts with the down key."""
        if event.key == "down" and isinstance(self.focused, FilterInput):
            event.stop()
            self.set_focus(None)

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        self.refresh_bindings()

    def on_descendant_blur(self, event: events.DescendantBlur) -> None:
        line = self.query_one("#chart-filter", Input)
        line.set_class(bool(line.value), "-shown")
        self.refresh_bindings()

    def back_step(self) -> BackStep | None:
        """Remove the cursor, show all charts again, remove the filter; then go back."""
        grid, line = self._grid, self.query_one("#chart-filter", Input)
        if grid.large:
            if self.charts.view.cursor is not None:
                return BackStep("Remove cursor", self.charts.remove_cursor)
            return BackStep("Small charts", self._shrink)
        if line.value or self.focused is line:
            return BackStep("Show all", self._show_all)
        return super().back_step()

    def _shrink(self) -> None:
        self._grid.large = False
        self.set_class(False, "-large")

    def _show_all(self) -> None:
        line = self.query_one("#chart-filter", Input)
        line.value = ""
        line.remove_class("-shown")
        self.set_focus(None)
        self.show_back_step()
