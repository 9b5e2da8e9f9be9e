"""A history smoothed for the rules: running medians, noise, and what guessing would give."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from tui.runs.diagnosis.thresholds import FALLING

NOISE_TO_SPREAD = 0.6745 * math.sqrt(6)
"""The second differences of white noise with standard deviation s have the standard deviation s·√6;
the median of their absolute values is 0.6745 times that."""


@dataclass(frozen=True)
class SmoothedSeries:
    """One metric over the epochs, without gaps and smoothed.

    Args:
        epochs: the epoch of each value, from 1.
        raw: the values as they were measured.
        values: running medians of three epochs, each a measured value: a single bad epoch, even the
            last, does not look like a turn.
        noise: the standard deviation of `raw` around its trend, estimated from second differences.
    """

    epochs: tuple[int, ...]
    raw: tuple[float, ...]
    values: tuple[float, ...]
    noise: float

    def __len__(self) -> int:
        return len(self.values)

    def first_within(self, margin: float) -> int:
        """Return the first index whose value is at most `margin` above the lowest."""
        limit = min(self.values) + margin
        return next(index for index, value in enumerate(self.values) if value <= limit)

    def at(self, epoch: int) -> float:
        """Return the value at an epoch, or at the last measured epoch before it."""
        index = max((i for i, known in enumerate(self.epochs) if known <= epoch), default=0)
        return self.values[index]

    def end(self, limit: float) -> float:
        """Return the last raw value if it is at least `limit`, otherwise the last median."""
        return self.raw[-1] if self.raw[-1] >= limit else self.values[-1]


def smoothed_series(row: Iterable[float | None]) -> SmoothedSeries | None:
    """Return a metric smoothed, or None if none of its values is finite.

    >>> series = smoothed_series([3.0, None, 9.0, 2.0, 1.0])
    >>> series.epochs, series.values
    ((1, 3, 4, 5), (3.0, 3.0, 2.0, 2.0))
    """
    known = [
        (epoch, float(value))
        for epoch, value in enumerate(row, start=1)
        if value is not None and math.isfinite(value)
    ]
    if not known:
        return None
    raw = tuple(value for _, value in known)
    return SmoothedSeries(tuple(epoch for epoch, _ in known), raw, _medians(raw), _noise(raw))


def _medians(raw: Sequence[float]) -> tuple[float, ...]:
    if len(raw) < 3:
        return tuple(raw)
    # At both ends the window is shifted inwards rather than shortened, so that it has three values.
    starts = [min(max(index - 1, 0), len(raw) - 3) for index in range(len(raw))]
    return tuple(sorted(raw[start : start + 3])[1] for start in starts)


def _noise(raw: Sequence[float]) -> float:
    seconds = [
        abs(before - 2 * here + after)
        for before, here, after in zip(raw, raw[1:], raw[2:], strict=False)
    ]
    return _median(seconds) / NOISE_TO_SPREAD if seconds else 0.0


def _median(values: Sequence[float]) -> float:
    ordered = sorted(values)
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[middle]
    return ordered[middle - 1] / 2 + ordered[middle] / 2


@dataclass(frozen=True)
class SmoothedHistory:
    """The history of a run, smoothed, and what guessing would give.

    Args:
        epochs: their number.
        classes: their number, 2 or more; 0 if unknown: then nothing is compared with guessing.
        validation_images: their number; 0 if unknown.
        largest_class: the share of the largest class in the training images; 0 if unknown.
        largest_val_class: the same for the validation images.
        broken: the first loss that was not finite and its epoch, `loss` before `val_loss`.
        loss, accuracy, val_loss, val_accuracy: None if not measured.
    """

    epochs: int
    classes: int
    validation_images: int
    largest_class: float
    largest_val_class: float
    broken: tuple[str, int] | None
    loss: SmoothedSeries | None
    accuracy: SmoothedSeries | None
    val_loss: SmoothedSeries | None
    val_accuracy: SmoothedSeries | None

    @classmethod
    def of(
        cls,
        history: Mapping[str, Sequence[float | None]],
        classes: int,
        validation_images: int,
        largest_class: float = 0.0,
        largest_val_class: float = 0.0,
        missing: Mapping[str, Collection[int]] | None = None,
    ) -> SmoothedHistory:
        """Smooth a history.

        Args:
            history, classes, validation_images, largest_class, largest_val_class: as in `diagnose`.
            missing: for a metric the epochs, from 1, in which it was not measured; in all others
                None stands for a value that is not finite.
        """
        unmeasured = missing or {}
        names = ("loss", "accuracy", "val_loss", "val_accuracy")
        rows = {name: history.get(name, ()) for name in names}
        broken = None
        for name in ("loss", "val_loss"):
            bad = (
                n
                for n, v in enumerate(rows[name], 1)
                if (v is None or not math.isfinite(v)) and n not in unmeasured.get(name, ())
            )
            epoch = next(bad, None)
            if epoch is not None and broken is None:
                broken = (name, epoch)
        return cls(
            max(map(len, rows.values())),
            classes,
            validation_images,
            largest_class,
            largest_val_class,
            broken,
            **{name: smoothed_series(row) for name, row in rows.items()},
        )

    @property
    def guessing_loss(self) -> float:
        """The loss with equal probabilities for all classes: the logarithm of their number.

        Where that is unknown it is the first loss, which has the same magnitude.
        """
        if self.classes:
            return math.log(self.classes)
        return abs(self.loss.raw[0]) if self.loss is not None else 0.0

    @property
    def guessing_accuracy(self) -> float:
        """The best training accuracy with the same prediction for every image."""
        return max(1 / max(self.classes, 1), self.largest_class)

    @property
    def guessing_val_accuracy(self) -> float:
        """The best validation accuracy with the same prediction for every image."""
        return max(1 / max(self.classes, 1), self.largest_val_class)

    @property
    def skill(self) -> float | None:
        """How far training accuracy is from guessing (0) to perfect (1); None if unknown."""
        if self.accuracy is None or not self.classes:
            return None
        return skill_of(self.accuracy.values[-1], self.guessing_accuracy)

    @property
    def judged(self) -> tuple[str, SmoothedSeries]:
        """The validation loss, or the training loss without validation, with its name."""
        if self.val_loss is not None:
            return "Validation loss", self.val_loss
        assert self.loss is not None
        return "Training loss", self.loss


def skill_of(accuracy: float, guessing: float) -> float:
    """Return how far an accuracy is from guessing (0) to perfect (1).

    >>> skill_of(0.75, 0.5), skill_of(0.5, 0.5)
    (0.5, 0.0)
    """
    return (accuracy - guessing) / (1 - guessing) if guessing < 1 else 0.0


def lowest_index(series: SmoothedSeries) -> int:
    """Return the index of the lowest raw value at or beside the lowest median."""
    index = series.values.index(min(series.values))
    near = range(max(index - 1, 0), min(index + 2, len(series)))
    return min(near, key=lambda at: series.raw[at])


def is_falling(series: SmoothedSeries) -> bool:
    """Return whether a loss has been falling over the last quarter of its epochs."""
    back = max(3, len(series) // 4)
    if len(series) <= back:
        return False
    before, last = series.values[-1 - back], series.values[-1]
    return before - last > max(FALLING * abs(before), series.noise)
