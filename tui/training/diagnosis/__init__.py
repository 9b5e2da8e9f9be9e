"""What a run's curves say: overfitting, underfitting and the rest, by stated rules.

The rules look at the whole epochs' values only. They are deterministic: the same history always
gets the same diagnosis. Each threshold is a named constant in `thresholds` with its reason.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tui.training.diagnosis.diverging import diverged
from tui.training.diagnosis.doubtful import too_early, too_noisy
from tui.training.diagnosis.learning import learning_well, plateau
from tui.training.diagnosis.measured import Curves
from tui.training.diagnosis.overfitting import overfits
from tui.training.diagnosis.said import SIGNS, Diagnosis, Kind
from tui.training.diagnosis.thresholds import MIN_EPOCHS
from tui.training.diagnosis.underfitting import underfits

__all__ = ["SIGNS", "Diagnosis", "Kind", "diagnose"]


def diagnose(
    history: Mapping[str, Sequence[float | None]],
    classes: int,
    *,
    validation_images: int = 0,
) -> tuple[Diagnosis, ...]:
    """Say what the curves of a run show, the most telling first; never nothing.

    Args:
        history: for each metric one value an epoch, as `history.history` has them; None stands
            for what is not finite.
        classes: how many there are; what guessing would reach follows from it.
        validation_images: how many there are, where that is known: accuracy on few of them is
            uncertain by itself.

    >>> diagnose({"loss": [0.7, 0.6], "accuracy": [0.5, 0.6]}, 2)[0].label
    'too early to say'
    """
    curves = Curves.of(history, max(classes, 2), max(validation_images, 0))
    gone = diverged(curves)
    if gone is not None:
        return (gone,)
    if curves.epochs < MIN_EPOCHS or curves.loss is None:
        return (too_early(curves),)
    found = [overfits(curves) or underfits(curves), too_noisy(curves)]
    named = [one for one in found if one is not None]
    if not named:
        named.append(plateau(curves) or learning_well(curves))
    return tuple(named)
