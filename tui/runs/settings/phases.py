"""The phases of a training: the head of a pretrained backbone alone, then its last layers too.

A phase has a learning rate of its own, a new optimizer, and counts its patience anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tui.runs.settings.spec import SpecError, TrainingSpec

PhaseName = Literal["", "head", "fine-tuning"]


@dataclass(frozen=True)
class Phase:
    """A part of a training.

    Args:
        name: `head` or `fine-tuning`; empty where the training has one phase only.
        learning_rate: that it begins with.
        last_epoch: the epoch that it ends with at the latest; 0: the last one of the training.
        from_layer: the first layer of the backbone that is trained; empty: it is frozen.
    """

    name: PhaseName
    learning_rate: float
    last_epoch: int = 0
    from_layer: str = ""


def phases_of(spec: TrainingSpec) -> tuple[Phase, ...]:
    """Return the phases of a training in their order, one at least."""
    tuning = spec.base.fine_tuning if spec.base is not None else None
    if tuning is None:
        return (Phase("", spec.learning_rate),)
    second = Phase("fine-tuning", tuning.learning_rate, from_layer=tuning.from_layer)
    if not tuning.head_epochs:
        return (second,)
    return Phase("head", spec.learning_rate, last_epoch=tuning.head_epochs), second


def check_phases(spec: TrainingSpec) -> None:
    """Check that a training reaches its last phase.

    Raises:
        SpecError: when its epochs are over before.
    """
    head = phases_of(spec)[0].last_epoch
    if head and head >= spec.epochs:
        alone = "1 epoch" if head == 1 else f"{head} epochs"
        raise SpecError(
            f"The head is trained alone for {alone}, and the training has {spec.epochs} in all: "
            "fine-tuning would never begin. Choose more epochs, or fewer for the head."
        )
