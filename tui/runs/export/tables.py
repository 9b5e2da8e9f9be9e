"""Runs as CSV and as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import msgspec

from tui.common.csv_text import Cell, csv_text
from tui.runs.curves.compare import distinct_labels
from tui.runs.export.report import METRIC_ORDER, history_csv
from tui.runs.settings.changed import changes
from tui.runs.store.loaded_run import LoadedRun
from tui.runs.store.model_files import epoch_of_best


def runs_csv(runs: Sequence[LoadedRun]) -> str:
    """Return the histories as CSV: one row an epoch; what is not finite is an empty cell.

    One run looks as its `history.csv` does; several get a first column `run`.
    """
    if len(runs) == 1:
        return history_csv(runs[0].progress.epoch_numbers, runs[0].progress.history)
    measured = {name for one in runs for name in one.progress.history}
    names = [name for name in METRIC_ORDER if name in measured]
    names += sorted(measured - set(METRIC_ORDER))
    rows: list[list[Cell]] = []
    for one, label in zip(runs, distinct_labels(runs), strict=True):
        history = one.progress.history
        for place, epoch in enumerate(one.progress.epoch_numbers):
            values = [history[name][place] if name in history else None for name in names]
            rows.append([label, epoch, *values])
    return csv_text(["run", "epoch", *names], rows)


def runs_json(runs: Sequence[LoadedRun]) -> str:
    """Return the runs as JSON: one object, or a list of them for several."""
    records = [run_record(one) for one in runs]
    return json.dumps(records[0] if len(records) == 1 else records, indent=2) + "\n"


def run_record(one: LoadedRun) -> dict[str, Any]:
    """Return everything that is known of a run, as JSON has it; `null` is what is not finite."""
    progress = one.progress
    shares = one.time_shares()
    return {
        "run": str(one.run.path),
        "name": one.title,
        "note": one.label.note,
        "state": one.state,
        "spec": msgspec.to_builtins(one.spec) if one.spec is not None else None,
        "changed": [
            {"setting": made.request, "value": made.value, "epoch": made.epoch, "batch": made.batch}
            for made in changes(one)
        ],
        "data": _builtins(progress.data),
        "libraries": _builtins(progress.libraries),
        "model": _builtins(progress.model),
        "epoch": [epoch - 1 for epoch in progress.epoch_numbers],
        "history": progress.history,
        "epochs": [_builtins(event) for event in progress.epoch_details],
        "best": progress.best,
        "best_epoch": progress.best_epoch,
        "best_metric": progress.best_metric,
        "best_keras_epoch": epoch_of_best(one.run) or None,
        "diagnosis": [
            {
                "kind": found.kind,
                "since": found.since,
                "label": found.label,
                "sentence": found.sentence,
                "advice": found.advice,
            }
            for found in one.diagnoses()
        ],
        "time": None if shares is None else {
            "seconds": shares.seconds,
            **{name.replace(" ", "_"): share for name, share in shares.parts()},
            "verdict": shares.verdict,
            "suggestion": shares.suggestion,
        },
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
