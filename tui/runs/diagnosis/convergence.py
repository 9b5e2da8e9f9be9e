"""The rules for how far a training has come: too early, too noisy, a plateau, learning well."""

from __future__ import annotations

from tui.common.numbers import metric_value
from tui.runs.diagnosis.diagnosis_kinds import MEDIANS, Diagnosis
from tui.runs.diagnosis.overfitting import overfitting_rise
from tui.runs.diagnosis.rate_advice import TrainedRate
from tui.runs.diagnosis.smoothed_history import SmoothedHistory, is_falling, lowest_index
from tui.runs.diagnosis.thresholds import (
    FALLING,
    MIN_EPOCHS,
    NEARLY_PERFECT,
    NOISE_SHARE,
    NOISE_TIMES,
    PLATEAU_EPOCHS,
    PLATEAU_MARGIN,
    PLATEAU_MIN_MARGIN,
    SLOW_EPOCHS,
)
from tui.runs.diagnosis.underfitting import validation_at_guessing


def too_early(curves: SmoothedHistory) -> Diagnosis:
    """Return the diagnosis for too few epochs."""
    done = f"{curves.epochs} epoch{'s' * (curves.epochs != 1)}"
    return Diagnosis(
        "too early",
        None,
        "too early to say",
        f"After {done} nothing can be said: at least {MIN_EPOCHS} are needed.",
        "More epochs will tell.",
    )


def too_noisy(curves: SmoothedHistory, rate: TrainedRate | None = None) -> Diagnosis | None:
    """Diagnose values that vary by more than they have changed overall.

    Args:
        curves: the smoothed history.
        rate: the learning rate trained with; None if unknown.
    """
    name, series = curves.judged
    middle = sorted(series.values)[len(series) // 2]
    # The first value as measured: the median of three would hide a steep start.
    moved = max(*series.values, series.raw[0]) - min(series.values)
    if series.noise < NOISE_SHARE * abs(middle) or moved > NOISE_TIMES * series.noise:
        return None
    if series.noise == 0 or len(series) < SLOW_EPOCHS:
        return None
    larger = "a larger batch or a lower learning rate"
    if rate is not None and rate.value < rate.usual:
        larger = "a larger batch"
    # A validation may follow every third epoch only.
    each = "epoch to epoch" if len(series) == curves.epochs else "one value to the next"
    few = ""
    if 0 < curves.validation_images < 200:
        few = f" There are only {curves.validation_images} validation images."
    return Diagnosis(
        "too noisy",
        None,
        "too noisy to tell",
        f"{name} jumps by about ±{metric_value(series.noise)} from {each}, more than it "
        f"has moved overall ({metric_value(series.raw[0])} → {metric_value(series.values[-1])})."
        f"{few}{MEDIANS}",
        f"Try more validation images, {larger}, and more epochs.",
    )


def plateau(curves: SmoothedHistory) -> Diagnosis | None:
    """Diagnose a loss that no longer improves."""
    name, series = curves.judged
    margin = max(
        PLATEAU_MARGIN * abs(min(series.values)),
        PLATEAU_MIN_MARGIN * curves.guessing_loss,
        series.noise,
    )
    index = series.first_within(margin)
    if len(series) - 1 - index < PLATEAU_EPOCHS:
        return None
    epoch = series.epochs[index]
    best = curves.val_accuracy or curves.accuracy
    if best is not None and best.values[-1] >= NEARLY_PERFECT:
        reached = metric_value(best.values[-1])
        advice = f"At an accuracy of {reached} there is little left to learn: stop."
    else:
        advice = "Try a lower learning rate from here on, or stop; more epochs alone change little."
    then, now = metric_value(series.values[index]), metric_value(series.values[-1])
    if series.values[-1] < series.values[index] and then != now:
        seen = f"has hardly improved since epoch {epoch}: about {then} then, about {now} now"
        seen += f", jumping by ±{metric_value(series.noise)}." if series.noise >= margin else "."
    else:
        seen = f"has not improved since epoch {epoch}: about {then} then, about {now} now."
    return Diagnosis(
        "plateau", epoch, f"plateau since epoch {epoch}", f"{name} {seen}{MEDIANS}", advice
    )


def learning_well(curves: SmoothedHistory) -> Diagnosis:
    """Return the diagnosis of a run that learns, or that has not moved enough to tell."""
    name, series = curves.judged
    first, last = series.raw[0], series.values[-1]
    if not first - last > max(FALLING * abs(first), series.noise):
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
            f"prediction for every image gives {metric_value(curves.guessing_val_accuracy)}.",
            "More epochs will tell.",
        )
    label, advice = "learning well", "Nothing to change; more epochs may still help."
    # A median may fall while the last values do not.
    still = is_falling(series) and series.raw[-1] <= min(series.raw[-3:])
    falls = "is still falling" if still else "has fallen"
    end = series.raw[-1] if series.raw[-1] < first else last
    sentence = f"{name} {falls}: {metric_value(first)} → {metric_value(end)}."
    index = lowest_index(series)
    lowest, since = series.raw[index], len(series) - 1 - index
    if series.raw[-1] - lowest >= overfitting_rise(curves, series, lowest):
        label = "learning well so far"
        sentence = (
            f"{name} had fallen from {metric_value(first)} to {metric_value(lowest)} in epoch "
            f"{series.epochs[index]}, and is {metric_value(series.raw[-1])} now: "
            f"{since} epoch{'s' * (since > 1)} may be chance."
        )
        advice = "A few more epochs will tell."
    if curves.val_loss is None:
        sentence += " Without validation images overfitting cannot be seen."
    return Diagnosis("learning well", None, label, sentence, advice)
