"""What a run's curves say: overfitting, underfitting and the rest, by stated rules.

The rules look at the whole epochs' values and at what was trained. They are deterministic: the same
history always gets the same diagnosis. Each threshold is a named constant in `thresholds` with its
reason.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from tui.runs.diagnosis.diverging import diverged
from tui.runs.diagnosis.doubtful import too_early, too_noisy
from tui.runs.diagnosis.guessing import at_guessing
from tui.runs.diagnosis.learning import learning_well, plateau
from tui.runs.diagnosis.measured import Curves
from tui.runs.diagnosis.network import ODD_PIXELS, wrong_end
from tui.runs.diagnosis.overfitting import overfits
from tui.runs.diagnosis.rate import Rate, rate_first
from tui.runs.diagnosis.said import SIGNS, Diagnosis, Kind
from tui.runs.diagnosis.thresholds import MIN_EPOCHS, NEARLY_PERFECT
from tui.runs.diagnosis.underfitting import underfits
from tui.runs.settings.learning_rates import judge_rate
from tui.runs.settings.spec import TrainingSpec

__all__ = ["SIGNS", "Diagnosis", "Kind", "diagnose"]


def diagnose(
    history: Mapping[str, Sequence[float | None]],
    classes: int,
    *,
    validation_images: int = 0,
    largest: float = 0.0,
    largest_validated: float = 0.0,
    spec: TrainingSpec | None = None,
    rates: Sequence[float] = (),
    gone: Diagnosis | None = None,
) -> tuple[Diagnosis, ...]:
    """Say what the curves of a run show, the most telling first; never nothing.

    Args:
        history: for each metric one value an epoch, as `history.history` has them; None stands
            for what is not finite.
        classes: how many there are; what guessing would reach follows from it.
        validation_images: how many there are, where that is known: accuracy on few of them is
            uncertain by itself.
        largest: the share of the largest class among the training images; 0 where not known.
        largest_validated: the same of the validation images.
        spec: what was trained, where it is known: its network is judged, and a training that
            diverged is told by it.
        rates: the learning rate at each epoch's end; 0 where it is not known.
        gone: what the trainer said of a loss that stopped being a finite number.

    >>> diagnose({"loss": [0.7, 0.6], "accuracy": [0.5, 0.6]}, 2)[0].label
    'too early to say'
    """
    curves = Curves.of(
        history, max(classes, 2), max(validation_images, 0), largest, largest_validated
    )
    network = wrong_end(spec, curves, diverged=gone is not None)
    if network and network[0].kind == "cannot learn":
        return network
    named = (gone,) if gone is not None else _of_curves(curves, spec, rates)
    kind = named[0].kind
    pixels = tuple(one for one in network if one.label == ODD_PIXELS)
    others = tuple(one for one in network if one.label != ODD_PIXELS)
    if kind in ("learning well", "overfitting"):
        return (*named, *network)
    if kind == "too early":
        return (*pixels, *named, *others)
    # A training that diverged is told by its pixels already.
    return (*others, *named) if kind == "diverged" else (*network, *named)


def _of_curves(
    curves: Curves, spec: TrainingSpec | None, rates: Sequence[float]
) -> tuple[Diagnosis, ...]:
    rate = Rate.of(spec, rates)
    gone = diverged(curves, spec, rates)
    if gone is not None:
        return (gone,)
    if curves.epochs < MIN_EPOCHS or curves.loss is None:
        early = too_early(curves)
        odd = judge_rate(spec.learning_rate, spec.optimizer) if spec is not None else ()
        return (replace(early, advice=str(odd[0])) if odd else early,)
    found = [
        overfits(curves) or underfits(curves, rate) or at_guessing(curves, rate),
        too_noisy(curves, rate),
    ]
    named = [one for one in found if one is not None]
    if not named:
        named.append(plateau(curves) or learning_well(curves))
    best = curves.val_accuracy or curves.accuracy
    arrived = best is not None and best.values[-1] >= NEARLY_PERFECT
    return (rate_first(named[0], rate, arrived=arrived), *named[1:])
