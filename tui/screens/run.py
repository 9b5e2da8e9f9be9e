"""One run, live or ended: its curves, its progress, its history, and stopping it."""

from __future__ import annotations

import asyncio
import time
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.reactive import reactive
from textual.widgets import DataTable, Static

from tui.screens.base import AreaScreen
from tui.screens.dialogs import Question, Reading
from tui.text import clean
from tui.training.follow import RunFollower
from tui.training.runs import RunError, RunFolder, State
from tui.training.spec import StopRule
from tui.widgets.curves import RunCharts
from tui.widgets.run_text import (
    head_line,
    history_columns,
    history_rows,
    message_lines,
    progress_line,
    values_line,
)

LOOK_SECONDS = 0.25
LOG_BYTES = 64 * 1024


class RunScreen(AreaScreen):
    """Follows a run's events a few times a second; leaving it changes nothing for the run."""

    AREA = "runs"
    CSS_PATH = "run.tcss"
    HELP = """
# A training run

The left chart shows **accuracy**, the right one **loss**; the fine line is training, the dots are
validation, one each epoch. Within the epoch at work the line is Keras's running mean. The green
dotted line is the stop rule.

**s** stops after the current batch and saves the model; a second **s** kills the trainer, after a
question. **escape** leaves it running: reopen it under 5 Runs, also after quitting. **g** goes
inside its network, from the first epoch on.

The run's folder holds `events.jsonl`, `history.csv` (epochs counted from 1), `best.keras` (best
validation accuracy) and `final.keras`.
"""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s", "stop", "Stop", id="run.stop", tooltip="Stop gracefully; again: kill"),
        Binding("h", "history", "History", id="run.history", tooltip="History table or charts"),
        Binding(
            "b",
            "batches",
            "Batches",
            id="run.batches",
            tooltip="Draw the running means within every epoch, or one point an epoch",
        ),
        Binding(
            "g",
            "look",
            "Look inside",
            show=False,
            id="run.look",
            tooltip="Look into its network: go inside",
        ),
        Binding("v", "log", "Log", id="run.log", tooltip="Show what the trainer printed"),
        Binding(
            "w", "folder", "Where", show=False, id="run.folder", tooltip="Say where the run lies"
        ),
        Binding("escape", "back", "Back", id="run.leave", tooltip="Back; the training goes on"),
    ]

    state: reactive[State] = reactive("starting")
    show_history: reactive[bool] = reactive(False)
    every_batch: reactive[bool] = reactive(False)

    def __init__(self, run: RunFolder) -> None:
        super().__init__()
        self.run = run
        self.follower = RunFollower(run)
        self._rule: StopRule | None = None
        self._title = run.name

    def compose_body(self) -> ComposeResult:
        with Vertical(id="run"):
            yield Static(id="head")
            yield RunCharts()
            yield DataTable(id="history", cursor_type="row", zebra_stripes=True)
            yield Static(id="progress")
            yield Static(id="values")
            yield Static(id="messages")

    def on_mount(self) -> None:
        try:
            spec = self.run.spec()
            self._title, self._rule = spec.name, spec.stop_rule
        except RunError as error:
            self.notify(str(error), severity="error", markup=False)
        self.where = f"Runs · {clean(self._title)}"
        self.query_one(RunCharts).focus()
        self._follow()

    @work(exclusive=True)
    async def _follow(self) -> None:
        """Take in new events until the run is over."""
        while True:
            events = await asyncio.to_thread(self.follower.poll)
            self.state = self.follower.state
            if self.is_current and (events or not self.follower.over):
                self.refresh_run()
            if self.follower.over and not events:
                break
            if not events or self.state == "running":
                await asyncio.sleep(LOOK_SECONDS)
        self.refresh_run()
        self.refresh_bindings()

    def on_screen_resume(self) -> None:
        if self.is_mounted:
            self.refresh_run()

    def refresh_run(self) -> None:
        """Show the run as it is now."""
        if not self.query("#messages"):
            return  # the screen is being closed while its last events come in
        progress, state = self.follower.progress, self.follower.state
        width = self.size.width
        self._put("head", head_line(self._title, state, progress))
        self._put("progress", progress_line(progress, state, time.time(), width))
        self._put("values", values_line(progress))
        self._put("messages", message_lines(progress, state, self._rule))
        self.query_one(RunCharts).show(progress, self._rule, every_batch=self.every_batch)
        self._fill_history()

    def _put(self, name: str, content: Content) -> None:
        static = self.query_one(f"#{name}", Static)
        if static.content != content:
            static.update(content)

    def _fill_history(self) -> None:
        table = self.query_one("#history", DataTable)
        progress = self.follower.progress
        columns = ["epoch", *history_columns(progress), "time", "images/s"]
        if len(table.columns) != len(columns):
            table.clear(columns=True)
            table.add_columns(*columns)
        # The last best mark may have moved: write the rows anew only where they differ.
        rows = history_rows(progress)
        at_end = table.cursor_row >= table.row_count - 1
        for number, row in enumerate(rows):
            key = str(number)
            if key not in table.rows:
                table.add_row(*row, key=key)
            elif table.get_row(key)[0] != row[0]:
                for column, value in zip(table.columns, row, strict=True):
                    table.update_cell(key, column, value)
        if at_end and table.row_count:  # follow the newest epoch unless the learner looks back
            table.move_cursor(row=table.row_count - 1)

    def watch_show_history(self, show: bool) -> None:
        self.set_class(show, "-history")
        if show:
            self.query_one("#history").focus()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        # What is over cannot be stopped: the footer does not offer it.
        return action != "stop" or not self.follower.over

    def action_history(self) -> None:
        """Show the history table in the charts' place, or the charts again."""
        self.show_history = not self.show_history

    def action_batches(self) -> None:
        self.every_batch = not self.every_batch
        self.refresh_run()

    def action_look(self) -> None:
        """Look into its network."""
        self.host.look_inside(self.run)

    def action_folder(self) -> None:
        self.notify(clean(self.run.path), title="The run's folder", markup=False, timeout=10)

    def action_stop(self) -> None:
        """Ask the trainer to stop; the second time offer to kill it."""
        wished = self.follower.progress.stop_asked or self.run.stop_asked()
        if not wished:
            try:
                self.run.ask_to_stop()
                self.notify("Stopping after the current batch; s again kills it.", timeout=2)
            except RunError as error:
                self.notify(str(error), severity="error", markup=False)
            return
        question = (
            "Kill the trainer now? The epoch at work is lost, and so are weights that were not "
            "saved yet; best.keras and history.csv stay."
        )

        async def kill(sure: bool | None) -> None:
            if sure:
                killed = await asyncio.to_thread(self.run.kill)
                self.notify("The trainer was killed." if killed else "It had ended already.")

        self.app.push_screen(Question(question), kill)

    @work
    async def action_log(self) -> None:
        text = await asyncio.to_thread(read_log, self.run)
        self.app.push_screen(Reading("trainer.log", text))


def read_log(run: RunFolder) -> str:
    """Return the end of what the trainer printed, safe to show."""
    try:
        with run.log.open("rb") as file:
            size = file.seek(0, 2)
            file.seek(max(size - LOG_BYTES, 0))
            text = file.read().decode("utf-8", "replace")
    except OSError as error:
        return f"There is no log: {error.strerror}."
    return "\n".join(clean(line) for line in text.split("\n")) or "The trainer printed nothing."
