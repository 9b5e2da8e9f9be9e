"""The exported program in its two forms: the same images, classes and figures."""

from __future__ import annotations

import os
import runpy
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.support.written_images import write_folder
from tui.datasets import Augmentation, LoaderSettings
from tui.geometry import parse_network
from tui.runs.export.today_lines import augmentation_layers
from tui.runs.export.training_script import training_script

NETWORK = parse_network("12x10x3 conv:k=3,f=3,a=relu flatten dense:k=1,a=sigmoid")


def ran(text: str, file: Path) -> dict[str, Any]:
    file.write_text(text)
    return runpy.run_path(str(file))


def test_both_forms_train_on_the_same_images_with_the_same_figures(tmp_path: Path) -> None:
    pets = write_folder(tmp_path / "pets", ("cats", "dogs"), each=11)
    (pets / "cats" / "more").mkdir()
    os.rename(pets / "cats" / "10.png", pets / "cats" / "more" / "a.png")
    settings = LoaderSettings(
        directory=str(pets),
        classes=("dogs", "cats"),
        target_size=(10, 12),
        batch_size=64,  # all of them: the order in a batch is no matter
        validation_split=0.3,
        leave_out=("dogs/05.png", "cats/00.png"),
    )
    more: dict[str, Any] = {
        "epochs": 2,
        "rule": None,
        "share": 0.7,
        "seed": 3,
        "class_weight": {"dogs": 3.0},
        "schedule": "cosine",
        "test_directory": str(write_folder(tmp_path / "new", ("cats", "dogs"), each=3)),
    }
    course = ran(training_script(NETWORK, settings, **more), tmp_path / "course.py")
    now = ran(training_script(NETWORK, settings, today=True, **more), tmp_path / "today.py")
    for part in ("train", "validation"):
        images = [Path(one) for one in now[part].file_paths]
        assert sorted(f"{'/'.join(one.parts[one.parts.index(part) + 1 :])}" for one in images) == (
            sorted(course[part].filenames)
        )
    assert now["train"].class_names == list(course["train"].class_indices) == ["dogs", "cats"]
    assert len(course["train"].filenames) == 11 and len(course["validation"].filenames) == 5
    for name, values in course["history"].history.items():
        assert now["history"].history[name] == pytest.approx(values, rel=1e-4), name
    assert now["test_loss"] == pytest.approx(course["test_loss"], rel=1e-4)
    assert not os.path.exists(now["links"].name) or not now["links"].cleanup()


def blob() -> Any:
    """Return a smooth picture without symmetry, of 48×48."""
    rows, columns = np.mgrid[:48, :48]
    spots = [(20, 30, 6, 200), (30, 18, 4, 120)]
    picture = sum(
        height * np.exp(-((rows - y) ** 2 + (columns - x) ** 2) / (2 * width**2))
        for y, x, width, height in spots
    )
    return np.asarray(picture)[..., None].astype("float32")


@pytest.mark.parametrize(
    ("augmentation", "course"),
    [
        (Augmentation(rotation_range=30), [{"theta": 30}, {"theta": -30}]),
        (Augmentation(width_shift_range=0.2), [{"tx": 9.6}, {"tx": -9.6}]),
        (Augmentation(height_shift_range=0.2), [{"ty": 9.6}, {"ty": -9.6}]),
        (Augmentation(zoom_range=0.3), [{"zx": 1.3, "zy": 1.3}]),
        (Augmentation(horizontal_flip=True), [{"flip_horizontal": True}]),
        (Augmentation(vertical_flip=True), [{"flip_vertical": True}]),
    ],
    ids=lambda one: next(iter(one.arguments())) if isinstance(one, Augmentation) else "",
)
def test_a_layer_at_its_limit_changes_an_image_as_the_generator_does(
    augmentation: Augmentation, course: list[dict[str, float]]
) -> None:
    import keras
    from keras.src.legacy.preprocessing.image import ImageDataGenerator

    ((name, arguments),) = augmentation_layers(augmentation)
    if name != "RandomFlip":
        arguments = [_limit(one) if "fill_mode" not in one else one for one in arguments]
    layer = eval(f"layers.{name}({', '.join(arguments)}, seed=1)", {"layers": keras.layers})
    picture = blob()
    # A flip happens to half of them: some of many are as they are to be.
    changed = np.asarray(layer(np.repeat(picture[None], 24, axis=0), training=True))
    generator = ImageDataGenerator(fill_mode="nearest")
    expected = [generator.apply_transform(picture, one) for one in course]
    off = min(float(np.abs(one - want).mean()) for one in changed for want in expected)
    untouched = min(float(np.abs(picture - want).mean()) for want in expected)
    assert off < 0.12 * untouched


def test_the_generator_moves_rows_by_the_shift_of_the_width() -> None:
    """What the program says about it is so: `tx` moves columns, and comes of the height."""
    from keras.src.legacy.preprocessing.image import ImageDataGenerator

    picture = blob()
    across = ImageDataGenerator(height_shift_range=0.2)
    drawn = across.get_random_transform((48, 48, 1), seed=1)
    assert drawn["tx"] and not drawn["ty"]
    moved = across.apply_transform(picture, {"tx": 10})
    assert moved[20].argmax() == picture[20].argmax() - 10
    assert moved[:, 20].argmax() == picture[:, 30].argmax()


def _limit(arguments: str) -> str:
    """Return arguments whose factors are their upper limits, in place of a range."""
    return ", ".join(f"({value}, {value})" for value in arguments.split(", "))
