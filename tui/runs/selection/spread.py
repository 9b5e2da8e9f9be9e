"""The values of a metric in several runs: their mean, their spread, and the best of them."""

from __future__ import annotations

import math
import statistics
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tui.common.metrics import best_value
from tui.common.numbers import metric_value
from tui.runs.selection.run_fields import Value
from tui.runs.store.run_summary import RunSummary


@dataclass(frozen=True)
class Spread:
    """The values of a metric in several runs.

    Args:
        count: the number of runs that have a finite one.
        mean: their mean; None without any.
        spread: their standard deviation (with n - 1); None below two.
        best: the best of them; None without any.
    """

    count: int = 0
    mean: float | None = None
    spread: float | None = None
    best: float | None = None


def spread_of(metric: str, values: Iterable[Value | None]) -> Spread:
    """Return the spread of a metric's values; what is not a finite number is left out.

    >>> spread_of("loss", [1.0, 3.0, None, 5.0, float("nan")])
    Spread(count=3, mean=3.0, spread=2.0, best=1.0)
    >>> spread_of("accuracy", [1e308, 1e308]).mean
    1e+308
    """
    found = [
        float(value) for value in values if isinstance(value, (int, float)) and math.isfinite(value)
    ]
    return Spread(len(found), *_mean_and_spread(found), best_value(metric, found))


def spread_text(spread: Spread | None) -> str:
    """Return a mean and its spread; of one run its value alone.

    >>> spread_text(Spread(3, 0.9, 0.0123, 0.95)), spread_text(Spread(1, 0.9, None, 0.9))
    ('0.9000 ± 0.0123', '0.9000')
    """
    if spread is None or spread.mean is None:
        return "–"
    if spread.spread is None:
        return metric_value(spread.mean)
    return f"{metric_value(spread.mean)} ± {metric_value(spread.spread)}"


def _mean_and_spread(values: Sequence[float]) -> tuple[float | None, float | None]:
    """Return the mean and the standard deviation of finite numbers, the greatest too."""
    if not values:
        return None, None
    scale = max(map(abs, values)) or 1.0
    scaled = [value / scale for value in values]
    mean = statistics.fmean(scaled)
    if len(values) < 2:
        return mean * scale, None
    spread = math.sqrt(math.fsum((one - mean) ** 2 for one in scaled) / (len(scaled) - 1))
    return mean * scale, spread * scale


def run_value(run: RunSummary, metric: str) -> float | None:
    """Return a run's value of a metric in its best epoch."""
    return run.best if run.best_metric == metric else run.metrics.value(metric)


def usual_metric(runs: Iterable[RunSummary]) -> str:
    """Return the metric that most of the runs are judged by; empty without any."""
    names = Counter(run.best_metric for run in runs if run.best is not None)
    return names.most_common(1)[0][0] if names else ""
