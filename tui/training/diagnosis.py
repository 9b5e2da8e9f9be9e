"""What a run's curves say: overfitting, underfitting and the rest, by stated rules.

The rules look at the whole epochs' values only. They are deterministic: the same history always
gets the same diagnosis. Each threshold is a named constant in `diagnosis_rules` with its reason.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "too early",
    "diverged",
    "overfitting",
    "underfitting",
    "too noisy",
    "plateau",
    "learning well",
]

SIGNS: dict[Kind, str] = {
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


def diagnose(
    history: Mapping[str, Sequence[float | None]],
    classes: int,
    *,
    validation_images: int = 0,
) -> tuple[Diagnosis, ...]:
    """Say what the curves of a run show, the most telling first; never nothing.

    Args:
        history: for each metric one value an epoch, as `history.history` has them; None stands
            for what is not finite.
        classes: how many there are; what guessing would reach follows from it.
        validation_images: how many there are, where that is known: accuracy on few of them is
            uncertain by itself.

    >>> diagnose({"loss": [0.7, 0.6], "accuracy": [0.5, 0.6]}, 2)[0].label
    'too early to say'
    """
    from tui.training import diagnosis_rules as rules

    curves = rules.Curves.of(history, max(classes, 2), max(validation_images, 0))
    diverged = rules.diverged(curves)
    if diverged is not None:
        return (diverged,)
    if curves.epochs < rules.MIN_EPOCHS or curves.loss is None:
        return (rules.too_early(curves),)
    found = [rules.overfitting(curves) or rules.underfitting(curves), rules.too_noisy(curves)]
    named = [one for one in found if one is not None]
    if not named:
        named.append(rules.plateau(curves) or rules.learning_well(curves))
    return tuple(named)
