"""Models that a program of somebody's own saved in its run: opened as files from elsewhere."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Iterator
from pathlib import Path

import keras
import numpy as np
import pytest

from tests.support.external_runs import beginning, epochs_of, script, usual
from tests.support.recording import append
from tests.workers.inspector.made_runs import noise
from tui.inspection.choices import available_weights
from tui.inspection.requests import Classify, Evaluate, OpenRun
from tui.inspection.view import Selection, file_graph, foreign_file
from tui.inspector.memory_limit import lift_memory_limit
from tui.inspector.opening.open_run import open_run
from tui.inspector.predictions import classify, evaluate
from tui.inspector.refusal import Refusal
from tui.runs.store.create_run import create_run
from tui.runs.store.model_files import best_path, write_epoch
from tui.runs.store.run_folder import RunFolder

CLASSES = ("ants", "bees", "cats")

pytestmark = pytest.mark.usefixtures("own_home")


@pytest.fixture(autouse=True)
def no_limit_left() -> Iterator[None]:
    """Take the memory limit of an opened file away again."""
    yield
    lift_memory_limit()


def model(units: int = 3) -> keras.Model:
    layers = keras.layers
    pictures = keras.Input((12, 10, 3))
    left = layers.Conv2D(4, 3, padding="same", activation="relu", name="left")(pictures)
    right = layers.Conv2D(4, 1, name="right")(pictures)
    both = layers.Add()([left, right])
    end = layers.Dense(units, activation="softmax")(layers.GlobalAveragePooling2D()(both))
    return keras.Model(pictures, end)


@pytest.fixture
def run() -> RunFolder:
    made = create_run(script(classes=CLASSES))
    append(made, [*beginning(), *epochs_of([usual(1), usual(2)])])
    for name in ("best.keras", "final.keras", "saved-epoch-1-batch-7.keras"):
        model().save(made.path / name)
    write_epoch(best_path(made), 2)
    return made


def test_all_that_it_saved_can_be_chosen(run: RunFolder) -> None:
    names = [name for name, _ in available_weights(run)]
    assert names == ["best", "final", "saved-epoch-1-batch-7"]


@pytest.mark.parametrize(
    ("weights", "file", "epoch"),
    [
        ("best", "best.keras", 2),
        ("final", "final.keras", 2),
        ("saved-epoch-1-batch-7", "saved-epoch-1-batch-7.keras", 1),
    ],
)
def test_each_predicts_as_keras_does(
    run: RunFolder, tmp_path: Path, weights: str, file: str, epoch: int
) -> None:
    opened = open_run(OpenRun(run=str(run.path), weights=weights))
    described = opened.described(1)
    assert (described.weights, described.epoch) == (weights, epoch)
    assert described.classes == CLASSES and "divided by 255" in described.note
    picture = noise(tmp_path / "picture.png", 3, (10, 12))
    (found,) = classify(opened, Classify(pictures=(str(picture),))).predictions
    array = keras.utils.img_to_array(keras.utils.load_img(picture)) / 255
    plain = keras.saving.load_model(run.path / file, compile=False)
    expected = np.asarray(plain(array[None]))[0]
    assert np.allclose(found.probabilities, expected, atol=1e-6)


def test_its_graph_is_that_of_the_file(run: RunFolder) -> None:
    selection = Selection(run=str(run.path), weights="best")
    assert foreign_file(selection) == str(best_path(run))
    opened = open_run(OpenRun(run=str(run.path), weights="best")).described(1)
    graph = file_graph(selection, opened)
    assert graph is not None and [row.name for row in graph.rows][:2] == ["left", "right"]


def test_classes_that_do_not_fit_its_output_are_not_shown(run: RunFolder) -> None:
    model(5).save(best_path(run))
    assert open_run(OpenRun(run=str(run.path), weights="best")).classes == ()


def test_it_has_no_validation_images_of_its_own(run: RunFolder) -> None:
    opened = open_run(OpenRun(run=str(run.path), weights="best"))
    with pytest.raises(Refusal, match="no validation images"):
        evaluate(opened, Evaluate(), lambda done, total: None)


class Secret(keras.layers.Layer):  # type: ignore[misc]
    """A layer of the user's own, which is never made here."""

    def call(self, inputs: object) -> object:
        return inputs


def test_a_layer_of_the_users_own_is_not_run(run: RunFolder) -> None:
    keras.Sequential([keras.Input((12, 10, 3)), Secret(), keras.layers.Flatten()]).save(
        best_path(run)
    )
    with pytest.raises(Refusal, match=r"best\.keras cannot be run here"):
        open_run(OpenRun(run=str(run.path), weights="best"))


def test_a_damaged_model_is_a_sentence(run: RunFolder) -> None:
    best_path(run).write_bytes(best_path(run).read_bytes()[:500])
    with pytest.raises(Refusal):
        open_run(OpenRun(run=str(run.path), weights="best"))
    with zipfile.ZipFile(best_path(run), "w"):
        pass
    with pytest.raises(Refusal):
        open_run(OpenRun(run=str(run.path), weights="best"))


def test_weights_that_are_not_there_name_those_that_are(run: RunFolder) -> None:
    with pytest.raises(Refusal) as refusal:
        open_run(OpenRun(run=str(run.path), weights="epoch-3"))
    assert "saved-epoch-1-batch-7" in refusal.value.cure


def test_a_model_of_somebody_elses_program_is_not_opened_just_so(
    run: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: mine + 1)
    with pytest.raises(Refusal, match="belongs to"):
        open_run(OpenRun(run=str(run.path), weights="best"))
