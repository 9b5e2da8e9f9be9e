"""Precision, recall, F1 and support of each class, and their means, from a confusion matrix.

The figures are those of scikit-learn's `classification_report` with all classes as `labels`, and
of its `balanced_accuracy_score`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

Counts = Sequence[Sequence[int]]
"""A row for each true class, a column for each predicted one."""


@dataclass(frozen=True, slots=True)
class ClassFigures:
    """How well one class is predicted.

    Args:
        name: of the class.
        right: images of the class that are predicted as it.
        predicted: images that are predicted as it.
        support: images of the class.

    >>> cats = ClassFigures("cats", right=6, predicted=8, support=12)
    >>> cats.precision, cats.recall, cats.f1
    (0.75, 0.5, 0.6)
    >>> never = ClassFigures("dogs", right=0, predicted=0, support=5)
    >>> never.precision, never.recall, never.f1
    (None, 0.0, 0.0)
    """

    name: str
    right: int
    predicted: int
    support: int

    @property
    def precision(self) -> float | None:
        """Of the images predicted as this class, the share that is; None if there are none."""
        return self.right / self.predicted if self.predicted else None

    @property
    def recall(self) -> float | None:
        """Of the images of this class, the share that is predicted as it; None without images."""
        return self.right / self.support if self.support else None

    @property
    def f1(self) -> float | None:
        """The harmonic mean of precision and recall; None if no image is or is predicted so."""
        both = self.predicted + self.support
        return 2 * self.right / both if both else None


@dataclass(frozen=True, slots=True)
class Means:
    """Means over the classes; a figure that a class does not have counts as 0."""

    precision: float
    recall: float
    f1: float


@dataclass(frozen=True, slots=True)
class Report:
    """How well each class is predicted.

    Args:
        classes: in the order of the labels.
    """

    classes: tuple[ClassFigures, ...]

    @property
    def images(self) -> int:
        """How many images were predicted."""
        return sum(one.support for one in self.classes)

    @property
    def right(self) -> int:
        """How many of them correctly."""
        return sum(one.right for one in self.classes)

    @property
    def accuracy(self) -> float | None:
        """The share of the images that is predicted correctly; None without images."""
        return self.right / self.images if self.images else None

    @property
    def balanced_accuracy(self) -> float | None:
        """The mean recall of the classes that have images; None without images."""
        recalls = [one.recall for one in self.classes if one.recall is not None]
        return sum(recalls) / len(recalls) if recalls else None

    @property
    def uneven(self) -> bool:
        """Whether some classes have more images than others, so that both accuracies differ."""
        return len({one.support for one in self.classes if one.support}) > 1

    @property
    def macro(self) -> Means | None:
        """The means in which every class counts the same; None without images."""
        return self._means([1.0] * len(self.classes))

    @property
    def weighted(self) -> Means | None:
        """The means in which every image counts the same; None without images."""
        return self._means([float(one.support) for one in self.classes])

    def _means(self, weights: Sequence[float]) -> Means | None:
        if not self.images:
            return None
        total = sum(weights)
        rows = [(one.precision or 0.0, one.recall or 0.0, one.f1 or 0.0) for one in self.classes]
        precision, recall, f1 = (
            sum(weight * row[column] for weight, row in zip(weights, rows, strict=True)) / total
            for column in range(3)
        )
        return Means(precision, recall, f1)

    def worst_first(self) -> tuple[int, ...]:
        """Return the numbers of the classes, the lowest F1 first, those without any last."""

        def place(number: int) -> tuple[bool, float]:
            f1 = self.classes[number].f1
            return f1 is None, f1 or 0.0

        return tuple(sorted(range(len(self.classes)), key=place))


def report_of(classes: Sequence[str], confusion: Counts) -> Report:
    """Return the report on a confusion matrix.

    Args:
        classes: the names of the classes.
        confusion: a row for each true class, a column for each predicted one.

    >>> report = report_of(["cats", "dogs"], [[3, 1], [2, 14]])
    >>> report.accuracy, report.balanced_accuracy
    (0.85, 0.8125)
    >>> report.macro.recall == report.balanced_accuracy, report.weighted.recall
    (True, 0.85)
    """
    return Report(
        tuple(
            ClassFigures(
                name, confusion[label][label], sum(row[label] for row in confusion), sum(own)
            )
            for label, (name, own) in enumerate(zip(classes, confusion, strict=True))
        )
    )
