"""The learning rate of the phase that a run is in, or begins next."""

from __future__ import annotations

from dataclasses import dataclass

from tui.common.text import exact
from tui.runs.events.run_progress import RunProgress
from tui.runs.settings.external_spec import ExternalSpec
from tui.runs.settings.phases import phases_of
from tui.runs.settings.spec import TrainingSpec


@dataclass(frozen=True)
class PhaseRate:
    """The phase of a run's next epoch.

    Args:
        first_epoch: of the phase.
        learning_rate: that it begins with.
    """

    first_epoch: int
    learning_rate: float

    def is_void(self, asked: float, progress: RunProgress) -> bool:
        """Return whether a requested learning rate was for the phase before.

        Args:
            asked: the last rate that was requested.
            progress: the run so far.
        """
        applied = [one for one in progress.applied_requests if one.request == "learning rate"]
        if not applied:
            return False
        last = applied[-1]
        return last.epoch < self.first_epoch and last.value == exact(asked)


def phase_rate(spec: TrainingSpec | ExternalSpec | None, progress: RunProgress) -> PhaseRate | None:
    """Return the phase of the next epoch; None where the training has one phase only."""
    if not isinstance(spec, TrainingSpec) or len(phases_of(spec)) == 1:
        return None
    head, tuning = phases_of(spec)
    begun = progress.phases[-1:]
    if begun and begun[0].epoch > 1:
        return PhaseRate(begun[0].epoch, begun[0].learning_rate)
    done = progress.epochs_done
    if done >= head.last_epoch:
        return PhaseRate(done + 1, tuning.learning_rate)
    return PhaseRate(1, head.learning_rate)
