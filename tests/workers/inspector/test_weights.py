"""Which weights are opened, and what the network says of many pictures."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
import pytest
from keras.src.legacy.preprocessing.image import ImageDataGenerator

from tests.workers.inspector.made_runs import (
    COURSE,
    DIGITS,
    made_run,
    noise,
    noise_classes,
    spec_of,
)
from tui.datasets import loader_arguments
from tui.inspection.answers import Prediction
from tui.inspection.requests import Classify, Evaluate, OpenRun
from tui.inspector.classifier_head import probabilities
from tui.inspector.opening.open_run import open_run
from tui.inspector.opening.run_weights import WeightsFile, load_weights
from tui.inspector.predictions import _examples, classify, evaluate
from tui.inspector.refusal import Cancelled, Refusal
from tui.keras_worker.snapshot_files import read_weights, write_weights
from tui.runs.events.event_types import LeftOutImage
from tui.runs.store.model_files import checkpoint_path, snapshot_path, write_epoch
from tui.runs.store.run_folder import RunFolder

pytestmark = pytest.mark.usefixtures("own_home")


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    """Return a run with weights of several epochs."""
    return made_run(spec_of(COURSE, tmp_path / "zoo"))


def quiet(done: int, total: int) -> None:
    """Tell nobody."""


@pytest.mark.parametrize(
    "name, epoch", [("best", 2), ("final", 3), ("last", 3), ("epoch-0", 0), ("epoch-2", 2)]
)
def test_each_of_the_weights_can_be_opened(run: RunFolder, name: str, epoch: int) -> None:
    opened = open_run(OpenRun(run=str(run.path), weights=name))
    described = opened.described(1)
    assert (described.weights, described.epoch, described.note) == (name, epoch, "")
    assert described.classes == ("cats", "dogs") and described.snapshots == (0, 2)
    files = {0: snapshot_path(run, 0), 2: run.path / "best.keras", 3: run.path / "final.keras"}
    if epoch == 0:
        wanted = read_weights(files[0])
    else:
        wanted = keras.saving.load_model(files[epoch], compile=False).get_weights()
    for weights, array in zip(opened.model.get_weights(), wanted, strict=True):
        np.testing.assert_array_equal(weights, array)


def test_a_training_that_still_goes_on_is_opened_at_its_newest_checkpoint(run: RunFolder) -> None:
    last = open_run(OpenRun(run=str(run.path), weights="final")).model.get_weights()
    (run.path / "final.keras").unlink()
    opened = open_run(OpenRun(run=str(run.path), weights="last"))
    assert opened.epoch == 3
    for weights, array in zip(opened.model.get_weights(), last, strict=True):
        np.testing.assert_array_equal(weights, array)
    # A checkpoint that was torn is passed over, and that is said.
    path = checkpoint_path(run, 3)
    path.write_bytes(path.read_bytes()[:-1000])
    opened = open_run(OpenRun(run=str(run.path), weights="last"))
    assert opened.epoch == 2
    assert "epoch-0003.state cannot be loaded" in opened.described(1).note


def test_a_best_model_of_another_epoch_is_said_and_the_kept_weights_stand_in(
    run: RunFolder,
) -> None:
    write_epoch(run.path / "best.keras", 1)
    told = "best.keras is of epoch 1: the best, of epoch 2, could not be written."
    opened = open_run(OpenRun(run=str(run.path)))
    assert (opened.epoch, opened.described(1).note) == (2, f"{told} Shown is epoch 2 itself.")
    wanted = read_weights(snapshot_path(run, 2))
    for weights, array in zip(opened.model.get_weights(), wanted, strict=True):
        np.testing.assert_array_equal(weights, array)
    snapshot_path(run, 2).unlink()
    half(checkpoint_path(run, 2))
    opened = open_run(OpenRun(run=str(run.path)))
    assert opened.epoch == 1 and "Shown is best.keras. " + told in opened.described(1).note
    checkpoint_path(run, 2).unlink()
    opened = open_run(OpenRun(run=str(run.path)))
    assert (opened.epoch, opened.described(1).note) == (1, told)


def half(path: Path) -> None:
    """Leave a file as a torn write does."""
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def garble(path: Path) -> None:
    """Turn some bytes in the middle round."""
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 64] = bytes(255 - value for value in data[middle : middle + 64])
    path.write_bytes(data)


@pytest.mark.parametrize("damage", [half, garble], ids=["half", "garbled"])
@pytest.mark.parametrize("name", ["best", "epoch-2"])
def test_torn_weights_are_refused(
    run: RunFolder, name: str, damage: Callable[[Path], None]
) -> None:
    damage(run.path / "best.keras" if name == "best" else snapshot_path(run, 2))
    with pytest.raises(Refusal, match="cannot be loaded: it is damaged or belongs to another"):
        open_run(OpenRun(run=str(run.path), weights=name))


def test_other_weights_of_the_same_run_keep_the_network(run: RunFolder) -> None:
    first = open_run(OpenRun(run=str(run.path), weights="epoch-0"))
    second = open_run(OpenRun(run=str(run.path), weights="epoch-2"), first)
    assert second.model is first.model and second.described(1).epoch == 2
    wanted = read_weights(snapshot_path(run, 2))
    for weights, array in zip(second.model.get_weights(), wanted, strict=True):
        np.testing.assert_array_equal(weights, array)
    np.testing.assert_array_equal(second.before[0], read_weights(snapshot_path(run, 0))[0])
    # Damaged ones change nothing of what is open.
    for name, path in (("best", run.path / "best.keras"), ("epoch-0", snapshot_path(run, 0))):
        garble(path)
        with pytest.raises(Refusal, match="cannot be loaded"):
            open_run(OpenRun(run=str(run.path), weights=name), second)
        for weights, array in zip(second.model.get_weights(), wanted, strict=True):
            np.testing.assert_array_equal(weights, array)


def test_weights_of_another_network_are_refused(run: RunFolder, tmp_path: Path) -> None:
    write_weights(snapshot_path(run, 2), [np.zeros((3, 3), np.float32)])
    other = made_run(spec_of(COURSE.replace("k=6", "k=5"), tmp_path / "zoo"))
    (run.path / "best.keras").write_bytes((other.path / "best.keras").read_bytes())
    for name in ("epoch-2", "best"):
        with pytest.raises(Refusal, match="belongs to another network"):
            open_run(OpenRun(run=str(run.path), weights=name))


def test_weights_that_are_not_there_name_those_that_are(run: RunFolder) -> None:
    (run.path / "best.keras").unlink()
    with pytest.raises(Refusal, match="has no weights 'best'") as refused:
        open_run(OpenRun(run=str(run.path)))
    assert refused.value.cure == "There are: final, epoch-0, epoch-2."
    with pytest.raises(Refusal, match="There are no weights called"):
        open_run(OpenRun(run=str(run.path), weights="../../best"))
    with pytest.raises(Refusal, match=re.escape("has no readable spec.json")):
        open_run(OpenRun(run=str(run.path / "kept")))


def test_weights_that_are_not_finite_open_with_a_warning(run: RunFolder, tmp_path: Path) -> None:
    weights = read_weights(snapshot_path(run, 2))
    weights[0][0] = np.nan
    write_weights(snapshot_path(run, 2), weights)
    opened = open_run(OpenRun(run=str(run.path), weights="epoch-2"))
    assert "not finite" in opened.described(1).note


@pytest.mark.parametrize("network", [COURSE, DIGITS], ids=["sigmoid", "softmax"])
def test_all_validation_images_are_predicted_as_keras_does(tmp_path: Path, network: str) -> None:
    spec = spec_of(network, tmp_path / "zoo", validation_split=0.5)
    folder = noise_classes(tmp_path / "zoo", spec.data.classes, 8)
    bad = folder / spec.data.classes[1] / "01.png"
    bad.write_bytes(b"")
    left = LeftOutImage(f"{spec.data.classes[1]}/01.png", "empty")
    run = made_run(spec, left_out=(left,), images=4 * len(spec.data.classes) - 1)
    opened = open_run(OpenRun(run=str(run.path)))
    told: list[tuple[int, int]] = []
    found = evaluate(opened, Evaluate(), lambda done, total: told.append((done, total)))
    assert found.note == "" and found.unreadable == ()
    assert found.images == 4 * len(spec.data.classes) - 1
    assert told[-1] == (found.images, found.images)

    bad.unlink()  # Keras itself could not go on; the split is made before it is left out
    noise(bad, 1)
    plan = loader_arguments(spec.data)
    assert plan.validation is not None
    flow = ImageDataGenerator(**plan.validation_generator).flow_from_directory(**plan.validation)
    outputs = keras.saving.load_model(run.path / "best.keras").predict(flow, verbose=0)
    if outputs.shape[1] == 1:
        outputs = np.concatenate([1 - outputs, outputs], axis=1)
    confusion = np.zeros((len(spec.data.classes),) * 2, int)
    mistakes = []
    for path, truth, row in zip(flow.filepaths, flow.classes, outputs, strict=True):
        if path == str(bad):
            continue
        confusion[truth, row.argmax()] += 1
        if row.argmax() != truth:
            mistakes.append((-row.max(), path))
    assert np.array_equal(found.confusion, confusion)
    assert found.right == np.trace(confusion)
    assert [mistake.picture for mistake in found.mistakes] == [path for _, path in sorted(mistakes)]


def test_of_a_pair_that_is_seldom_confused_there_are_examples_too() -> None:
    made = [
        Prediction(picture=f"{n}.png", probabilities=(0.0, 0.9, 0.1), truth=0) for n in range(30)
    ]
    seldom = Prediction(picture="seldom.png", probabilities=(0.3, 0.3, 0.4), truth=1)
    found = _examples([*made, seldom], 5)
    assert [one.picture for one in found] == [*(f"{n}.png" for n in range(5, 8)), "seldom.png"]


def test_a_folder_that_has_changed_since_is_said(tmp_path: Path) -> None:
    spec = spec_of(DIGITS, tmp_path / "zoo", validation_split=0.5)
    noise_classes(tmp_path / "zoo", spec.data.classes, 4)
    run = made_run(spec, images=30)
    opened = open_run(OpenRun(run=str(run.path)))
    broken = tmp_path / "zoo" / "ants" / "00.png"
    broken.write_bytes(b"no picture")
    found = evaluate(opened, Evaluate(most_mistakes=0), quiet)
    assert found.note.startswith("The run had 30 validation images, but the folder now has 6")
    assert found.unreadable == (str(broken),) and found.images == 5
    assert found.mistakes == ()


def test_another_folder_of_classes_is_predicted(tmp_path: Path) -> None:
    opened = open_run(OpenRun(run=str(made_run(spec_of(COURSE, tmp_path / "zoo")).path)))
    folder = noise_classes(tmp_path / "others", ("dogs", "cats", "birds"), 3)
    found = evaluate(opened, Evaluate(folder=str(folder)), quiet)
    assert found.classes == ("cats", "dogs") and found.images == 6
    assert "birds" in found.note
    with pytest.raises(Refusal, match="has no folder for cats, dogs"):
        evaluate(opened, Evaluate(folder=str(folder / "dogs")), quiet)
    with pytest.raises(Refusal, match="no longer exists"):
        evaluate(opened, Evaluate(), quiet)


def test_a_cancelled_evaluation_ends_at_the_next_batch(tmp_path: Path) -> None:
    opened = open_run(OpenRun(run=str(made_run(spec_of(COURSE, tmp_path / "zoo")).path)))
    folder = noise_classes(tmp_path / "others", ("cats", "dogs"), 40)
    told: list[int] = []

    def stop(done: int, total: int) -> None:
        told.append(done)
        if done:
            raise Cancelled

    with pytest.raises(Cancelled):
        evaluate(opened, Evaluate(folder=str(folder)), stop)
    assert told[-1] < 80


def test_pictures_are_classified_and_a_bad_one_is_passed_over(tmp_path: Path) -> None:
    opened = open_run(OpenRun(run=str(made_run(spec_of(COURSE, tmp_path / "zoo")).path)))
    pictures = [str(noise(tmp_path / f"{number}.png", number)) for number in range(3)]
    pictures.insert(1, str(tmp_path / "missing.png"))
    found = classify(opened, Classify(pictures=tuple(pictures))).predictions
    assert [prediction.picture for prediction in found] == pictures
    for prediction in found:
        if prediction.picture.endswith("missing.png"):
            assert (prediction.problem, prediction.predicted) == ("missing", -1)
            continue
        batch = opened.preparation.array(prediction.picture)[None]
        p = float(opened.model.predict(batch, verbose=0)[0, 0])
        assert prediction.probabilities == pytest.approx((1 - p, p), abs=1e-6)


def test_scores_without_a_softmax_become_probabilities() -> None:
    scores = np.array([[2.0, 0.0, -900.0], [1e30, 0.0, 0.0]])
    found = probabilities("other", scores)
    np.testing.assert_allclose(found.sum(axis=1), 1)
    assert found[0, 0] == pytest.approx(1 / (1 + np.exp(-2.0)))
    single = probabilities("other", np.array([[0.0], [-1e9]]))
    assert single.round(9).tolist() == [[0.5, 0.5], [1.0, 0.0]]


def test_weights_that_find_no_memory_are_not_called_damaged(tmp_path: Path) -> None:
    class Crowded(keras.Model):  # type: ignore[misc]
        def load_weights(self, path: Path) -> None:
            raise MemoryError("Unable to allocate 2.0 GiB")

    (tmp_path / "model.weights.h5").touch()
    with pytest.raises(Refusal) as refused:
        load_weights(Crowded(), WeightsFile(tmp_path / "model.weights.h5", 1))
    assert refused.value.what == "There was not enough memory."
    assert "smaller network" in refused.value.cure
