"""Precision, recall and F1 in the summary of a run, as far as they were counted."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import Any

from tui.common.text import clean
from tui.runs.reports.kept_reports import Images, KeptReport, read_reports
from tui.runs.reports.report_text import report_lines, report_record
from tui.runs.store.loaded_run import LoadedRun

WIDTH = 78
MOST_CLASSES = 20


def report_parts(run: LoadedRun) -> Iterator[list[str]]:
    """Yield the lines of each report that a run keeps; none where it keeps none."""
    kept = read_reports(run.folder)
    named: tuple[tuple[Images, KeptReport | None], ...] = (
        ("validation", kept.validation),
        ("test", kept.test),
    )
    for images, report in named:
        if report is not None:
            yield [
                *_head(images, report),
                *report_lines(report.report, WIDTH, MOST_CLASSES),
            ]


def reports_record(run: LoadedRun) -> dict[str, Any]:
    """Return the reports that a run keeps as JSON values; None where there is none."""
    kept = read_reports(run.folder)
    return {"validation": _record(kept.validation), "test": _record(kept.test)}


def _record(kept: KeptReport | None) -> dict[str, Any] | None:
    if kept is None:
        return None
    return {
        "weights": kept.weights,
        "epoch": kept.epoch if kept.epoch >= 0 else None,
        "folder": kept.folder,
        "unreadable": [clean(name) for name in kept.unreadable],
        "times": kept.times,
        **report_record(kept.report),
        "confusion": [list(row) for row in kept.confusion],
    }


def _head(images: Images, kept: KeptReport) -> Iterator[str]:
    """Yield what was predicted, and with which weights."""
    yield f"{kept.report.images:,} {images} images, {weights_phrase(kept)}"
    if kept.folder:
        yield clean(kept.folder, 300)
    if kept.unreadable:
        yield f"{len(kept.unreadable):,} could not be read."
    if kept.times > 1:
        yield from textwrap.wrap(
            f"Judged {kept.times} times: the more often test images decide what is changed, the "
            "less they say.",
            WIDTH,
        )


def weights_phrase(kept: KeptReport) -> str:
    """Return with which weights images were predicted.

    >>> weights_phrase(KeptReport(classes=(), confusion=(), weights="best", epoch=7))
    'by the best weights (epoch 7)'
    """
    name = clean(kept.weights, 40) or "unknown"
    if name.startswith("epoch-"):
        return f"by the weights after epoch {name.removeprefix('epoch-')}"
    epoch = f" (epoch {kept.epoch})" if kept.epoch >= 0 else ""
    return f"by the {name} weights{epoch}"
