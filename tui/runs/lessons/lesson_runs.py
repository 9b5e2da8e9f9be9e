"""Running the trainings of a lesson page: each is started in its turn and followed to its end.

Nothing here draws: the page is called when there is something new.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from tui.common.paths import StateError
from tui.datasets import FolderError
from tui.runs.lessons.experiment import Experiment, ShareTraining, open_experiment
from tui.runs.lessons.lesson_plan import LessonPlan
from tui.runs.process.launch import Launcher
from tui.runs.process.needs import check_can_train, training_problem
from tui.runs.settings.spec import SpecError
from tui.runs.store.create_run import create_run
from tui.runs.store.run_access import RunError

LOOK_SECONDS = 0.25


class LessonRuns:
    """Finds the trainings of a page and their runs, and runs those that are missing."""

    def __init__(
        self,
        plan: Callable[[], LessonPlan],
        *,
        changed: Callable[[], object],
        over: Callable[[], object],
    ) -> None:
        """Create it without reading anything.

        Args:
            plan: reads the images and returns the plan; called in a thread.
            changed: called when there is something new to show.
            over: called when every training is over, also if they were when they were found.
        """
        self._plan, self._changed, self._over = plan, changed, over
        self.experiment: Experiment | None = None
        """None until the images have been read."""
        self.problem = ""
        """What went wrong last, in a sentence."""
        self.polling = False
        """Whether a thread is changing the experiment."""
        self._going = False
        """Whether the next training begins when one ends."""

    @property
    def live(self) -> ShareTraining | None:
        """The training at work."""
        return self.experiment.live if self.experiment is not None else None

    @property
    def complete(self) -> bool:
        """Whether every training is over and has a result."""
        return self.experiment is not None and self.experiment.complete

    async def open(self, launcher: Launcher, *, start: bool = False) -> None:
        """Find the runs, and follow the one at work.

        Args:
            launcher: starts the trainers.
            start: whether to start what has not been run yet.
        """
        self.problem = ""
        self._changed()
        try:
            plan = await asyncio.to_thread(self._plan)
        except (FolderError, SpecError, StateError) as error:
            # Without TensorFlow the sample of digits is missing too: the command is the same.
            self.problem = training_problem() or str(error)
        except OSError as error:
            self.problem = f"The images cannot be read: {error.strerror or error}."
        if self.problem:
            self._changed()
            return
        experiment = await asyncio.to_thread(open_experiment, plan)
        self.experiment = experiment
        if experiment.live is not None:
            self._going = True
        elif experiment.complete:
            self._over()
        else:
            # Importing TensorFlow takes seconds: a trainer does it while the page is read.
            self.problem = training_problem()
            launcher.prepare()
            self._going = start and not self.problem
        await self._continue(experiment, launcher)

    async def train(self, launcher: Launcher) -> None:
        """Run the trainings that have not been run yet."""
        if self.experiment is not None:
            self._going = True
            await self._continue(self.experiment, launcher)

    def stop(self) -> bool:
        """Ask the training at work to stop after its current batch, and start no other.

        Returns:
            Whether the request was made; else `problem` may say why not.
        """
        training = self.live
        if training is None or training.follower is None:
            return False
        try:
            training.follower.run.request_stop()
        except RunError as error:
            self.problem = str(error)
            self._changed()
            return False
        self._going = False
        return True

    async def _continue(self, experiment: Experiment, launcher: Launcher) -> None:
        """Run the trainings one after the other until all are done or one is stopped."""
        while True:
            training = experiment.live
            if training is None:
                waiting = experiment.waiting
                if (
                    not self._going
                    or waiting is None
                    or not self._begin(experiment, waiting, launcher)
                ):
                    break
                continue
            self._changed()
            await self._follow(experiment, training)
            if not training.done or (training.follower and training.follower.state == "stopped"):
                self._going = False
            if experiment.complete:
                self._over()
        self._going = False
        self._changed()

    async def _follow(self, experiment: Experiment, training: ShareTraining) -> None:
        """Read the events of a training until it is over."""
        while training.live:
            self.polling = True
            try:
                news = await asyncio.to_thread(experiment.poll)
            finally:
                self.polling = False
            if news or not training.progress.epoch:
                self._changed()
            await asyncio.sleep(LOOK_SECONDS if training.live else 0)

    def _begin(self, experiment: Experiment, training: ShareTraining, launcher: Launcher) -> bool:
        """Create a run and start its trainer; return whether that worked.

        There is no await in between: when the page is left, the run is started or does not exist.
        """
        try:
            check_can_train()
            run = create_run(training.spec)
            launcher.start(run)
        except StateError as error:
            self.problem = str(error)
            return False
        self.problem = ""
        experiment.begin(training, run)
        if any(other is not training and not other.done for other in experiment.trainings):
            launcher.prepare()
        return True
