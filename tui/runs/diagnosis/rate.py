"""What the learning rate has to do with what the curves show, and which one to try next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from tui.common.text import exact
from tui.runs.diagnosis.said import Diagnosis
from tui.runs.settings.learning_rates import RATES, distance, judge_rate, times_words
from tui.runs.settings.spec import Optimizer, TrainingSpec


@dataclass(frozen=True)
class Rate:
    """The learning rate that a run trained with; the highest where it was changed.

    Args:
        value: above 0.
        optimizer: it was for.
    """

    value: float
    optimizer: Optimizer

    @classmethod
    def of(cls, spec: TrainingSpec | None, rates: Sequence[float]) -> Rate | None:
        """Return a run's rate; None where it is not known.

        Args:
            spec: what was trained.
            rates: the learning rate at each epoch's end; 0 where it is not known.
        """
        if spec is None:
            return None
        known = rates if rates and all(rates) else (*rates, spec.learning_rate)
        return cls(max(known), spec.optimizer)

    @property
    def usual(self) -> float:
        """The rate to begin with."""
        return RATES[self.optimizer].usual

    @property
    def high(self) -> bool:
        """Whether it is far above the usual."""
        return distance(self.value, self.optimizer) > 0

    @property
    def low(self) -> bool:
        """Whether it is far below the usual."""
        return distance(self.value, self.optimizer) < 0


def rates_to_try(rate: Rate | None) -> str:
    """Return which learning rates to try next, never further from the usual one.

    >>> rates_to_try(Rate(0.005, "adam")), rates_to_try(Rate(0.001, "adam"))
    ('the usual learning rate of 0.001', 'a learning rate of 0.0001, and of 0.01')
    """
    if rate is None:
        return "a learning rate ten times lower, and ten times higher"
    if rate.value != rate.usual:
        return f"the usual learning rate of {exact(rate.usual)}"
    lower, higher = (float(f"{rate.usual * times:.4g}") for times in (0.1, 10))
    return f"a learning rate of {exact(lower)}, and of {exact(higher)}"


def rate_first(found: Diagnosis, rate: Rate | None, *, arrived: bool = False) -> Diagnosis:
    """Return a diagnosis that names a learning rate far from the usual one before all else.

    Args:
        found: what the curves show; a training that diverged is told by its cause already.
        rate: what was trained with.
        arrived: whether there is nothing left to learn.
    """
    if rate is None or arrived or not (rate.high or rate.low):
        return found
    if found.kind == "learning well":
        if not rate.low or not judge_rate(rate.value, rate.optimizer):
            return found
        sooner = f"The usual learning rate of {exact(rate.usual)} would get there sooner."
        return replace(found, advice=sooner)
    if found.kind not in ("underfitting", "too noisy", "plateau", "too early"):
        return found
    began = f"It trained with learning rate {exact(rate.value)} ({rate.optimizer}), "
    began += f"{times_words(rate.value, rate.optimizer)} the usual {exact(rate.usual)}"
    began += ": its weights hardly moved." if rate.low else "."
    advice = f"Start again with a learning rate of {exact(rate.usual)}."
    return replace(found, sentence=f"{began} {found.sentence}", advice=advice)
