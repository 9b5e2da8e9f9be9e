"""How a training's time was spent, what limits its speed, and what would help."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from tui.runs.events.event_types import EpochEnded

Bound = Literal["loading", "computing", "both", "unknown"]

LOADING_SHARE = 0.30
"""Waiting for images for at least this share of the training part: bound by loading."""
COMPUTING_SHARE = 0.10
"""Waiting for at most this share: bound by computing. No loader would gain more than a tenth."""
VALIDATION_SHARE = 0.40
"""From this share of the time on validation is mentioned."""
SAVING_SHARE = 0.20
"""From this share of the time on the saving of checkpoints and models is mentioned."""


_NOT_APART = (
    "Computing, waiting for data and the program's own callbacks are not measured apart: together "
    "they are called training here."
)


@dataclass(frozen=True)
class TimeShares:
    """The time of the whole epochs; the shares add up to 1.

    Args:
        seconds: in all, including saving.
        data: waiting for training images, 0 to 1; None where it is not measured.
        computing: the training steps; the first epoch's include the tracing of the graph. Without
            `data` also the waiting for data and the other callbacks.
        validating: validation, including waiting for its images.
        saving: writing checkpoints and models.
        bound: what limits the speed of the training part.
        verdict: `bound by loading`, `bound by computing` or `loading and computing both count`;
            `measured in part` without `data`.
        suggestion: what would help.
    """

    seconds: float
    data: float | None
    computing: float
    validating: float
    saving: float
    bound: Bound
    verdict: str
    suggestion: str

    def parts(self) -> tuple[tuple[str, float], ...]:
        """Return the shares with their names, in a fixed order."""
        if self.data is None:
            return (
                ("training", self.computing),
                ("validating", self.validating),
                ("saving", self.saving),
            )
        return (
            ("waiting for data", self.data),
            ("computing", self.computing),
            ("validating", self.validating),
            ("saving", self.saving),
        )


def time_shares(
    epochs: Sequence[EpochEnded],
    *,
    loader: str = "cached",
    gpu: bool = False,
    waiting_measured: bool = True,
) -> TimeShares | None:
    """Return the shares of the time of the whole epochs.

    Args:
        epochs: their events (`RunProgress.epoch_details`).
        loader: `cached`, `keras` or `own` (of the user's program), which decides what would help.
        gpu: whether a GPU was used.
        waiting_measured: whether the epochs say how long the training waited for data.

    Returns:
        None before the first whole epoch, and if the trainer was too old to measure it.
    """
    measured = [epoch for epoch in epochs if epoch.learning_rate or epoch.data_seconds]
    whole = sum(max(epoch.seconds, 0.0) for epoch in measured)
    saving = sum(max(epoch.saving_seconds, 0.0) for epoch in measured)
    total = whole + saving
    if not total > 0:
        return None
    validating = min(sum(max(epoch.validation_seconds, 0.0) for epoch in measured), whole)
    data = min(sum(max(epoch.data_seconds, 0.0) for epoch in measured), whole - validating)
    computing = whole - validating - data
    waits = data / (data + computing) if data + computing > 0 else 0.0
    bound: Bound = "both"
    verdict = "loading and computing both count"
    if waits >= LOADING_SHARE:
        bound, verdict = "loading", "bound by loading"
    elif waits <= COMPUTING_SHARE:
        bound, verdict = "computing", "bound by computing"
    advice = [_advice(bound, loader, gpu)]
    if not waiting_measured:
        bound, verdict, advice = "unknown", "measured in part", [_NOT_APART]
    if validating / total >= VALIDATION_SHARE:
        advice.append("Fewer validation images would shorten every epoch.")
    if saving / total >= SAVING_SHARE:
        cure = "save less often, or on a faster disk"
        cure = cure if loader == "own" else "put CNN_TUI_HOME on a faster disk"
        advice.append(f"Writing takes long: {cure}.")
    return TimeShares(
        total,
        data / total if waiting_measured else None,
        computing / total,
        validating / total,
        saving / total,
        bound,
        verdict,
        " ".join(advice),
    )


def _advice(bound: Bound, loader: str, gpu: bool) -> str:
    if bound == "loading":
        if loader == "own":
            return (
                "Make batches ahead and in parallel: cache() and prefetch() of tf.data, or more "
                "workers."
            )
        if loader != "cached":
            return "Choose the loader cached: it decodes every file once and keeps it."
        return (
            "The files are decoded already: augmentation or the disk holds it up. Try less "
            "augmentation or a smaller target size."
        )
    if bound == "computing":
        if gpu:
            return "Try a larger batch: it keeps the GPU busier."
        size = "smaller images" if loader == "own" else "a smaller target size"
        return f"Try {size}, fewer filters or a smaller Dense layer, or a machine with a GPU."
    size = "smaller images shorten" if loader == "own" else "a smaller target size shortens"
    return f"Neither alone would gain much: {size} both."


def share_text(share: float) -> str:
    """Return a share in percent.

    >>> share_text(0.031), share_text(0.0004), share_text(0.0)
    ('3 %', '<1 %', '0 %')
    """
    if 0 < share < 0.005:
        return "<1 %"
    return f"{100 * share:.0f} %"
