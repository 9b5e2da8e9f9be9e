"""The trainings of a lesson page: which have been run, which is at work, which comes next.

All of it is read from the run folders, so a page that is opened again finds its trainings. Nothing
here draws or starts a process.
"""

from __future__ import annotations

from dataclasses import dataclass

from tui.common.paths import StateError, runs_dir
from tui.runs.events.event_types import Failed, Finished
from tui.runs.events.run_follower import RunFollower
from tui.runs.events.run_progress import RunProgress
from tui.runs.export.run_formatting import failure_sentence
from tui.runs.lessons.lesson_plan import LessonPlan
from tui.runs.settings.spec import TrainingSpec, share_name
from tui.runs.store.find_runs import iter_runs
from tui.runs.store.run_access import RunError
from tui.runs.store.run_folder import RunFolder


@dataclass
class ShareTraining:
    """The training on one share of the images.

    Args:
        share: of the lesson, above 0 to 1.
        spec: what to train.
        expected: number of training images, before the bad files are known.
        follower: of its run; None without one.
    """

    share: float
    spec: TrainingSpec
    expected: int
    follower: RunFollower | None = None

    @property
    def name(self) -> str:
        """The share in words: `1/10`, `all`."""
        return share_name(self.share)

    @property
    def progress(self) -> RunProgress:
        """The progress of its run; empty without one."""
        return self.follower.progress if self.follower is not None else RunProgress()

    @property
    def images(self) -> int:
        """The number of its training images."""
        data = self.progress.data
        return self.expected if data is None else data.training_images

    @property
    def live(self) -> bool:
        """Whether its trainer is at work or about to start."""
        return self.follower is not None and not self.follower.over

    @property
    def done(self) -> bool:
        """Whether it is over, finished or stopped, with at least one epoch."""
        return (
            self.follower is not None
            and self.follower.state in ("finished", "stopped")
            and self.progress.epochs_done > 0
        )

    @property
    def ended(self) -> str:
        """How it ended, in a sentence; empty while it has not."""
        if self.follower is None or self.live:
            return ""
        ending = self.progress.ending
        if isinstance(ending, Failed):
            return failure_sentence(ending)
        if isinstance(ending, Finished):
            return ending.sentence
        return (
            f"The trainer died at epoch {self.progress.epoch_of_death} without an error message. "
            f"{self.follower.cause}"
        )

    def last(self, metric: str) -> float | None:
        """Return the value of a metric after the last complete epoch; None if not known."""
        row = self.progress.history.get(metric)
        return row[-1] if row else None

    @property
    def gap(self) -> float | None:
        """The difference of accuracy and val_accuracy at the end."""
        training, validation = self.last("accuracy"), self.last("val_accuracy")
        return None if training is None or validation is None else training - validation


class Experiment:
    """The trainings of a plan, one after the other."""

    def __init__(self, plan: LessonPlan) -> None:
        self.plan = plan
        self.trainings = [
            ShareTraining(share, spec, images)
            for share, spec, images in zip(plan.shares, plan.specs, plan.images, strict=True)
        ]

    @property
    def live(self) -> ShareTraining | None:
        """The training at work."""
        return next((training for training in self.trainings if training.live), None)

    @property
    def waiting(self) -> ShareTraining | None:
        """The first training that has not been run yet, or has no result."""
        return next(
            (training for training in self.trainings if not training.live and not training.done),
            None,
        )

    @property
    def begun(self) -> bool:
        """Whether any training is at work or has been run."""
        return any(training.follower is not None for training in self.trainings)

    @property
    def complete(self) -> bool:
        """Whether every training is over and has a result."""
        return all(training.done for training in self.trainings)

    def attach(self) -> None:
        """Find the newest run of each training and read its events.

        Reads the disk, so call it in a thread.

        Raises:
            StateError: when the runs cannot be listed.
        """
        missing = {
            training.spec: training for training in self.trainings if training.follower is None
        }
        # By age and not by name: two runs may have been made within a second.
        for run in sorted(iter_runs(runs_dir(to_read=True)), key=RunFolder.age):
            if not missing:
                break
            try:
                spec = run.spec()
            except RunError:
                continue
            training = missing.pop(spec, None)
            if training is not None:
                self.begin(training, run)
        for training in self.trainings:
            while training.follower is not None and training.follower.poll():
                pass

    def begin(self, training: ShareTraining, run: RunFolder) -> None:
        """Follow a run as one of the trainings."""
        training.follower = RunFollower(run)

    def poll(self) -> bool:
        """Read the new events of the training at work; return whether there were any.

        Reads the disk, so call it in a thread.
        """
        training = self.live
        if training is None or training.follower is None:
            return False
        return bool(training.follower.poll()) or not training.live

    def forget(self) -> None:
        """Start again: no training has been run. The runs themselves stay."""
        for training in self.trainings:
            training.follower = None


def open_experiment(plan: LessonPlan) -> Experiment:
    """Return the trainings of a plan with their runs.

    If the runs cannot be listed there are none; starting one will report why.
    """
    experiment = Experiment(plan)
    try:
        experiment.attach()
    except StateError:
        experiment.forget()
    return experiment
