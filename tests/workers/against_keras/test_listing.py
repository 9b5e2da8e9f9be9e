"""The list of images that a screen shows is the list that Keras reads."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tensorflow.keras.preprocessing.image import ImageDataGenerator

from tui.datasets import list_images, split_counts

pytestmark = pytest.mark.filterwarnings("ignore:Using .*tiff.* files:UserWarning")

ODD_NAMES = [
    "b.png",
    "a.PNG",
    "a.JPeG",
    "Z.jpg",
    "z.tiff",
    "10.bmp",
    "2.ppm",
    ".hidden.png",
    "no ending",
    "notes.txt",
    "picture.gif",
    "picture.webp",
    "twice.png.txt",
    "name with spaces.tif",
    "größe 猫.jpg",
    "esc\x1b[2J.jpg",
    "new\nline.jpg",
    "png",
    "[markup].jpg",
]


@pytest.fixture
def odd_tree(tmp_path: Path) -> Path:
    top = tmp_path / "tree"
    for folder in ("cats", "dogs", "dogs/inner/deep", "dogs/Inner", "dogs/.git", "empty", "0"):
        (top / folder).mkdir(parents=True)
        if folder != "empty":
            for name in ODD_NAMES:
                (top / folder / name).write_bytes(b"")
    (top / "dogs" / "folder.png").mkdir()
    (top / "dogs" / "folder.png" / "inside.png").write_bytes(b"")
    os.symlink(top / "cats", top / "dogs" / "link to cats")
    os.symlink(top / "cats" / "b.png", top / "dogs" / "link.png")
    os.symlink(top / "nowhere", top / "dogs" / "dangling.png")
    os.symlink(top / "cats", top / "linked class")
    (top / "lying beside.png").write_bytes(b"")
    return top


@pytest.mark.parametrize(
    "classes",
    [
        ["cats", "dogs"],
        ["dogs", "cats"],
        ["0", "cats", "dogs", "empty"],
        ["linked class", "dogs"],
    ],
)
def test_the_order_is_keras_own(odd_tree: Path, classes: list[str]) -> None:
    flow = ImageDataGenerator().flow_from_directory(str(odd_tree), classes=classes)
    assert list_images(odd_tree, classes) == flow.filenames
    assert len(flow.filenames) > 20


@pytest.mark.parametrize("split", [0.01, 0.2, 0.33, 0.5, 0.9])
def test_the_split_is_keras_own(odd_tree: Path, split: float) -> None:
    generator = ImageDataGenerator(validation_split=split)
    classes = ["cats", "dogs"]
    kept: dict[str, list[str]] = {
        subset: generator.flow_from_directory(
            str(odd_tree), classes=classes, subset=subset
        ).filenames
        for subset in ("training", "validation")
    }
    for name in classes:
        images = list_images(odd_tree, [name])
        training, validation = split_counts(len(images), split)
        assert [path for path in kept["validation"] if path in images] == images[:validation]
        assert [path for path in kept["training"] if path in images] == images[validation:]
        assert training == len(images) - validation
