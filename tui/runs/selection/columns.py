"""Columns of a list of runs: their texts, their widths, and how they are divided into pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tui.common.numbers import LEAST_WIDTH, metric_value
from tui.common.shorten import cells, shorten_distinctly
from tui.common.text import clean
from tui.runs.export.run_formatting import limits
from tui.runs.selection.arrangement import RunGroup
from tui.runs.selection.run_fields import Field, Value, fitted, number_text
from tui.runs.selection.spread import spread_text
from tui.runs.store.run_summary import RunSummary
from tui.runs.store.start_time import FORMAT, date_and_time

METRIC_WIDTH = 9
"""Columns of a metric."""
HEAD_WIDTH = 16
"""The most columns that a head may take; a longer name is shortened."""
_AGES = ((365 * 86_400, "y"), (86_400, "d"), (3600, "h"), (60, "min"))


@dataclass(frozen=True)
class Column:
    """A column.

    Args:
        field: what it shows.
        head: its name, shortened if it is long.
        width: in terminal cells, without the gap to the next column.
    """

    field: Field
    head: str
    width: int

    @property
    def right(self) -> bool:
        """Whether its texts end at its right edge."""
        return self.field.numeric and self.field.shows is None


def make_columns(fields: Sequence[Field], runs: Sequence[RunSummary]) -> list[Column]:
    """Return columns that are wide enough for every number of the runs."""
    heads = shorten_distinctly([field.name for field in fields], HEAD_WIDTH)
    return [
        Column(field, head, max(cells(head), _width(field, runs)))
        for field, head in zip(fields, heads, strict=True)
    ]


def pages_of(widths: Sequence[int], room: int, gap: int = 1) -> list[range]:
    """Return which columns fit on each page; a wider one has a page of its own.

    Args:
        widths: of the columns.
        room: the width of a page.
        gap: blank columns after each.

    >>> pages_of([5, 5, 5, 20], 12), pages_of([], 12)
    ([range(0, 2), range(2, 3), range(3, 4)], [range(0, 0)])
    """
    pages, begin, used = [], 0, 0
    for number, width in enumerate(widths):
        if number > begin and used + width + gap > room:
            pages.append(range(begin, number))
            begin, used = number, 0
        used += width + gap
    return [*pages, range(begin, len(widths))]


def cell_text(field: Field, run: RunSummary, width: int) -> str:
    """Return a run's value, clean; a number is whole and a text is shortened to a width."""
    if field.shows is not None:
        return field.shows(run, width)
    value = field.read(run)
    if field.kind == "metric" and isinstance(value, (int, float)):
        against = limits(run.stop_rule, run.best_metric if field.name == "best" else field.name)
        return metric_value(value, max(min(width, METRIC_WIDTH), LEAST_WIDTH), against)
    return value_text(field, value, width)


def aligned(text: str, column: Column) -> str:
    """Return a text of at most a column's width with blanks up to it: before or after it."""
    blank = " " * (column.width - cells(text))
    return blank + text if column.right else text + blank


def value_text(field: Field, value: Value | None, width: int) -> str:
    """Return a value, clean; a number is whole and a text is shortened to a width."""
    if value is None:
        return ""
    if isinstance(value, str):
        if field.kind == "age" and len(value) > len("2026-11-22"):
            return _age_text(value)
        if field.kind in ("time", "age"):
            return date_and_time(value)
        return fitted(value, width)
    if field.kind == "metric":
        return metric_value(value, max(min(width, METRIC_WIDTH), LEAST_WIDTH))
    return number_text(value)


def _age_text(moment: str) -> str:
    """Return how long ago a moment was, in its largest unit."""
    try:
        began = datetime.strptime(moment, FORMAT)
    except ValueError:
        return ""
    seconds = max((datetime.now() - began).total_seconds(), 0.0)
    for size, unit in _AGES:
        if seconds >= size:
            return f"{int(seconds // size)} {unit}"
    return f"{int(seconds)} s"


def group_text(fields: Sequence[Field], group: RunGroup) -> str:
    """Return what the runs of a group have in common, in words; clean."""
    parts = [
        f"{clean(field.name, 40)} {value_text(field, value, 60) or '(none)'}"
        for field, value in zip(fields, group.values, strict=True)
    ]
    return " · ".join(parts)


def group_values(fields: Sequence[Field], group: RunGroup) -> str:
    """Return what the runs of a group have in common, without the names of the fields; clean."""
    return " · ".join(
        value_text(field, value, 40) or "(none)"
        for field, value in zip(fields, group.values, strict=True)
    )


def group_parts(group: RunGroup) -> list[str]:
    """Return the size of a group, its best value, and the mean and spread of all, in words."""
    size, result = len(group.runs), group.result
    parts = [f"{size:,} run{'s' * (size != 1)}"]
    if result.best is not None:
        parts.append(f"{fitted(group.metric, 24)} best {metric_value(result.best)}")
    if result.spread is not None:
        of = f" of {result.count:,}" if result.count != size else ""
        parts.append(f"mean{of} {spread_text(result)}")
    return parts


def _width(field: Field, runs: Sequence[RunSummary]) -> int:
    if field.kind == "metric":
        return METRIC_WIDTH
    if field.kind in ("number", "mixed"):
        values = {field.read(run) for run in runs}
        if field.shows is not None:
            return 7
        texts = (
            min(cells(value), field.width) if isinstance(value, str) else len(number_text(value))
            for value in values
            if value is not None
        )
        return max(texts, default=1)
    if field.kind in ("time", "age") or field.fixed:
        return field.width
    read = field.search if field.kind == "state" else field.read
    texts = (cells(clean(value, 100)) for value in {read(run) for run in runs if read} if value)
    return min(max(texts, default=1), field.width)
