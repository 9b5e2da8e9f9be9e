"""The screen of one run, live or ended: its curves, progress, history and controls."""

from __future__ import annotations

import asyncio
import time
from functools import partial
from typing import ClassVar

from textual import work
from textual.actions import parse
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.reactive import reactive

from tui.areas.runs.chart_page.chart_sources import OpenRun
from tui.areas.runs.chart_page.small_charts import SMALL_CHARTS_COMMANDS, SmallCharts
from tui.areas.runs.logs.log_commands import LOG_COMMANDS, RunLog
from tui.areas.runs.logs.log_text import LOG_KEYS
from tui.areas.runs.one_run.diagnosis_window import DiagnosisWindow, diagnosis_text, time_text
from tui.areas.runs.one_run.followed_run import FollowedRun
from tui.areas.runs.one_run.network_window import NetworkWindow
from tui.areas.runs.one_run.request_text import request_lines
from tui.areas.runs.one_run.run_chart_controller import RUN_CHART_COMMANDS, RunChartController
from tui.areas.runs.one_run.run_controls import CONTROL_COMMANDS, RunControls
from tui.areas.runs.one_run.run_page import RunPage
from tui.areas.runs.one_run.run_reuse import REUSE_COMMANDS, RunReuse
from tui.areas.runs.one_run.run_text import LIVE_KEYS, OVER_KEYS
from tui.areas.runs.one_run.system_text import system_text
from tui.areas.runs.run_list.queue_controls import QUEUE_COMMANDS, QueueControls
from tui.common.text import clean
from tui.inspection.choices import has_weights, no_weights
from tui.runs.queue.waiting_runs import queue_places
from tui.runs.store.run_folder import RunFolder, State
from tui.runs.store.run_network import network_of_run
from tui.runs.store.trainer_log import log_text
from tui.ui.area_screen import AreaScreen
from tui.ui.charts.chart_controller import CHART_COMMANDS
from tui.ui.charts.metric_choice import choose_metric
from tui.ui.charts.run_charts import RunCharts
from tui.ui.commands import BackStep, bindings
from tui.ui.dialogs.text_windows import TextWindow

LOOK_SECONDS = 0.25
LEFTOVER_SECONDS = 1.0
"""Between two checks of a run that is over: another app, or a shell, may resume it."""
LARGE = ("", "first", "second")


class RunScreen(AreaScreen):
    """Follows a run several times a second and shows it; leaving the screen does not affect it."""

    AREA = "runs"
    AUTO_FOCUS = ""  # the arrow keys move the charts' cursor until a table has the focus
    CSS_PATH = "run_screen.tcss"
    HELP = """
# A training run

The left chart shows **accuracy**, the right one **loss**; the fine line is training, ● is
validation, once each epoch, and ▲ is the best epoch. Within the current epoch the line is Keras's
running mean. The dotted line is the stop rule. From the epoch on where the run **overfits** the
background is shaded and ▸ names it; **d** explains it, what to try, and where the time goes.
Where the **fine-tuning** of a pretrained network begins, ┊ is drawn and named.

**Charts.** **← →** move a cursor whose values are shown below (**escape** removes it), **+ −**
zoom, **, .** pan, **f** shows the whole run or its last epochs, **y** a logarithmic loss, **o**
smooths in steps, **b** draws every batch, **m** changes the right chart (to the learning rate,
for example), **z** enlarges one chart, **p** shows a small chart of each metric, **h** shows the
history as a table.

**Control.** **space** pauses between two batches or continues, **s** stops after the current
batch and saves the model (a second **s** kills the trainer, after a question), **S** stops after
the current epoch. **t** sets the stop rule and the patience, **l** the learning rate, **e** the
number of epochs, **k** saves the weights. Each request shows when the trainer has received it (→)
and since when it is in force (✓). For an ended run **t** shows where another rule would have
stopped it.

**n** shows the layers of its network with their shapes and parameters.

**r** resumes a run that ended, after its last whole epoch: now, or after the other runs if there
are any. **u** takes a waiting run out of the queue; **l** and **e** change the settings it will
start with. **a** fills the form under 4 Train with its settings, **i** looks inside its network,
**x** exports it as CSV, JSON, SVG, TensorBoard logs or a Keras script.

**c**, for a run that is read from a log of another program, shows which series of the log is the
loss, the accuracy and so on, and changes it.

**escape** and **5** lead back to the list and leave the run going; so does quitting. The run's
folder contains `events.jsonl`, `history.csv` (epochs counted from 1), `best.keras` (best validation
accuracy) and `final.keras`.
"""

    BINDINGS: ClassVar[list[BindingType]] = [
        *CHART_COMMANDS,
        *RUN_CHART_COMMANDS,
        *CONTROL_COMMANDS,
        *QUEUE_COMMANDS,
        *REUSE_COMMANDS,
        *SMALL_CHARTS_COMMANDS,
        *LOG_COMMANDS,
        *bindings(
            "run",
            ("z", "large", "large", "Large", "One chart at full width, the other, or both"),
            (
                "d",
                "insight",
                "insight",
                "Diagnosis",
                "What the curves show, and where the time goes",
            ),
            ("i,g", "look", "look", "Look inside", "Look inside its network"),
            ("n", "network", "network", "Network", "Its layers, shapes and parameters"),
            ("h", "history", "history", "History", "History table or charts"),
            ("v", "log", "log", "Log", "What the trainer printed"),
            ("w", "folder", "folder", "Where", "Show the path of the run's folder"),
            footer=("insight", "look", "history"),
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
            self._choose_metric,
        )
        self.queue = QueueControls(
            self, lambda: self.followed.run, lambda command: self.reuse.offers_unqueue()
        )
        self.reuse = RunReuse(self, self.followed, self.queue, self.follow, self.show_run)
        self.controls = RunControls(self, self.followed, self.show_run, self.reuse.change_waiting)
        self.reuse.controls = self.controls
        self.small_charts = SmallCharts(self, lambda: OpenRun(self.followed))
        self.run_log = RunLog(self, self.followed)
        self._update_requested = False
        """Whether an update was requested while events were being read."""

    def compose_body(self) -> ComposeResult:
        yield self.page

    def on_mount(self) -> None:
        self.followed.open()
        if self.followed.spec_problem:
            self.notify(self.followed.spec_problem, severity="error", markup=False)
        self.where = f"Runs · {clean(self.followed.title)}"
        self.follow()
        self.run_log.follow()

    @work(exclusive=True, group="follow")
    async def follow(self) -> None:
        """Read new events; keep checking a run that is over, since others may resume it."""
        run, shown = self.followed, 0.0
        run.restart()
        while True:
            events = await run.poll()
            self.state = run.state
            now = time.monotonic()
            due = now - shown >= LOOK_SECONDS  # a long history is read in many polls without delay
            update = self._update_requested or (due and (events or not run.follower.over))
            changed = await run.update_state(over=run.follower.over and not events)
            if changed:
                self.where = f"Runs · {clean(run.title)}"
            if changed or (self.is_current and update):
                self.show_run()
                shown = now
            if changed:
                self.refresh_bindings()
            if run.settled:
                await asyncio.sleep(LEFTOVER_SECONDS)
            elif not events or run.state in ("running", "followed"):
                await asyncio.sleep(LOOK_SECONDS)

    def on_screen_resume(self) -> None:
        if self.is_mounted:
            self.show_run()

    def watch_state(self) -> None:
        self.refresh_bindings()  # which keys are available depends on the state

    def draw_charts(self) -> None:
        """Draw the charts and the values; the rest does not depend on the view."""
        self._update_requested = self._update_requested or self.followed.polling
        if not self.followed.polling and self.query("#values"):
            self.page.draw(self.followed, self.charts.view)
            self.show_back_step()

    def show_run(self) -> None:
        """Show the run as it is now."""
        run = self.followed
        if not self.query("#messages"):
            return  # the screen is being closed
        # While events are being read the progress is incomplete: it is shown afterwards.
        self._update_requested = run.polling
        if run.polling:
            return
        run.update_diagnoses()
        place = queue_places(self.host.runs).get(run.run, 0)
        waiting = self.controls.waiting_line()
        self.page.show(run, place=place, waiting=waiting, keys=self._more_keys())
        self.draw_charts()

    def shows(self, run: RunFolder) -> bool:
        """Return whether it is this screen's run."""
        return run.path == self.followed.run.path

    def _more_keys(self) -> str:
        """Return the keys for which the footer has no room."""
        run = self.followed
        if run.log is not None:
            return LOG_KEYS
        commands = OVER_KEYS if run.ended else LIVE_KEYS
        handler: RunReuse | RunControls = self.reuse if run.ended else self.controls
        shown = (
            keys
            for name, keys in commands.items()
            if handler.offers(name) and not handler.refuses(name)
        )
        return " " + "   ".join(shown)

    def refuses(self, action: str) -> bool:
        """Return whether a command only says why this run does not carry it out."""
        _, name, parameters = parse(action)
        if name in ("look", "network", "log") and self.followed.log is not None:
            return True  # a log holds curves alone
        if name == "look" and self._saves_nothing():
            return True
        if name != "delegate" or not parameters:
            return False
        handlers: dict[object, RunReuse | RunControls] = {
            "controls": self.controls,
            "reuse": self.reuse,
        }
        handler = handlers.get(parameters[0])
        return handler is not None and handler.refuses(str(parameters[1]))

    def _saves_nothing(self) -> bool:
        """Return whether its program saves no weights in its folder, and none are there."""
        run = self.followed
        return run.external is not None and not run.external.save and not has_weights(run.run)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "look":
            return not self.followed.follower.deleted
        return super().check_action(action, parameters)

    def back_step(self) -> BackStep | None:
        """Close the history, remove the cursor, show both charts; then return to the list."""
        if self.show_history:
            return BackStep("Charts", self.action_history)
        if self.focused is not None:
            return BackStep("Charts", lambda: self.set_focus(None))
        if self.charts.view.cursor is not None:
            return BackStep("Remove cursor", self.charts.remove_cursor)
        if self.query_one(RunCharts).large:
            return BackStep("Both charts", self._both_charts)
        return super().back_step()

    def _choose_metric(self, names: list[str], drawn: str) -> None:
        """Choose what the second chart draws."""
        choose_metric(self.app, "Second chart", names, drawn, self.charts.show_metric)

    def _both_charts(self) -> None:
        self.query_one(RunCharts).large = ""
        self.show_back_step()
        self.call_after_refresh(self.show_run)

    def action_large(self) -> None:
        """Enlarge one chart, then the other, then neither."""
        charts = self.query_one(RunCharts)
        charts.large = LARGE[(LARGE.index(charts.large) + 1) % len(LARGE)]
        self.show_back_step()
        self.call_after_refresh(self.show_run)

    def watch_show_history(self, show: bool) -> None:
        self.set_class(show, "-history")
        if show:
            self.query_one("#history").focus()
        else:
            self.set_focus(None)
            self.call_after_refresh(self.show_run)

    def action_history(self) -> None:
        """Show the history table instead of the charts, or the charts again."""
        self.show_history = not self.show_history

    def action_look(self) -> None:
        """Look inside its network."""
        run = self.followed
        if run.external is not None and not has_weights(run.run):
            problem = no_weights(clean(run.title, 60), run.external)
            self.notify(problem, severity="warning", markup=False)
            return
        self.host.look_inside(run.run)

    @work(exclusive=True, group="network")
    async def action_network(self) -> None:
        """Show the layers of its network."""
        run = self.followed
        network = await asyncio.to_thread(network_of_run, run.run)
        self.app.push_screen(NetworkWindow(run.title, network, run.external, self.host.calculate))

    def action_folder(self) -> None:
        """Show the path of the run's folder."""
        path = clean(self.followed.run.path)
        self.notify(path, title="The run's folder", markup=False, timeout=10)

    def action_insight(self) -> None:
        """Show the note, the diagnosis in full, where the time goes, and every request."""
        run = self.followed
        requests = request_lines(
            run.pending, run.progress.requests, over=run.ended, read=run.progress.control_read
        )
        spec = run.any_spec
        command = spec.on_end if spec is not None else ""
        self.app.push_screen(
            DiagnosisWindow(
                [
                    ("Note", Content(f" {run.label.note}" if run.label.note else "")),
                    ("What the curves show", diagnosis_text(run.diagnoses)),
                    ("Where the time goes", time_text(run.shares, run.own)),
                    ("The machine", system_text(run.progress.system)),
                    ("Requests", Content("\n").join(requests)),
                    ("At the end", Content(f" {clean(command)}" if command else "")),
                ]
            )
        )

    @work
    async def action_log(self) -> None:
        """Show what the trainer printed."""
        external = self.followed.external
        if external is not None:
            self.notify(f"There is no log: {external.origin} prints where it was started.")
            return
        text = await asyncio.to_thread(log_text, self.followed.run)
        self.app.push_screen(TextWindow("trainer.log", text))
