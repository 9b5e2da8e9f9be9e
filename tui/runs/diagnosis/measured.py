"""What the rules measure: a history, smoothed, what guessing would reach, turns and falls."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tui.runs.diagnosis.smoothed_series import Level, level_of
from tui.runs.diagnosis.thresholds import FALLING


@dataclass(frozen=True)
class Curves:
    """A history, smoothed, and what guessing would reach.

    Args:
        epochs: how many there are.
        classes: two or more.
        validation_images: 0 where that is not known.
        largest: the share of the largest class among the training images; 0 where not known.
        largest_validated: the same of the validation images.
        broken: the first metric that was not finite and its epoch, loss before val_loss.
        loss, accuracy, val_loss, val_accuracy: None where nothing was measured.
    """

    epochs: int
    classes: int
    validation_images: int
    largest: float
    largest_validated: float
    broken: tuple[str, int] | None
    loss: Level | None
    accuracy: Level | None
    val_loss: Level | None
    val_accuracy: Level | None

    @classmethod
    def of(
        cls,
        history: Mapping[str, Sequence[float | None]],
        classes: int,
        validation_images: int,
        largest: float = 0.0,
        largest_validated: float = 0.0,
    ) -> Curves:
        """Smooth a history."""
        names = ("loss", "accuracy", "val_loss", "val_accuracy")
        rows = {name: history.get(name, ()) for name in names}
        broken = None
        for name in ("loss", "val_loss"):
            bad = (n for n, v in enumerate(rows[name], 1) if v is None or not math.isfinite(v))
            epoch = next(bad, None)
            if epoch is not None and broken is None:
                broken = (name, epoch)
        return cls(
            max(map(len, rows.values())),
            classes,
            validation_images,
            largest,
            largest_validated,
            broken,
            **{name: level_of(row) for name, row in rows.items()},
        )

    @property
    def guessing_loss(self) -> float:
        """What equal probabilities for all classes cost: the logarithm of their number."""
        return math.log(self.classes)

    @property
    def guessing_accuracy(self) -> float:
        """What the same answer for every training image reaches, at best."""
        return max(1 / self.classes, self.largest)

    @property
    def guessing_validated(self) -> float:
        """What the same answer for every validation image reaches, at best."""
        return max(1 / self.classes, self.largest_validated)

    @property
    def skill(self) -> float | None:
        """Return how far training accuracy has come from guessing (0) to perfect (1)."""
        if self.accuracy is None:
            return None
        return skill_of(self.accuracy.values[-1], self.guessing_accuracy)

    @property
    def judged(self) -> tuple[str, Level]:
        """The loss that tells whether it learns: of validation, or of training without it."""
        if self.val_loss is not None:
            return "Validation loss", self.val_loss
        assert self.loss is not None
        return "Training loss", self.loss


def skill_of(accuracy: float, guessing: float) -> float:
    """Return how far an accuracy lies from guessing (0) to perfect (1).

    >>> skill_of(0.75, 0.5), skill_of(0.5, 0.5)
    (0.5, 0.0)
    """
    return (accuracy - guessing) / (1 - guessing) if guessing < 1 else 0.0


def turn(level: Level) -> int:
    """Return where the least value beside the least level is: levels of neighbours are equal."""
    place = level.values.index(min(level.values))
    near = range(max(place - 1, 0), min(place + 2, len(level)))
    return min(near, key=lambda one: level.raw[one])


def falling(level: Level) -> bool:
    """Return whether a loss still fell over the last quarter of its epochs."""
    back = max(3, len(level) // 4)
    if len(level) <= back:
        return False
    before, last = level.values[-1 - back], level.values[-1]
    return before - last > max(FALLING * abs(before), level.noise)
