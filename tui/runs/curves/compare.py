"""Several runs beside each other: their signs, what differs in their settings, their results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tui.common.numbers import metric_value
from tui.runs.export.report import METRIC_ORDER, duration, limits
from tui.runs.settings.changed import settings_of
from tui.runs.store.loaded_run import LoadedRun

MOST = 6
"""Runs in one comparison: more signs and colours are not told apart."""
MARKERS = ("●", "▲", "■", "◆", "✚", "★")
"""One sign for each place: colour only underlines what the sign already says."""


@dataclass(frozen=True)
class Row:
    """One line of a table: what it is, and its value for each run."""

    name: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class ComparedRun:
    """A run in a comparison.

    Args:
        opened: the run.
        label: what to call it here; no two are the same.
        slot: 0 to 5, the place of its colour; it keeps it while others come and go.
        marker: the sign of that place.
    """

    opened: LoadedRun
    label: str
    slot: int
    marker: str


@dataclass(frozen=True)
class Comparison:
    """Runs beside each other.

    Args:
        runs: in the order that was asked for.
        differences: the settings that are not the same in all of them.
        results: how far each came: epochs, last and best values, time.
    """

    runs: tuple[ComparedRun, ...]
    differences: tuple[Row, ...]
    results: tuple[Row, ...]


def compare(runs: Sequence[LoadedRun], slots: Mapping[str, int] | None = None) -> Comparison:
    """Put runs beside each other.

    Args:
        runs: one to six, read whole.
        slots: the places that runs had before, by the names of their folders.

    Raises:
        ValueError: when there are more than six.
    """
    if len(runs) > MOST:
        raise ValueError(f"{len(runs)} runs cannot be compared; choose {MOST} at most.")
    places = assign_slots([one.run.name for one in runs], slots or {})
    labels = distinct_labels(runs)
    compared = tuple(
        ComparedRun(one, label, place, MARKERS[place])
        for one, label, place in zip(runs, labels, places, strict=True)
    )
    return Comparison(compared, tuple(differences(runs)), tuple(results(runs)))


def assign_slots(names: Sequence[str], before: Mapping[str, int]) -> list[int]:
    """Return a place for each run: the one it had, else the first that is free.

    >>> assign_slots(["b", "c"], {"a": 0, "b": 1})
    [1, 0]
    """
    taken = {before[name] for name in names if name in before}
    free = (place for place in range(MOST + len(taken)) if place not in taken)
    return [before[name] if name in before else next(free) for name in names]


def distinct_labels(runs: Sequence[LoadedRun]) -> list[str]:
    """Return a name for each run; those of the same name get what differs in their settings.

    Where that does not tell them apart either, the time in the folder's name does.
    """
    titles = [one.title for one in runs]
    doubled = {title for title in titles if titles.count(title) > 1}
    labels = []
    for place, title in enumerate(titles):
        if title in doubled:
            same = [one for one in runs if one.title == title]
            rows = differences(same)
            mine = same.index(runs[place])
            what = ", ".join(f"{row.name} {row.values[mine]}" for row in rows[:2])
            title = f"{title} ({what})" if what else title
        labels.append(title)
    return [
        f"{label} [{one.run.name[:17]}]" if labels.count(label) > 1 else label
        for label, one in zip(labels, runs, strict=True)
    ]


def differences(runs: Sequence[LoadedRun]) -> list[Row]:
    """Return the settings that are not the same in all runs, changes on the way among them."""
    tables = [settings_of(one) for one in runs]
    names = list(dict.fromkeys(name for table in tables for name in table))
    rows = [Row(name, tuple(table.get(name, "unknown") for table in tables)) for name in names]
    return [row for row in rows if len(set(row.values)) > 1]


def results(runs: Sequence[LoadedRun]) -> list[Row]:
    """Return how each run came out: state, epochs, last values, best, time."""
    measured = {name for one in runs for name in one.progress.history}
    names = [name for name in METRIC_ORDER if name in measured]
    names += sorted(measured - set(METRIC_ORDER))
    rows = [
        Row("state", tuple(one.state for one in runs)),
        Row("epochs", tuple(str(one.progress.epochs_done) for one in runs)),
    ]
    for name in names:
        rows.append(Row(f"last {name}", tuple(_last(one, name) for one in runs)))
    rows.append(Row("best", tuple(_best(one) for one in runs)))
    rows.append(
        Row("time", tuple(duration(sum(one.progress.epoch_seconds)) for one in runs)),
    )
    rows.append(Row("curves", tuple(one.diagnoses()[0].label for one in runs)))
    return rows


def _last(one: LoadedRun, name: str) -> str:
    row = one.progress.history.get(name)
    return metric_value(row[-1], against=_limits(one, name)) if row else "–"


def _limits(one: LoadedRun, name: str) -> tuple[float, ...]:
    return limits(one.spec.stop_rule if one.spec is not None else None, name)


def _best(one: LoadedRun) -> str:
    progress = one.progress
    if progress.best is None:
        return "–"
    best = metric_value(progress.best, against=_limits(one, progress.best_metric))
    return f"{progress.best_metric} {best} (epoch {progress.best_epoch})"
