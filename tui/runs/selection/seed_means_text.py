"""A comparison over seeds as a table of text."""

from __future__ import annotations

from collections.abc import Sequence

from tui.common.numbers import metric_value
from tui.common.shorten import cells
from tui.common.text import clean
from tui.runs.selection.seed_means import SeedMeans, SeedRow
from tui.runs.selection.spread import spread_text

LONGEST = 40
"""The most characters of a setting's value."""


def shown_metrics(means: SeedMeans) -> list[str]:
    """Return the metrics that a table shows: the one that is compared, and a loss."""
    loss = "val_loss" if "val_loss" in means.metrics else "loss"
    also = [loss] if loss in means.metrics and loss != means.metric else []
    return [*([means.metric] if means.metric else []), *also]


def table_of(means: SeedMeans) -> tuple[list[str], list[list[str]]]:
    """Return the heads of a table and its rows; a row for each combination of settings."""
    metrics = [clean(name, LONGEST) for name in shown_metrics(means)]
    heads = [
        *means.varied,
        "runs",
        *metrics[:1],
        *([f"best {metrics[0]}"] if metrics else []),
        *metrics[1:],
    ]
    return heads, [_cells(row, means.varied, shown_metrics(means)) for row in means.rows]


def _cells(row: SeedRow, varied: Sequence[str], metrics: Sequence[str]) -> list[str]:
    texts = [spread_text(row.metrics.get(name)) for name in metrics]
    if metrics:
        compared = row.metrics.get(metrics[0])
        best = compared.best if compared is not None else None
        texts.insert(1, metric_value(best) if best is not None else "–")
    runs = (
        f"{len(row.runs)} of {len(row.runs) + row.not_ended}"
        if row.not_ended
        else str(len(row.runs))
    )
    return [*(clean(row.settings[name], LONGEST) for name in varied), runs, *texts]


def notes_of(means: SeedMeans) -> list[str]:
    """Return what has to be said about a table, in sentences."""
    notes = []
    if any(spread.count > 1 for row in means.rows for spread in row.metrics.values()):
        notes.append(
            "Mean ± standard deviation over the runs of a row, each at its best epoch. They differ "
            "in their seed alone."
        )
    if waits := sum(row.not_ended for row in means.rows):
        whose = "run has" if waits == 1 else "runs have"
        notes.append(f"{waits} {whose} not finished, and do{'es' * (waits == 1)} not count.")
    if means.best_run is not None:
        notes.append(
            f"The best run: {clean(means.best_run.title)}  {clean(means.best_run.run.name)}"
        )
    return notes


def table_lines(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Return a table as lines, its columns aligned and two blanks apart.

    >>> table_lines(["lr", "runs"], [["0.001", "3"], ["0.01", "12"]])
    ['lr     runs', '0.001  3', '0.01   12']
    """
    widths = [max(map(cells, column)) for column in zip(heads, *rows, strict=True)]
    return [
        "  ".join(
            text + " " * (width - cells(text)) for text, width in zip(row, widths, strict=True)
        ).rstrip()
        for row in [heads, *rows]
    ]
