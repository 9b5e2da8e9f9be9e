"""The rule that sees a training stand still before it has learnt even its own images."""

from __future__ import annotations

from tui.common.numbers import metric_value
from tui.runs.diagnosis.guessing import LEARNT_NOTHING, nothing_learnt_advice
from tui.runs.diagnosis.measured import Curves, falling, skill_of
from tui.runs.diagnosis.rate import Rate
from tui.runs.diagnosis.said import MEDIANS, Diagnosis
from tui.runs.diagnosis.thresholds import (
    FALLING,
    NOTHING_SKILL,
    SLOW_EPOCHS,
    UNDERFITTING_LOSS,
    UNDERFITTING_SKILL,
)


def underfits(curves: Curves, rate: Rate | None = None) -> Diagnosis | None:
    """Say whether it does badly on its own training images and no longer gets better.

    Args:
        curves: what was measured.
        rate: what was trained with, where it is known.
    """
    loss, accuracy = curves.loss, curves.accuracy
    if loss is None or curves.epochs < SLOW_EPOCHS or falling(loss):
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
        advice = "Try more filters or one layer more, "
        advice += "a higher learning rate, or more epochs." if higher else "or more epochs."
    return Diagnosis("underfitting", since, label, f"{seen}, and {now}.{MEDIANS}", advice)
