"""A run read as a whole: for a summary, an export, a comparison."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tui.common.stop_rule import StopRule
from tui.common.text import clean
from tui.runs.diagnosis.diagnose_run import diagnose
from tui.runs.diagnosis.diagnosis_kinds import Diagnosis
from tui.runs.diagnosis.judged_history import judged_history, missing_epochs
from tui.runs.diagnosis.time_shares import TimeShares, time_shares
from tui.runs.events.event_types import Failed
from tui.runs.events.run_follower import RunFollower
from tui.runs.events.run_progress import RunProgress
from tui.runs.settings.external_spec import ExternalSpec
from tui.runs.settings.spec import TrainingSpec
from tui.runs.store.run_access import RunError
from tui.runs.store.run_folder import RunFolder, State
from tui.runs.store.run_label import RunLabel, read_label
from tui.runs.watched.log_state import LogState, read_log_state


@dataclass(frozen=True)
class LoadedRun:
    """A run as it is at one moment.

    Args:
        folder: its folder.
        label: its name and note.
        spec: what it trains; None if the file is damaged, or the training is not cnn-tui's.
        progress: the sum of its events.
        state: its state.
        cause: why it died, as far as known.
        problem: why its events cannot be read, in a sentence; empty if they can.
        external: what is known of a training that cnn-tui did not start; None for any other.
        log: what was read of its log; None for a run without one.
    """

    folder: RunFolder
    label: RunLabel
    spec: TrainingSpec | None
    progress: RunProgress
    state: State
    cause: str = ""
    problem: str = ""
    external: ExternalSpec | None = None
    log: LogState | None = None

    @property
    def any_spec(self) -> TrainingSpec | ExternalSpec | None:
        """Its spec, of either kind; None if that cannot be read."""
        return self.spec or self.external

    @property
    def title(self) -> str:
        """Its name, its spec's or its folder's; clean."""
        spec = self.any_spec
        return clean(self.label.name or (spec.name if spec else self.folder.name))

    @property
    def stop_rule(self) -> StopRule | None:
        """The stop rule that it began with."""
        return self.any_spec.stop_rule if self.any_spec is not None else None

    @property
    def classes(self) -> int:
        """The number of classes; 0 if unknown, as in a program of the user's own."""
        data = self.progress.data
        if data is not None and data.classes:
            return len(data.classes)
        if self.external is not None:
            return len(self.external.classes)
        return len(self.spec.data.classes) if self.spec is not None else 2

    def diagnoses(self) -> tuple[Diagnosis, ...]:
        """Return what its curves show."""
        data, ending = self.progress.data, self.progress.ending
        divergence = None
        history: Mapping[str, Sequence[float | None]] = self.progress.history
        missing = {}
        if self.external is not None:
            history = judged_history(history)
            epochs = [epoch.metrics for epoch in self.progress.epoch_details]
            missing = {name: missing_epochs(epochs, name) for name in ("loss", "val_loss")}
        if isinstance(ending, Failed) and ending.not_finite:
            epoch = max(self.progress.epoch, 1)
            label = f"diverged in epoch {epoch}"
            divergence = Diagnosis("diverged", epoch, label, clean(ending.what), clean(ending.cure))
        return diagnose(
            history,
            self.classes,
            validation_images=data.validation_images if data is not None else 0,
            largest_class=data.guessed if data is not None else 0.0,
            largest_val_class=data.guessed_validated if data is not None else 0.0,
            spec=self.spec,
            rates=[epoch.learning_rate for epoch in self.progress.epoch_details],
            divergence=divergence,
            missing=missing,
            program=self.external.origin if self.external is not None else "",
        )

    def time_shares(self) -> TimeShares | None:
        """Return the shares of its training time; None if they were not measured."""
        data, libraries = self.progress.data, self.progress.libraries
        details = self.progress.epoch_details
        loader, waiting = data.loader if data is not None else "keras", True
        if self.external is not None:
            # A program of the user's own waits for its data where nobody measures it.
            loader, waiting = "own", any(epoch.data_seconds for epoch in details)
            if not waiting and not any(
                epoch.validation_seconds or epoch.saving_seconds for epoch in details
            ):
                return None
        return time_shares(
            details,
            loader=loader,
            gpu=libraries is not None and not libraries.device.startswith("CPU"),
            waiting_measured=waiting,
        )


def load_run(run: RunFolder) -> LoadedRun:
    """Read a run as a whole; with a damaged spec its curves are still there. Blocks on the disk."""
    follower = RunFollower(run)
    while follower.poll():
        pass
    return loaded_run(follower)


def loaded_run(follower: RunFollower) -> LoadedRun:
    """Return a followed run as it is now; reads its spec and label. Blocks on the disk."""
    try:
        found = follower.run.any_spec()
    except RunError:
        found = None
    return LoadedRun(
        follower.run,
        read_label(follower.run),
        found if isinstance(found, TrainingSpec) else None,
        follower.progress,
        follower.state,
        cause=follower.cause,
        problem=follower.problem,
        external=found if isinstance(found, ExternalSpec) else None,
        log=read_log_state(follower.run),
    )
