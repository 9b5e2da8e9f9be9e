"""One run, read whole: for a summary, an export, a comparison."""

from __future__ import annotations

from dataclasses import dataclass

from tui.common.text import clean
from tui.runs.diagnosis import Diagnosis, diagnose
from tui.runs.diagnosis.time_shares import TimeShares, time_shares
from tui.runs.events.event_types import Failed
from tui.runs.events.follow import RunFollower
from tui.runs.events.run_progress import RunProgress
from tui.runs.settings.spec import TrainingSpec
from tui.runs.store.labels import Label, read_label
from tui.runs.store.run_folder import RunError, RunFolder, State


@dataclass(frozen=True)
class OpenedRun:
    """A run as it is at one moment.

    Args:
        run: its folder.
        label: its name and note.
        spec: what it trains; None where the file is damaged.
        progress: what its events add up to.
        state: what became of it.
        cause: of a run that died: what is known of why.
        problem: why its events cannot be read, in a sentence; empty where they can.
    """

    run: RunFolder
    label: Label
    spec: TrainingSpec | None
    progress: RunProgress
    state: State
    cause: str = ""
    problem: str = ""

    @property
    def title(self) -> str:
        """What to call it; clean."""
        named = self.label.name or (self.spec.name if self.spec is not None else self.run.name)
        return clean(named)

    @property
    def classes(self) -> int:
        """How many classes there are, as far as it is known."""
        if self.progress.data is not None:
            return len(self.progress.data.classes)
        return len(self.spec.data.classes) if self.spec is not None else 2

    def diagnoses(self) -> tuple[Diagnosis, ...]:
        """Return what its curves say."""
        data, ending = self.progress.data, self.progress.ending
        gone = None
        if isinstance(ending, Failed) and ending.not_finite:
            epoch = max(self.progress.epoch, 1)
            label = f"diverged in epoch {epoch}"
            gone = Diagnosis("diverged", epoch, label, clean(ending.what), clean(ending.cure))
        return diagnose(
            self.progress.history,
            self.classes,
            validation_images=data.validation_images if data is not None else 0,
            largest=data.largest if data is not None else 0.0,
            largest_validated=data.largest_validated if data is not None else 0.0,
            spec=self.spec,
            rates=[epoch.learning_rate for epoch in self.progress.epoch_details],
            gone=gone,
        )

    def time_shares(self) -> TimeShares | None:
        """Return where its time went; None where that was not measured."""
        data, libraries = self.progress.data, self.progress.libraries
        return time_shares(
            self.progress.epoch_details,
            loader=data.loader if data is not None else "keras",
            gpu=libraries is not None and not libraries.device.startswith("CPU"),
        )


def open_run(run: RunFolder) -> OpenedRun:
    """Read a run whole; reads the disk, so not on a screen's own thread.

    A damaged spec does not hinder: its curves can still be seen.
    """
    follower = RunFollower(run)
    while follower.poll():
        pass
    return opened(follower)


def opened(follower: RunFollower) -> OpenedRun:
    """Return what is known of a run that is being followed; reads its spec and label."""
    try:
        spec = follower.run.spec()
    except RunError:
        spec = None
    return OpenedRun(
        follower.run,
        read_label(follower.run),
        spec,
        follower.progress,
        follower.state,
        follower.cause,
        follower.problem,
    )
