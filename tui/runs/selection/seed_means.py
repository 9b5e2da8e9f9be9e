"""Runs that differ in their seed alone, taken together: mean and spread of their results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tui.common.metrics import best_value, higher_is_better
from tui.runs.selection.spread import Spread, run_value, spread_of, usual_metric
from tui.runs.settings.setting_rows import external_rows, setting_rows
from tui.runs.store.run_summary import RunSummary

SEEDS = ("seed", "shuffling seed")
"""The settings that runs of one row may differ in."""


@dataclass(frozen=True)
class SeedRow:
    """Runs with the same settings but for the seed.

    Args:
        settings: the values of the settings that differ between rows, by name.
        runs: those that finished or were stopped.
        not_ended: the number of the others, which also failed or died.
        metrics: by name, each run's value at its best epoch.
    """

    settings: Mapping[str, str]
    runs: tuple[RunSummary, ...]
    not_ended: int
    metrics: Mapping[str, Spread]


@dataclass(frozen=True)
class SeedMeans:
    """A comparison over seeds.

    Args:
        metric: the one by which the rows are ordered.
        varied: the settings that differ between rows.
        rows: the best mean first.
        metrics: the metrics that any of the runs has.
    """

    metric: str
    varied: tuple[str, ...]
    rows: tuple[SeedRow, ...]
    metrics: tuple[str, ...]

    @property
    def best_run(self) -> RunSummary | None:
        """The run with the best value of the metric."""
        runs = [run for row in self.rows for run in row.runs]
        values = {run.run: run_value(run, self.metric) for run in runs}
        best = best_value(self.metric, [one for one in values.values() if one is not None])
        return next((run for run in runs if best is not None and values[run.run] == best), None)


def compare_over_seeds(runs: Sequence[RunSummary]) -> SeedMeans:
    """Compare the settings of runs, each with the mean and the spread over its seeds.

    Only runs that finished or were stopped count: the others have not reached what they can.

    Args:
        runs: with readable settings, or without; those without are rows of their own.
    """
    tables = [_settings(run) for run in runs]
    # What a program of the user's own does not set or change is not unknown.
    absent = ["unknown" if "run" in table else "–" for table in tables]
    names = list(dict.fromkeys(name for table in tables for name in table if name not in SEEDS))
    varied = tuple(
        name
        for name in names
        if len({table.get(name, other) for table, other in zip(tables, absent, strict=True)}) > 1
    )
    together: dict[tuple[str, ...], list[RunSummary]] = {}
    for run, table, other in zip(runs, tables, absent, strict=True):
        together.setdefault(tuple(table.get(name, other) for name in varied), []).append(run)
    metric = usual_metric(runs)
    found = [name for run in runs for name in run.metrics.names]
    metrics = tuple(dict.fromkeys([*([metric] if metric else []), *found]))
    rows = [
        _row(dict(zip(varied, values, strict=True)), members, metrics)
        for values, members in together.items()
    ]
    rows.sort(key=lambda row: _order(row, metric))
    return SeedMeans(metric, varied, tuple(rows), metrics)


def _settings(run: RunSummary) -> dict[str, str]:
    if run.spec is not None:
        rows = setting_rows(run.spec)
    elif run.external is not None:
        rows = external_rows(run.external)
    else:
        rows = {"run": run.title}
    if run.changed:  # while it was trained
        rows["changed"] = ", ".join(run.changed)
    return rows


def _row(
    settings: Mapping[str, str], runs: Sequence[RunSummary], metrics: Sequence[str]
) -> SeedRow:
    ended = tuple(run for run in runs if run.state in ("finished", "stopped", "read"))
    spreads = {name: spread_of(name, [run_value(run, name) for run in ended]) for name in metrics}
    return SeedRow(settings, ended, len(runs) - len(ended), spreads)


def _order(row: SeedRow, metric: str) -> tuple[bool, float]:
    found = row.metrics.get(metric)
    if found is None or found.mean is None:
        return True, 0.0
    return False, found.mean if higher_is_better(metric) is False else -found.mean
