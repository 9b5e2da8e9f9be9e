"""The rule that sees a training leave its course for good."""

from __future__ import annotations

from tui.training.diagnosis.measured import Curves, turn
from tui.training.diagnosis.said import Diagnosis, figure
from tui.training.diagnosis.thresholds import (
    DIVERGED_RISE,
    DIVERGED_TIMES,
    FAR_ABOVE_GUESSING,
    MIN_EPOCHS,
    NOISE_TIMES,
)


def diverged(curves: Curves) -> Diagnosis | None:
    """Say whether the training left its course: not finite, risen, or never near."""
    advice = "Start again with a learning rate ten times lower."
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
            f"Training loss itself rose from epoch {epoch}: {figure(loss.raw[place])} → "
            f"{figure(loss.raw[-1])}."
        )
        return Diagnosis("diverged", epoch, f"diverged since epoch {epoch}", sentence, advice)
    middle = loss.values[len(loss) // 2]
    if least > FAR_ABOVE_GUESSING * curves.guessing_loss and not last < 0.7 * middle:
        sentence = (
            f"Training loss stays at {figure(last)}, far above the "
            f"{figure(curves.guessing_loss)} that guessing gives."
        )
        return Diagnosis("diverged", None, "diverged", sentence, advice)
    return None
