"""The comparison of a group of runs: its settings, with mean and spread over the seeds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import DataTable, Static

from tui.areas.runs.comparison.compare_table import CompareTable
from tui.common.text import clean
from tui.runs.export.comparison import MAX_RUNS, Row
from tui.runs.selection.arrangement import RunGroup
from tui.runs.selection.seed_means import SeedMeans, SeedRow, compare_over_seeds
from tui.runs.selection.seed_means_text import notes_of, table_of
from tui.runs.selection.spread import run_value
from tui.runs.store.run_folder import RunFolder
from tui.runs.store.run_summary import RunSummary
from tui.ui.area_screen import AreaScreen
from tui.ui.commands import bindings
from tui.ui.textual_patches.repaint import repaint


class GroupScreen(AreaScreen):
    """Compares the settings of any number of runs; runs that differ in their seed are one row."""

    AREA = "runs"
    CSS_PATH = "group_screen.tcss"
    HELP = """
# Comparing a group

Each row is one combination of the settings that differ, with the mean and the standard deviation of
its runs, which differ in their seed alone. Each run counts with its best epoch, once it has ended.
The best mean comes first. **→ ←** show more columns.

**enter** compares the runs of a row with their curves, **c** the best run of each row; up to six.
`cnn-tui runs compare --group NAME` prints this table.
"""

    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(
            "group",
            ("enter", "open", "open", "Its runs", "Compare the runs of this row with their curves"),
            ("c", "best", "best", "Best runs", "Compare the best runs of the rows"),
            footer=("open", "best"),
        ),
    ]

    def __init__(self, runs: Sequence[RunFolder], title: str) -> None:
        """Initialise the screen.

        Args:
            runs: the runs of the group.
            title: its name.
        """
        super().__init__()
        self._folders, self._title = set(runs), title
        self._means = SeedMeans("", (), (), ())

    def compose_body(self) -> ComposeResult:
        yield Static(id="group-head")
        yield CompareTable(id="group-table", cell_padding=1)
        yield Static(id="group-notes")

    def on_mount(self) -> None:
        self.where = f"Runs · {clean(self._title, 60)}"
        table = self.query_one(CompareTable)
        table.fixed_columns = 1
        table.focus()

    def on_resize(self) -> None:
        self.call_after_refresh(self._fill)

    def _runs_changed(self, runs: tuple[RunSummary, ...]) -> None:
        super()._runs_changed(runs)
        means = compare_over_seeds([one for one in runs if one.run in self._folders])
        if means != self._means:
            self._means = means
            self._fill()

    def _fill(self) -> None:
        """Show the table, and what has to be said about it."""
        means, table = self._means, self.query_one(CompareTable)
        heads, rows = table_of(means)
        varied = len(means.varied)
        names = [" · ".join(row[:varied]) or "all" for row in rows]
        columns = [
            Row(head, tuple(row[place] for row in rows))
            for place, head in enumerate(heads[varied:], varied)
        ]
        if rows:
            table.show(names, columns, self.size.width, head=" · ".join(means.varied) or "settings")
        runs = sum(len(row.runs) + row.not_ended for row in means.rows)
        head = f" {clean(self._title)}: {runs} run{'s' * (runs != 1)}"
        repaint(self.query_one("#group-head", Static), Content.styled(head, "bold"))
        lines = [*notes_of(means), "enter compares the runs of a row with their curves."]
        notes = "\n".join(lines)
        repaint(self.query_one("#group-notes", Static), Content.styled(notes, "$text-muted"))

    @on(DataTable.RowSelected, "#group-table")
    def _selected(self, event: DataTable.RowSelected) -> None:
        event.stop()
        self.action_open()

    def action_open(self) -> None:
        """Compare the runs of the row under the cursor."""
        rows, at = self._means.rows, self.query_one(CompareTable).cursor_row
        if at < len(rows):
            self._compare(rows[at].runs)

    def action_best(self) -> None:
        """Compare the best run of each row."""
        found = (self._best(row) for row in self._means.rows)
        self._compare([run for run in found if run is not None])

    def _best(self, row: SeedRow) -> RunSummary | None:
        best = row.metrics[self._means.metric].best if self._means.metric else None
        values = ((run, run_value(run, self._means.metric)) for run in row.runs)
        return next((run for run, value in values if value == best), None)

    def _compare(self, runs: Sequence[RunSummary]) -> None:
        if len(runs) < 2:
            self.notify("Two runs that have ended are needed for a comparison of their curves.")
            return
        if len(runs) > MAX_RUNS:
            self.notify(f"The first {MAX_RUNS} of {len(runs)} runs; more are hard to tell apart.")
        from tui.areas.runs.comparison.compare_screen import CompareScreen

        self.app.push_screen(CompareScreen([run.run for run in runs[:MAX_RUNS]]))


def group_of(
    row: RunSummary | RunGroup | None, runs: Sequence[RunSummary]
) -> tuple[list[RunFolder], str]:
    """Return the runs that a row of the list stands for, and their name; none if it is one run.

    Args:
        row: a run, or a group of the list; None without one.
        runs: all runs.
    """
    if row is None:
        return [], ""
    if isinstance(row, RunSummary):
        name = row.spec.group if row.spec is not None else ""
        same = [one.run for one in runs if name and one.spec and one.spec.group == name]
        return same, name
    return [one.run for one in row.runs], ", ".join(str(value) for value in row.values)
