"""With what a training goes on, or begins: as it is, or as was requested since."""

from __future__ import annotations

from dataclasses import dataclass

from tui.common.text import exact, exact_32
from tui.runs.control.control_file import ControlReader
from tui.runs.events.run_progress import RunProgress
from tui.runs.settings.spec import TrainingSpec
from tui.runs.store.run_folder import RunFolder


@dataclass(frozen=True)
class EffectiveSettings:
    """What is wanted of a training.

    Args:
        epochs: in all.
        learning_rate: of the optimizer.
        no_rule: whether it goes on without the rule that ended it.
    """

    epochs: int
    learning_rate: float
    no_rule: bool = False

    def __str__(self) -> str:
        """Return it in words.

        >>> str(EffectiveSettings(20, 0.0003, no_rule=True))
        '20 epochs in all, learning rate 0.0003, no stop rule'
        """
        rule = ", no stop rule" if self.no_rule else ""
        epochs = "1 epoch" if self.epochs == 1 else f"{self.epochs} epochs"
        return f"{epochs} in all, learning rate {exact(self.learning_rate)}{rule}"


def effective_settings(
    run: RunFolder, spec: TrainingSpec | None, progress: RunProgress
) -> EffectiveSettings:
    """Return what is wanted of a run: by its mark where it waits, by its requests, by its spec."""
    mark, control = run.queued(), ControlReader(run.control).read()
    told = [exact_32(one.learning_rate) for one in progress.epoch_details if one.learning_rate]
    epochs = mark.epochs if mark is not None else None
    rate = mark.learning_rate if mark is not None else None
    first = (spec.epochs, spec.learning_rate) if spec is not None else (1, 0.001)
    return EffectiveSettings(
        epochs or control.epochs or progress.epochs or first[0],
        rate or control.learning_rate or (told[-1] if told else first[1]),
        mark is not None and mark.no_rule,
    )
