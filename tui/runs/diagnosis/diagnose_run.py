"""The diagnosis of a run's curves by fixed rules: overfitting, underfitting and the others.

The rules read the values of whole epochs, the network and the settings, and are deterministic. Each
threshold is a constant in `thresholds` with its reason.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from tui.common.numbers import metric_value
from tui.runs.diagnosis.convergence import learning_well, plateau, too_early, too_noisy
from tui.runs.diagnosis.diagnosis_kinds import Diagnosis
from tui.runs.diagnosis.divergence import diverged, network_of
from tui.runs.diagnosis.overfitting import overfits
from tui.runs.diagnosis.rate_advice import TrainedRate, rates_to_try, with_rate_advice
from tui.runs.diagnosis.smoothed_history import SmoothedHistory
from tui.runs.diagnosis.thresholds import MIN_EPOCHS, NEARLY_PERFECT, UNDERFITTING_SKILL
from tui.runs.diagnosis.underfitting import LEARNT_NOTHING, at_guessing, underfits
from tui.runs.network_check import judge_network
from tui.runs.network_check.pixel_range import PIXELS
from tui.runs.settings.findings import Finding
from tui.runs.settings.learning_rates import judge_rate
from tui.runs.settings.pretrained_model import features_of
from tui.runs.settings.spec import TrainingSpec

UNUSUAL_PIXELS = "unusual pixel values"


def diagnose(
    history: Mapping[str, Sequence[float | None]],
    classes: int,
    *,
    validation_images: int = 0,
    largest_class: float = 0.0,
    largest_val_class: float = 0.0,
    spec: TrainingSpec | None = None,
    rates: Sequence[float] = (),
    divergence: Diagnosis | None = None,
    missing: Mapping[str, Collection[int]] | None = None,
    program: str = "",
) -> tuple[Diagnosis, ...]:
    """Return what the curves of a run show, the most important first, and at least one.

    Args:
        history: a list of one value an epoch for each metric, as in Keras's `history.history`, with
            None for values that are not finite.
        classes: the number of classes, which determines what guessing gives; 0 if unknown: then
            nothing is compared with guessing.
        validation_images: their number, 0 if unknown: accuracy on few images is uncertain.
        largest_class: the share of the largest class in the training images; 0 if unknown.
        largest_val_class: the same for the validation images.
        spec: what was trained, if known; needed to judge the network and the learning rate.
        rates: the learning rate at the end of each epoch; 0 if unknown.
        divergence: the trainer's own diagnosis of a loss that became NaN or infinite.
        missing: for a metric the epochs, from 1, in which it was not measured.
        program: the user's own program that trains; empty where that is cnn-tui's trainer.

    >>> diagnose({"loss": [0.7, 0.6], "accuracy": [0.5, 0.6]}, 2)[0].label
    'too early to say'
    """
    curves = SmoothedHistory.of(
        history,
        max(classes, 2) if classes else 0,
        max(validation_images, 0),
        largest_class,
        largest_val_class,
        missing,
    )
    if program and curves.loss is None and divergence is None and curves.broken is None:
        return (_nothing_to_judge(program),)
    network = network_diagnoses(spec, curves, diverged=divergence is not None)
    if network and network[0].kind == "cannot learn":
        return network
    found = (divergence,) if divergence is not None else _curve_diagnoses(curves, spec, rates)
    if program:
        found = tuple(replace(one, advice=_own_advice(one)) for one in found)
    kind = found[0].kind
    pixels = tuple(one for one in network if one.label == UNUSUAL_PIXELS)
    others = tuple(one for one in network if one.label != UNUSUAL_PIXELS)
    if kind in ("learning well", "overfitting"):
        return (*found, *network)
    if kind == "too early":
        return (*pixels, *found, *others)
    # A diagnosis of divergence already names the pixels.
    return (*others, *found) if kind == "diverged" else (*network, *found)


def _nothing_to_judge(program: str) -> Diagnosis:
    return Diagnosis(
        "too early",
        None,
        "nothing to judge",
        f"{program} has reported no loss, so there is no curve that the rules could judge.",
        "Report it as loss, and that of the validation as val_loss.",
    )


def _own_advice(found: Diagnosis) -> str:
    """Return the advice for a program of the user's own, which may save no best model."""
    if found.kind == "overfitting":
        return (
            "Stop earlier, with the weights of the best epoch, or try more data, augmentation or "
            "Dropout."
        )
    if found.label == LEARNT_NOTHING:
        return f"Check the labels; then try {rates_to_try(None)}."
    return found.advice


def _curve_diagnoses(
    curves: SmoothedHistory, spec: TrainingSpec | None, rates: Sequence[float]
) -> tuple[Diagnosis, ...]:
    rate = TrainedRate.of(spec, rates)
    divergence = diverged(curves, spec, rates)
    if divergence is not None:
        return (divergence,)
    if curves.epochs < MIN_EPOCHS or curves.loss is None:
        early = too_early(curves)
        unusual = judge_rate(spec.learning_rate, spec.optimizer) if spec is not None else ()
        return (replace(early, advice=str(unusual[0])) if unusual else early,)
    candidates = [
        overfits(curves) or underfits(curves, rate) or at_guessing(curves, rate),
        too_noisy(curves, rate),
    ]
    found = [one for one in candidates if one is not None]
    if not found:
        found.append(plateau(curves) or learning_well(curves))
    best = curves.val_accuracy or curves.accuracy
    done = best is not None and best.values[-1] >= NEARLY_PERFECT
    return (with_rate_advice(found[0], rate, nothing_left=done), *found[1:])


def network_diagnoses(
    spec: TrainingSpec | None, curves: SmoothedHistory, *, diverged: bool = False
) -> tuple[Diagnosis, ...]:
    """Return what is wrong or unusual about a run's network and the pixels that reach it.

    A network that should not be able to learn and yet does, such as a linear output with binary
    cross-entropy, is only called unusual.

    Args:
        spec: what was trained; None if unknown.
        curves: the smoothed history.
        diverged: whether the trainer reported a loss that is not finite.
    """
    network = network_of(spec) if spec is not None else None
    if spec is None or network is None:
        return ()
    skill = curves.skill
    learns = (
        skill is not None and skill >= UNDERFITTING_SKILL and curves.broken is None and not diverged
    )
    findings = judge_network(network, spec.data, features_of(spec.base, spec.data))
    return tuple(_network_diagnosis(finding, curves, learns=learns) for finding in findings)


def _network_diagnosis(finding: Finding, curves: SmoothedHistory, *, learns: bool) -> Diagnosis:
    advice = finding.cure or "Choose another output layer."
    if finding.severity != "refuse" or learns:
        label = UNUSUAL_PIXELS if finding.about == PIXELS else "unusual output layer"
        return Diagnosis("odd network", None, label, finding.sentence, advice)
    reached = ""
    if curves.accuracy is not None:
        reached = f" Training accuracy reached {metric_value(curves.accuracy.values[-1])}."
    label = "this network cannot learn"
    again = f"{advice} Then train again: more epochs or another learning rate change nothing here."
    return Diagnosis("cannot learn", None, label, f"{finding.sentence}{reached}", again)
