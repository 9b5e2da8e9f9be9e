"""The rule that sees a training leave its course for good."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tui.common.numbers import metric_value
from tui.common.text import exact
from tui.runs.diagnosis.diverged_cause import cause_of
from tui.runs.diagnosis.measured import Curves, turn
from tui.runs.diagnosis.rate import Rate
from tui.runs.diagnosis.said import Diagnosis
from tui.runs.diagnosis.thresholds import (
    DIVERGED_RISE,
    DIVERGED_TIMES,
    FAR_ABOVE_GUESSING,
    MIN_EPOCHS,
    NOISE_TIMES,
    NOTHING_SKILL,
    RAISED_RATE,
)
from tui.runs.settings.spec import TrainingSpec

LOWER = "Start again with a learning rate ten times lower."
RECENT = 8
"""Of so many epochs, the last, more than half lie far above what guessing costs."""


def diverged(
    curves: Curves, spec: TrainingSpec | None = None, rates: Sequence[float] = ()
) -> Diagnosis | None:
    """Say whether the training left its course, and what it began with.

    Args:
        curves: not finite, risen, or never near.
        spec: what was trained, where it is known.
        rates: the learning rate at each epoch's end; 0 where it is not known.
    """
    rate = Rate.of(spec, rates)
    found = _course(curves) or (None if rate is not None and rate.low else _never_near(curves))
    if found is None or spec is None:
        return found
    raised = _raised(found, spec, rates)
    if raised is not None:
        return raised
    cause = cause_of(spec, spec.learning_rate)
    return replace(found, sentence=f"{found.sentence} {cause.began}", advice=cause.advice)


def _raised(found: Diagnosis, spec: TrainingSpec, rates: Sequence[float]) -> Diagnosis | None:
    """Return that a learning rate which was raised on the way is to blame."""
    since = min(found.since or 1, len(rates))
    if not rates or not since:
        return None
    highest = max(rates[since - 1 :])
    before = next((one for one in reversed(rates[: since - 1]) if one), spec.learning_rate)
    if not before or highest < RAISED_RATE * before:
        # It may have been raised long before it shows.
        highest, before = max(rates), spec.learning_rate
    if highest < RAISED_RATE * before:
        return None
    good = exact(before)
    return replace(
        found,
        sentence=f"{found.sentence} The learning rate was raised to {exact(highest)}; before "
        f"it was {good}.",
        advice=f"Go on from a checkpoint before that with a learning rate of {good}.",
    )


def _course(curves: Curves) -> Diagnosis | None:
    advice = LOWER
    if curves.broken is not None:
        name, epoch = curves.broken
        called = "Training loss" if name == "loss" else "Validation loss"
        sentence = f"{called} was not a finite number in epoch {epoch}."
        return Diagnosis("diverged", epoch, f"diverged in epoch {epoch}", sentence, advice)
    loss = curves.loss
    if loss is None or curves.epochs < MIN_EPOCHS:
        return None
    least, last = min(loss.values), loss.values[-1]
    limit = max(DIVERGED_TIMES * least, least + DIVERGED_RISE * curves.guessing_loss)
    limit = max(limit, least + NOISE_TIMES * loss.noise)
    if min(last, loss.raw[-1]) >= limit:
        place = turn(loss)
        epoch = loss.epochs[place]
        sentence = (
            f"Training loss itself rose from epoch {epoch}: {metric_value(loss.raw[place])} → "
            f"{metric_value(loss.raw[-1])}."
        )
        return Diagnosis("diverged", epoch, f"diverged since epoch {epoch}", sentence, advice)
    return None


def _never_near(curves: Curves) -> Diagnosis | None:
    """Return that the loss lies far above what guessing costs, and is not on its way down.

    On its way down is a loss that lost much lately, unless accuracy stays at guessing.
    """
    loss = curves.loss
    if loss is None or curves.epochs < MIN_EPOCHS:
        return None
    limit, last = FAR_ABOVE_GUESSING * curves.guessing_loss, loss.values[-1]
    above = sum(one > limit for one in loss.values[-RECENT:])
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
        LOWER,
    )
