"""A real training on a page of a lesson: started there, watched there, explained there."""

from __future__ import annotations

import asyncio
import time
from typing import ClassVar, Protocol, cast

from textual import events, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from tui.course import TrainBlock
from tui.datasets import FolderError
from tui.paths import StateError
from tui.text import clean
from tui.training.experiment import Experiment, Part, open_experiment
from tui.training.launch import Launcher
from tui.training.lesson_plan import Chosen, make_plan
from tui.training.runs import RunError, create_run
from tui.training.spec import SpecError, StopRule
from tui.widgets.lesson_training_text import (
    button,
    ended_line,
    halted_line,
    last_values,
    legend,
    live_line,
    plan_text,
    result_table,
)
from tui.widgets.shares_chart import SharesChart
from tui.widgets.working import EndsWorkFirst

LOOK_SECONDS = 0.25
KEEP_READY_SECONDS = 120.0


class TrainingHost(Protocol):
    """What of the app a training needs."""

    launcher: Launcher


class LessonTraining(EndsWorkFirst, Vertical, can_focus=True):
    """Trains what a block asks for, one share after the other, with the curves beside.

    The trainings are runs as all others: they go on when the page is left, and a page that is
    opened again shows what became of them.
    """

    HELP = """
## A training in a lesson

**enter** starts it, **s** stops after the current batch, **r** trains again. With several shares
of the images the trainings follow each other, and **enter** goes on after a stop. They are runs
like all others: leave the page or quit, and find them here or under 5 Runs.
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
    LessonTraining .legend, LessonTraining .table, LessonTraining .explain { display: none; }
    LessonTraining .table { width: 44; height: auto; padding: 0 0 0 1; }

    LessonTraining.-begun .body { display: block; }
    LessonTraining.-begun .legend { display: block; }
    LessonTraining.-begun .plan { display: none; }
    LessonTraining.-over .table, LessonTraining.-over .explain { display: block; }
    LessonTraining.-over.-several .legend { display: none; }
    LessonTraining.-over .prompt { display: none; }
    LessonTraining.-over .body { height: 7; }

    .-tall LessonTraining .body { height: 14; }
    .-tall LessonTraining .prompt { display: block; }
    .-wide LessonTraining.-begun { height: 1fr; }
    .-wide LessonTraining .body { layout: vertical; height: 1fr; min-height: 9; }
    .-wide LessonTraining .table { width: 100%; padding: 1 0; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter", "start", "Train", id="lesson-training.start", tooltip="Start the training"
        ),
        Binding(
            "s", "stop", "Stop", id="lesson-training.stop", tooltip="Stop after the current batch"
        ),
        Binding(
            "r", "again", "Again", id="lesson-training.again", tooltip="Train again from the start"
        ),
    ]

    class Done(Message):
        """Every training of a block is over, now or when the page was opened."""

        def __init__(self, block: TrainBlock) -> None:
            super().__init__()
            self.block = block

    def __init__(self, block: TrainBlock, lesson_id: str, *, dataset: Chosen | None) -> None:
        """Make the widget.

        Args:
            block: from the lesson.
            lesson_id: the lesson's; its runs are named after it.
            dataset: the folder that is chosen under Data, for a block that asks for it.
        """
        super().__init__(classes="-several" if len(block.shares) > 1 else None)
        self._block, self._lesson_id, self._dataset = block, lesson_id, dataset
        self._rule = StopRule.parse(block.stop)
        self._experiment: Experiment | None = None
        self._problem = ""
        self._going = False
        """Whether the next training begins when one ends."""
        self._polling = False

    def compose(self) -> ComposeResult:
        yield Static(Content(self._block.prompt), classes="prompt")
        yield Static(classes="plan")
        yield Static(classes="legend")
        with Horizontal(classes="body"):
            # From the lowest value on: what matters is where the curves part, high up.
            yield SharesChart(ceiling=1.0)
            yield Static(classes="table")
        yield Static(classes="state")
        yield Static(classes="explain")

    def take_focus(self) -> None:
        """Put the focus where enter starts the training."""
        self.focus()

    def on_mount(self) -> None:
        metric = "val_accuracy" if len(self._block.shares) > 1 else "accuracy"
        self.border_title = f"training: {metric} by epoch"
        self._open()

    def on_unmount(self) -> None:
        # The page may be turned back, or the next one trains too: let the trainer wait a while.
        launcher = self._launcher
        self.app.set_timer(
            KEEP_READY_SECONDS, lambda: launcher.dismiss(unwanted_for=KEEP_READY_SECONDS)
        )

    def on_resize(self, event: events.Resize) -> None:
        if not self._polling:
            self._show()

    @property
    def _launcher(self) -> Launcher:
        return cast(TrainingHost, self.app).launcher

    # Finding, starting, following

    @work(exclusive=True, group="lesson-training")
    async def _open(self, *, start: bool = False) -> None:
        """Find out what is to be trained and what of it has been run; go on with what runs."""
        self._problem = ""
        self._show()
        try:
            plan = await asyncio.to_thread(make_plan, self._block, self._lesson_id, self._dataset)
        except (FolderError, SpecError, StateError) as error:
            self._problem = str(error)
        except OSError as error:
            self._problem = f"The images cannot be read: {error.strerror or error}."
        if self._problem:
            self._show()
            return
        experiment = await asyncio.to_thread(open_experiment, plan)
        self._experiment = experiment
        if experiment.live is not None:
            self._going = True
        elif experiment.complete:
            self.post_message(self.Done(self._block))
        else:
            # Importing TensorFlow takes seconds: a trainer does it while the page is read.
            self._launcher.prepare()
            self._going = start
        await self._go_on(experiment)

    @work(exclusive=True, group="lesson-training")
    async def _train(self, experiment: Experiment) -> None:
        self._going = True
        await self._go_on(experiment)

    async def _go_on(self, experiment: Experiment) -> None:
        """Follow the training at work, and begin the next one while that is wanted."""
        while True:
            part = experiment.live
            if part is None:
                waiting = experiment.waiting
                if not self._going or waiting is None or not self._begin(experiment, waiting):
                    break
                continue
            self._show()
            await self._follow(experiment, part)
            if not part.done or (part.follower and part.follower.state == "stopped"):
                self._going = False
            if experiment.complete:
                self.post_message(self.Done(self._block))
        self._going = False
        self._show()

    async def _follow(self, experiment: Experiment, part: Part) -> None:
        """Take in what a training tells until it is over."""
        while part.live:
            self._polling = True
            try:
                news = await asyncio.to_thread(experiment.poll)
            finally:
                self._polling = False
            if news or not part.progress.epoch:
                self._show()
            await asyncio.sleep(LOOK_SECONDS if part.live else 0)

    def _begin(self, experiment: Experiment, part: Part) -> bool:
        """Make a run and start its trainer; say whether that went well.

        Not divided by an await: a page that is left finds its run started, or not made at all.
        """
        try:
            run = create_run(part.spec)
            self._launcher.start(run)
        except StateError as error:
            self._problem = str(error)
            return False
        self._problem = ""
        experiment.begin(part, run)
        if any(other is not part and not other.done for other in experiment.parts):
            self._launcher.prepare()
        return True

    # Commands

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        experiment = self._experiment
        live = experiment is not None and experiment.live is not None
        complete = experiment is not None and experiment.complete
        if action == "start":
            return not live and not complete
        if action == "stop":
            return live
        if action == "again":
            return complete
        return True

    def action_start(self) -> None:
        """Train what has not been trained yet."""
        if self._experiment is None:
            self._open(start=True)
        elif self._experiment.live is None:
            self._train(self._experiment)

    def action_again(self) -> None:
        """Train everything again; the runs so far stay under Runs."""
        if self._experiment is not None and self._experiment.live is None:
            self._experiment.forget()
            self._train(self._experiment)

    def action_stop(self) -> None:
        """Ask the training at work to stop after its current batch."""
        part = self._experiment.live if self._experiment is not None else None
        if part is None or part.follower is None:
            return
        try:
            part.follower.run.ask_to_stop()
            self._going = False
            self.app.notify("Stopping after the current batch.", timeout=2)
        except RunError as error:
            self._problem = str(error)
            self._show()

    # Showing

    def _show(self) -> None:
        """Show everything as it is now."""
        if not self.is_attached:
            return
        experiment = self._experiment
        begun = experiment is not None and any(part.follower for part in experiment.parts)
        over = experiment is not None and experiment.complete
        self.set_class(begun, "-begun")
        self.set_class(over, "-over")
        self.border_subtitle = ""
        if experiment is not None:
            self._show_experiment(experiment, begun=begun, over=over)
        else:
            looking = Content(" looking at the images …")
            self._put("state", self._trouble("try again") if self._problem else looking)
        self.refresh_bindings()

    def _show_experiment(self, experiment: Experiment, *, begun: bool, over: bool) -> None:
        self._put("plan", plan_text(experiment.plan))
        self._put("legend", legend(experiment.parts))
        self._put("table", result_table(experiment.parts) if over else Content(""))
        explain = self._block.explain if over else ""
        self._put("explain", Content(f" {explain}") if explain else Content(""))
        live = experiment.live
        if live is not None:
            state = live_line(experiment, live, time.time(), self.size.width)
            self.border_subtitle = Content(last_values(live, len(experiment.parts) > 1))
        elif over:
            state = ended_line(experiment) + Content.styled("  r trains again.", "$text-muted")
        else:
            state = self._halted(experiment, begun=begun)
        if self._problem and live is not None:
            state = Content("\n").join([state, self._trouble("")])
        self._put("state", state)
        if begun:
            # The chart has its size only after the classes above have been laid out.
            self.call_after_refresh(self._draw)

    def _halted(self, experiment: Experiment, *, begun: bool) -> Content:
        """Return what enter does now, below what went wrong if something did."""
        count = len(experiment.parts)
        left = sum(not part.done for part in experiment.parts)
        if self._problem:
            text = "try again"
        elif left < count:
            assert experiment.waiting is not None
            text = f"go on with {experiment.waiting.name}"
        elif begun:
            text = "train it again"
        else:
            text = "start the training" + "s" * (count > 1)
        told = self._trouble("") if self._problem else halted_line(experiment)
        return Content("\n").join([told, button(text)] if told or begun else ["", button(text)])

    def _trouble(self, cure: str) -> Content:
        if not self._problem:
            return Content("")
        text = Content.styled(f" ✗ {clean(self._problem)}", "$text-error")
        return Content("\n").join([text, button(cure)]) if cure else text

    def _draw(self) -> None:
        if self._experiment is not None and self.is_attached:
            self.query_one(SharesChart).show_parts(self._experiment.parts, self._rule)

    def _put(self, name: str, content: Content) -> None:
        static = self.query_one(f".{name}", Static)
        if static.content != content:
            static.update(content)
