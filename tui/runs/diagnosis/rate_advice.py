"""How the learning rate explains what the curves show, and which one to try next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from tui.common.text import exact
from tui.runs.diagnosis.diagnosis_kinds import Diagnosis
from tui.runs.settings.learning_rates import RATES, compare_with_usual, judge_rate, rate_ratio_text
from tui.runs.settings.schedules import CONSTANT
from tui.runs.settings.spec import Optimizer, TrainingSpec


@dataclass(frozen=True)
class TrainedRate:
    """The learning rate that a run trained with, the highest if it was changed.

    Args:
        value: above 0.
        optimizer: the optimizer that used it.
    """

    value: float
    optimizer: Optimizer

    @classmethod
    def of(cls, spec: TrainingSpec | None, rates: Sequence[float]) -> TrainedRate | None:
        """Return a run's learning rate; None without a spec.

        Args:
            spec: what was trained.
            rates: the learning rate at the end of each epoch; 0 if unknown.
        """
        if spec is None:
            return None
        # A schedule starts from the spec's rate, and is lower at the end of each epoch.
        complete = rates and all(rates) and spec.schedule == CONSTANT
        known = rates if complete else (*rates, spec.learning_rate)
        return cls(max(known), spec.optimizer)

    @property
    def usual(self) -> float:
        """The optimizer's usual learning rate."""
        return RATES[self.optimizer].usual

    @property
    def high(self) -> bool:
        """Whether it is far above the usual rate."""
        return compare_with_usual(self.value, self.optimizer) > 0

    @property
    def low(self) -> bool:
        """Whether it is far below the usual rate."""
        return compare_with_usual(self.value, self.optimizer) < 0


def rates_to_try(rate: TrainedRate | None) -> str:
    """Return which learning rates to try next; none is further from the usual rate.

    >>> rates_to_try(TrainedRate(0.005, "adam")), rates_to_try(TrainedRate(0.001, "adam"))
    ('the usual learning rate of 0.001', 'learning rates of 0.0001 and 0.01')
    """
    if rate is None:
        return "a learning rate ten times lower and one ten times higher"
    if rate.value != rate.usual:
        return f"the usual learning rate of {exact(rate.usual)}"
    lower, higher = (float(f"{rate.usual * times:.4g}") for times in (0.1, 10))
    return f"learning rates of {exact(lower)} and {exact(higher)}"


def with_rate_advice(
    found: Diagnosis, rate: TrainedRate | None, *, nothing_left: bool = False
) -> Diagnosis:
    """Return a diagnosis that first names a learning rate far from the usual one.

    Args:
        found: what the curves show; a divergence has its cause already.
        rate: the learning rate trained with; None if unknown.
        nothing_left: whether there is nothing left to learn.
    """
    if rate is None or nothing_left or not (rate.high or rate.low):
        return found
    if found.kind == "learning well":
        if not rate.low or not judge_rate(rate.value, rate.optimizer):
            return found
        sooner = f"The usual learning rate of {exact(rate.usual)} would get there sooner."
        return replace(found, advice=sooner)
    if found.kind not in ("underfitting", "too noisy", "plateau", "too early"):
        return found
    began = f"It trained with learning rate {exact(rate.value)} ({rate.optimizer}), "
    began += f"{rate_ratio_text(rate.value, rate.optimizer)} the usual {exact(rate.usual)}"
    began += ": its weights hardly moved." if rate.low else "."
    advice = f"Start again with a learning rate of {exact(rate.usual)}."
    return replace(found, sentence=f"{began} {found.sentence}", advice=advice)
