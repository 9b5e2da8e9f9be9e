"""One thing that the curves say, and how its figures are written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "cannot learn",
    "odd network",
    "too early",
    "diverged",
    "overfitting",
    "underfitting",
    "too noisy",
    "plateau",
    "learning well",
]

SIGNS: dict[Kind, str] = {
    "cannot learn": "✗",
    "odd network": "!",
    "too early": "…",
    "diverged": "✗",
    "overfitting": "!",
    "underfitting": "!",
    "too noisy": "~",
    "plateau": "→",
    "learning well": "✓",
}
"""One sign for each kind, to stand before its label: meaning never hangs on colour."""


@dataclass(frozen=True)
class Diagnosis:
    """One thing that the curves say.

    Args:
        kind: which of them.
        since: the epoch, from 1, from which it holds; None where it is about the whole.
        label: a few words for a chart's corner, `overfitting since epoch 5`.
        sentence: what is seen, with its figures.
        advice: what to try.
    """

    kind: Kind
    since: int | None
    label: str
    sentence: str
    advice: str

    @property
    def sign(self) -> str:
        """The kind's sign."""
        return SIGNS[self.kind]


MEDIANS = " The figures are running medians of three epochs."
"""Behind a sentence whose figures are no single epoch's: they stand in no table."""
