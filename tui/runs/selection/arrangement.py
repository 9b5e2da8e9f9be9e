"""Sorting runs by a setting or metric, and grouping them by settings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from operator import itemgetter

from tui.common.metrics import higher_is_better
from tui.common.natural_order import natural_key
from tui.runs.selection.field_catalogue import is_value
from tui.runs.selection.run_fields import Field, Value
from tui.runs.selection.spread import Spread, run_value, spread_of, usual_metric
from tui.runs.store.run_summary import RunSummary

BEST = "best"
"""The field of each run's best value, of whichever metric judges the run."""

Key = tuple[int, float, list[tuple[int, int, str]]]


@dataclass(frozen=True)
class Sort:
    """An order of runs.

    Args:
        field: what they are sorted by.
        reverse: whether the usual order is turned round.
        judged_by: the metric that most of the runs are judged by, which `best` then stands for.
    """

    field: Field
    reverse: bool = False
    judged_by: str = ""

    @property
    def descending(self) -> bool:
        """Whether the largest value comes first; usually the best metric and the newest run do."""
        field = self.field
        metric = self.judged_by if field.name == BEST else field.name
        usual = {"metric": higher_is_better(metric) is not False, "time": True, "age": True}
        return usual.get(field.kind, False) != self.reverse

    @property
    def metric(self) -> Field | None:
        """The metric that it sorts by; None for any other field.

        The field `best` is none: it stands for different metrics.
        """
        field = self.field
        return field if field.kind == "metric" and field.name != BEST else None

    @property
    def arrow(self) -> str:
        """Whether values rise or fall down the list. An age falls as its start rises."""
        falls = self.descending != (self.field.kind == "age")
        return "↓" if falls else "↑"


@dataclass(frozen=True)
class RunGroup:
    """Runs with the same values of some fields.

    Args:
        values: the values, in the order of the fields; None: not known.
        runs: the runs, in the order of the list.
        metric: the metric that is compared.
        result: its values in the runs.
    """

    values: tuple[Value | None, ...]
    runs: tuple[RunSummary, ...]
    metric: str
    result: Spread


def sort_runs(runs: Sequence[RunSummary], sort: Sort | None) -> list[RunSummary]:
    """Return runs in an order; those that have no value come last, equal ones stay as they are.

    Best values of different metrics are not compared: runs that are judged by another metric than
    most come after the others.

    Args:
        runs: newest first.
        sort: the order; None leaves them as they are.
    """
    if sort is None:
        return list(runs)
    if sort.field.name == BEST:
        return _by_best(runs, sort)
    read = sort.field.read
    keyed = [(read(run), run) for run in runs]
    having = [(value, run) for value, run in keyed if value is not None and is_value(value)]
    numbers = all(isinstance(value, (int, float)) for value, _ in having)
    # Stable in both directions.
    having.sort(
        key=itemgetter(0) if numbers else lambda pair: _key(pair[0]), reverse=sort.descending
    )
    return [run for _, run in having] + [run for value, run in keyed if not is_value(value)]


def _by_best(runs: Sequence[RunSummary], sort: Sort) -> list[RunSummary]:
    """Return runs by their best values, those of one metric together."""
    alike: dict[str, list[tuple[float, RunSummary]]] = {sort.judged_by: []}
    without = []
    for run in runs:
        if run.best is None or not is_value(run.best):
            without.append(run)
        else:
            alike.setdefault(run.best_metric, []).append((run.best, run))
    found: list[RunSummary] = []
    for metric, having in alike.items():
        falls = (higher_is_better(metric) is not False) != sort.reverse
        found += [run for _, run in sorted(having, key=itemgetter(0), reverse=falls)]
    return found + without


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
    metric = sort.metric if sort is not None else None
    name = metric.name if metric is not None else usual_metric(runs)
    groups = [_group(values, members, name, metric) for values, members in together.items()]
    if sort is None or metric is None:
        return sorted(groups, key=lambda group: [_key(value) for value in group.values])
    with_best = [group for group in groups if group.result.best is not None]
    with_best.sort(key=lambda group: group.result.best or 0.0, reverse=sort.descending)
    return with_best + [group for group in groups if group.result.best is None]


def _group(
    values: tuple[Value | None, ...], runs: list[RunSummary], name: str, metric: Field | None
) -> RunGroup:
    """Return a group; without a metric to sort by, the one compared is its runs' usual one.

    Args:
        values: what the runs have in common.
        runs: the runs.
        name: the metric that is compared if any of the runs has it.
        metric: the one that the runs are sorted by; None if by something else.
    """
    if metric is not None:
        found: list[Value | None] = [metric.read(run) for run in runs]
    else:
        # The programs of one group may measure something else than the others.
        if all(run_value(run, name) is None for run in runs):
            name = usual_metric(runs)
        found = [run_value(run, name) for run in runs]
    return RunGroup(values, tuple(runs), name, spread_of(name, found))


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
    return (1, 0.0, natural_key(value))
