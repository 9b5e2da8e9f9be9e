"""The rules for overfitting: validation no longer follows training."""

from __future__ import annotations

import math

from tui.common.numbers import metric_value
from tui.runs.diagnosis.diagnosis_kinds import MEDIANS, Diagnosis
from tui.runs.diagnosis.smoothed_history import SmoothedHistory, SmoothedSeries, lowest_index
from tui.runs.diagnosis.thresholds import (
    FALLING,
    GAP,
    GAP_GROWTH,
    MIN_EPOCHS,
    NOISE_TIMES,
    OVERFITTING_EPOCHS,
    OVERFITTING_MIN_RISE,
    OVERFITTING_RISE,
)

_ADVICE = (
    "Stop earlier (best.keras is the model of the best validation accuracy), or try more images, "
    "augmentation or Dropout."
)


def overfits(curves: SmoothedHistory) -> Diagnosis | None:
    """Diagnose a validation loss that rises, or a validation accuracy that stays far behind."""
    return _validation_loss_rises(curves) or _accuracy_gap_grows(curves)


def _validation_loss_rises(curves: SmoothedHistory) -> Diagnosis | None:
    loss, val_loss = curves.loss, curves.val_loss
    if loss is None or val_loss is None or len(val_loss) < MIN_EPOCHS:
        return None
    index = lowest_index(val_loss)
    lowest = val_loss.raw[index]
    rise = overfitting_rise(curves, val_loss, lowest)
    # Compare medians, since the lowest raw value is low by chance; show raw values.
    risen = val_loss.values[-1] - min(val_loss.values)
    if len(val_loss) - 1 - index < OVERFITTING_EPOCHS or risen < rise:
        return None
    epoch = val_loss.epochs[index]
    end = val_loss.end(lowest + rise)
    rose = f"validation loss rose: {metric_value(lowest)} → {metric_value(end)}."
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


def overfitting_rise(curves: SmoothedHistory, series: SmoothedSeries, lowest: float) -> float:
    """Return how far above its lowest value a loss counts as risen."""
    return max(
        OVERFITTING_RISE * lowest,
        OVERFITTING_MIN_RISE * curves.guessing_loss,
        NOISE_TIMES * series.noise,
    )


def _accuracy_gap_grows(curves: SmoothedHistory) -> Diagnosis | None:
    accuracy, val_accuracy, val_loss = curves.accuracy, curves.val_accuracy, curves.val_loss
    if accuracy is None or val_accuracy is None or val_loss is None:
        return None
    end, val_end = accuracy.values[-1], val_accuracy.values[-1]
    spread = 0.0
    if curves.validation_images and 0 <= val_end <= 1:
        spread = math.sqrt(val_end * (1 - val_end) / curves.validation_images)
    if end - val_end < max(GAP, NOISE_TIMES * max(val_accuracy.noise, spread)):
        return None
    index = lowest_index(val_loss)
    if len(val_loss) - 1 - index < OVERFITTING_EPOCHS:
        # Its lowest value is recent, but perhaps hardly below a much earlier one.
        index = val_loss.first_within(max(FALLING * min(val_loss.values), val_loss.noise))
    epoch = val_loss.epochs[index]
    before, val_before = accuracy.at(epoch), val_accuracy.at(epoch)
    flat = val_end - val_before <= max((end - before) / 2, val_accuracy.noise)
    growth = max(GAP_GROWTH, NOISE_TIMES * accuracy.noise)
    if len(val_loss) - 1 - index < OVERFITTING_EPOCHS or end - before < growth or not flat:
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
