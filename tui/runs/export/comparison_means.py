"""The means of compared runs that differ in their seed alone, as rows below the runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tui.runs.events.last_measured import last_measured
from tui.runs.export.comparison import ComparedRun, Row
from tui.runs.export.run_formatting import duration
from tui.runs.selection.seed_means import SEEDS
from tui.runs.selection.spread import spread_of, spread_text
from tui.runs.settings.setting_rows import rows_with_changes


@dataclass(frozen=True)
class MeanRow:
    """Runs with the same settings but for the seed.

    Args:
        label: the signs of the runs, and what the row shows.
        values: for each column its text.
    """

    label: str
    values: tuple[str, ...]


def mean_rows(runs: Sequence[ComparedRun], columns: Sequence[Row]) -> list[MeanRow]:
    """Return a row for each two or more runs that differ in their seed alone.

    Args:
        runs: the compared runs.
        columns: the table, with a value for each of them.
    """
    together: dict[tuple[tuple[str, str], ...], list[int]] = {}
    for position, run in enumerate(runs):
        rows = rows_with_changes(run.loaded)
        settings = tuple((name, value) for name, value in rows.items() if name not in SEEDS)
        if settings:  # those of a damaged run are not known
            together.setdefault(settings, []).append(position)
    return [
        MeanRow(
            f"{' '.join(runs[one].marker for one in same)} mean",
            tuple(_cell(column, [runs[one] for one in same], same) for column in columns),
        )
        for same in together.values()
        if len(same) > 1
    ]


def _cell(column: Row, runs: Sequence[ComparedRun], positions: Sequence[int]) -> str:
    """Return the mean of a column over some runs; what they have in common, where it is no result.

    Args:
        column: of the table.
        runs: those of the row.
        positions: their places in the table.
    """
    loaded = [run.loaded for run in runs]
    if column.name == "best":
        names = {run.progress.best_metric for run in loaded}
        text = _mean([run.progress.best for run in loaded])
        return f"{names.pop()} {text}" if len(names) == 1 else "–"
    if column.name.startswith("last "):
        name = column.name.removeprefix("last ")
        return _mean([last_measured(run.progress.epoch_details, name) for run in loaded])
    if column.name == "time":
        seconds = [sum(run.progress.epoch_seconds) for run in loaded]
        return duration(sum(seconds) / len(seconds))
    values = {column.values[position] for position in positions}
    return values.pop() if len(values) == 1 else f"{len(values)} values"


def _mean(found: Sequence[float | None]) -> str:
    result = spread_of("", found)
    return spread_text(result) if result.count == len(found) else "–"
