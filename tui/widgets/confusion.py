"""All predictions in words and numbers: the confusion matrix, and each class's accuracy."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

from tui.text import clean

NAME = 14
"""Characters of a class's name before its row."""


def confusion_text(
    classes: Sequence[str], confusion: Sequence[Sequence[int]], width: int, first: int = 0
) -> Content:
    """Return the matrix: a row for each true class, a column for each predicted one.

    What is right stands in brackets, so that the diagonal is seen without colour.

    Args:
        classes: their names.
        confusion: rows of counts.
        width: columns of the screen that it may take.
        first: the class of the first column, where not all fit.
    """
    name = min(max((len(label) for label in classes), default=4), NAME)
    largest = max((count for row in confusion for count in row), default=0)
    short = max(len(f"{largest:,}") + 2, 4)
    room = max(width - name - 24, short)
    cell = min(max(short, min(max(map(len, classes), default=4) + 1, 10)), room)
    fits = max(room // cell, 1)
    shown = range(first, min(first + fits, len(classes)))
    head = " " * (name + 2) + "".join(
        f"{clean(classes[number], cell - 1):>{cell}}" for number in shown
    )
    lines = [
        Content.styled(" " * (name + 2) + "predicted as" + _more(shown, len(classes)), "dim"),
        Content.assemble((head, "bold"), ("   right", "dim")),
    ]
    for row, counts in enumerate(confusion):
        parts: list[tuple[str, str]] = [(f" {clean(classes[row], name):<{name}} ", "bold")]
        for column in shown:
            count = counts[column]
            text = f"[{count:,}]" if row == column else f"{count:,} " if count else "· "
            style = "$text-success" if row == column else "$text-error" if count else "dim"
            parts.append((f"{text:>{cell}}", style))
        total = sum(counts)
        share = counts[row] / total if total else 0.0
        told = f"  {share:>6.1%} of {total:,}" if total else "   no images"
        lines.append(Content.assemble(*parts, told))
    return Content("\n").join(lines)


def _more(shown: range, count: int) -> str:
    if len(shown) == count:
        return ""
    return f"  (classes {shown.start + 1} to {shown.stop} of {count}; ← → moves)"


def accuracy_text(classes: Sequence[str], confusion: Sequence[Sequence[int]]) -> Content:
    """Return a sentence on all classes together, and on the worst confusion."""
    total = sum(map(sum, confusion))
    right = sum(row[number] for number, row in enumerate(confusion))
    if not total:
        return Content("No image could be predicted.")
    words = f"{right:,} of {total:,} right: accuracy {right / total:.3f}"
    wrong = max(
        (
            (count, row, column)
            for row, counts in enumerate(confusion)
            for column, count in enumerate(counts)
            if row != column
        ),
        default=(0, 0, 0),
    )
    if wrong[0]:
        words += (
            f". Most often {clean(classes[wrong[1]], 30)} is taken for "
            f"{clean(classes[wrong[2]], 30)}: {wrong[0]:,} times."
        )
    return Content(words)
