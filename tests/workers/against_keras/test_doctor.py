"""What the doctor says of Keras is what Keras does."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from keras.utils import img_to_array, load_img
from tensorflow.keras.preprocessing.image import ImageDataGenerator

from tests.unit.datasets.worst import build_worst
from tui.datasets import LoaderSettings, describe, loader_arguments, suggest_settings
from tui.datasets.doctor import Examination, diagnose, examine, seeded_split
from tui.datasets.doctor.subsets import Subsets

Looked = tuple[Examination, LoaderSettings]


@pytest.fixture(scope="module")
def worst(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the worst folder in the world, without its pipe: Keras would wait there for ever."""
    folder = tmp_path_factory.mktemp("world") / "worst"
    build_worst(folder)
    (folder / "cats" / "x-pipe.png").unlink()
    (folder / "cats" / "y-huge.png").unlink()
    return folder


@pytest.fixture
def looked(worst: Path) -> Looked:
    summary = describe(worst)
    settings = suggest_settings(summary)
    return examine(summary, settings), settings


def test_it_looks_at_the_files_that_keras_reads_and_divides_them_alike(looked: Looked) -> None:
    examination, settings = looked
    plan = loader_arguments(settings)
    generator = ImageDataGenerator(**plan.generator)
    subsets = Subsets(examination, settings)
    for validation in (False, True):
        arguments = plan.validation if validation else plan.train
        assert arguments is not None
        flow = generator.flow_from_directory(**arguments)
        ours = [
            file.path
            for index, file in enumerate(examination.files)
            if subsets.validates[index] == validation
        ]
        assert ours == flow.filenames


def test_it_calls_unreadable_what_keras_cannot_read(looked: Looked) -> None:
    examination, _ = looked
    readable = {}
    for file in examination.files:
        try:
            load_img(os.path.join(file.directory, file.path), target_size=(8, 8))
            readable[file.path] = True
        except Exception:
            readable[file.path] = False
    assert {file.path: file.facts.readable for file in examination.files} == readable
    assert sum(not good for good in readable.values()) == 8


def test_sixteen_bits_come_out_as_it_says(looked: Looked) -> None:
    examination, settings = looked
    (deep,) = [file for file in examination.files if file.path == "cats/y-deep.png"]
    path = os.path.join(deep.directory, deep.path)
    assert img_to_array(load_img(path, color_mode="grayscale")).max() == deep.facts.highest
    assert np.median(img_to_array(load_img(path))) == 255
    (found,) = [one for one in diagnose(examination, settings) if one.kind == "gray16"]
    assert "nearly all white" in found.training


def test_a_turned_picture_is_read_unturned(looked: Looked) -> None:
    examination, _ = looked
    (turned,) = [file for file in examination.files if file.facts.turn != 1]
    width, height = load_img(os.path.join(turned.directory, turned.path)).size
    assert (width, height) == (turned.facts.width, turned.facts.height)


def test_keras_alone_takes_hidden_folders_for_classes(worst: Path, looked: Looked) -> None:
    flow = ImageDataGenerator().flow_from_directory(str(worst))
    (hidden,) = [one for one in diagnose(*looked) if one.kind == "hidden_folders"]
    assert set(hidden.names) <= set(flow.class_indices)
    assert flow.class_indices["cats"] > looked[1].classes.index("cats")


def test_keras_trains_three_classes_on_binary_labels_without_a_word(looked: Looked) -> None:
    _, settings = looked
    flow = ImageDataGenerator().flow_from_directory(
        settings.directory, classes=["birds", "dogs", "owls"], class_mode="binary", batch_size=200
    )
    assert set(flow[0][1]) == {0.0, 1.0, 2.0}


def test_keras_reads_a_seeded_split(worst: Path, looked: Looked) -> None:
    split = seeded_split(*looked)
    plan = loader_arguments(split)
    assert plan.validation is not None and "subset" not in plan.validation
    generator = ImageDataGenerator(**plan.generator)
    validation = generator.flow_from_directory(**plan.validation)
    assert {name.split("/")[0] for name in validation.filenames} == set(split.classes)
    for name, path in zip(validation.filenames, validation.filepaths, strict=True):
        if name.startswith("dogs/"):
            assert np.array_equal(load_img(path), load_img(worst / name))
