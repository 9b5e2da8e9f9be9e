"""A classification report as lines of text, as JSON values and as CSV."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from tui.common.csv_text import csv_text
from tui.common.numbers import metric_value
from tui.common.shorten import cells, shorten_distinctly
from tui.common.text import clean
from tui.runs.reports.classification_report import ClassFigures, Means, Report

COLUMNS = ("precision", "recall", "F1", "images")
MACRO, WEIGHTED = "mean of classes", "mean of images"
"""scikit-learn's `macro avg` and `weighted avg`."""
NO_FIGURE = "–"
_CELL = 9
_LEAST_NAME = len(MACRO)
_MOST_NAME = 40
FIGURES_WIDTH = sum(max(len(column), _CELL) + 2 for column in COLUMNS)
"""Cells of the columns beside the names."""


def figure_cells(
    precision: float | None, recall: float | None, f1: float | None, images: int | None
) -> str:
    """Return a row of the table without its name; what there is not is a dash."""
    values = [
        NO_FIGURE if value is None else metric_value(value) for value in (precision, recall, f1)
    ]
    values.append("" if images is None else f"{images:,}")
    return "".join(f"  {value:>{_CELL}}" for value in values)


def head_cells() -> str:
    """Return the names of the columns."""
    return "".join(f"  {column:>{_CELL}}" for column in COLUMNS)


def class_cells(one: ClassFigures) -> str:
    """Return the row of a class without its name."""
    return figure_cells(one.precision, one.recall, one.f1, one.support)


def mean_rows(report: Report) -> list[tuple[str, str]]:
    """Return the names and the rows of the means; none without images."""
    rows: list[tuple[str, Means | None]] = [(MACRO, report.macro), (WEIGHTED, report.weighted)]
    return [
        (name, figure_cells(means.precision, means.recall, means.f1, report.images))
        for name, means in rows
        if means is not None
    ]


def accuracy_sentence(report: Report) -> str:
    """Return the accuracy, and where classes are uneven the balanced one."""
    if report.accuracy is None or report.balanced_accuracy is None:
        return "No image could be predicted."
    text = f"{report.right:,} of {report.images:,} right: accuracy {metric_value(report.accuracy)}"
    if report.uneven:
        text += f", balanced accuracy {metric_value(report.balanced_accuracy)}"
    return text


def missing_sentence(report: Report) -> str:
    """Return what the dashes mean; empty where there are none."""
    never = [one.name for one in report.classes if not one.predicted]
    absent = [one.name for one in report.classes if not one.support]
    parts = []
    if never:
        parts.append(f"no image is predicted as {_named(never)}")
    if absent:
        parts.append(f"there is no image of {_named(absent)}")
    if not parts or not report.images:
        return ""
    return f"{NO_FIGURE} {'; '.join(parts)}: counted as 0 in the means."


def _named(names: Sequence[str]) -> str:
    shown = ", ".join(clean(name, 30) for name in names[:3])
    return f"{shown} and {len(names) - 3:,} more" if len(names) > 3 else shown


def report_lines(
    report: Report, width: int | None = None, most: int | None = None
) -> Iterator[str]:
    """Yield the table of a report, and what is said below it.

    Args:
        report: the figures.
        width: available columns; long names of classes are shortened to fit. None: no limit.
        most: of more classes only so many are listed, those with the lowest F1. None: all.
    """
    shown = report.classes
    if most is not None and len(shown) > most:
        shown = tuple(report.classes[number] for number in report.worst_first()[:most])
        yield f"The {most} classes with the lowest F1, of {len(report.classes):,}:"
    names = [clean(one.name, _MOST_NAME) for one in shown]
    widest = max([_LEAST_NAME, *map(cells, names)])
    if width is not None:
        widest = max(min(widest, width - FIGURES_WIDTH), _LEAST_NAME)
    yield f"{_padded('', widest)}{head_cells()}"
    for one, name in zip(shown, shorten_distinctly(names, widest), strict=True):
        yield f"{_padded(name, widest)}{class_cells(one)}"
    for name, row in mean_rows(report):
        yield f"{_padded(name, widest)}{row}"
    yield accuracy_sentence(report)
    if missing := missing_sentence(report):
        yield missing


def _padded(name: str, width: int) -> str:
    return name + " " * max(width - cells(name), 0)


def report_record(report: Report) -> dict[str, Any]:
    """Return a report as JSON values; None is a figure that a class does not have."""
    return {
        "images": report.images,
        "right": report.right,
        "accuracy": report.accuracy,
        "balanced_accuracy": report.balanced_accuracy,
        "classes": [
            {
                "name": one.name,
                "precision": one.precision,
                "recall": one.recall,
                "f1": one.f1,
                "support": one.support,
            }
            for one in report.classes
        ],
        "macro": _means_record(report.macro),
        "weighted": _means_record(report.weighted),
    }


def _means_record(means: Means | None) -> dict[str, float] | None:
    if means is None:
        return None
    return {"precision": means.precision, "recall": means.recall, "f1": means.f1}


def report_csv(report: Report) -> str:
    """Return a report as CSV: a row for each class, then one for each mean.

    The recall of the weighted mean is the accuracy, that of the macro mean the balanced accuracy.
    """
    rows: list[list[str | int | float | None]] = [
        ["class", one.name, one.precision, one.recall, one.f1, one.support]
        for one in report.classes
    ]
    for kind, means in (("macro", report.macro), ("weighted", report.weighted)):
        if means is not None:
            rows.append([kind, "", means.precision, means.recall, means.f1, report.images])
    return csv_text(["kind", "class", "precision", "recall", "f1", "support"], rows)
