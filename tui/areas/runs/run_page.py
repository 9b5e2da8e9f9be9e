"""What a run's screen shows: head, charts, history, progress, values, time, messages, keys."""

from __future__ import annotations

import time

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from tui.areas.runs.control_text import request_lines
from tui.areas.runs.diagnosis_text import diagnosis_line, finding
from tui.areas.runs.followed_run import FollowedRun
from tui.areas.runs.run_history import HistoryTable
from tui.runs.control.would_stop import would_stop_sentence
from tui.ui.charts.chart_view import ChartView
from tui.ui.charts.curves import RunCharts
from tui.ui.runs.run_text import (
    CHART_KEYS,
    LIVE_KEYS,
    OVER_KEYS,
    cursor_line,
    head_line,
    lost_lines,
    message_lines,
    progress_line,
    stale_lines,
    trouble_lines,
    values_line,
)
from tui.ui.runs.time_text import time_line
from tui.ui.textual_patches.repaint import repaint


class RunPage(Vertical):
    """A run in charts and lines of text."""

    def __init__(self) -> None:
        super().__init__(id="run")

    def compose(self) -> ComposeResult:
        yield Static(id="head")
        yield RunCharts()
        yield HistoryTable()
        yield Static(id="progress")
        yield Static(id="values")
        yield Static(id="time")
        yield Static(id="messages")
        yield Static(id="more-keys")

    def show(self, run: FollowedRun, *, place: int, waiting: Content | None) -> None:
        """Show all but the charts and what belongs to them.

        Args:
            run: the run.
            place: its place in the queue, from 1; 0 where it does not wait.
            waiting: with what it starts; None where it does not wait.
        """
        progress, state, width = run.progress, run.state, self.screen.size.width
        self._put("head", head_line(run.title, state, progress))
        self._put("progress", progress_line(progress, state, time.time(), width, place))
        self._put("time", time_line(run.shares, width))
        self.query_one("#time").display = run.shares is not None
        self._put("messages", messages(run, waiting))
        keys = f"{CHART_KEYS}\n{OVER_KEYS if run.ended else LIVE_KEYS}"
        self._put("more-keys", Content.styled(keys, "$text-muted"))
        self.query_one(HistoryTable).show(progress, run.stops.rule)

    def draw(self, run: FollowedRun, view: ChartView) -> None:
        """Draw the charts, and the values that stand below them.

        Args:
            run: the run.
            view: how the charts are looked at.
        """
        progress, rule = run.progress, run.stops.rule
        at = cursor_line(progress, view, rule)
        self._put("values", at if at is not None else values_line(progress, view.second, rule))
        self.query_one(RunCharts).show(progress, rule, view, finding(run.diagnoses))

    def _put(self, name: str, content: Content) -> None:
        repaint(self.query_one(f"#{name}", Static), content)


def messages(run: FollowedRun, waiting: Content | None) -> Content:
    """Return what is said of a run below its charts.

    Args:
        run: the run.
        waiting: with what it starts; None where it does not wait.
    """
    progress = run.progress
    lines = lost_lines(run.follower)
    if not run.follower.deleted or progress.ending is not None:
        lines.append(message_lines(progress, run.state, run.stops, run.follower.cause))
    if waiting is not None:
        lines.append(waiting)
    lines += request_lines(
        run.asked,
        progress.requests,
        over=run.ended,
        read=progress.control_read,
        epoch=progress.epoch,
        now=time.time(),
    )
    if run.ended and run.stops != run.own_stops:
        sentence = would_stop_sentence(progress.history, run.stops.rule, run.stops.patience)
        lines.append(Content.styled(f" ┈ {sentence}", "$text-accent"))
    lines.append(diagnosis_line(run.diagnoses))
    lines += trouble_lines(progress)
    lines += stale_lines(run.stale, progress)
    # The style sheet indents them: what is wrapped stands below its own sign.
    return Content("\n").join(line[1:] for line in lines if line)
