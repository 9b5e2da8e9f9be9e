"""Where a training's time went, what bounds it, and what would help."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from tui.runs.events.event_types import EpochEnded

Bound = Literal["loading", "computing", "both"]

LOADING_SHARE = 0.30
"""Waiting for images takes at least this share of the training part: bound by loading."""
COMPUTING_SHARE = 0.10
"""At most this share: bound by computing; a faster loader would gain a tenth at the best."""
VALIDATION_SHARE = 0.40
"""From here on validation is worth a word: half of the time does not train."""
SAVING_SHARE = 0.20
"""From here on so is the writing of checkpoints and models."""


@dataclass(frozen=True)
class TimeShares:
    """Where the time of the whole epochs went; the four shares add up to 1.

    Args:
        seconds: all of them, saving included.
        data: waiting for training images, 0 to 1.
        computing: the training steps themselves; the first epoch's holds the tracing of the graph.
        validating: the validation, its own waiting included.
        saving: writing checkpoints and models.
        bound: what the training part waits for.
        verdict: `bound by loading`, `bound by computing` or `loading and computing both count`.
        suggestion: what would help.
    """

    seconds: float
    data: float
    computing: float
    validating: float
    saving: float
    bound: Bound
    verdict: str
    suggestion: str

    def parts(self) -> tuple[tuple[str, float], ...]:
        """Return the four shares with their names, in a fixed order."""
        return (
            ("waiting for data", self.data),
            ("computing", self.computing),
            ("validating", self.validating),
            ("saving", self.saving),
        )


def time_shares(
    epochs: Sequence[EpochEnded], *, loader: str = "cached", gpu: bool = False
) -> TimeShares | None:
    """Add up where the time of the whole epochs went.

    Args:
        epochs: what the trainer told of them (`RunProgress.epoch_details`).
        loader: which one ran, `cached` or `keras`: it decides what would help.
        gpu: whether a GPU computed.

    Returns:
        None before the first whole epoch, and where the trainer was too old to measure.
    """
    told = [one for one in epochs if one.learning_rate or one.data_seconds]
    whole = sum(max(one.seconds, 0.0) for one in told)
    saving = sum(max(one.saving_seconds, 0.0) for one in told)
    total = whole + saving
    if not total > 0:
        return None
    validating = min(sum(max(one.validation_seconds, 0.0) for one in told), whole)
    data = min(sum(max(one.data_seconds, 0.0) for one in told), whole - validating)
    computing = whole - validating - data
    waits = data / (data + computing) if data + computing > 0 else 0.0
    bound: Bound = "both"
    verdict = "loading and computing both count"
    if waits >= LOADING_SHARE:
        bound, verdict = "loading", "bound by loading"
    elif waits <= COMPUTING_SHARE:
        bound, verdict = "computing", "bound by computing"
    advice = [_advice(bound, loader, gpu)]
    if validating / total >= VALIDATION_SHARE:
        advice.append("Fewer validation images would shorten every epoch.")
    if saving / total >= SAVING_SHARE:
        advice.append("Writing takes long: put CNN_TUI_HOME on a faster disk.")
    return TimeShares(
        total,
        data / total,
        computing / total,
        validating / total,
        saving / total,
        bound,
        verdict,
        " ".join(advice),
    )


def _advice(bound: Bound, loader: str, gpu: bool) -> str:
    if bound == "loading":
        if loader != "cached":
            return "Choose the loader cached: it decodes every file once and keeps it."
        return (
            "The files are decoded already: augmentation or the disk holds it up. Try less "
            "augmentation or a smaller target size."
        )
    if bound == "computing":
        if gpu:
            return "Try a larger batch: it keeps the GPU busier."
        return (
            "Try a smaller target size, fewer filters or a smaller Dense layer, or a machine with "
            "a GPU."
        )
    return "Neither alone would gain much: a smaller target size shortens both."


def share_text(share: float) -> str:
    """Return a share as a person reads it.

    >>> share_text(0.031), share_text(0.0004), share_text(0.0)
    ('3 %', '<1 %', '0 %')
    """
    if 0 < share < 0.005:
        return "<1 %"
    return f"{100 * share:.0f} %"
