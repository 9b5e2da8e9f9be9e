"""The phases of a training: the head of a pretrained backbone alone, then its last layers too.

A phase has a learning rate of its own, a new optimizer, and counts its patience anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tui.runs.settings.spec import TrainingSpec

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


def phase_sentence(phase: Phase) -> str:
    """Return what a phase trains, in a sentence.

    >>> phase_sentence(Phase("fine-tuning", 1e-5, from_layer="block_16_expand"))
    'Fine-tuning: the backbone is trained too, from its layer block_16_expand on.'
    """
    if phase.name == "fine-tuning":
        return f"Fine-tuning: the backbone is trained too, from its layer {phase.from_layer} on."
    return "The head alone is trained; the backbone is frozen."
