"""The diagnoses of a run: their kinds, signs and sentences."""

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
"""A sign for each kind, shown before its label, so that the meaning does not depend on colour."""


@dataclass(frozen=True)
class Diagnosis:
    """One finding about a run.

    Args:
        kind: one of `Kind`.
        since: the epoch, from 1, since which it holds; None if it is about the whole run.
        label: a few words, such as `overfitting since epoch 5`.
        sentence: the observation, with its figures.
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
"""Ends a sentence whose figures are not those of a single epoch and so are in no table."""
