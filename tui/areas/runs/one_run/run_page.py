"""The body of a run's screen: head, charts, history, progress, values, messages, keys."""

from __future__ import annotations

import time

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from tui.areas.runs.logs.log_text import log_lines, log_progress
from tui.areas.runs.one_run.diagnosis_window import diagnosis_line, epochs_to_mark, time_line
from tui.areas.runs.one_run.followed_run import FollowedRun
from tui.areas.runs.one_run.request_text import request_lines
from tui.areas.runs.one_run.run_text import (
    CHART_KEYS,
    head_line,
    lost_lines,
    message_lines,
    phase_lines,
    progress_line,
    stale_lines,
    trouble_lines,
)
from tui.areas.runs.one_run.system_text import system_line
from tui.areas.runs.one_run.values_text import cursor_line, values_line
from tui.common.numbers import metric_value
from tui.common.shorten import cells
from tui.common.stop_rule import StopRule
from tui.common.text import clean
from tui.runs.control.typed_changes import schedule_in_force
from tui.runs.control.would_stop import would_stop_sentence
from tui.runs.events.run_progress import RunProgress
from tui.runs.export.phase_text import phase_name
from tui.runs.export.run_formatting import leading_metrics, limits, measured_duration, speed_text
from tui.ui.charts.chart_view import ChartView
from tui.ui.charts.run_charts import RunCharts
from tui.ui.textual_patches.repaint import repaint
from tui.ui.textual_patches.table import Table


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
        yield Static(id="system")
        yield Static(id="messages")
        yield Static(id="more-keys")

    def show(self, run: FollowedRun, *, place: int, waiting: Content | None, keys: str) -> None:
        """Show everything but the charts and the values below them.

        Args:
            run: the run.
            place: its place in the queue, from 1; 0 if it is not queued.
            waiting: the settings that it starts with; None if it is not queued.
            keys: keys for which the footer has no room, besides those of the charts.
        """
        progress, state, width = run.progress, run.state, self.screen.size.width
        self._put("head", head_line(run.title, state, progress, run.external))
        if run.log is not None:
            line = log_progress(run.log, progress, state, time.time())
        else:
            line = progress_line(progress, state, time.time(), width, place, run.external)
        self._put("progress", line)
        self._put("time", time_line(run.shares, width))
        self.query_one("#time").display = run.shares is not None
        report = progress.system if state == "running" else None
        rows = 3 if self.screen.has_class("-tall") else 1
        self._put("system", system_line(report, width, rows))
        self.query_one("#system").display = report is not None
        self._put("messages", messages(run, waiting))
        self._put("more-keys", Content.styled(f"{CHART_KEYS}\n{keys}", "$text-muted"))
        self.query_one(HistoryTable).show(progress, run.stops.rule)

    def draw(self, run: FollowedRun, view: ChartView) -> None:
        """Draw the charts, and the values below them.

        Args:
            run: the run.
            view: the visible part, scale and smoothing.
        """
        progress, rule = run.progress, run.stops.rule
        width = self.screen.size.width
        at = cursor_line(progress, view, rule, width)
        line = at if at is not None else values_line(progress, view.second, rule, width)
        self._put("values", line)
        self.query_one(RunCharts).show(progress, rule, view, epochs_to_mark(run.diagnoses))

    def _put(self, name: str, content: Content) -> None:
        repaint(self.query_one(f"#{name}", Static), content)


def messages(run: FollowedRun, waiting: Content | None) -> Content:
    """Return the messages below a run's charts.

    Args:
        run: the run.
        waiting: the settings that it starts with; None if it is not queued.
    """
    progress = run.progress
    lines = lost_lines(run.follower)
    if run.log is not None:
        lines += log_lines(run.log, run.external, run.state)
    elif not run.follower.deleted or progress.ending is not None:
        cause = run.follower.cause
        planned = schedule_in_force(run.any_spec, progress)
        lines.append(message_lines(progress, run.state, run.stops, cause, run.external, planned))
    if waiting is not None:
        lines.append(waiting)
    lines += request_lines(
        run.pending,
        progress.requests,
        over=run.ended,
        read=progress.control_read,
        epoch=progress.epoch,
        now=time.time(),
    )
    if run.ended and run.stops != run.actual_stops:
        sentence = would_stop_sentence(progress.history, run.stops.rule, run.stops.patience)
        lines.append(Content.styled(f" ┈ {sentence}", "$text-accent"))
    lines.append(diagnosis_line(run.diagnoses))
    lines += phase_lines(progress, over=run.ended)
    lines += trouble_lines(progress)
    lines += stale_lines(run.stale, progress)
    # The style sheet indents the lines, wrapped ones too.
    return Content("\n").join(line[1:] for line in lines if line)


class HistoryTable(Table):
    """The epochs that ended; it follows the newest unless the cursor is elsewhere."""

    def __init__(self) -> None:
        super().__init__(id="history", cell_padding=1)
        self._filled = (0, 0, 0)
        self._names: list[str] = []
        self._progress = RunProgress()
        self._rule: StopRule | None = None

    def show(self, progress: RunProgress, rule: StopRule | None) -> None:
        """Show the epochs that have ended.

        Args:
            progress: what the run's events add up to.
            rule: the stop rule; values are rounded so that they stay on its side of the limit.
        """
        another = progress is not self._progress  # its file was replaced: any row may differ
        self._progress, self._rule = progress, rule
        columns = history_columns(progress)
        filled = (len(progress.epoch_numbers), progress.best_epoch, len(progress.resumed))
        if filled == self._filled and columns == self._names and not another:
            return
        # Epochs after a checkpoint are trained again.
        repeated = filled[2] != self._filled[2] or (another and bool(self.row_count))
        self._filled = filled
        if columns != self._names or repeated:
            self._names = columns
            self.clear(columns=True)
            # Fixed widths, so that no column moves when a figure gets longer.
            for name, width in zip(columns, history_widths(progress), strict=True):
                self.add_column(Text(clean(name)), width=width)
            self.fill([], self._cells)
        at_end = self.cursor_row >= self.row_count - 1
        self.extend([str(number) for number in range(self.row_count, filled[0])])
        self.renew()  # the best epoch may have changed
        if at_end and self.row_count:
            self.move_cursor(row=self.row_count - 1)

    def _cells(self, name: str) -> list[Text]:
        """Return the cells of a row."""
        progress, position = self._progress, int(name)
        if position >= len(progress.epoch_numbers):  # the run was resumed just now
            return [Text("")] * len(history_columns(progress))
        return [Text(text) for text in history_row(progress, position, self._rule)]


MOST_COLUMNS = 20
"""Metrics in the history; a program of the user's own may have thousands."""
SPEED_NAME = "images/s"
FIGURES = 7
"""Columns of a metric in the history; a longer name takes more."""
TIME, SPEED, PHASE = 10, 8, 11


def history_metrics(progress: RunProgress) -> list[str]:
    """Return the metrics that the history shows."""
    return leading_metrics(progress.history, progress.best_metric, MOST_COLUMNS)


def history_columns(progress: RunProgress) -> list[str]:
    """Return the names of the history's columns: epoch, metrics, time, images/s or phase."""
    speed = [SPEED_NAME] if any(progress.epoch_speeds) else []
    if progress.phases:
        speed = ["phase"]  # in its place: both would not fit into 80 columns
    return ["epoch", *(clean(name, 60) for name in history_metrics(progress)), "time", *speed]


def history_widths(progress: RunProgress) -> list[int]:
    """Return the widths of the history's columns, with room for longer figures."""
    last = max(progress.epochs, *progress.epoch_numbers[-1:], 0)
    widths = [max(cells(name), FIGURES) for name in history_columns(progress)]
    widths[0] = max(len(f"{last} ▲"), FIGURES)
    after = 1 + len(history_metrics(progress))
    return [*widths[:after], *(TIME, PHASE if progress.phases else SPEED)[: len(widths) - after]]


def history_row(progress: RunProgress, position: int, rule: StopRule | None = None) -> list[str]:
    """Return a row of the history: epoch, metrics, seconds, images/s or phase.

    Args:
        progress: the run so far.
        position: of the row, from 0.
        rule: the stop rule; values are rounded so that they stay on its side of the limit.
    """
    epoch = progress.epoch_numbers[position]
    mark = " ▲" if epoch == progress.best_epoch else ""
    measured = progress.epoch_details[position].metrics
    row = [
        f"{epoch}{mark}",
        *(
            metric_value(measured[name], max(len(name), FIGURES), limits(rule, name))
            if name in measured
            else "–"
            for name in history_metrics(progress)
        ),
        measured_duration(progress.epoch_seconds[position]),
    ]
    if progress.phases:
        row.append(phase_name(progress.phase_of(epoch)))
    elif any(progress.epoch_speeds):
        row.append(speed_text(progress.epoch_speeds[position], SPEED))
    return row
