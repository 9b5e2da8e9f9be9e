"""Area 5: all runs."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import DataTable, Static

from tui.screens.base import AreaScreen
from tui.text import clean
from tui.training.report import number
from tui.training.runs import RunSummary
from tui.widgets.bars import SIGNS


class RunTable(DataTable[Text]):
    """The runs, a row each."""

    BINDINGS: ClassVar[list[BindingType]] = [
        # DataTable's own enter is not shown in the footer.
        Binding("enter", "select_cursor", "Open", id="runs.select", tooltip="Open the run"),
    ]


class RunsScreen(AreaScreen):
    """A table of the runs; enter opens one."""

    AREA = "runs"
    CSS_PATH = "runs.tcss"
    HELP = """
# Runs

Every training, newest first: the one at work (●), those that finished (✓), were stopped (■), failed
or died (✗). **enter** opens a run with its whole curve, live or ended; **i** looks inside its
network.

A run is a folder; the list is read from the folders themselves, so it is the same after a crash.
"""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "Open", id="runs.open", tooltip="Open the run under the cursor"),
        Binding(
            "i,g",
            "look",
            "Look inside",
            show=False,
            id="runs.look",
            tooltip="Look into its network",
        ),
    ]

    COLUMNS = ("state", "name", "epochs", "best", "started")

    def compose_body(self) -> ComposeResult:
        yield Static(
            Content("No training yet. 3 chooses images, 4 trains on them; t on Home trains now."),
            id="no-runs",
        )
        yield RunTable(id="runs", cursor_type="row", zebra_stripes=True)

    def on_mount(self) -> None:
        self.where = "Runs"
        table = self.query_one("#runs", DataTable)
        for column in self.COLUMNS:
            table.add_column(column, key=column)
        table.focus()

    def _runs_changed(self, runs: tuple[RunSummary, ...]) -> None:
        super()._runs_changed(runs)
        self.set_class(not runs, "-empty")
        table = self.query_one("#runs", DataTable)
        wanted = [summary.run.name for summary in runs]
        shown = [key.value for key in table.rows]
        if shown != wanted:
            # Only a new or a deleted run changes the order: keep the cursor on its run.
            name = shown[table.cursor_row] if table.cursor_row < len(shown) else None
            table.clear()
            for summary in runs:
                table.add_row(*cells(summary), key=summary.run.name)
            if name in wanted:
                table.move_cursor(row=wanted.index(name))
            return
        for summary in runs:
            for column, cell in zip(self.COLUMNS, cells(summary), strict=True):
                if table.get_cell(summary.run.name, column) != cell:
                    table.update_cell(summary.run.name, column, cell, update_width=True)

    @on(DataTable.RowSelected)
    def _selected(self, event: DataTable.RowSelected) -> None:
        event.stop()
        self.action_open()

    def action_open(self) -> None:
        table = self.query_one("#runs", DataTable)
        if table.row_count:
            self.host.open_run(self.host.runs[table.cursor_row].run)

    def action_look(self) -> None:
        """Look into the network of the run under the cursor."""
        table = self.query_one("#runs", DataTable)
        if table.row_count:
            self.host.look_inside(self.host.runs[table.cursor_row].run)


def cells(summary: RunSummary) -> tuple[Text, ...]:
    """Return a run's cells; Text, so that nothing from disk is read as markup."""
    best = ""
    if summary.best is not None:
        short = "val" if summary.best_metric.startswith("val") else "acc"
        best = f"{short} {number(summary.best)} (epoch {summary.best_epoch})"
    # The folder's name begins with the time it was made, such as 2026-11-22T161200.
    day, _, clock = summary.run.name[:17].partition("T")
    started = f"{day} {clock[:2]}:{clock[2:4]}" if clock[:4].isdigit() else ""
    return (
        Text(f"{SIGNS[summary.state]} {summary.verdict}"),
        Text(clean(summary.title, 30)),
        Text(f"{summary.epochs_done}/{summary.epochs}", justify="right"),
        Text(best),
        Text(started),
    )
