"""Runs as CSV and as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import msgspec

from tui.common.csv_text import Cell, csv_text
from tui.runs.curves.system_curves import in_order
from tui.runs.export.comparison import distinct_labels
from tui.runs.export.export_file import ExportError
from tui.runs.export.report_summary import reports_record
from tui.runs.export.run_formatting import history_csv, ordered_metrics
from tui.runs.settings.setting_rows import setting_changes
from tui.runs.store.loaded_run import LoadedRun
from tui.runs.store.model_files import epoch_of_best


def runs_csv(runs: Sequence[LoadedRun]) -> str:
    """Return the histories as CSV, one row an epoch; values that are not finite are empty cells.

    One run gives the same text as its `history.csv`; several get a first column `run`.
    """
    if len(runs) == 1:
        return history_csv(runs[0].progress.epoch_numbers, runs[0].progress.history)
    names = ordered_metrics(name for run in runs for name in run.progress.history)
    rows: list[list[Cell]] = []
    for run, label in zip(runs, distinct_labels(runs), strict=True):
        history = run.progress.history
        for index, epoch in enumerate(run.progress.epoch_numbers):
            values = [history[name][index] if name in history else None for name in names]
            rows.append([label, epoch, *values])
    return csv_text(["run", "epoch", *names], rows)


def system_csv(runs: Sequence[LoadedRun]) -> str:
    """Return the machine's load as CSV, one row for each report, as they are stored.

    Bytes are bytes, times hours of training; what was not reported is an empty cell. Several runs
    get a first column `run`.

    Raises:
        ExportError: when none of the runs has a report.
    """
    curves = [run.progress.system_curves.curves for run in runs]
    names = in_order(dict.fromkeys(name for one in curves for name in one))
    if not names:
        raise ExportError(
            "There is no report on the machine's load: earlier versions made none, and the first "
            "one comes with the first epoch."
        )
    rows: list[list[Cell]] = []
    for one, label in zip(curves, distinct_labels(runs), strict=True):
        reports: dict[float, dict[str, float]] = {}
        for name, curve in one.items():
            for x, value in zip(curve.x, curve.y, strict=True):
                reports.setdefault(x, {})[name] = value
        for x in sorted(reports):
            cells: list[Cell] = [round(x, 6), *(reports[x].get(name) for name in names)]
            rows.append(cells if len(runs) == 1 else [label, *cells])
    head = ["hours", *names]
    return csv_text(head if len(runs) == 1 else ["run", *head], rows)


def runs_json(runs: Sequence[LoadedRun]) -> str:
    """Return the runs as JSON: run object, or a list of them for several."""
    records = [run_record(run) for run in runs]
    return json.dumps(records[0] if len(records) == 1 else records, indent=2) + "\n"


def run_record(run: LoadedRun) -> dict[str, Any]:
    """Return all that is known of a run as JSON values; None stands for values not finite."""
    progress = run.progress
    shares = run.time_shares()
    return {
        "run": str(run.folder.path),
        "name": run.title,
        "note": run.label.note,
        "state": run.state,
        "spec": msgspec.to_builtins(run.any_spec),
        "changed": [
            {
                "setting": change.request,
                "value": change.value,
                "epoch": change.epoch,
                "batch": change.batch,
            }
            for change in setting_changes(run)
        ],
        "data": _builtins(progress.data),
        "libraries": _builtins(progress.libraries),
        "model": _builtins(progress.model),
        "phases": [_builtins(event) for event in progress.phases],
        "features": _builtins(progress.features),
        "epoch": [epoch - 1 for epoch in progress.epoch_numbers],
        "history": progress.history,
        "epochs": [_builtins(event) for event in progress.epoch_details],
        "best": progress.best,
        "best_epoch": progress.best_epoch,
        "best_metric": progress.best_metric,
        "best_keras_epoch": epoch_of_best(run.folder) or None,
        "diagnosis": [
            {
                "kind": found.kind,
                "since": found.since,
                "label": found.label,
                "sentence": found.sentence,
                "advice": found.advice,
            }
            for found in run.diagnoses()
        ],
        "time": None if shares is None else {
            "seconds": shares.seconds,
            **{name.replace(" ", "_"): share for name, share in shares.parts()},
            "verdict": shares.verdict,
            "suggestion": shares.suggestion,
        },
        "system": {
            "last": _builtins(progress.system),
            "curves": {
                name: {"hours": list(curve.x), "values": list(curve.y)}
                for name, curve in progress.system_curves.curves.items()
            },
        },
        "reports": reports_record(run),
        "notices": progress.notices,
        "ending": _builtins(progress.ending),
    }  # fmt: skip


def _builtins(event: msgspec.Struct | None) -> Any:
    """Return an event's fields, without the tag that names its type on disk."""
    if event is None:
        return None
    fields = msgspec.to_builtins(event)
    fields.pop("type", None)
    return fields
