"""The comparison of up to six runs: their curves, the settings that differ, their results."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import ClassVar

from textual import events, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Static

from tui.areas.runs.comparison.compare_chart import (
    CompareChart,
    first_metric,
    last_epoch_of,
    legend,
    metrics,
)
from tui.areas.runs.comparison.compare_table import CompareTable
from tui.areas.runs.one_run.export_window import ExportRuns
from tui.common.shorten import shorten_distinctly
from tui.common.text import clean
from tui.runs.events.run_follower import RunFollower
from tui.runs.export.comparison import MAX_RUNS, Comparison, Row, compare
from tui.runs.export.comparison_means import mean_rows
from tui.runs.store.loaded_run import loaded_run
from tui.runs.store.run_folder import RunFolder
from tui.ui.area_screen import AreaScreen
from tui.ui.charts.chart_controller import CHART_COMMANDS, ChartController
from tui.ui.charts.metric_choice import choose_metric
from tui.ui.commands import BackStep, bindings
from tui.ui.run_line import SIGNS
from tui.ui.textual_patches.repaint import repaint

LOOK_SECONDS = 1.0
FIRST = "val_accuracy"
NAME_WIDTH = {False: 24, True: 36}
"""The most cells of a run's name, by whether the terminal is wide."""
NARROW = 14
"""Settings with values of at most this width come before the results."""


class CompareScreen(AreaScreen):
    """Compares runs, ended or live; leaving the screen does not affect them."""

    AREA = "runs"
    AUTO_FOCUS = ""  # the arrow keys move the chart's cursor until the table has the focus
    CSS_PATH = "compare_screen.tcss"
    HELP = """
# Comparing runs

Each run has a curve with its own sign. The same signs are in the table below, which shows the
settings that differ and the results of each run. Settings that are the same for all are left out;
0.001 → 0.0003 was changed during the training. Runs that differ in their seed alone have a row
with the mean and the standard deviation of their results. **tab** goes to the table, where **→ ←**
show more columns.

**m** chooses what is drawn: validation accuracy, loss, any metric that one of the runs has, the
learning rate. **← →** move a cursor whose values are shown below the chart (**escape** removes it),
**+ −** zoom, **, .** pan, **f** shows all or the last epochs, **y** a logarithmic scale, **o**
smooths in steps. **x** exports the comparison as CSV, JSON, SVG or TensorBoard logs. Runs that are
being trained keep growing here.
"""

    BINDINGS: ClassVar[list[BindingType]] = [
        *CHART_COMMANDS,
        *bindings(
            "compare",
            ("m", "metric", "metric", "Metric", "Draw another metric"),
            (
                "x",
                "export",
                "export",
                "Export",
                "CSV, JSON, SVG or TensorBoard logs of these runs",
            ),
            footer=("metric", "export"),
        ),
    ]

    metric: reactive[str] = reactive(FIRST)

    def __init__(self, runs: Sequence[RunFolder]) -> None:
        """Initialise the screen.

        Args:
            runs: one to six; only the first six are compared.
        """
        super().__init__()
        self._followers = [RunFollower(run) for run in runs[:MAX_RUNS]]
        self._comparison: Comparison | None = None
        self.charts = ChartController(self, self.draw_charts, partial(self.notify, timeout=3))

    def compose_body(self) -> ComposeResult:
        with Vertical(id="compare"):
            with Vertical(id="compare-box"):
                yield CompareChart(id="compare-chart")
            yield Static(Content(" reading the runs …"), id="compare-legend")
            yield CompareTable(id="compare-table", cell_padding=1)

    def on_mount(self) -> None:
        self.where = f"Runs · {len(self._followers)} compared"
        self.query_one(CompareTable).fixed_columns = 1
        self._follow()
        self.run_worker(self.host.follow_logs([one.run for one in self._followers]))

    @work(exclusive=True, group="compare")
    async def _follow(self) -> None:
        """Read the runs again and again; one that ended may be resumed."""
        while True:
            grown = await asyncio.to_thread(self._read)
            if grown:
                self._fill()
                self.draw_charts()
            await asyncio.sleep(LOOK_SECONDS)

    def _read(self) -> bool:
        """Read new events of each run; return whether there were any. Blocks on the disk."""
        grown = self._comparison is None
        for follower in self._followers:
            before = follower.state
            while follower.poll():
                grown = True
            grown = grown or follower.state != before
        if grown:
            compared = self._comparison.runs if self._comparison else ()
            slots = {run.loaded.folder.name: run.slot for run in compared}
            self._comparison = compare(
                [loaded_run(follower) for follower in self._followers], slots
            )
        return grown

    def _fill(self) -> None:
        """Fill the table with the settings that differ and the results."""
        assert self._comparison is not None
        comparison, table = self._comparison, self.query_one(CompareTable)
        states = tuple(f"{SIGNS[run.loaded.state]} {run.loaded.state}" for run in comparison.runs)
        rows = [
            Row(row.name, states) if row.name == "state" else row for row in columns_of(comparison)
        ]
        wide = NAME_WIDTH[self.has_class("-wide")]
        titles = shorten_distinctly([run.loaded.title for run in comparison.runs], wide)
        names = [
            f"{run.marker} {title}" for run, title in zip(comparison.runs, titles, strict=True)
        ]
        means = mean_rows(comparison.runs, rows)
        names += [mean.label for mean in means]
        rows = [
            Row(row.name, (*row.values, *(mean.values[place] for mean in means)))
            for place, row in enumerate(rows)
        ]
        table.show(names, rows, self.size.width)
        self.where = f"Runs · {len(comparison.runs)} compared"
        if table.pages > 1:
            self.where += " · tab, then → and ← show more columns"
        self.metric = first_metric(comparison.runs, self.metric)

    # What the chart controller needs

    def last_x(self) -> float:
        """Return the right end of the whole chart, in epochs."""
        return last_epoch_of(self._comparison.runs) if self._comparison else 1.0

    def ended_epochs(self) -> list[int]:
        """Return the epochs that the cursor can be on."""
        if self._comparison is None:
            return []
        numbers = (run.loaded.progress.epoch_numbers for run in self._comparison.runs)
        return sorted(set().union(*numbers))

    def draw_charts(self) -> None:
        """Draw the chosen metric of the runs."""
        if self._comparison is None or not self.query("#compare-chart"):
            return
        runs, view = self._comparison.runs, self.charts.view
        self.query_one(CompareChart).show_runs(runs, self.metric, view)
        box = self.query_one("#compare-box", Vertical)
        box.border_title = Content.assemble(
            (clean(self.metric, 60), "bold $text"), (" by epoch", "$text-muted")
        )
        box.border_subtitle = Content(view.words(self.last_x()))
        words = legend(self._comparison, self.metric, view.cursor, self.size.width)
        repaint(self.query_one("#compare-legend", Static), words)
        self.show_back_step()

    def watch_metric(self) -> None:
        if self.is_mounted:
            self.draw_charts()

    def on_resize(self, event: events.Resize) -> None:
        self.call_after_refresh(self.draw_charts)
        if self._comparison is not None:
            self.call_after_refresh(self._fill)

    def back_step(self) -> BackStep | None:
        """Remove the cursor; without one return to the list."""
        if self.charts.view.cursor is not None:
            return BackStep("Remove cursor", self.charts.remove_cursor)
        return super().back_step()

    def action_metric(self) -> None:
        """Draw another metric."""
        if self._comparison is not None:
            names = metrics(self._comparison.runs)
            choose_metric(self.app, "What to compare", names, self.metric, self._draw_metric)

    def _draw_metric(self, metric: str) -> None:
        self.metric = metric

    def action_export(self) -> None:
        if self._comparison is not None:
            self.app.push_screen(ExportRuns([run.loaded for run in self._comparison.runs]))


def columns_of(comparison: Comparison) -> list[Row]:
    """Return the table's columns: the best, short settings, the other results, long settings."""

    def narrow(row: Row) -> bool:
        return max(len(row.name), *(len(value) for value in row.values)) <= NARROW

    results = sorted(comparison.results, key=lambda row: row.name != "best")
    taken = {row.name for row in results}  # epochs are both a setting and a result
    differences = [
        Row(f"{row.name} planned", row.values) if row.name in taken else row
        for row in comparison.differences
    ]
    differences.sort(key=lambda row: not narrow(row))
    short = sum(narrow(row) for row in differences)
    best = sum(row.name == "best" for row in results)
    return [*results[:best], *differences[:short], *results[best:], *differences[short:]]
