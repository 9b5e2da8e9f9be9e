"""Area 5: the list of runs."""

from __future__ import annotations

from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import DataTable, Input, Static

from tui.areas.runs.chart_page.chart_sources import FollowedRuns
from tui.areas.runs.chart_page.small_charts import SMALL_CHARTS_COMMANDS, SmallCharts
from tui.areas.runs.comparison.group_screen import group_of
from tui.areas.runs.logs.log_commands import OPEN_LOG_COMMANDS, OpenLog
from tui.areas.runs.run_list.marked_runs import MARK_COMMANDS, MarkedRuns
from tui.areas.runs.run_list.queue_controls import MOVE_COMMANDS, QueueControls
from tui.areas.runs.run_list.refused_commands import command_of, refused_commands
from tui.areas.runs.run_list.run_changes import CHANGE_COMMANDS, RunChanges
from tui.areas.runs.run_list.run_details import group_details, run_details
from tui.areas.runs.run_list.run_table import RunTable
from tui.areas.runs.run_list.view_controls import VIEW_COMMANDS, NameSuggester, ViewControls
from tui.common.text import clean
from tui.runs.selection.run_view import RunView, view_line
from tui.runs.store.run_folder import RunFolder
from tui.runs.store.run_summary import RunSummary
from tui.runs.store.same_titles import numbered_titles
from tui.ui.area_screen import AreaScreen
from tui.ui.commands import BackStep, bindings
from tui.ui.forms.line_input import FilterInput
from tui.ui.textual_patches.repaint import repaint


class RunsScreen(AreaScreen):
    """A table of the runs, which can be opened, marked for a comparison, and filtered."""

    AREA = "runs"
    AUTO_FOCUS = ""  # while no run is known there is nothing to focus, and then it is the table
    CSS_PATH = "runs_screen.tcss"
    HELP = """
# Runs

Every training, newest first: running (●), starting (◌), queued (…), set aside (□), finished (✓),
stopped (■), failed or died (✗); a log of another program is followed (◉) or was read (≡).
**enter** opens a run with its curves, live or ended.

- **/** filters the list by what was set and reached, for example
  `lr>=0.001 val_accuracy>.9 model~course state=died`. `~` contains; `last.val_loss<.3` is the last
  epoch, without `last.` the best one; `age<2d`, `started=today`; `optimizer=adam,sgd` is either of
  them; `or`, `-` for not, parentheses. Words without a sign are looked for in name, note, network
  and settings. **→** completes a name. **escape** shows all again.
- **s** sorts by any setting or metric, **b** groups by settings, with the mean and the spread of
  each group (**enter** hides its runs), **v** chooses the columns, **← →** turn their pages.
- **space** marks up to six runs, **c** compares them: their curves in one chart, and the settings
  that differ. Without marks **c** compares the group under the cursor, or the runs that were made
  with the run there: each setting with mean and spread over its seeds.
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

Queued runs start one after the other, or each on a free GPU, even without the app. A run is a
folder, and the list is read from the folders themselves, so it survives a crash.
"""

    BINDINGS: ClassVar[list[BindingType]] = [
        *MOVE_COMMANDS,
        *bindings(
            "runs",
            ("enter", "open", "open", "Open", "Open the run under the cursor"),
            ("slash", "filter", "filter", "Filter", "Show only some runs"),
            footer=("open", "filter"),
        ),
        *MARK_COMMANDS,
        *bindings(
            "runs",
            ("i,g", "look", "look", "Look inside", "Look inside its network"),
            footer=("look",),
        ),
        *CHANGE_COMMANDS,
        *OPEN_LOG_COMMANDS,
        *SMALL_CHARTS_COMMANDS,
        *VIEW_COMMANDS,
    ]

    def __init__(self) -> None:
        super().__init__()
        self.view = RunView()
        self.view_controls = ViewControls(self, self.view, self._fill, self._to_top)
        self.queue = QueueControls(self, self._run_at_cursor)
        self.logs = OpenLog(self)
        self.marked = MarkedRuns(
            self,
            self.at_cursor,
            lambda: group_of(self._table.row_at_cursor, self.host.runs),
            self._marks_changed,
            lambda: self._table.action_cursor_down(),
        )
        self.changes = RunChanges(self, self.queue, self.at_cursor, self.marked.chosen)
        self.small_charts = SmallCharts(
            self,
            lambda: FollowedRuns([one.run for one in self.marked.chosen()]),
            lambda: bool(self.marked.chosen()),
        )
        self._titles: dict[RunFolder, tuple[str, str]] = {}
        self._refused: frozenset[str] = frozenset()

    def compose_body(self) -> ComposeResult:
        yield Static(
            Content(
                "No training yet. 3 chooses images, 4 trains on them; t on Home trains now. "
                "o opens a log of another program."
            ),
            id="no-runs",
        )
        yield FilterInput(
            placeholder="words, or lr>=0.001 val_accuracy>.9 model~course state=died age<2d",
            compact=True,
            suggester=NameSuggester(self.view),
            id="run-filter",
        )
        yield Static(id="filter-problem")
        yield Static(id="no-match")
        yield Static(id="view-line")
        yield RunTable()
        yield Static(id="run-details")

    def on_mount(self) -> None:
        self.where = "Runs"
        self._table.focus()

    @property
    def _table(self) -> RunTable:
        return self.query_one("#runs", RunTable)

    def on_resize(self) -> None:
        self._fill()

    def _runs_changed(self, runs: tuple[RunSummary, ...]) -> None:
        super()._runs_changed(runs)
        self.set_class(not runs, "-empty")
        self.marked.keep(runs)
        self._titles = numbered_titles((one.run, one.title) for one in runs)
        self.view.show_runs(runs)
        self._fill()
        if runs and self.focused is None and self._focused_before is None:
            self._table.focus()

    def _fill(self) -> None:
        """Bring the table up to date; the cursor stays on its run."""
        controls, view, table = self.view_controls, self.view, self._table
        self.set_class(bool(view.runs) and not view.rows, "-no-match")
        before = bool(table.rows_shown), controls.pages
        controls.pages = table.show(view, self._titles, self.marked.places, controls.page)
        controls.page = min(controls.page, controls.pages - 1)
        self.where = self._count()
        self._show_texts()
        self._show_details()
        if (bool(view.rows), controls.pages) != before:  # other keys have something to act on
            self.refresh_bindings()

    def _count(self) -> str:
        """Return the number of runs, of those shown, and of those marked, for the status line."""
        known, shown = len(self.host.runs), len(self.view.chosen)
        words = f"Runs · {shown:,} of {known:,}" if shown != known else f"Runs · {known:,}"
        marked = len(self.marked.runs)
        marks = f" · {marked} marked" if marked else ""
        return f"{words}{marks}" if known else "Runs"

    def _show_texts(self) -> None:
        """Show what is wrong with the filter, and how the list is ordered."""
        line = view_line(self.view, self._table.columns_shown, self.size.width - 2)
        hint = f"No run matches: escape shows all. {self.view.hint}".rstrip()
        for name, text in (("filter-problem", self.view.problem), ("view-line", line)):
            widget = self.query_one(f"#{name}", Static)
            widget.display = bool(text)
            repaint(widget, Content(clean(text)))
        repaint(self.query_one("#no-match", Static), Content(clean(hint)))

    def _show_details(self) -> None:
        row = self._table.row_at_cursor
        text = Content("")
        if isinstance(row, RunSummary):
            text = run_details(row, self._table.place_of(row.run))
        elif row is not None:
            text = group_details(self.view.group_fields, row)
        repaint(self.query_one("#run-details", Static), text)
        before, self._refused = self._refused, refused_commands(self.at_cursor())
        if self._refused != before:
            self.refresh_bindings()

    def refuses(self, action: str) -> bool:
        """Return whether a command only says why the run under the cursor cannot do that."""
        return command_of(action) in self._refused

    def _to_top(self) -> None:
        self._table.move_cursor(row=0, animate=False)
        self._show_details()

    def at_cursor(self) -> RunSummary | None:
        """Return the run under the cursor."""
        row = self._table.row_at_cursor
        return row if isinstance(row, RunSummary) else None

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
        """Open the run under the cursor; of a group, hide or show its runs."""
        row = self._table.row_at_cursor
        if isinstance(row, RunSummary):
            self.host.open_run(row.run)
        elif row is not None:
            self.view.fold(row)
            self._fill()

    def action_look(self) -> None:
        """Look inside the network of the run under the cursor."""
        summary = self.at_cursor()
        if summary is not None:
            self.host.look_inside(summary.run)

    # The filter

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        # In the filter a slash is a letter.
        if action == "filter" and isinstance(self.focused, FilterInput):
            return False
        if action in ("open", "look", "filter") and not self.host.runs:
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
        self.view.filter_by(event.value)
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
        if self.marked.runs:
            return BackStep("Remove marks", self.marked.remove_all)
        return super().back_step()

    def _show_all(self) -> None:
        line = self.query_one("#run-filter", Input)
        line.value = ""
        line.remove_class("-shown")
        self._table.focus()
        self.show_back_step()

    def _marks_changed(self) -> None:
        self._fill()
        self.show_back_step()
