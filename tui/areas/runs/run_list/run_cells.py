"""The cells of a run in the list of runs: its columns, their widths, their texts."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from tui.common.numbers import LEAST_WIDTH, count, metric_value
from tui.common.shorten import shorten_words
from tui.common.text import clean
from tui.runs.events.assigned_gpus import assigned_text
from tui.runs.queue.waiting_runs import queue_position_text
from tui.runs.selection.columns import Column, aligned, cell_text
from tui.runs.selection.run_fields import Field
from tui.runs.settings.non_default import fit_settings, listed_settings
from tui.runs.store.run_summary import RunSummary
from tui.runs.store.start_time import date_and_time, start_of
from tui.ui.run_line import short_metric, sign_of

COLUMNS = ("mark", "state", "name", "settings", "epochs", "best", "started")
NARROW = (2, 13, 25, 11, 9, 12, 6)
"""The width of each column, with its gap, in a table of 80 cells; a scrollbar takes two."""
WIDE = (2, 18, 29, 26, 9, 17, 17)
WIDE_FROM = 120


def widths(width: int) -> dict[str, int]:
    """Return the width of each column.

    Args:
        width: the width of the table in cells, 80 or more.
    """
    base = WIDE if width >= WIDE_FROM else NARROW
    columns = dict(zip(COLUMNS, base, strict=True))
    rest = max(width - 2 - sum(base), 0)
    columns["name"] += rest // 2
    columns["settings"] += rest - rest // 2
    return columns


def headers(columns: dict[str, int], metric: Field | None = None) -> dict[str, str]:
    """Return the head of each column, shorter in a narrow table.

    Args:
        columns: their widths.
        metric: shown instead of the best value; None for that.
    """
    short = columns["state"] < WIDE[1]
    started = "day" if short else "started"
    named = {name: name for name in COLUMNS}
    best = shorten_words(metric.name, columns["best"] - 1) if metric is not None else "best"
    return {**named, "mark": "", "best": best, "started": started}


def state_words(summary: RunSummary, place: int, width: int) -> str:
    """Return the sign and the state of a run.

    Args:
        summary: the run.
        place: its place in the queue, from 1; 0 if it is not queued.
        width: the width in columns, which decides how much the words are shortened.
    """
    sign = sign_of(summary)
    whole = queue_position_text(summary, place) if place else summary.status
    at_epoch = whole.replace(" at epoch ", " ep ")
    shorter = [whole.removeprefix("to "), at_epoch, whole.replace(" at epoch ", " ")]
    if summary.gpus:  # the sign says that it runs
        many = len(summary.gpus)
        shorter = [assigned_text(summary.gpus), f"{many} GPU{'s' * (many > 1)}"]
    for words in (whole, *shorter):
        if len(words) + 2 <= width:
            break
    return f"{sign} {words}"


def epochs_text(summary: RunSummary, width: int) -> str:
    """Return the epochs done and the epochs planned, in at most `width` columns."""
    text = f"{summary.epochs_done}/{summary.epochs or '?'}"
    if len(text) <= width:
        return text
    return f"{count(summary.epochs_done, 4)}/{count(summary.epochs, 4) if summary.epochs else '?'}"


def cells(
    summary: RunSummary,
    columns: dict[str, int],
    *,
    title: tuple[str, str],
    mark: int = 0,
    place: int = 0,
    metric: Field | None = None,
) -> tuple[Text, ...]:
    """Return a run's cells as `Text`, so that nothing from disk is parsed as markup.

    Args:
        summary: the run.
        columns: the widths of the columns.
        title: its title, and a number that distinguishes it from others of that title.
        mark: its place among the marked runs, from 1; 0 if it is not marked.
        place: its place in the queue, from 1; 0 if it is not queued.
        metric: shown instead of the best value; None for that.
    """
    short = columns["state"] < WIDE[1]
    title_text, number = title
    best = ""
    if summary.best is not None:
        value = metric_value(summary.best, LEAST_WIDTH, summary.best_limits)
        room = columns["best"] - 2 - len(value)
        best = f"{short_metric(summary.best_metric, room)} {value}"
        long = f"{best} ep {summary.best_epoch}"
        best = long if len(long) < columns["best"] else best
    if metric is not None:
        best = cell_text(metric, summary, columns["best"] - 1)
    settings = listed_settings(summary.any_spec)
    started = date_and_time(start_of(summary.run.name))
    texts = {
        "mark": str(mark) if mark else "",
        "state": state_words(summary, place, columns["state"] - 1),
        "name": shorten_words(title_text, columns["name"] - 1 - len(number)) + number,
        "settings": clean(fit_settings(settings, columns["settings"] - 1)),
        "epochs": epochs_text(summary, columns["epochs"] - 1),
        "best": best,
        "started": started[len("2026-") : len("2026-11-22")] if short else started,
    }
    found = {
        name: Text(text, style="bold" if name == "mark" else "") for name, text in texts.items()
    }
    return tuple(found[name] for name in COLUMNS)


FIXED = (2, 2, 24)
"""Widths of the mark, the sign of the state and the name, beside columns that were chosen."""


def chosen_widths(columns: Sequence[Column], width: int) -> tuple[int, int, int]:
    """Return the widths of the mark, the sign and the name; the name takes what is left.

    Args:
        columns: those on screen.
        width: the width of the table in cells.
    """
    left = width - 2 - sum(FIXED) - sum(column.width + 1 for column in columns)
    return FIXED[0], FIXED[1], FIXED[2] + min(max(left, 0), 24)


def room_for_columns(width: int) -> int:
    """Return the width that is left for chosen columns in a table of some width."""
    return width - 2 - sum(FIXED)


def chosen_cells(
    summary: RunSummary,
    columns: Sequence[Column],
    width: int,
    *,
    title: tuple[str, str],
    mark: int = 0,
) -> tuple[Text, ...]:
    """Return a run's cells beside chosen columns.

    Args:
        summary: the run.
        columns: those on screen.
        width: of the name, with its gap.
        title: its title, and a number that distinguishes it from others of that title.
        mark: its place among the marked runs, from 1; 0 if it is not marked.
    """
    name, number = title
    return (
        Text(str(mark) if mark else "", style="bold"),
        Text(sign_of(summary)),
        Text(shorten_words(name, width - 1 - len(number)) + number),
        *(
            Text(aligned(cell_text(column.field, summary, column.width), column))
            for column in columns
        ),
    )
