"""A comparison of runs: their signs, the settings that differ, their results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tui.common.numbers import metric_value
from tui.common.text import clean
from tui.runs.events.last_measured import last_measured
from tui.runs.export.run_formatting import leading_metrics, limits, measured_duration
from tui.runs.settings.setting_rows import rows_with_changes
from tui.runs.store.loaded_run import LoadedRun
from tui.runs.store.start_time import start_of

MAX_RUNS = 6
"""Runs in a comparison; more signs and colours would be hard to distinguish."""
MOST_METRICS = 20
"""Metrics in the table; programs of the user's own may have thousands."""
MARKERS = ("●", "▲", "■", "◆", "✚", "★")
"""A sign for each slot, so that runs can be distinguished without colour."""


@dataclass(frozen=True)
class Row:
    """A row of a table: its name and its value for each run."""

    name: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class ComparedRun:
    """A run in a comparison.

    Args:
        loaded: the run.
        label: its name here, distinct from the others.
        slot: 0 to 5, the index of its colour, which it keeps while others come and go.
        marker: the sign of its slot.
    """

    loaded: LoadedRun
    label: str
    slot: int
    marker: str


@dataclass(frozen=True)
class Comparison:
    """Several runs and what differs between them.

    Args:
        runs: in the order requested.
        differences: the settings that are not the same for all runs.
        results: state, epochs, last and best values, time.
    """

    runs: tuple[ComparedRun, ...]
    differences: tuple[Row, ...]
    results: tuple[Row, ...]


def compare(runs: Sequence[LoadedRun], slots: Mapping[str, int] | None = None) -> Comparison:
    """Compare runs.

    Args:
        runs: one to six.
        slots: the slots that runs had before, by the names of their folders.

    Raises:
        ValueError: when there are more than six.
    """
    if len(runs) > MAX_RUNS:
        raise ValueError(f"{len(runs)} runs cannot be compared; choose {MAX_RUNS} at most.")
    assigned = assign_slots([run.folder.name for run in runs], slots or {})
    labels = distinct_labels(runs)
    compared = tuple(
        ComparedRun(run, label, slot, MARKERS[slot])
        for run, label, slot in zip(runs, labels, assigned, strict=True)
    )
    return Comparison(compared, tuple(differences(runs)), tuple(results(runs)))


def assign_slots(names: Sequence[str], before: Mapping[str, int]) -> list[int]:
    """Return a slot for each run: the one it had before, otherwise the first free one.

    >>> assign_slots(["b", "c"], {"a": 0, "b": 1})
    [1, 0]
    """
    taken = {before[name] for name in names if name in before}
    free = (slot for slot in range(MAX_RUNS + len(taken)) if slot not in taken)
    return [before[name] if name in before else next(free) for name in names]


def distinct_labels(runs: Sequence[LoadedRun]) -> list[str]:
    """Return a distinct name for each run.

    Runs of the same name get the settings that differ, and if none do, the time in the folder's
    name.
    """
    titles = [run.title for run in runs]
    doubled = {title for title in titles if titles.count(title) > 1}
    labels = []
    for number, title in enumerate(titles):
        if title in doubled:
            same = [run for run in runs if run.title == title]
            rows = differences(same)
            column = same.index(runs[number])
            distinction = ", ".join(f"{row.name} {row.values[column]}" for row in rows[:2])
            title = f"{title} ({distinction})" if distinction else title
        labels.append(title)
    return [
        f"{label} [{start_of(run.folder.name) or run.folder.name}]"
        if labels.count(label) > 1
        else label
        for label, run in zip(labels, runs, strict=True)
    ]


def differences(runs: Sequence[LoadedRun]) -> list[Row]:
    """Return the settings that are not the same for all runs, including changes while training."""
    tables = [rows_with_changes(run) for run in runs]
    names = list(dict.fromkeys(name for table in tables for name in table))
    # A program of the user's own has other settings: those that it lacks are not unknown.
    rows = [
        Row(name, tuple(table.get(name, "–" if table else "unknown") for table in tables))
        for name in names
    ]
    return [row for row in rows if len(set(row.values)) > 1]


def results(runs: Sequence[LoadedRun]) -> list[Row]:
    """Return the results of each run: state, epochs, last values, best, time."""
    measured = dict.fromkeys(name for run in runs for name in run.progress.history)
    best = next((run.progress.best_metric for run in runs if run.progress.best_metric), "")
    names = leading_metrics(measured, best, MOST_METRICS)
    rows = [
        Row("state", tuple(run.state for run in runs)),
        Row("epochs", tuple(str(run.progress.epochs_done) for run in runs)),
    ]
    for name in names:
        rows.append(Row(f"last {clean(name, 40)}", tuple(_last(run, name) for run in runs)))
    rows.append(Row("best", tuple(_best(run) for run in runs)))
    rows.append(
        Row("time", tuple(measured_duration(sum(run.progress.epoch_seconds)) for run in runs)),
    )
    rows.append(Row("curves", tuple(run.diagnoses()[0].label for run in runs)))
    return rows


def _last(run: LoadedRun, name: str) -> str:
    value = last_measured(run.progress.epoch_details, name)
    return "–" if value is None else metric_value(value, against=_limits(run, name))


def _limits(run: LoadedRun, name: str) -> tuple[float, ...]:
    return limits(run.stop_rule, name)


def _best(run: LoadedRun) -> str:
    progress = run.progress
    if progress.best is None:
        return "–"
    best = metric_value(progress.best, against=_limits(run, progress.best_metric))
    return f"{clean(progress.best_metric, 40)} {best} (epoch {progress.best_epoch})"
