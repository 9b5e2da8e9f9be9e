"""Of which epoch the best model is, and who is told when it is not the best one."""

from __future__ import annotations

import json
import os
import zipfile
from pathlib import Path

from tests.unit.runs.recorded import recorded, run_of
from tui.runs.export.csv_json import runs_json
from tui.runs.export.text_summary import summary_lines
from tui.runs.settings.spec import TrainingSpec
from tui.runs.store.loaded_run import load_run
from tui.runs.store.model_files import (
    best_path,
    epoch_of_best,
    snapshot_path,
    stale_best,
    write_epoch,
)
from tui.runs.store.run_folder import RunFolder

TOLD = "best.keras is of epoch 9: the best, of epoch 15, could not be written."


def archive(path: Path, epoch: int | None) -> None:
    """Write an archive as Keras does, and have it say its epoch."""
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("metadata.json", "{}")
    if epoch is not None:
        write_epoch(path, epoch)


def test_the_file_says_its_epoch_and_keeps_what_is_in_it(run: RunFolder) -> None:
    assert epoch_of_best(run) == 0
    archive(best_path(run), None)
    assert epoch_of_best(run) is None, "of an earlier version"
    for epoch in (7, 12345):
        write_epoch(best_path(run), epoch)
        assert epoch_of_best(run) == epoch
    with zipfile.ZipFile(best_path(run)) as file:
        assert file.read("metadata.json") == b"{}" and file.testzip() is None
    best_path(run).write_bytes(b"torn")
    assert epoch_of_best(run) is None


def test_an_old_best_model_is_reported_in_the_summary_and_in_json(spec: TrainingSpec) -> None:
    run = run_of(spec, recorded("overfitting").history)
    archive(best_path(run), 15)
    assert stale_best(run, 15) is None and "best.keras is of" not in page(run)
    archive(best_path(run), 9)
    assert TOLD in page(run)
    assert json.loads(runs_json([load_run(run)]))["best_keras_epoch"] == 9
    lock = run.acquire_lock()
    assert "the best, of epoch 15, is not written yet." in page(run)
    os.close(lock)
    snapshot_path(run, 15).parent.mkdir()
    snapshot_path(run, 15).touch()
    stale = stale_best(run, 15)
    assert stale is not None and stale.sources == (snapshot_path(run, 15),)


def page(run: RunFolder) -> str:
    return " ".join(" ".join(summary_lines(load_run(run))).split())
