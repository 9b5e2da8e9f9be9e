"""One run, live or ended: its curves, its progress, its history, and what it is asked for."""

from __future__ import annotations

import asyncio
import time
from functools import partial
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.reactive import reactive

from tui.areas.runs.chart_controller import (
    CHART_COMMANDS,
    RUN_CHART_COMMANDS,
    RunChartController,
)
from tui.areas.runs.diagnosis_window import DiagnosisWindow, diagnosis_text, time_text
from tui.areas.runs.followed_run import FollowedRun
from tui.areas.runs.queue_controls import QUEUE_COMMANDS, QueueControls
from tui.areas.runs.request_text import request_lines
from tui.areas.runs.run_controls import CONTROL_COMMANDS, RunControls
from tui.areas.runs.run_page import RunPage
from tui.areas.runs.run_reuse import REUSE_COMMANDS, RunReuse
from tui.common.safe_files import open_reading
from tui.common.text import clean
from tui.runs.queue.waiting_runs import queue_places
from tui.runs.store.run_folder import RunFolder, State
from tui.ui.area_screen import AreaScreen
from tui.ui.charts.run_charts import RunCharts
from tui.ui.commands import bindings
from tui.ui.dialogs.text_windows import TextWindow

LOOK_SECONDS = 0.25
LEFTOVER_SECONDS = 1.0
"""Between two looks at a run that is over: another app, or a shell, may take it up again."""
LOG_BYTES = 64 * 1024
LARGE = ("", "first", "second")


class RunScreen(AreaScreen):
    """Follows a run a few times a second, shows it, and hands over what is asked of it.

    Leaving it changes nothing for the run.
    """

    AREA = "runs"
    AUTO_FOCUS = ""  # the arrows belong to the charts until a table is gone to
    CSS_PATH = "run_screen.tcss"
    HELP = """
# A training run

The left chart shows **accuracy**, the right one **loss**; the fine line is training, the dots are
validation, one each epoch, and ▲ is the best epoch. Within the epoch at work the line is Keras's
running mean. The dotted line is the stop rule. The ground is another from the epoch on where it
**overfits**, and ▸ names it; **d** says why, what to try, and where the time goes.

**Charts.** **← →** bring a cursor whose values stand below (**escape** puts it away), **+ −** zoom,
**, .** pan, **f** is all or the last epochs, **y** a logarithmic loss, **o** smooths in steps,
**b** draws every batch, **m** draws something else on the right (the learning rate, for example),
**z** makes one chart large, **h** shows the history as a table.

**Obeys.** **space** pauses between two batches and goes on, **s** stops after the current batch and
saves the model (a second **s** kills the trainer, after a question), **S** stops after the epoch at
work. **t** sets the stop rule and the patience, **l** the learning rate, **e** how many epochs,
**k** saves the weights. Each request says when the trainer has received it (→) and since when it
is in force (✓). Of an ended run **t** tells where another rule would have stopped it.

**r** takes up a run that ended, from its last whole epoch: now, or after the others where there are
some; **u** takes one that waits out of the queue, as it was before, and **l** and **e** change
with what it starts. **a** fills the form under
4 Train with its settings; **i** looks inside its network; **x** exports it as CSV, JSON, SVG,
TensorBoard's logs or a Keras script.

**escape** and **5** lead back to the list and leave it running, and so does quitting. The run's
folder holds `events.jsonl`, `history.csv` (epochs counted from 1), `best.keras` (best validation
accuracy) and `final.keras`.
"""

    BINDINGS: ClassVar[list[BindingType]] = [
        *CHART_COMMANDS,
        *RUN_CHART_COMMANDS,
        *CONTROL_COMMANDS,
        *QUEUE_COMMANDS,
        *REUSE_COMMANDS,
        *bindings(
            "run",
            ("z", "large", "large", "Large", "One chart on the whole width, the other one, both"),
            (
                "d",
                "insight",
                "insight",
                "Diagnosis",
                "What the curves say, and where the time goes",
            ),
            ("i,g", "look", "look", "Look inside", "Look into its network"),
            ("h", "history", "history", "History", "History table or charts"),
            ("v", "log", "log", "Log", "What the trainer printed"),
            ("w", "folder", "folder", "Where", "Say where the run lies"),
            ("escape", "back", "leave", "Back", "Back; the training goes on"),
            footer=("insight", "look", "history", "leave"),
        ),
    ]

    state: reactive[State] = reactive("starting")
    show_history: reactive[bool] = reactive(False)

    def __init__(self, run: RunFolder) -> None:
        super().__init__()
        self.followed = FollowedRun(run)
        self.page = RunPage()
        self.charts = RunChartController(
            lambda: self.followed.progress,
            self.page,
            self.draw_charts,
            partial(self.notify, timeout=3),
        )
        self.queue = QueueControls(
            self, lambda: self.followed.run, lambda command: self.reuse.offers_unqueue()
        )
        self.reuse = RunReuse(self, self.followed, self.queue, self.follow, self.show_run)
        self.controls = RunControls(self, self.followed, self.show_run, self.reuse.change_waiting)
        self.reuse.controls = self.controls
        self._wanted = False
        """Whether something was to be shown while events were being taken in."""

    def compose_body(self) -> ComposeResult:
        yield self.page

    def on_mount(self) -> None:
        self.followed.open()
        if self.followed.spec_problem:
            self.notify(self.followed.spec_problem, severity="error", markup=False)
        self.where = f"Runs · {clean(self.followed.title)}"
        self.follow()

    @work(exclusive=True, group="follow")
    async def follow(self) -> None:
        """Take in new events; of a run that is over, look whether others do something with it."""
        run, shown = self.followed, 0.0
        run.begin()
        while True:
            events = await run.poll()
            self.state = run.state
            now = time.monotonic()
            due = now - shown >= LOOK_SECONDS  # a long history comes in many looks, undelayed
            wanted = self._wanted or (due and (events or not run.follower.over))
            turned = await run.turn(over=run.follower.over and not events)
            if turned:
                self.where = f"Runs · {clean(run.title)}"
            if turned or (self.is_current and wanted):
                self.show_run()
                shown = now
            if turned:
                self.refresh_bindings()
            if run.rests:
                await asyncio.sleep(LEFTOVER_SECONDS)
            elif not events or run.state == "running":
                await asyncio.sleep(LOOK_SECONDS)

    def on_screen_resume(self) -> None:
        if self.is_mounted:
            self.show_run()

    def watch_state(self) -> None:
        self.refresh_bindings()  # a living trainer obeys other keys than one that is gone

    def draw_charts(self) -> None:
        """Show the charts and the values; the rest does not depend on how they are looked at."""
        self._wanted = self._wanted or self.followed.polling
        if not self.followed.polling and self.query("#values"):
            self.page.draw(self.followed, self.charts.view)

    def show_run(self) -> None:
        """Show the run as it is now."""
        run = self.followed
        if not self.query("#messages"):
            return  # the screen is being closed while its last events come in
        # Never half of an event: what is being taken in just now is shown when it is there.
        self._wanted = run.polling
        if run.polling:
            return
        run.judge()
        place = queue_places(self.host.runs).get(run.run, 0)
        self.page.show(run, place=place, waiting=self.controls.waiting_line())
        self.draw_charts()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "look":
            return not self.followed.follower.deleted
        return super().check_action(action, parameters)

    def action_back(self) -> None:
        """Put the cursor away; without one go back."""
        if not self.charts.put_cursor_away():
            super().action_back()

    def action_large(self) -> None:
        """Make one chart large, or the other, or none."""
        charts = self.query_one(RunCharts)
        charts.large = LARGE[(LARGE.index(charts.large) + 1) % len(LARGE)]
        self.call_after_refresh(self.show_run)

    def watch_show_history(self, show: bool) -> None:
        self.set_class(show, "-history")
        if show:
            self.query_one("#history").focus()
        else:
            self.set_focus(None)
            self.call_after_refresh(self.show_run)

    def action_history(self) -> None:
        """Show the history table in the charts' place, or the charts again."""
        self.show_history = not self.show_history

    def action_look(self) -> None:
        """Look into its network."""
        self.host.look_inside(self.followed.run)

    def action_folder(self) -> None:
        """Say where the run lies."""
        path = clean(self.followed.run.path)
        self.notify(path, title="The run's folder", markup=False, timeout=10)

    def action_insight(self) -> None:
        """Show at length what the curves say, where the time goes, and every request."""
        run = self.followed
        requests = request_lines(
            run.asked, run.progress.requests, over=run.ended, read=run.progress.control_read
        )
        self.app.push_screen(
            DiagnosisWindow(
                [
                    ("Note", Content(f" {run.label.note}" if run.label.note else "")),
                    ("What the curves say", diagnosis_text(run.diagnoses)),
                    ("Where the time goes", time_text(run.shares, run.progress.device)),
                    ("What was requested", Content("\n").join(requests)),
                ]
            )
        )

    @work
    async def action_log(self) -> None:
        """Show what the trainer printed."""
        text = await asyncio.to_thread(read_log, self.followed.run)
        self.app.push_screen(TextWindow("trainer.log", text))


def read_log(run: RunFolder) -> str:
    """Return the end of what the trainer printed, safe to show."""
    try:
        with open_reading(run.log) as file:
            size = file.seek(0, 2)
            file.seek(max(size - LOG_BYTES, 0))
            text = file.read().decode("utf-8", "replace")
    except OSError as error:
        return f"There is no log: {error.strerror}."
    return "\n".join(clean(line) for line in text.split("\n")) or "The trainer printed nothing."
