"""The rules that see that nothing can be told: too few epochs, too much noise."""

from __future__ import annotations

from tui.common.numbers import metric_value
from tui.runs.diagnosis.measured import Curves
from tui.runs.diagnosis.rate import Rate
from tui.runs.diagnosis.said import MEDIANS, Diagnosis
from tui.runs.diagnosis.thresholds import MIN_EPOCHS, NOISE_SHARE, NOISE_TIMES, SLOW_EPOCHS


def too_early(curves: Curves) -> Diagnosis:
    """Say that there is not enough to go by."""
    done = f"{curves.epochs} epoch{'s' * (curves.epochs != 1)}"
    return Diagnosis(
        "too early",
        None,
        "too early to say",
        f"After {done} nothing can be said; {MIN_EPOCHS} are the least.",
        "More epochs will tell.",
    )


def too_noisy(curves: Curves, rate: Rate | None = None) -> Diagnosis | None:
    """Say whether the values jump by more than they have changed on the whole.

    Args:
        curves: what was measured.
        rate: what was trained with, where it is known.
    """
    name, level = curves.judged
    middle = sorted(level.values)[len(level) // 2]
    # The first value as it was measured: a level of three would hide a steep beginning.
    moved = max(*level.values, level.raw[0]) - min(level.values)
    if level.noise < NOISE_SHARE * abs(middle) or moved > NOISE_TIMES * level.noise:
        return None
    if level.noise == 0 or curves.epochs < SLOW_EPOCHS:
        return None
    larger = "a larger batch or a lower learning rate"
    if rate is not None and rate.value < rate.usual:
        larger = "a larger batch"
    few = ""
    if 0 < curves.validation_images < 200:
        few = f" There are only {curves.validation_images} validation images."
    return Diagnosis(
        "too noisy",
        None,
        "too noisy to tell",
        f"{name} jumps by about ±{metric_value(level.noise)} from epoch to epoch, more than it has "
        f"moved on the whole ({metric_value(level.raw[0])} → {metric_value(level.values[-1])})."
        f"{few}{MEDIANS}",
        f"Try more validation images, {larger}, and more epochs.",
    )
