"""The rule that ends a training early, as lessons and trainings use it."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Collection
from typing import Literal

import msgspec

from tui.common.arithmetic import ArithmeticProblem, typed_number
from tui.common.metrics import best_metric, higher_is_better
from tui.common.text import clean, exact

METRICS = ("accuracy", "loss", "val_accuracy", "val_loss")
"""What the built-in trainer measures."""
Comparison = Literal[">", ">=", "<", "<="]

_RULE = re.compile(r"\s*([^<>=]+?)\s*(>=|<=|>|<)\s*(\S.*?)\s*")
MOST_LISTED = 12
"""Metrics that a message lists at most."""


def rounded_metric(value: float | None) -> float | None:
    """Return a metric as it is stored and compared: six digits, None where it is not finite.

    Keras measures in 32 bits, where 0.3 is 0.30000001192…. The trainer, the exported program of a
    run and the question what a rule would have done all compare the rounded value.

    >>> rounded_metric(0.30000001192), rounded_metric(float("nan"))
    (0.3, None)
    """
    if value is None or not math.isfinite(value):
        return None
    return float(f"{value:.6g}")


class SpecError(ValueError):
    """A setting of a training is not possible; the message says which one and the cure."""


class StopRule(msgspec.Struct, frozen=True):
    """A rule that ends a training early, checked at the end of each epoch.

    The course's callback is the rule `accuracy > 0.997`.
    """

    metric: str
    """A key of the epoch's logs; of the built-in trainer one of `METRICS`."""
    comparison: Comparison
    value: float

    @classmethod
    def parse(cls, text: str, metrics: Collection[str] | None = METRICS) -> StopRule | None:
        """Read a rule such as `accuracy > 0.997`; an empty text or `never` is no rule.

        Args:
            text: as typed; the number may be arithmetic.
            metrics: those that the training measures; None: any.

        Raises:
            SpecError: the text is not a rule, or names a metric that the training does not have.

        >>> StopRule.parse("accuracy>0.997")
        StopRule(metric='accuracy', comparison='>', value=0.997)
        >>> StopRule.parse("never") is None
        True
        >>> StopRule.parse("val/dice >= 0.9", ["val/dice"])
        StopRule(metric='val/dice', comparison='>=', value=0.9)
        """
        if text.strip().lower() in {"", "never", "none"}:
            return None
        cure = _cure(METRICS if metrics is None else metrics)
        match = _RULE.fullmatch(text)
        if match is None:
            raise SpecError(f"{clean(text, 40)!r} is not a stop rule. {cure}")
        metric, comparison, number = match.groups()
        if metrics is not None and metric not in metrics:
            raise SpecError(
                f"{clean(metric, 30)!r} is not measured here: {_known(metric, metrics)}. {cure}"
            )
        try:
            value = typed_number(number)
        except ArithmeticProblem as problem:
            raise SpecError(f"{clean(problem)} {cure}") from None
        except ValueError:
            raise SpecError(f"{clean(number, 30)!r} is not a number. {cure}") from None
        if not math.isfinite(value):
            raise SpecError(f"{number} can never be reached. {cure}")
        # A program of the user's own may measure it in percent.
        if metrics is METRICS and "accuracy" in metric and not 0 <= value <= 1:
            raise SpecError(
                f"An accuracy lies between 0 and 1, and {number} does not. "
                "99.7 % is written 0.997, as in accuracy>0.997."
            )
        return cls(metric, comparison, value)  # type: ignore[arg-type]

    def met_by(self, logs: dict[str, float | None]) -> bool:
        """Return whether an epoch's logs meet the rule; a missing metric never does.

        Args:
            logs: as measured or rounded.

        >>> StopRule("accuracy", ">", 0.997).met_by({"accuracy": 0.998})
        True
        """
        measured = rounded_metric(logs.get(self.metric))
        if measured is None:
            return False
        return {
            ">": measured > self.value,
            ">=": measured >= self.value,
            "<": measured < self.value,
            "<=": measured <= self.value,
        }[self.comparison]

    def __str__(self) -> str:
        return f"{self.metric} {self.comparison} {exact(self.value)}"


def _cure(metrics: Collection[str]) -> str:
    if metrics is METRICS or not metrics:
        return "Write for example accuracy>0.997 or val_loss<0.1, or never."
    example = clean(best_metric(metrics) or next(iter(metrics)), 30)
    sign = ">" if higher_is_better(example) else "<"
    return f"Write for example {example}{sign}0.9, or never."


def _known(metric: str, metrics: Collection[str]) -> str:
    """Return the nearest of the metrics, and the first of them."""
    if not metrics:
        return "no metric of this training is known yet"
    near = difflib.get_close_matches(metric[:60], metrics, n=1, cutoff=0.5)
    listed = [clean(one, 30) for one in list(metrics)[:MOST_LISTED]]
    more = f" and {len(metrics) - MOST_LISTED:,} more" if len(metrics) > MOST_LISTED else ""
    mean = f"did you mean {clean(near[0], 30)}? K" if near else "k"
    return f"{mean}nown are: {', '.join(listed)}{more}"


COURSE_RULE = StopRule("accuracy", ">", 0.997)
