"""The rules that see a training learn its own images by heart: validation no longer follows."""

from __future__ import annotations

import math

from tui.common.numbers import metric_value
from tui.runs.diagnosis.measured import Curves, turn
from tui.runs.diagnosis.said import MEDIANS, Diagnosis
from tui.runs.diagnosis.smoothed_series import Level
from tui.runs.diagnosis.thresholds import (
    FALLING,
    GAP,
    GAP_GROWTH,
    MIN_EPOCHS,
    NOISE_TIMES,
    OVERFITTING_EPOCHS,
    OVERFITTING_LEAST_RISE,
    OVERFITTING_RISE,
)

_ADVICE = (
    "Stop earlier (best.keras is the model of the best validation accuracy), or try more images, "
    "augmentation or Dropout."
)


def overfits(curves: Curves) -> Diagnosis | None:
    """Say whether training goes on while validation gets worse, or stands still far below."""
    return _worse(curves) or _apart(curves)


def _worse(curves: Curves) -> Diagnosis | None:
    loss, val_loss = curves.loss, curves.val_loss
    if loss is None or val_loss is None or len(val_loss) < MIN_EPOCHS:
        return None
    place = turn(val_loss)
    least = val_loss.raw[place]
    rise = overfitting_rise(curves, val_loss, least)
    # Levels are compared, the least of raw values would lie low by chance; raw ones are shown.
    risen = val_loss.values[-1] - min(val_loss.values)
    if len(val_loss) - 1 - place < OVERFITTING_EPOCHS or risen < rise:
        return None
    epoch = val_loss.epochs[place]
    end = val_loss.end(least + rise)
    rose = f"validation loss rose: {metric_value(least)} → {metric_value(end)}."
    accuracy = curves.accuracy
    if accuracy is not None and accuracy.values[-1] > accuracy.at(epoch):
        went = f"Training accuracy went on rising from epoch {epoch}"
    elif loss.values[-1] < loss.at(epoch):
        went = f"Training loss went on falling from epoch {epoch}"
    else:
        return None
    return Diagnosis(
        "overfitting",
        epoch,
        f"overfitting since epoch {epoch}",
        f"{went} while {rose}",
        _ADVICE,
    )


def overfitting_rise(curves: Curves, level: Level, least: float) -> float:
    """Return how far above its least a loss has to lie to be called risen."""
    return max(
        OVERFITTING_RISE * least,
        OVERFITTING_LEAST_RISE * curves.guessing_loss,
        NOISE_TIMES * level.noise,
    )


def _apart(curves: Curves) -> Diagnosis | None:
    accuracy, val_accuracy, val_loss = curves.accuracy, curves.val_accuracy, curves.val_loss
    if accuracy is None or val_accuracy is None or val_loss is None:
        return None
    end, val_end = accuracy.values[-1], val_accuracy.values[-1]
    spread = 0.0
    if curves.validation_images and 0 <= val_end <= 1:
        spread = math.sqrt(val_end * (1 - val_end) / curves.validation_images)
    if end - val_end < max(GAP, NOISE_TIMES * max(val_accuracy.noise, spread)):
        return None
    place = turn(val_loss)
    if len(val_loss) - 1 - place < OVERFITTING_EPOCHS:
        # Its least is new, but perhaps hardly less than what it was long ago.
        place = val_loss.first_within(max(FALLING * min(val_loss.values), val_loss.noise))
    epoch = val_loss.epochs[place]
    before, val_before = accuracy.at(epoch), val_accuracy.at(epoch)
    stood = val_end - val_before <= max((end - before) / 2, val_accuracy.noise)
    growth = max(GAP_GROWTH, NOISE_TIMES * accuracy.noise)
    if len(val_loss) - 1 - place < OVERFITTING_EPOCHS or end - before < growth or not stood:
        return None
    return Diagnosis(
        "overfitting",
        epoch,
        f"overfitting since epoch {epoch}",
        f"Training accuracy went on rising from epoch {epoch} ({metric_value(before)} → "
        f"{metric_value(end)}) while validation accuracy hardly did: "
        f"{metric_value(val_before)} → {metric_value(val_end)}.{MEDIANS}",
        _ADVICE,
    )
