"""The report on an evaluation: kept in its run, and as JSON values."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path
from typing import Any

from tui.common.text import clean
from tui.inspection.answers import Evaluated, Opened
from tui.runs.reports.classification_report import report_of
from tui.runs.reports.kept_reports import KeptReport, keep_report
from tui.runs.reports.report_text import report_record
from tui.runs.store.run_access import RunError, check_owner
from tui.runs.store.run_folder import RunFolder


def keep_validation_report(run: str, opened: Opened, evaluated: Evaluated) -> None:
    """Keep the report on the validation images of a run, for `cnn-tui runs show`.

    The run's best weights count, or where it has none those that were opened. Without a right to
    write there it is not kept.

    Args:
        run: path of the run folder.
        opened: the network, with the weights that predicted.
        evaluated: the predictions of all validation images.
    """
    if opened.has_best and opened.weights != "best":
        return
    folder = RunFolder(Path(run))
    kept = KeptReport(
        classes=evaluated.classes,
        confusion=evaluated.confusion,
        weights=opened.weights,
        epoch=opened.epoch,
        unreadable=tuple(clean(path) for path in evaluated.unreadable),
        at=time.time(),
    )
    with contextlib.suppress(OSError, RunError):
        check_owner(folder.path)
        keep_report(folder, "validation", kept)


def evaluation_record(opened: Opened, evaluated: Evaluated, folder: str) -> dict[str, Any]:
    """Return an evaluation as JSON values.

    Args:
        opened: the network.
        evaluated: the predictions.
        folder: of the images; empty: the validation images of the run.
    """
    return {
        "images_of": clean(folder) if folder else "validation",
        "weights": opened.weights,
        "epoch": opened.epoch if opened.epoch >= 0 else None,
        **report_record(report_of(evaluated.classes, evaluated.confusion)),
        "confusion": [list(row) for row in evaluated.confusion],
        "unreadable": [clean(path) for path in evaluated.unreadable],
        "note": evaluated.note,
    }
