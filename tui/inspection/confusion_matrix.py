"""Confusion matrices: which classes are confused most, and which have the lowest accuracy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

Counts = Sequence[Sequence[int]]
"""A row for each true class, a column for each predicted one."""


@dataclass(frozen=True, slots=True)
class ConfusedPair:
    """Images of one class that are predicted as another.

    Args:
        truth, predicted: indices of the classes.
        count: how many images.
    """

    truth: int
    predicted: int
    count: int


def confused_pairs(confusion: Counts) -> tuple[ConfusedPair, ...]:
    """Return the confused pairs, the most frequent first; of equals the one of the smaller class.

    >>> [(pair.truth, pair.predicted) for pair in confused_pairs([[9, 1, 0], [3, 0, 1], [0, 0, 5]])]
    [(1, 0), (1, 2), (0, 1)]
    """
    totals = [sum(row) for row in confusion]
    pairs = [
        ConfusedPair(truth, predicted, count)
        for truth, row in enumerate(confusion)
        for predicted, count in enumerate(row)
        if count and truth != predicted
    ]
    return tuple(sorted(pairs, key=lambda pair: (-pair.count, totals[pair.truth])))


def share_right(confusion: Counts, label: int) -> float | None:
    """Return the accuracy of a class; None if it has no images."""
    total = sum(confusion[label])
    return confusion[label][label] / total if total else None


def worst_first(confusion: Counts) -> tuple[int, ...]:
    """Return the indices of the classes, the lowest accuracy first, those without images last.

    >>> worst_first([[9, 1, 0], [3, 0, 1], [0, 0, 0]])
    (1, 0, 2)
    """
    shares = [share_right(confusion, label) for label in range(len(confusion))]

    def place(label: int) -> tuple[bool, float]:
        share = shares[label]
        return share is None, share or 0.0

    return tuple(sorted(range(len(confusion)), key=place))
