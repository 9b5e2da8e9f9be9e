"""A real training on a page of a lesson: started there, watched there, explained there."""

from __future__ import annotations

import time
from functools import partial
from typing import ClassVar, Protocol, cast

from textual import events, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from tui.areas.lessons.lesson_training_text import (
    chart_title,
    comparison,
    ended_line,
    last_values,
    legend,
    plan_text,
    result_table,
    short_title,
    state_text,
)
from tui.course import TrainBlock
from tui.runs.lessons.experiment import Experiment
from tui.runs.lessons.lesson_plan import ChosenFolder, make_plan
from tui.runs.lessons.lesson_runs import LessonRuns
from tui.runs.process.launch import Launcher
from tui.runs.settings.spec import StopRule
from tui.ui.charts.shares_chart import SharesChart
from tui.ui.commands import bindings
from tui.ui.textual_patches.cancel_workers import CancelsWorkers

KEEP_READY_SECONDS = 120.0


class TrainingHost(Protocol):
    """What of the app a training needs."""

    launcher: Launcher


class LessonTraining(CancelsWorkers, Vertical, can_focus=True):
    """Trains what a block asks for, one share after the other, with the curves beside.

    The trainings are runs as all others: they go on when the page is left, and a page that is
    opened again shows what became of them.
    """

    HELP = """
## A training in a lesson

**enter** starts it, **s** stops after the current batch, **r** trains again. With several shares
of the images the trainings follow each other, and **enter** goes on after a stop. **← →** move a
cursor over the epochs, **home** and **end** to the first and the last; the table has its values.
They are runs like all others: leave the page or quit, and find them here or under 5 Runs.
"""

    # What is round it, a wide or a tall screen, decides on its shape.
    SCOPED_CSS = False
    DEFAULT_CSS = """
    LessonTraining {
        height: auto; min-height: 12; padding: 0 1; border: round $panel-lighten-2;
        border-title-color: $primary; border-title-style: bold; border-subtitle-color: $text;
    }
    LessonTraining:focus { border: round $primary; }
    LessonTraining > Static { height: auto; }
    LessonTraining .prompt { text-style: bold; }
    LessonTraining .body { height: 8; display: none; }
    LessonTraining .body > Vertical { width: 1fr; height: 1fr; margin: 0 1 0 0; }
    LessonTraining .chart-title { height: 1; }
    LessonTraining SharesChart { min-height: 4; }
    LessonTraining .legend, LessonTraining .table, LessonTraining .explain { display: none; }
    LessonTraining .expected { display: none; }
    LessonTraining .table { height: auto; padding: 0 0 0 1; }

    LessonTraining.-begun .body { display: block; }
    LessonTraining.-begun .legend { display: block; }
    LessonTraining.-begun .plan { display: none; }
    LessonTraining.-over .table, LessonTraining.-over .explain { display: block; }
    LessonTraining.-over.-expected .expected { display: block; }
    LessonTraining.-cursor .table { display: block; }
    LessonTraining.-over .legend, LessonTraining.-over .chart-title { display: none; }
    LessonTraining.-over .state { display: none; }
    LessonTraining.-over.-long .state { display: block; }
    LessonTraining.-over .prompt { display: none; }
    LessonTraining.-over .body { height: 5; }

    .-tall LessonTraining .body { height: 14; }
    .-tall LessonTraining .prompt { display: block; }
    .-wide LessonTraining.-begun { height: 1fr; }
    .-wide LessonTraining .body { height: 1fr; min-height: 5; }
    .-wide.-tall LessonTraining .body { layout: vertical; min-height: 10; }
    .-tall LessonTraining.-over .chart-title { display: block; }
    .-tall LessonTraining.-over .state { display: block; }
    .-wide LessonTraining .table { padding: 0; }
    .-wide.-tall LessonTraining.-over .legend { display: block; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(
            "lesson-training",
            ("enter", "start", "start", "Train", "Start the training"),
            ("s", "stop", "stop", "Stop", "Stop after the current batch"),
            ("r", "again", "again", "Again", "Train again from the start"),
            ("left", "cursor(-1)", "left", "Cursor", "Move the cursor over the epochs"),
            ("right", "cursor(1)", "right", "Cursor right", "Move the cursor to the right"),
            ("home", "cursor_end(0)", "home", "First epoch", "Cursor to the first epoch"),
            ("end", "cursor_end(1)", "end", "Last epoch", "Cursor to the last epoch"),
            footer=("start", "stop", "again", "left"),
        ),
    ]

    class Done(Message):
        """Every training of a block is over, now or when the page was opened."""

        def __init__(self, block: TrainBlock) -> None:
            super().__init__()
            self.block = block

    def __init__(
        self,
        block: TrainBlock,
        lesson_id: str,
        *,
        dataset: ChosenFolder | None,
        expected: str = "",
    ) -> None:
        """Make the widget.

        Args:
            block: from the lesson.
            lesson_id: the lesson's; its runs are named after it.
            dataset: the folder that is chosen under Data, for a block that asks for it.
            expected: what the learner expected of it; empty for nothing.
        """
        super().__init__(classes="-several" if len(block.shares) > 1 else None)
        self._block = block
        self._expected = expected
        self._cursor: int | None = None
        self.set_class(bool(expected), "-expected")
        self._rule = StopRule.parse(block.stop)
        self._conductor = LessonRuns(
            partial(make_plan, block, lesson_id, dataset),
            changed=self._show,
            over=lambda: self.post_message(self.Done(block)),
        )

    def compose(self) -> ComposeResult:
        yield Static(Content(self._block.prompt), classes="prompt")
        yield Static(classes="plan")
        yield Static(classes="legend")
        with Horizontal(classes="body"):
            for metric in ("accuracy", "loss"):
                with Vertical():
                    yield Static(classes="chart-title", id=f"{metric}-title")
                    yield SharesChart(metric)
        yield Static(classes="table")
        yield Static(classes="state")
        yield Static(classes="expected")
        yield Static(classes="explain")

    def take_focus(self) -> None:
        """Put the focus where enter starts the training."""
        self.focus()

    def on_mount(self) -> None:
        self.border_title = "training, by epoch"
        self._open()

    def on_unmount(self) -> None:
        # The page may be turned back, or the next one trains too: let the trainer wait a while.
        launcher = self._launcher
        self.app.set_timer(
            KEEP_READY_SECONDS, lambda: launcher.dismiss(unwanted_for=KEEP_READY_SECONDS)
        )

    def on_resize(self, event: events.Resize) -> None:
        if not self._conductor.polling:
            self._show()

    @property
    def _launcher(self) -> Launcher:
        return cast(TrainingHost, self.app).launcher

    @work(exclusive=True, group="lesson-training")
    async def _open(self, *, start: bool = False) -> None:
        await self._conductor.open(self._launcher, start=start)

    @work(exclusive=True, group="lesson-training")
    async def _train(self) -> None:
        await self._conductor.train(self._launcher)

    # Commands

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        live, complete = self._conductor.live is not None, self._conductor.complete
        if action == "start":
            return not live and not complete
        if action == "stop":
            return live
        if action == "again":
            return complete
        if action in ("cursor", "cursor_end"):
            return bool(self._epochs)  # before, the arrows turn the page
        return True

    def action_start(self) -> None:
        """Train what has not been trained yet."""
        if self._conductor.experiment is None:
            self._open(start=True)
        elif self._conductor.live is None:
            self._train()

    def action_again(self) -> None:
        """Train everything again; the runs so far stay under Runs."""
        experiment = self._conductor.experiment
        if experiment is not None and experiment.live is None:
            experiment.forget()
            self._cursor = None
            self._train()

    def action_stop(self) -> None:
        """Ask the training at work to stop after its current batch."""
        if self._conductor.stop():
            self.app.notify("Stopping after the current batch.", timeout=2)

    @property
    def _epochs(self) -> list[int]:
        """The epochs that have ended in any of the trainings."""
        experiment = self._conductor.experiment
        parts = experiment.trainings if experiment is not None else []
        return sorted({epoch for part in parts for epoch in part.progress.epoch_numbers})

    def action_cursor(self, step: int) -> None:
        """Move the cursor by an epoch; the first time put it on the last one."""
        epochs = self._epochs
        if self._cursor is None or self._cursor not in epochs:
            self._cursor = epochs[-1]
        else:
            at = min(max(epochs.index(self._cursor) + step, 0), len(epochs) - 1)
            self._cursor = epochs[at]
        self._show()

    def action_cursor_end(self, end: int) -> None:
        """Move the cursor to the first (0) or the last (1) epoch."""
        self._cursor = self._epochs[-end]
        self._show()

    # Showing

    def _show(self) -> None:
        """Show everything as it is now."""
        if not self.is_attached:
            return
        experiment, problem = self._conductor.experiment, self._conductor.problem
        self.set_class(experiment is not None and experiment.begun, "-begun")
        self.set_class(experiment is not None and experiment.complete, "-over")
        self.set_class(self._cursor is not None, "-cursor")
        self.border_subtitle = ""
        ended = Content("")
        if experiment is not None and experiment.complete:
            ended = ended_line(experiment)
        self.set_class(ended.cell_length > self.size.width - 4, "-long")
        if ended and not self.screen.has_class("-tall"):
            # In a low terminal the rows of the titles and of the state belong to the charts.
            self.border_title = short_title(len(self._block.shares) > 1, self._cursor)
            self.border_subtitle = "" if self.has_class("-long") else ended
        else:
            at = f", cursor at epoch {self._cursor}" if self._cursor is not None else ""
            self.border_title = f"training, by epoch{at}"
        if experiment is not None:
            self._show_experiment(experiment)
        self._put("state", state_text(experiment, problem, time.time(), self.size.width))
        self.refresh_bindings()

    def _show_experiment(self, experiment: Experiment) -> None:
        over, live = experiment.complete, experiment.live
        self._put("plan", plan_text(experiment.plan))
        self._put("legend", legend(experiment.trainings))
        parts = experiment.trainings
        table = Content("")
        if over or self._cursor:
            table = result_table(parts, self._cursor, narrow=self.size.width < 64)
        self._put("table", table)
        for metric in ("accuracy", "loss"):
            title = chart_title(metric, len(parts) > 1, self._rule)
            self.query_one(f"#{metric}-title", Static).update(title)
        if over and self._expected:
            self._put("expected", comparison(self._expected, parts))
        explain = self._block.explain if over else ""
        self._put("explain", Content(f" {explain}") if explain else Content(""))
        if live is not None:
            self.border_subtitle = Content(last_values(live, len(experiment.trainings) > 1))
        if experiment.begun:
            # The chart has its size only after the classes above have been laid out.
            self.call_after_refresh(self._draw)

    def _draw(self) -> None:
        experiment = self._conductor.experiment
        if experiment is not None and self.is_attached:
            cursor = float(self._cursor) if self._cursor is not None else None
            for chart in self.query(SharesChart):
                chart.show_parts(experiment.trainings, self._rule, cursor)

    def _put(self, name: str, content: Content) -> None:
        static = self.query_one(f".{name}", Static)
        if static.content != content:
            static.update(content)
