"""The visible part of a confusion matrix as text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len, set_cell_size
from textual.content import Content

from tui.common.numbers import metric_value, percent
from tui.common.text import clean
from tui.inspection.confusion_matrix import ConfusedPair, Counts, confused_pairs, share_right

NAME = 14
"""Widest class name before a row, in cells; more on a wide screen."""
HEAD = 9
"""Widest class name above a column, in cells."""
TAIL = 6
"""Width of a class's accuracy after its row, in cells."""


def fit_cells(text: str, width: int, *, right: bool = False) -> str:
    """Return an untrusted text in exactly `width` cells.

    The middle of a longer text is left out, as similar names differ at their ends.

    >>> fit_cells("西瓜西瓜1", 7), fit_cells("cat", 5, right=True)
    ('西瓜…1 ', '  cat')
    """
    safe = clean(text)
    if cell_len(safe) > width:
        end = max(width - 1, 0) // 3
        begin = set_cell_size(safe, max(width - 1 - end, 0)).rstrip()
        safe = f"{begin}…{set_cell_size(safe[::-1], end)[::-1].lstrip()}"
    gap = " " * max(width - cell_len(safe), 0)
    return gap + safe if right else safe + gap


@dataclass(frozen=True, slots=True)
class MatrixLayout:
    """How a matrix is laid out.

    Args:
        name: width of the names before the rows, in cells.
        cell: width of a column, in cells.
        across, down: how many classes are visible.
        named: whether the columns are headed by names; else by numbers, which then precede
            the names of the rows too.
    """

    name: int
    cell: int
    across: int
    down: int
    named: bool


def plan_matrix(classes: Sequence[str], confusion: Counts, width: int, height: int) -> MatrixLayout:
    """Lay out a matrix, with names above the columns if all of it fits then.

    Args:
        classes: names of the classes.
        confusion: the counts.
        width, height: available columns and rows, without the two rows of the head.
    """
    count = len(classes)
    widest = max((cell_len(clean(name)) for name in classes), default=4)
    largest = max((value for row in confusion for value in row), default=0)
    short = len(f"{largest:,}") + 2
    name = min(widest, max(NAME, width // 5)) + 2
    cell = max(short, min(widest, HEAD) + 1, 4)
    down = max(min(height, count), 1)
    if name + count * cell + TAIL <= width:
        return MatrixLayout(name, cell, count, down, named=True)
    digits = len(str(count - 1))
    name, cell = name + digits + 1, max(short, digits + 1)
    across = max((width - name - TAIL) // cell, 1)
    return MatrixLayout(name, cell, min(across, count), down, named=False)


def matrix_lines(
    classes: Sequence[str],
    confusion: Counts,
    plan: MatrixLayout,
    order: Sequence[int],
    first: tuple[int, int],
    chosen: tuple[int, int],
) -> list[Content]:
    """Return two rows of head, and a row for each true class: counts, then its accuracy.

    Correct predictions are in brackets, so that the diagonal does not depend on colour.

    Args:
        classes: names of the classes.
        confusion: rows of counts.
        plan: the layout.
        order: indices of the classes from left to right and from top to bottom.
        first: position in the order of the first visible column and row.
        chosen: position of the cursor, column and row.
    """
    columns = range(first[0], min(first[0] + plan.across, len(order)))
    rows = range(first[1], min(first[1] + plan.down, len(order)))
    seen = "predicted as" if plan.across == len(order) else _columns_text(columns, len(order))
    heads: list[tuple[str, str]] = [(" " * plan.name, "")]
    for place in columns:
        label = order[place]
        style = "bold reverse" if place == chosen[0] else "bold"
        text = classes[label] if plan.named else f"{label}"
        heads += [(" ", ""), (fit_cells(text, plan.cell - 1, right=True), style)]
    lines = [
        Content.styled(" " * plan.name + " " + seen, "dim"),
        Content.assemble(*heads, (" right".rjust(TAIL), "dim")),
    ]
    digits = len(str(len(classes) - 1))
    for place in rows:
        label = order[place]
        mark = "▸" if place == chosen[1] else " "
        number = "" if plan.named else f"{label:>{digits}} "
        name = fit_cells(classes[label], plan.name - 2 - len(number))
        parts = [(f"{mark}{number}{name} ", "bold reverse" if mark == "▸" else "bold")]
        for column in columns:
            at = column == chosen[0] and place == chosen[1]
            parts.append(_cell(confusion[label][order[column]], plan.cell, column == place, at))
        share = share_right(confusion, label)
        parts.append((("–" if share is None else percent(share)).rjust(TAIL), ""))
        lines.append(Content.assemble(*parts))
    return lines


def _columns_text(columns: range, count: int) -> str:
    return f"predicted as  (columns {columns.start + 1} to {columns.stop} of {count})"


def _cell(count: int, width: int, right: bool, chosen: bool) -> tuple[str, str]:
    text = f"[{count:,}]" if right else f"{count:,} " if count else "· "
    style = "$text-success" if right else "$text-error" if count else "dim"
    return text.rjust(width), f"{style} reverse bold" if chosen else style


def cell_line(
    classes: Sequence[str], confusion: Counts, truth: int, predicted: int, width: int
) -> Content:
    """Return a line on one cell: the count and both class names.

    Args:
        classes: names of the classes.
        confusion: the counts.
        truth, predicted: indices of the classes.
        width: width of the line in cells.
    """
    count, total = confusion[truth][predicted], sum(confusion[truth])
    share = f" ({percent(count / total)})" if total else ""
    summary = f" {count:,} of {total:,}{share}  "
    room = max((width - cell_len(summary) - len(" predicted as ")) // 2, NAME)
    name = fit_cells(classes[truth], room).rstrip()
    if truth == predicted:
        return Content.assemble((summary, "bold"), name, " correct")
    other = fit_cells(classes[predicted], room).rstrip()
    return Content.assemble((summary, "bold"), name, (" predicted as ", "dim"), other)


def pair_line(classes: Sequence[str], pair: ConfusedPair) -> Content:
    """Return a line on a confused pair."""
    return Content.assemble(
        (f"{pair.count:>6,}  ", "$text-error"),
        f"{clean(classes[pair.truth], 30)} predicted as {clean(classes[pair.predicted], 30)}",
    )


def accuracy_text(classes: Sequence[str], confusion: Counts) -> Content:
    """Return a sentence on the accuracy, and on the most frequent confusion."""
    total = sum(map(sum, confusion))
    right = sum(row[number] for number, row in enumerate(confusion))
    if not total:
        return Content("No image could be predicted.")
    words = f"{right:,} of {total:,} right: accuracy {metric_value(right / total)}"
    pairs = confused_pairs(confusion)
    if pairs:
        words += (
            f". Most often {clean(classes[pairs[0].truth], 30)} is predicted as "
            f"{clean(classes[pairs[0].predicted], 30)}: {pairs[0].count:,} times."
        )
    return Content(words)
