"""The usual learning rates of each optimizer, and findings about unusual ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tui.common.text import exact
from tui.runs.settings.findings import Finding
from tui.runs.settings.spec import Optimizer


@dataclass(frozen=True)
class LearningRates:
    """The learning rates of an optimizer.

    Args:
        usual: the one to begin with; Keras's default.
        lowest: below it the weights hardly move in any practical number of epochs.
        highest: above it a training nearly always diverges.
    """

    usual: float
    lowest: float
    highest: float


RATES: Mapping[Optimizer, LearningRates] = {
    "rmsprop": LearningRates(0.001, 1e-6, 0.1),
    "adam": LearningRates(0.001, 1e-6, 0.1),
    "sgd": LearningRates(0.01, 1e-5, 1.0),
}
"""RMSprop and Adam move each weight by about the learning rate in a step, whatever the gradient;
the step of SGD is the rate times the gradient."""


def known_optimizer(name: str) -> Optimizer | None:
    """Return the optimizer whose usual rates are known, by its name or Keras's class; else None.

    >>> known_optimizer("RMSprop"), known_optimizer("Lion")
    ('rmsprop', None)
    """
    return next((known for known in RATES if known == name.lower()), None)


FAR_TOO_HIGH = 10.0
"""A rate of more than this many times the usual one is the cause of a divergence."""
FAR_TOO_LOW = 10.0
"""A rate of less than the usual one divided by this is the cause of slow learning."""


def compare_with_usual(rate: float, optimizer: Optimizer) -> int:
    """Return 1 for a learning rate far above the usual one, −1 for one far below, else 0.

    >>> [compare_with_usual(rate, "adam") for rate in (0.05, 0.001, 1e-5)]
    [1, 0, -1]
    """
    usual = RATES[optimizer].usual
    if rate > FAR_TOO_HIGH * usual:
        return 1
    return -1 if rate * FAR_TOO_LOW < usual else 0


def rate_ratio_text(rate: float, optimizer: Optimizer) -> str:
    """Return how far a learning rate is from the usual one, in words that come before that one.

    >>> rate_ratio_text(5, "rmsprop"), rate_ratio_text(1e-9, "adam"), rate_ratio_text(1e-30, "sgd")
    ('5,000 times', '1,000,000 times smaller than', 'far smaller than')
    """
    usual = RATES[optimizer].usual
    if rate > usual:
        return f"{round(rate / usual):,} times" if rate < 1e9 * usual else "far more than"
    part = f"{usual / rate:.0f}" if rate > 0 else ""
    return f"{int(part):,} times smaller than" if 0 < len(part) < 10 else "far smaller than"


def judge_rate(rate: float, optimizer: Optimizer) -> tuple[Finding, ...]:
    """Return the finding about an unusual learning rate, or nothing.

    Args:
        rate: above 0.
        optimizer: that uses it.

    >>> judge_rate(0.003, "adam")
    ()
    >>> print(judge_rate(30.0, "sgd")[0])
    A learning rate of 30 is 3,000 times the usual 0.01 of sgd: such a training nearly always \
diverges. Choose 0.01, or at most 1.
    """
    rates = RATES[optimizer]
    if rates.lowest <= rate <= rates.highest:
        return ()
    if rate > rates.highest:
        why, limit = "such a training nearly always diverges", f"at most {rates.highest:g}"
    else:
        why, limit = "its weights will hardly move", f"at least {rates.lowest:g}"
    return (
        Finding(
            "question",
            f"A learning rate of {exact(rate)} is {rate_ratio_text(rate, optimizer)} the usual "
            f"{rates.usual:g} of {optimizer}: {why}.",
            f"Choose {rates.usual:g}, or {limit}.",
        ),
    )


def lower_rate(rate: float, optimizer: Optimizer) -> float:
    """Return the learning rate to try after one that was too high.

    It is a tenth, but no more than the usual one.

    >>> lower_rate(30.0, "rmsprop"), lower_rate(0.001, "rmsprop")
    (0.001, 0.0001)
    """
    usual = RATES[optimizer].usual
    return usual if rate > FAR_TOO_HIGH * usual else float(f"{rate / 10:.4g}")
