"""The rule for a training that diverged, and the cause of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from tui.common.numbers import metric_value
from tui.common.text import exact
from tui.geometry import GeometryError, Network, parse_network
from tui.runs.diagnosis.diagnosis_kinds import Diagnosis
from tui.runs.diagnosis.rate_advice import TrainedRate
from tui.runs.diagnosis.smoothed_history import SmoothedHistory, lowest_index
from tui.runs.diagnosis.thresholds import (
    DIVERGED_RISE,
    DIVERGED_TIMES,
    FAR_ABOVE_GUESSING,
    MIN_EPOCHS,
    NOISE_TIMES,
    NOTHING_SKILL,
    RAISED_RATE,
)
from tui.runs.network_check import judge_network
from tui.runs.network_check.pixel_range import PIXELS, pixel_range_of
from tui.runs.settings.learning_rates import RATES, compare_with_usual, lower_rate, rate_ratio_text
from tui.runs.settings.pretrained_model import features_of
from tui.runs.settings.schedules import CONSTANT
from tui.runs.settings.spec import TrainingSpec

LOWER_RATE = "Start again with a learning rate ten times lower."
RECENT = 8
"""More than half of so many last epochs must be far above the loss of guessing."""


def diverged(
    curves: SmoothedHistory, spec: TrainingSpec | None = None, rates: Sequence[float] = ()
) -> Diagnosis | None:
    """Return the diagnosis of a training that diverged, with its likely cause; None if it did not.

    Args:
        curves: the smoothed history.
        spec: what was trained; None if unknown.
        rates: the learning rate at the end of each epoch; 0 if unknown.
    """
    rate = TrainedRate.of(spec, rates)
    found = _not_finite_or_risen(curves)
    if found is None and not (rate is not None and rate.low):
        found = _far_above_guessing(curves)
    if found is None or spec is None:
        return found
    raised = _rate_was_raised(found, spec, rates)
    if raised is not None:
        return raised
    cause = cause_of(spec, spec.learning_rate)
    return replace(found, sentence=f"{found.sentence} {cause.began}", advice=cause.advice)


def _rate_was_raised(
    found: Diagnosis, spec: TrainingSpec, rates: Sequence[float]
) -> Diagnosis | None:
    """Return the diagnosis with a learning rate that was raised on the way as its cause."""
    since = min(found.since or 1, len(rates))
    if not rates or not since:
        return None
    highest = max(rates[since - 1 :])
    before = next((one for one in reversed(rates[: since - 1]) if one), spec.learning_rate)
    if not before or spec.schedule != CONSTANT or highest < RAISED_RATE * before:
        # It may have been raised long before the loss shows it; a warm-up raises no rate.
        highest, before = max(rates), spec.learning_rate
    if highest < RAISED_RATE * before:
        return None
    usable = exact(before)
    return replace(
        found,
        sentence=f"{found.sentence} The learning rate was raised to {exact(highest)}; before "
        f"it was {usable}.",
        advice=f"Go on from a checkpoint before that with a learning rate of {usable}.",
    )


def _not_finite_or_risen(curves: SmoothedHistory) -> Diagnosis | None:
    advice = LOWER_RATE
    if curves.broken is not None:
        name, epoch = curves.broken
        metric = "Training loss" if name == "loss" else "Validation loss"
        sentence = f"{metric} was not a finite number in epoch {epoch}."
        return Diagnosis("diverged", epoch, f"diverged in epoch {epoch}", sentence, advice)
    loss = curves.loss
    if loss is None or curves.epochs < MIN_EPOCHS:
        return None
    lowest, last = min(loss.values), loss.values[-1]
    limit = max(DIVERGED_TIMES * lowest, lowest + DIVERGED_RISE * curves.guessing_loss)
    limit = max(limit, lowest + NOISE_TIMES * loss.noise)
    if min(last, loss.raw[-1]) >= limit:
        index = lowest_index(loss)
        epoch = loss.epochs[index]
        sentence = (
            f"Training loss itself rose from epoch {epoch}: {metric_value(loss.raw[index])} → "
            f"{metric_value(loss.raw[-1])}."
        )
        return Diagnosis("diverged", epoch, f"diverged since epoch {epoch}", sentence, advice)
    return None


def _far_above_guessing(curves: SmoothedHistory) -> Diagnosis | None:
    """Diagnose a loss far above that of guessing which is not coming down.

    It is coming down if it fell much recently, unless accuracy stays at guessing.
    """
    loss = curves.loss
    if loss is None or curves.epochs < MIN_EPOCHS or not curves.classes:
        return None
    limit, last = FAR_ABOVE_GUESSING * curves.guessing_loss, loss.values[-1]
    above = sum(value > limit for value in loss.values[-RECENT:])
    if min(last, loss.raw[-1]) <= limit or 2 * above <= min(len(loss), RECENT):
        return None
    middle, skill = loss.values[len(loss) // 2], curves.skill
    if last < 0.7 * middle and (skill is None or skill >= NOTHING_SKILL):
        return None
    return Diagnosis(
        "diverged",
        None,
        "diverged",
        f"Training loss is {metric_value(last)}, far above the "
        f"{metric_value(curves.guessing_loss)} that guessing gives.",
        LOWER_RATE,
    )


@dataclass(frozen=True)
class Cause:
    """Why a training diverged.

    Args:
        began: the settings it began with, in a sentence.
        advice: what to do about it.
        learning_rate: the one to continue with; 0 if the cause is another.
    """

    began: str
    advice: str
    learning_rate: float = 0.0


def cause_of(spec: TrainingSpec, rate: float) -> Cause:
    """Return why a training diverged.

    A network that cannot learn comes before pixels that are too large, and these before an unusual
    learning rate. If all are usual a lower rate is advised, unless it is low already.

    Args:
        spec: what was trained.
        rate: the learning rate in force.
    """
    network = network_of(spec)
    features = features_of(spec.base, spec.data)
    found = judge_network(network, spec.data, features) if network is not None else ()
    own = network is not None and spec.base is None  # a backbone scales the pixels itself
    reach = pixel_range_of(network, spec.data) if network is not None and own else None
    direction = compare_with_usual(rate, spec.optimizer)
    verb = "began" if rate == spec.learning_rate or spec.schedule == CONSTANT else "trained"
    began = f"It {verb} with learning rate {exact(rate)} ({spec.optimizer})"
    if direction:
        usual = RATES[spec.optimizer].usual
        began += f", {rate_ratio_text(rate, spec.optimizer)} the usual {usual:g}"
    if reach is not None and reach.too_large:
        began += f", and with pixels up to {max(abs(reach.low), abs(reach.high)):.3g}"
    began += "."
    if found and found[0].severity == "refuse":
        return Cause(began, str(found[0]))
    pixels = next((one for one in found if one.about == PIXELS), None)
    if pixels is not None and reach is not None and reach.too_large:
        return Cause(began, pixels.cure or pixels.sentence)
    if direction < 0:
        return Cause(
            began,
            "A learning rate this small is not the cause: look at the images, the labels and the "
            "network.",
        )
    lower = lower_rate(rate, spec.optimizer)
    return Cause(began, f"Start again with a learning rate of {exact(lower)}.", lower)


def network_of(spec: TrainingSpec) -> Network | None:
    """Return a spec's network; None if it cannot be parsed."""
    if spec.model_file is not None and spec.model_file.compiled is not None:
        return None  # its loss may take scores, which are not judged here
    try:
        return parse_network(spec.network)
    except GeometryError:
        return None
