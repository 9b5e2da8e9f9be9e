"""Area 5: the list of runs."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import DataTable, Input, Static

from tui.areas.runs.chart_sources import FollowedRuns
from tui.areas.runs.log_commands import OPEN_LOG_COMMANDS, OpenLog
from tui.areas.runs.queue_controls import MOVE_COMMANDS, QueueControls
from tui.areas.runs.run_changes import CHANGE_COMMANDS, RunChanges
from tui.areas.runs.run_table import (
    RunTable,
    cells,
    filter_text,
    headers,
    numbered_titles,
    run_details,
    widths,
)
from tui.areas.runs.small_charts_screen import SMALL_CHARTS_COMMANDS, SmallCharts
from tui.runs.export.comparison import MAX_RUNS
from tui.runs.queue.waiting_runs import queue_places
from tui.runs.store.run_folder import RunFolder
from tui.runs.store.run_summary import RunSummary
from tui.ui.area_screen import AreaScreen
from tui.ui.commands import BackStep, bindings
from tui.ui.forms.line_input import FilterInput
from tui.ui.textual_patches.repaint import repaint


class RunsScreen(AreaScreen):
    """A table of the runs, which can be opened, marked for a comparison, and filtered."""

    AREA = "runs"
    CSS_PATH = "runs_screen.tcss"
    HELP = """
# Runs

Every training, newest first: running (●), starting (◌), queued (…), set aside (□), finished (✓),
stopped (■), failed or died (✗); a log of another program is followed (◉) or was read (≡).
**enter** opens a run with its curves, live or ended.

- **/** filters the list: every word you type has to occur in a run's name, its note, its state or
  its settings. **escape** shows all again.
- **space** marks up to six runs, **c** compares them: their curves in one chart, and the settings
  that differ.
- **p** opens a page of small charts: one metric of each marked run, or without marks all that the
  run under the cursor has measured.
- **a** opens 4 Train filled with the run's settings: change one thing and start.
- **o** opens a log of another program: a folder of TensorBoard, a CSV of Keras's CSVLogger or of
  Lightning, a history as JSON. Its curves are a run like any other, followed as they grow.
- **i** looks inside its network. **n** changes the run's name and note.
- **d** deletes the run, or all marked ones, after a question. A run being trained is never deleted,
  nor are images.
- **r** resumes a run that was stopped or died, after its last whole epoch; one that finished or
  failed is opened, where **r** asks for new settings. While other runs are being trained it asks
  whether to start now or after them. A queued run starts at once.
- **<** and **>** move a queued run forwards or backwards. **u** takes it out of the queue: a run
  that was to be resumed is as it was before, one that never started is set aside until **r** starts
  it.

The column **settings** shows only what is not usual: a share of the data, another optimizer,
learning rate, seed or stop rule. All settings of the run under the cursor are shown below.

Queued runs start one after the other, even without the app. A run is a folder, and the list is read
from the folders themselves, so it survives a crash.
"""

    BINDINGS: ClassVar[list[BindingType]] = [
        *MOVE_COMMANDS,
        *bindings(
            "runs",
            ("enter", "open", "open", "Open", "Open the run under the cursor"),
            ("slash", "filter", "filter", "Filter", "Show only some runs"),
            ("space", "mark", "mark", "Mark", "Mark it for a comparison"),
            ("c", "compare", "compare", "Compare", "Compare the marked runs"),
            ("i,g", "look", "look", "Look inside", "Look inside its network"),
            footer=("open", "filter", "mark", "compare", "look"),
        ),
        *OPEN_LOG_COMMANDS,
        *SMALL_CHARTS_COMMANDS,
        *CHANGE_COMMANDS,
    ]

    def __init__(self) -> None:
        super().__init__()
        self.queue = QueueControls(self, self._run_at_cursor)
        self.logs = OpenLog(self)
        self.changes = RunChanges(self, self.queue, self.at_cursor, self.chosen)
        self.small_charts = SmallCharts(self, self._charted)
        self._marked: list[RunFolder] = []
        """In the order of marking."""
        self._rows: list[RunSummary] = []
        """The runs in the table, after the filter."""
        self._lines: dict[str, tuple[RunSummary, tuple[str, str], int, int]] = {}
        """By folder name: the run, its title, its mark and its place in the queue."""
        self._filtered_by: dict[str, tuple[RunSummary, str]] = {}

    def compose_body(self) -> ComposeResult:
        yield Static(
            Content(
                "No training yet. 3 chooses images, 4 trains on them; t on Home trains now. "
                "o opens a log of another program."
            ),
            id="no-runs",
        )
        yield FilterInput(
            placeholder="words of a name, a note, a state", compact=True, id="run-filter"
        )
        yield Static(Content("No run matches: escape shows all."), id="no-match")
        yield RunTable()
        yield Static(id="run-details")

    def on_mount(self) -> None:
        self.where = "Runs"
        self._table.focus()

    @property
    def _table(self) -> RunTable:
        return self.query_one("#runs", RunTable)

    def on_resize(self) -> None:
        self._fill(anew=True)

    def _runs_changed(self, runs: tuple[RunSummary, ...]) -> None:
        super()._runs_changed(runs)
        self.set_class(not runs, "-empty")
        there = {summary.run for summary in runs}
        self._marked = [run for run in self._marked if run in there]
        self._fill()

    def _fill(self, *, anew: bool = False) -> None:
        """Bring the table up to date; the cursor stays on its run.

        Args:
            anew: whether to rewrite every row, since the columns change.
        """
        runs, table = self.host.runs, self._table
        words = self.query_one("#run-filter", Input).value.casefold().split()
        rows = [one for one in runs if not words or self._matches(one, words)]
        self.set_class(bool(runs) and not rows, "-no-match")
        titles, places = numbered_titles(runs), queue_places(runs)
        marks = {run: number for number, run in enumerate(self._marked, 1)}
        lines = {
            one.run.name: (one, titles[one.run], marks.get(one.run, 0), places.get(one.run, 0))
            for one in rows
        }
        before, self._lines = self._lines, lines
        under = self.at_cursor()
        same = [one.run for one in rows] == [one.run for one in self._rows]
        some_before, self._rows = bool(self._rows), rows
        if anew:
            table.clear(columns=True)
            columns = widths(self.size.width)
            for column, head in headers(columns).items():
                table.add_column(head, key=column, width=columns[column])
        if anew or not same:
            table.fill(list(lines), self._cells)
            if under is not None and under.run.name in lines:
                table.move_cursor(row=list(lines).index(under.run.name), animate=False)
        elif changed := [name for name, line in lines.items() if line != before.get(name)]:
            table.renew(changed)
        self.where = self._count()
        self._show_details()
        if bool(rows) != some_before:  # without a run most keys have nothing to act on
            self.refresh_bindings()

    def _matches(self, summary: RunSummary, words: list[str]) -> bool:
        """Return whether all words of the filter occur in the text of a run."""
        before, text = self._filtered_by.get(summary.run.name, (None, ""))
        if before is not summary:  # kept, since every typed letter filters thousands of runs
            text = filter_text(summary)
            self._filtered_by[summary.run.name] = summary, text
        return all(word in text for word in words)

    def _cells(self, name: str) -> tuple[Text, ...]:
        """Return the cells of a run."""
        summary, title, mark, place = self._lines[name]
        return cells(summary, widths(self.size.width), title=title, mark=mark, place=place)

    def _count(self) -> str:
        """Return the number of runs, of those shown, and of those marked, for the status line."""
        known, shown = len(self.host.runs), len(self._rows)
        words = f"Runs · {shown} of {known}" if shown != known else f"Runs · {known}"
        marks = f" · {len(self._marked)} marked" if self._marked else ""
        return f"{words}{marks}" if known else "Runs"

    def _show_details(self) -> None:
        summary = self.at_cursor()
        place = queue_places(self.host.runs).get(summary.run, 0) if summary is not None else 0
        text = run_details(summary, place) if summary is not None else Content("")
        repaint(self.query_one("#run-details", Static), text)

    def at_cursor(self) -> RunSummary | None:
        """Return the run under the cursor."""
        row = self._table.cursor_row
        return self._rows[row] if 0 <= row < len(self._rows) else None

    def chosen(self) -> list[RunSummary]:
        """Return the marked runs in the order of their marks, or the one under the cursor."""
        found = {one.run: one for one in self.host.runs}
        marked = [found[run] for run in self._marked if run in found]
        under = self.at_cursor()
        return marked or ([under] if under is not None else [])

    def _charted(self) -> FollowedRuns | None:
        """Return the runs for the page of small charts: the marked ones, or that at the cursor."""
        runs = [one.run for one in self.chosen()]
        return FollowedRuns(runs) if runs else None

    def _run_at_cursor(self) -> RunFolder | None:
        summary = self.at_cursor()
        return summary.run if summary is not None else None

    @on(DataTable.RowHighlighted, "#runs")
    def _moved(self, event: DataTable.RowHighlighted) -> None:
        event.stop()
        self._show_details()

    @on(DataTable.RowSelected, "#runs")
    def _selected(self, event: DataTable.RowSelected) -> None:
        event.stop()
        self.action_open()

    def action_open(self) -> None:
        """Open the run under the cursor."""
        summary = self.at_cursor()
        if summary is not None:
            self.host.open_run(summary.run)

    def action_look(self) -> None:
        """Look inside the network of the run under the cursor."""
        summary = self.at_cursor()
        if summary is not None:
            self.host.look_inside(summary.run)

    def action_mark(self) -> None:
        """Mark or unmark the run under the cursor, and move to the next."""
        summary = self.at_cursor()
        if summary is None:
            return
        if summary.run in self._marked:
            self._marked.remove(summary.run)
        elif len(self._marked) == MAX_RUNS:
            self.notify(
                f"{MAX_RUNS} runs are marked; more would be hard to tell apart in one chart."
            )
            return
        else:
            self._marked.append(summary.run)
        self._fill()
        self.show_back_step()
        self._table.action_cursor_down()

    def action_compare(self) -> None:
        """Compare the marked runs; with one mark, that run and the one under the cursor."""
        under = self.at_cursor()
        runs = list(self._marked)
        if len(runs) == 1 and under is not None and under.run not in runs:
            runs.append(under.run)
        if len(runs) < 2:
            self.notify(f"Mark two to {MAX_RUNS} runs with space first, then c compares them.")
            return
        from tui.areas.runs.compare_screen import CompareScreen

        self.app.push_screen(CompareScreen(runs))

    # The filter

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        # In the filter a slash is a letter.
        if action == "filter" and isinstance(self.focused, FilterInput):
            return False
        if action in ("open", "mark", "compare", "look", "filter") and not self.host.runs:
            return False
        return super().check_action(action, parameters)

    def action_filter(self) -> None:
        """Focus the filter."""
        line = self.query_one("#run-filter", Input)
        line.add_class("-shown")
        line.focus()

    @on(Input.Changed, "#run-filter")
    def _filtered(self, event: Input.Changed) -> None:
        event.stop()
        self._fill()

    @on(Input.Submitted, "#run-filter")
    def _filter_done(self, event: Input.Submitted) -> None:
        event.stop()
        self._table.focus()

    def on_key(self, event: events.Key) -> None:
        """Move from the filter to the list with the down key."""
        if event.key == "down" and self.focused is self.query_one("#run-filter"):
            event.stop()
            self._table.focus()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        line = self.query_one("#run-filter", Input)
        line.set_class(event.widget is line or bool(line.value), "-shown")

    def back_step(self) -> BackStep | None:
        """Remove the filter first, then the marks, then leave the area."""
        line = self.query_one("#run-filter", Input)
        if line.value or self.focused is line:
            return BackStep("Show all", self._show_all)
        if self._marked:
            return BackStep("Remove marks", self._remove_marks)
        return super().back_step()

    def _show_all(self) -> None:
        line = self.query_one("#run-filter", Input)
        line.value = ""
        line.remove_class("-shown")
        self._table.focus()
        self.show_back_step()

    def _remove_marks(self) -> None:
        self._marked = []
        self._fill()
        self.show_back_step()
