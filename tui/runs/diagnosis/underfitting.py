"""The rules for underfitting: training accuracy stays low, or no better than guessing."""

from __future__ import annotations

from tui.common.numbers import metric_value
from tui.runs.diagnosis.diagnosis_kinds import MEDIANS, Diagnosis
from tui.runs.diagnosis.rate_advice import TrainedRate, rates_to_try
from tui.runs.diagnosis.smoothed_history import (
    SmoothedHistory,
    SmoothedSeries,
    is_falling,
    skill_of,
)
from tui.runs.diagnosis.thresholds import (
    FALLING,
    MIN_EPOCHS,
    NOTHING_SKILL,
    RISING_ACCURACY,
    SLOW_EPOCHS,
    UNDERFITTING_LOSS,
    UNDERFITTING_SKILL,
)


def underfits(curves: SmoothedHistory, rate: TrainedRate | None = None) -> Diagnosis | None:
    """Diagnose a low training accuracy that no longer improves.

    Args:
        curves: the smoothed history.
        rate: the learning rate trained with; None if unknown.
    """
    loss, accuracy = curves.loss, curves.accuracy
    if loss is None or curves.epochs < SLOW_EPOCHS or is_falling(loss) or not curves.classes:
        return None
    since = loss.epochs[loss.first_within(FALLING * abs(min(loss.values)) + loss.noise)]
    then, last = metric_value(loss.at(since)), metric_value(loss.values[-1])
    now = f"training loss no longer falls ({then} → {last})"
    if accuracy is None:
        if loss.values[-1] < UNDERFITTING_LOSS * curves.guessing_loss:
            return None
        skill, seen = 1.0, f"Training loss is still {last}"
    else:
        reached = accuracy.values[-1]
        guessing = curves.guessing_accuracy
        skill = skill_of(reached, guessing)
        if skill_of(reached + accuracy.noise, guessing) >= UNDERFITTING_SKILL:
            return None
        seen = f"Training accuracy is only {metric_value(reached)} "
        seen += f"(guessing gives {metric_value(guessing)})"
    if skill < NOTHING_SKILL:
        label, advice = LEARNT_NOTHING, nothing_learnt_advice(rate)
    else:
        label = "underfitting"
        higher = rate is None or rate.value <= rate.usual
        advice = "Try more filters or one more layer, "
        advice += "a higher learning rate, or more epochs." if higher else "or more epochs."
    return Diagnosis("underfitting", since, label, f"{seen}, and {now}.{MEDIANS}", advice)


LEARNT_NOTHING = "underfitting: nothing learnt"


def at_guessing(curves: SmoothedHistory, rate: TrainedRate | None = None) -> Diagnosis | None:
    """Diagnose a training accuracy no better than guessing, whatever the loss does.

    Args:
        curves: the smoothed history.
        rate: the learning rate trained with; None if unknown.
    """
    accuracy, loss = curves.accuracy, curves.loss
    if accuracy is None or loss is None or len(accuracy) < MIN_EPOCHS or not curves.classes:
        return None
    guessing = curves.guessing_accuracy
    if not _at_guessing(accuracy, guessing) and not _constant(accuracy, guessing):
        return None
    recent = accuracy.values[-MIN_EPOCHS:]
    seen = (
        f"Training accuracy is {metric_value(accuracy.values[-1])}, and the same prediction for "
        f"every image gives {metric_value(guessing)}"
    )
    if recent[-1] - recent[0] > max(RISING_ACCURACY, accuracy.noise) and is_falling(loss):
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


def nothing_learnt_advice(rate: TrainedRate | None) -> str:
    """Return what to try if nothing was learnt."""
    return f"Check that the images are in the right class folders; then try {rates_to_try(rate)}."


def validation_at_guessing(curves: SmoothedHistory) -> bool:
    """Return whether validation accuracy is no better than guessing."""
    accuracy = curves.val_accuracy
    return (
        accuracy is not None
        and curves.classes > 0
        and len(accuracy) >= MIN_EPOCHS
        and _at_guessing(accuracy, curves.guessing_val_accuracy)
    )


def _at_guessing(accuracy: SmoothedSeries, guessing: float) -> bool:
    return skill_of(max(accuracy.values[-MIN_EPOCHS:]), guessing) < NOTHING_SKILL


def _constant(accuracy: SmoothedSeries, guessing: float) -> bool:
    """Return whether accuracy was low and the same in every epoch.

    This shows that all images get the same prediction where the sizes of the classes are unknown.
    """
    same = max(accuracy.raw) - min(accuracy.raw) < 1e-6
    return same and skill_of(accuracy.raw[-1], guessing) < UNDERFITTING_SKILL
