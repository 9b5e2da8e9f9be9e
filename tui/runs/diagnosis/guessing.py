"""The rule that sees a training stay at what the same answer for every image reaches."""

from __future__ import annotations

from tui.common.numbers import metric_value
from tui.runs.diagnosis.measured import Curves, falling, skill_of
from tui.runs.diagnosis.rate import Rate, rates_to_try
from tui.runs.diagnosis.said import Diagnosis
from tui.runs.diagnosis.smoothed_series import Level
from tui.runs.diagnosis.thresholds import (
    MIN_EPOCHS,
    NOTHING_SKILL,
    RISING_ACCURACY,
    UNDERFITTING_SKILL,
)

LEARNT_NOTHING = "underfitting: nothing learnt"


def at_guessing(curves: Curves, rate: Rate | None = None) -> Diagnosis | None:
    """Say whether accuracy is no better than guessing, whatever the loss does.

    Args:
        curves: what was measured.
        rate: what was trained with, where it is known.
    """
    accuracy, loss = curves.accuracy, curves.loss
    if accuracy is None or loss is None or len(accuracy) < MIN_EPOCHS:
        return None
    guessing = curves.guessing_accuracy
    if not _stays(accuracy, guessing) and not _stands_still(accuracy, guessing):
        return None
    recent = accuracy.values[-MIN_EPOCHS:]
    seen = (
        f"Training accuracy is {metric_value(accuracy.values[-1])}, and the same answer for "
        f"every image gives {metric_value(guessing)}"
    )
    if recent[-1] - recent[0] > max(RISING_ACCURACY, accuracy.noise) and falling(loss):
        return Diagnosis(
            "too early",
            None,
            "no better than guessing yet",
            f"{seen}; it is rising, and training loss falls ({metric_value(loss.values[-1])}).",
            "More epochs will tell.",
        )
    return Diagnosis(
        "underfitting",
        accuracy.epochs[0],
        LEARNT_NOTHING,
        f"{seen}: {len(accuracy)} epochs have not changed that, whatever the loss does "
        f"({metric_value(loss.raw[0])} → {metric_value(loss.values[-1])}).",
        nothing_learnt_advice(rate),
    )


def nothing_learnt_advice(rate: Rate | None) -> str:
    """Return what to do where nothing was learnt."""
    return f"Look whether the images lie in the right class folders; then try {rates_to_try(rate)}."


def validation_at_guessing(curves: Curves) -> bool:
    """Return whether validation accuracy is no better than guessing."""
    accuracy = curves.val_accuracy
    return (
        accuracy is not None
        and len(accuracy) >= MIN_EPOCHS
        and _stays(accuracy, curves.guessing_validated)
    )


def _stays(accuracy: Level, guessing: float) -> bool:
    return skill_of(max(accuracy.values[-MIN_EPOCHS:]), guessing) < NOTHING_SKILL


def _stands_still(accuracy: Level, guessing: float) -> bool:
    """Return whether every epoch had the same accuracy, as one answer for all images has.

    Of a run that does not say how large its classes are this is the sign.
    """
    same = max(accuracy.raw) - min(accuracy.raw) < 1e-6
    return same and skill_of(accuracy.raw[-1], guessing) < UNDERFITTING_SKILL
