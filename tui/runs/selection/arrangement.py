"""Sorting runs by a setting or metric, and grouping them by settings."""

from __future__ import annotations

import math
import re
import statistics
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import itemgetter

from tui.common.metrics import best_value, higher_is_better
from tui.runs.selection.field_catalogue import is_value
from tui.runs.selection.run_fields import Field, Value
from tui.runs.store.run_summary import RunSummary, Which

_DIGITS = re.compile(r"(\d+)")
Key = tuple[int, float, list[tuple[int, int, str]]]


@dataclass(frozen=True)
class Sort:
    """An order of runs.

    Args:
        field: what they are sorted by.
        reverse: whether the usual order is turned round.
    """

    field: Field
    reverse: bool = False

    @property
    def descending(self) -> bool:
        """Whether the largest value comes first; usually the best metric and the newest run do."""
        field = self.field
        usual = {"metric": higher_is_better(field.name) is not False, "time": True, "age": True}
        return usual.get(field.kind, False) != self.reverse

    @property
    def arrow(self) -> str:
        """Whether values rise or fall from one row to the next. An age falls as its start rises."""
        falls = self.descending != (self.field.kind == "age")
        return "↓" if falls else "↑"


@dataclass(frozen=True)
class RunGroup:
    """Runs with the same values of some fields.

    Args:
        values: the values, in the order of the fields; None: not known.
        runs: the runs, in the order of the list.
        metric: the metric that is compared.
        count: the number of runs that have a finite value of it.
        best: the best of them; None without any.
        mean: their mean.
        spread: their standard deviation (with n - 1); None below two.
    """

    values: tuple[Value | None, ...]
    runs: tuple[RunSummary, ...]
    metric: str
    count: int = 0
    best: float | None = None
    mean: float | None = None
    spread: float | None = None


def sort_runs(runs: Sequence[RunSummary], sort: Sort | None) -> list[RunSummary]:
    """Return runs in an order; those that have no value come last, equal ones stay as they are.

    Args:
        runs: newest first.
        sort: the order; None leaves them as they are.
    """
    if sort is None:
        return list(runs)
    read = sort.field.read
    keyed = [(read(run), run) for run in runs]
    having = [(value, run) for value, run in keyed if value is not None and is_value(value)]
    numbers = all(isinstance(value, (int, float)) for value, _ in having)
    # Stable in both directions.
    having.sort(
        key=itemgetter(0) if numbers else lambda pair: _key(pair[0]), reverse=sort.descending
    )
    return [run for _, run in having] + [run for value, run in keyed if not is_value(value)]


def group_runs(
    runs: Sequence[RunSummary], fields: Sequence[Field], sort: Sort | None = None
) -> list[RunGroup]:
    """Return runs in groups.

    Groups come in the order of their values or, if the runs are sorted by a metric, with the best
    first. The metric compared is the one sorted by, else the one that most of the runs are judged
    by.

    Args:
        runs: sorted.
        fields: those whose values a group has in common.
        sort: the order of the runs.
    """
    together: dict[tuple[Value | None, ...], list[RunSummary]] = {}
    for run in runs:
        values = tuple(_group_value(field, run) for field in fields)
        together.setdefault(values, []).append(run)
    # The field `best` stands for different metrics.
    by_metric = sort is not None and sort.field.kind == "metric" and sort.field.name != "best"
    metric = sort.field if by_metric and sort is not None else None
    name = metric.name if metric is not None else usual_metric(runs)
    groups = [
        # The programs of one group may measure something else than the others.
        _summed(values, members, name, metric)
        if metric is not None or any(run_value(one, name) is not None for one in members)
        else _summed(values, members, usual_metric(members), None)
        for values, members in together.items()
    ]
    if metric is not None:
        assert sort is not None
        with_best = [group for group in groups if group.best is not None]
        with_best.sort(key=lambda group: group.best or 0.0, reverse=sort.descending)
        return with_best + [group for group in groups if group.best is None]
    return sorted(groups, key=lambda group: [_key(value) for value in group.values])


def _summed(
    values: tuple[Value | None, ...], runs: list[RunSummary], name: str, field: Field | None
) -> RunGroup:
    read = (field.read(run) if field is not None else run_value(run, name) for run in runs)
    found = [
        float(value) for value in read if isinstance(value, (int, float)) and math.isfinite(value)
    ]
    mean, spread = mean_and_spread(found)
    return RunGroup(values, tuple(runs), name, len(found), best_value(name, found), mean, spread)


def run_value(run: RunSummary, metric: str, which: Which = "best") -> float | None:
    """Return a run's value of a metric: the best one, where the run is judged by it."""
    if run.best_metric == metric and which == "best":
        return run.best
    return run.metrics.value(metric, which)


def mean_and_spread(values: Sequence[float]) -> tuple[float | None, float | None]:
    """Return the mean and the standard deviation of finite numbers; None where there are too few.

    >>> mean_and_spread([1.0, 3.0, 5.0])
    (3.0, 2.0)
    >>> mean_and_spread([1e308, 1e308]), mean_and_spread([])
    ((1e+308, 0.0), (None, None))
    """
    if not values:
        return None, None
    scale = max(map(abs, values)) or 1.0
    scaled = [value / scale for value in values]
    mean = statistics.fmean(scaled)
    if len(values) < 2:
        return mean * scale, None
    spread = math.sqrt(math.fsum((one - mean) ** 2 for one in scaled) / (len(scaled) - 1))
    return mean * scale, spread * scale


def usual_metric(runs: Iterable[RunSummary]) -> str:
    names = Counter(run.best_metric for run in runs if run.best is not None)
    return names.most_common(1)[0][0] if names else ""


def _group_value(field: Field, run: RunSummary) -> Value | None:
    """Return what runs of a group have in common: of a time its day."""
    value = field.read(run)
    if field.kind in ("time", "age") and isinstance(value, str):
        return value[:10]
    return value if is_value(value) else None


def _key(value: Value | None) -> Key:
    """Return a sort key: numbers, then texts in natural order, then what is not known."""
    if value is None:
        return (2, 0.0, [])
    if isinstance(value, (int, float)):
        return (0, value, [])
    parts = _DIGITS.split(value.casefold())
    return (1, 0.0, [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts])
