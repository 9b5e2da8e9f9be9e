"""What is said where nothing is wrong: it has come to a stand, or it learns."""

from __future__ import annotations

from tui.common.numbers import metric_value
from tui.runs.diagnosis.guessing import validation_at_guessing
from tui.runs.diagnosis.measured import Curves, falling, turn
from tui.runs.diagnosis.overfitting import overfitting_rise
from tui.runs.diagnosis.said import MEDIANS, Diagnosis
from tui.runs.diagnosis.thresholds import (
    FALLING,
    NEARLY_PERFECT,
    PLATEAU_EPOCHS,
    PLATEAU_LEAST_MARGIN,
    PLATEAU_MARGIN,
)


def plateau(curves: Curves) -> Diagnosis | None:
    """Say whether the loss that is judged by has come to a stand."""
    name, level = curves.judged
    margin = max(
        PLATEAU_MARGIN * abs(min(level.values)),
        PLATEAU_LEAST_MARGIN * curves.guessing_loss,
        level.noise,
    )
    place = level.first_within(margin)
    if len(level) - 1 - place < PLATEAU_EPOCHS:
        return None
    epoch = level.epochs[place]
    best = curves.val_accuracy or curves.accuracy
    if best is not None and best.values[-1] >= NEARLY_PERFECT:
        reached = metric_value(best.values[-1])
        advice = f"At an accuracy of {reached} there is little left to learn: stop."
    else:
        advice = "Try a lower learning rate from here on, or stop; more epochs alone change little."
    then, now = metric_value(level.values[place]), metric_value(level.values[-1])
    if level.values[-1] < level.values[place] and then != now:
        seen = f"has hardly improved since epoch {epoch}: about {then} then, about {now} now"
        seen += f", jumping by ±{metric_value(level.noise)}." if level.noise >= margin else "."
    else:
        seen = f"has not improved since epoch {epoch}: about {then} then, about {now} now."
    return Diagnosis(
        "plateau", epoch, f"plateau since epoch {epoch}", f"{name} {seen}{MEDIANS}", advice
    )


def learning_well(curves: Curves) -> Diagnosis:
    """Say that it learns, or that nothing has moved enough to say anything."""
    name, level = curves.judged
    first, last = level.raw[0], level.values[-1]
    if not first - last > max(FALLING * abs(first), level.noise):
        return Diagnosis(
            "too early",
            None,
            "too early to say",
            f"{name} has hardly moved in {curves.epochs} epochs: {metric_value(first)} → "
            f"{metric_value(last)}.",
            "More epochs will tell.",
        )
    if validation_at_guessing(curves):
        assert curves.val_accuracy is not None
        return Diagnosis(
            "too early",
            None,
            "no better than guessing yet",
            f"Validation accuracy is {metric_value(curves.val_accuracy.values[-1])}, and the same "
            f"answer for every image gives {metric_value(curves.guessing_validated)}.",
            "More epochs will tell.",
        )
    label, advice = "learning well", "Nothing to change; more epochs may still help."
    falls = "is still falling" if falling(level) else "has fallen"
    end = level.raw[-1] if level.raw[-1] < first else last
    sentence = f"{name} {falls}: {metric_value(first)} → {metric_value(end)}."
    place = turn(level)
    least, since = level.raw[place], len(level) - 1 - place
    if level.raw[-1] - least >= overfitting_rise(curves, level, least):
        label = "learning well so far"
        sentence = (
            f"{name} had fallen from {metric_value(first)} to {metric_value(least)} in epoch "
            f"{level.epochs[place]}, and is {metric_value(level.raw[-1])} now: "
            f"{since} epoch{'s' * (since > 1)} may be chance."
        )
        advice = "A few more epochs will tell."
    if curves.val_loss is None:
        sentence += " Without validation images overfitting cannot be seen."
    return Diagnosis("learning well", None, label, sentence, advice)
