"""Test images are judged once, at the end, with the best weights, as scikit-learn would."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from sklearn.metrics import balanced_accuracy_score, classification_report, confusion_matrix

from tests.workers import shell as tools
from tests.workers.shell import Shell, events_of, last_of, of_type
from tui.datasets import loader_arguments
from tui.runs.events.event_types import Finished, TestJudged
from tui.runs.export.run_script import run_script
from tui.runs.reports.kept_reports import read_reports
from tui.runs.settings.test_folder import settings_for_test
from tui.runs.store.loaded_run import load_run
from tui.runs.store.model_files import epoch_of_best
from tui.runs.store.run_folder import RunFolder

THREE = ("ants", "bees", "cats")
MODEL = "16x16x3 flatten dense:k=8,a=relu dense:k=3,a=softmax"


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with `train`, `validation`, and an uneven `test` with two bad files."""
    zoo = tools.draw_split(tmp_path_factory.mktemp("judged") / "zoo", THREE)
    tools.draw_classes(zoo / "test", THREE, 9, seed=3)
    for number in (6, 7, 8):
        (zoo / "test" / "bees" / f"{number:03}.png").unlink()
    tools.spoil(zoo / "test" / "ants" / "000a.png", "truncated")
    tools.spoil(zoo / "test" / "cats" / "zzz.png", "empty")
    return zoo


def expected(run: RunFolder) -> tuple[Any, Any]:
    """Return the true and the predicted classes of the good test images, by plain Keras."""
    from keras.src.legacy.preprocessing.image import ImageDataGenerator

    spec = run.spec()
    assert spec.test_directory is not None
    plan = loader_arguments(settings_for_test(spec.test_directory, spec.data))
    for name in ("ants/000a.png", "cats/zzz.png"):
        (Path(spec.test_directory) / name).rename(Path(spec.test_directory).parent / name[5:])
    try:
        flow = ImageDataGenerator(**plan.validation_generator).flow_from_directory(
            **{**plan.train, "shuffle": False}
        )
        model = keras.saving.load_model(run.path / "best.keras", compile=False)
        return flow.classes, np.argmax(model.predict(flow, verbose=0), axis=-1)
    finally:
        for name in ("ants/000a.png", "cats/zzz.png"):
            (Path(spec.test_directory).parent / name[5:]).rename(Path(spec.test_directory) / name)


def test_the_best_weights_judge_them_and_the_run_keeps_the_report(
    folders: Path, shell: Shell
) -> None:
    trained = shell.call(
        "train", folders, "--epochs", 3, "--stop-when", "never", "--target-size", 16, "--model",
        MODEL, "--test", folders / "test", "--learning-rate", 0.003,
    )  # fmt: skip
    assert trained.status == 0, trained.err
    run = trained.run
    truth, seen = expected(run)
    kept = read_reports(run).test
    assert kept is not None and kept.weights == "best" and kept.epoch == epoch_of_best(run)
    assert kept.confusion == tuple(map(tuple, confusion_matrix(truth, seen).tolist()))
    assert kept.unreadable == ("ants/000a.png", "cats/zzz.png") and kept.report.images == 24
    told = last_of(run, TestJudged)
    assert told is not None and len(of_type(events_of(run), TestJudged)) == 1
    assert told.balanced_accuracy == pytest.approx(balanced_accuracy_score(truth, seen))
    finished = last_of(run, Finished)
    assert finished is not None
    assert f" Test: {told.right} of 24 images right, accuracy " in finished.sentence
    assert trained.out.splitlines()[-1] == finished.sentence
    shown = shell.call("runs", "show", run.name).out
    assert f"24 test images, by the best weights (epoch {kept.epoch})" in shown
    assert f"21 validation images, by the best weights (epoch {kept.epoch})" in shown

    wanted = classification_report(
        truth, seen, target_names=THREE, output_dict=True, zero_division=0.0
    )
    look = shell.call("look", run.name, "--report", "--json", "--predict", folders / "test")
    assert look.status == 0, look.err
    found = json.loads(look.out)
    assert found["confusion"] == [list(row) for row in kept.confusion]
    assert len(found["unreadable"]) == 2 and found["weights"] == "best"
    for one in found["classes"]:
        row = wanted[one["name"]]
        assert one["support"] == row["support"]
        for name, figure in (("precision", "precision"), ("recall", "recall"), ("f1", "f1-score")):
            assert (one[name] or 0.0) == pytest.approx(row[figure])
    for average in ("macro", "weighted"):
        row = wanted[f"{average} avg"]
        assert list(found[average].values()) == pytest.approx(
            [row["precision"], row["recall"], row["f1-score"]]
        )

    file = shell.here / "report.csv"
    plain = shell.call("look", run.name, "--report", "--out", file)
    assert plain.status == 0 and "mean of classes" in plain.out, plain.err
    rows = list(csv.DictReader(io.StringIO(file.read_text())))
    assert [row["class"] for row in rows] == [*THREE, "", ""]
    validation = read_reports(run).validation
    assert validation is not None
    assert float(rows[-1]["recall"]) == validation.report.accuracy

    program: dict[str, Any] = {}
    exec(run_script(load_run(run)), program)
    assert program["test_accuracy"] == pytest.approx(told.accuracy, abs=1e-6)


def test_a_test_folder_that_is_gone_does_not_fail_the_run(folders: Path, shell: Shell) -> None:
    queued = shell.call(
        "train", folders, "--epochs", 1, "--target-size", 16, "--model", MODEL, "--test",
        folders / "nothing",
    )  # fmt: skip
    assert queued.status == 2
    assert "There is no folder" in queued.err and "of test images" in queued.err
    same = shell.call("train", folders, "--test", folders / "train")
    assert same.status == 2 and "is the folder of the training images" in same.err
