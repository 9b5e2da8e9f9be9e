"""What every part of a run's screen stands on: the run, followed, and shown as it is now."""

from __future__ import annotations

import asyncio
import time

from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.css.query import NoMatches
from textual.reactive import reactive
from textual.widgets import Static

from tui.areas.runs.chart_keys import ChartKeys
from tui.areas.runs.control_text import Asked, request_lines
from tui.areas.runs.diagnosis_text import diagnosis_line, finding
from tui.common.text import clean
from tui.runs.control.control_file import ControlReader
from tui.runs.control.typed_changes import Stops, stops
from tui.runs.control.would_stop import would_stop_sentence
from tui.runs.diagnosis import Diagnosis
from tui.runs.diagnosis.time_shares import TimeShares
from tui.runs.events.event_types import ControlReceived, Event
from tui.runs.events.follow import RunFollower
from tui.runs.events.run_progress import RunProgress
from tui.runs.queue.waiting_runs import queue_places
from tui.runs.settings.spec import TrainingSpec
from tui.runs.store.best_file import StaleBest, stale_best
from tui.runs.store.labels import Label, read_label
from tui.runs.store.opened import OpenedRun
from tui.runs.store.run_folder import RunError, RunFolder, State
from tui.ui.charts.curves import RunCharts, last_epoch
from tui.ui.runs.run_text import (
    CHART_KEYS,
    LIVE_KEYS,
    OVER_KEYS,
    cursor_line,
    head_line,
    history_columns,
    history_row,
    history_widths,
    lost_lines,
    message_lines,
    progress_line,
    stale_lines,
    trouble_lines,
    values_line,
)
from tui.ui.runs.time_text import time_line
from tui.ui.textual_patches.repaint import repaint
from tui.ui.textual_patches.table import Table

LOOK_SECONDS = 0.25
REST_SECONDS = 1.0
"""Between two looks at a run that is over: another app, or a shell, may take it up again."""


class RunBase(ChartKeys):
    """Follows a run's events a few times a second; leaving it changes nothing for the run."""

    AREA = "runs"

    state: reactive[State] = reactive("starting")

    def __init__(self, run: RunFolder) -> None:
        super().__init__()
        self.spec: TrainingSpec | None = None
        self.stops = self._own_stops = Stops()
        """When it ends early: what is drawn, in force or, of an ended run, to be tried out."""
        self.follower = RunFollower(run)
        self.asked: list[Asked] = []
        self.label = Label()
        self.diagnoses: tuple[Diagnosis, ...] = ()
        self.shares: TimeShares | None = None
        self._rests = False
        self._outside: tuple[Label, bool, str, bool] | None = None
        self._judged = (-1, 0)
        self._filled = (0, 0, 0)
        self._stale: StaleBest | None = None
        self._polling = self._wanted = False
        self._title = run.name

    @property
    def run(self) -> RunFolder:
        """The run, where its folder is now."""
        return self.follower.run

    @property
    def progress(self) -> RunProgress:
        """What the run's events add up to."""
        return self.follower.progress

    @property
    def resumes(self) -> bool:
        """Whether it ended, and waits in the queue to go on."""
        return self.follower.state == "queued" and self.progress.started_at > 0

    @property
    def ended(self) -> bool:
        """Whether no trainer obeys it: it is over, or has not gone on yet."""
        return self.follower.over or self.resumes

    def compose_body(self) -> ComposeResult:
        with Vertical(id="run"):
            yield Static(id="head")
            yield RunCharts()
            yield Table(id="history", cell_padding=1)
            yield Static(id="progress")
            yield Static(id="values")
            yield Static(id="time")
            yield Static(id="messages")
            yield Static(id="more-keys")

    def on_mount(self) -> None:
        try:
            self.spec = self.run.spec()
        except RunError as error:
            self.notify(str(error), severity="error", markup=False)
        self._call(read_label(self.run))
        self.read_requests()
        self.follow()

    def _call(self, label: Label) -> None:
        """Show the run under the name that it has by now."""
        self.label = label
        self._title = label.name or (self.spec.name if self.spec is not None else self.run.name)
        self.where = f"Runs · {clean(self._title)}"

    def read_requests(self) -> None:
        """Take over what is requested for by now, here or in another app."""
        self.stops = self._own_stops = stops(self.spec, ControlReader(self.run.control).read())

    @work(exclusive=True, group="follow")
    async def follow(self) -> None:
        """Take in new events; of a run that is over, look whether others do something with it."""
        shown, self._rests, self._stale = 0.0, False, None
        while True:
            events, label = await self._poll()
            self.state = self.follower.state
            if any(isinstance(event, ControlReceived) for event in events):
                self.read_requests()
            now = time.monotonic()
            due = now - shown >= LOOK_SECONDS  # a long history comes in many looks, undelayed
            wanted = self._wanted or (due and (events or not self.follower.over))
            turned = await self._turn(label, over=self.follower.over and not events)
            if turned or (self.is_current and wanted):
                self.refresh_run()
                shown = now
            if turned:
                self.refresh_bindings()
            if self._rests:
                await asyncio.sleep(REST_SECONDS)
            elif not events or self.state == "running":
                await asyncio.sleep(LOOK_SECONDS)

    async def _turn(self, label: Label, *, over: bool) -> bool:
        """Take in what no event tells: an end, a life after it, a new name, a deletion.

        Returns:
            Whether anything of that is new.
        """
        outside = (label, self.follower.deleted, self.follower.problem, self.progress.paused)
        turned = over != self._rests or outside != self._outside
        if over and not self._rests:
            self._stale = await asyncio.to_thread(stale_best, self.run, self.progress.best_epoch)
        elif self._rests and not over:  # what was asked of the trainer before is history
            self._stale, self.asked = None, []
            self.read_requests()
        if label != self.label:
            self._call(label)
        self._rests, self._outside = over, outside
        return turned

    async def _poll(self) -> tuple[list[Event], Label]:
        """Take in what is new, and what the run is called, away from the screen's thread."""

        def look() -> tuple[list[Event], Label]:
            events = self.follower.poll()
            lost = self.follower.deleted or self.follower.problem
            return events, self.label if lost else read_label(self.run)

        self._polling = True
        try:
            return await asyncio.to_thread(look)
        finally:
            self._polling = False

    def on_screen_resume(self) -> None:
        if self.is_mounted:
            self.refresh_run()

    def watch_state(self) -> None:
        self.refresh_bindings()  # a living trainer obeys other keys than one that is gone

    def last_x(self) -> float:
        return last_epoch(self.progress)

    def ended_epochs(self) -> list[int]:
        return self.progress.epoch_numbers

    def draw_charts(self) -> None:
        """Show the charts and the values; the rest does not depend on how they are looked at."""
        self._wanted = self._wanted or self._polling
        if self._polling or not self.query("#values"):
            return
        progress = self.progress
        rule = self.stops.rule
        at = cursor_line(progress, self.view, rule)
        told = at if at is not None else values_line(progress, self.view.second, rule)
        self._put("values", told)
        charts = self.query_one(RunCharts)
        charts.show(progress, self.stops.rule, self.view, finding(self.diagnoses))

    def refresh_run(self) -> None:
        """Show the run as it is now."""
        if not self.query("#messages"):
            return  # the screen is being closed while its last events come in
        # Never half of an event: what is being taken in just now is shown when it is there.
        self._wanted = self._polling
        if self._polling:
            return
        progress, state = self.progress, self.follower.state
        width, place = self.size.width, queue_places(self.host.runs).get(self.run, 0)
        self._judge(progress)
        self._put("head", head_line(self._title, state, progress))
        self._put("progress", progress_line(progress, state, time.time(), width, place))
        self._put("time", time_line(self.shares, width))
        self.query_one("#time").display = self.shares is not None
        self._put("messages", self._messages(progress, state))
        keys = f"{CHART_KEYS}\n{OVER_KEYS if self.ended else LIVE_KEYS}"
        self._put("more-keys", Content.styled(keys, "$text-muted"))
        self.draw_charts()
        self._fill_history()

    def _judge(self, progress: RunProgress) -> None:
        """Work out what the curves say, once for each epoch that ends."""
        ended = (len(progress.epoch_numbers), len(progress.resumed))
        if ended == self._judged:
            return
        self._judged = ended
        opened = OpenedRun(self.run, self.label, self.spec, progress, self.follower.state)
        self.shares = opened.time_shares()
        self.diagnoses = opened.diagnoses() if progress.epoch_numbers else ()

    def waiting_line(self) -> Content | None:
        """Return with what a run starts that waits; None where it does not."""
        return None

    def _messages(self, progress: RunProgress, state: State) -> Content:
        lines = lost_lines(self.follower)
        if not self.follower.deleted or progress.ending is not None:
            lines.append(message_lines(progress, state, self.stops, self.follower.cause))
        waiting = self.waiting_line()
        if waiting is not None:
            lines.append(waiting)
        lines += request_lines(
            self.asked,
            progress.requests,
            over=self.ended,
            read=progress.control_read,
            epoch=progress.epoch,
            now=time.time(),
        )
        if self.ended and self.stops != self._own_stops:
            told = would_stop_sentence(progress.history, self.stops.rule, self.stops.patience)
            lines.append(Content.styled(f" ┈ {told}", "$text-accent"))
        lines.append(diagnosis_line(self.diagnoses))
        lines += trouble_lines(progress)
        lines += stale_lines(self._stale, progress)
        # The style sheet indents them: what is wrapped stands below its own sign.
        return Content("\n").join(line[1:] for line in lines if line)

    def _put(self, name: str, content: Content) -> None:
        repaint(self.query_one(f"#{name}", Static), content)

    def _fill_history(self) -> None:
        try:
            table = self.query_one("#history", Table)
        except NoMatches:
            return
        progress = self.progress
        columns = ["epoch", *history_columns(progress), "time", "images/s"]
        filled = (len(progress.epoch_numbers), progress.best_epoch, len(progress.resumed))
        if filled == self._filled and len(table.columns) == len(columns):
            return
        void = filled[2] != self._filled[2]  # epochs after a checkpoint, trained once more
        self._filled = filled
        if len(table.columns) != len(columns) or void:
            table.clear(columns=True)
            # Widths of their own: no column moves when a longer figure comes.
            for name, width in zip(columns, history_widths(progress), strict=True):
                table.add_column(name, width=width)
            table.fill([], lambda name: [Text(text) for text in self._history_row(int(name))])
        at_end = table.cursor_row >= table.row_count - 1
        table.extend([str(row) for row in range(table.row_count, filled[0])])
        table.renew()  # the best epoch may be another one
        if at_end and table.row_count:  # follow the newest epoch unless the learner looks back
            table.move_cursor(row=table.row_count - 1)

    def _history_row(self, position: int) -> list[str]:
        if position >= len(self.progress.epoch_numbers):
            return [""] * (len(history_columns(self.progress)) + 3)  # void since just now
        return history_row(self.progress, position, self.stops.rule)
