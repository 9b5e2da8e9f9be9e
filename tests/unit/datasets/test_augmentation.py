"""Augmentation: what may be chosen, the call it becomes, and what it does to an image."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from tui.datasets import (
    FILL_MODES,
    Augmentation,
    LoaderSettings,
    PictureError,
    loader_arguments,
    python_call,
    validate,
)
from tui.datasets.loader.augmentation_preview import augment_image, load_image, preview_pictures

PETS = LoaderSettings(directory="pets", classes=("cats", "dogs"))
NUMBERS = np.arange(8 * 12 * 3, dtype=np.uint8).reshape(8, 12, 3)


def with_augmentation(**values: object) -> LoaderSettings:
    """Return settings with an augmentation."""
    return LoaderSettings(
        directory="pets",
        classes=("cats", "dogs"),
        augmentation=Augmentation(**values),  # type: ignore[arg-type]
    )


def test_validation_images_are_never_changed() -> None:
    plan = loader_arguments(with_augmentation(rotation_range=40, horizontal_flip=True))
    assert plan.generator["rotation_range"] == 40 and plan.generator["horizontal_flip"]
    assert "rotation_range" not in plan.validation_generator
    assert plan.validation_generator["validation_split"] == plan.generator["validation_split"]
    code = python_call(with_augmentation(zoom_range=0.2, fill_mode="reflect"))
    assert code.count("zoom_range=0.2") == code.count("fill_mode='reflect'") == 1
    assert "validation = plain.flow_from_directory(" in code
    compile(code, "call.py", "exec")


def test_without_augmentation_the_call_stays_the_courses() -> None:
    assert "plain" not in python_call(PETS)
    plan = loader_arguments(PETS)
    assert plan.generator == plan.validation_generator


@pytest.mark.parametrize(
    ("field", "value"),
    [("rotation_range", 181), ("zoom_range", 1), ("shear_range", float("nan"))],
)
def test_what_cannot_be_is_reported_with_the_value_and_the_cure(field: str, value: float) -> None:
    (problem,) = validate(with_augmentation(**{field: value}))
    assert problem.field == field and f"{value:g}" in problem.sentence
    assert "Choose" in problem.sentence


@pytest.mark.parametrize("fill_mode", FILL_MODES)
@given(seed=st.integers(0, 500))
def test_an_image_keeps_its_size_and_takes_only_values_it_has(fill_mode: str, seed: int) -> None:
    image = Image.fromarray(NUMBERS)
    changes = Augmentation(
        rotation_range=90,
        width_shift_range=0.9,
        height_shift_range=0.9,
        shear_range=40,
        zoom_range=0.9,
        horizontal_flip=True,
        vertical_flip=True,
        fill_mode=fill_mode,  # type: ignore[arg-type]
    )
    made = np.asarray(augment_image(image, changes, seed))
    assert made.shape == NUMBERS.shape
    known = {tuple(pixel) for pixel in NUMBERS.reshape(-1, 3).tolist()} | {(0, 0, 0)}
    assert {tuple(pixel) for pixel in made.reshape(-1, 3).tolist()} <= known


def test_nothing_chosen_changes_nothing_and_a_flip_mirrors() -> None:
    image = Image.fromarray(NUMBERS)
    assert np.array_equal(np.asarray(augment_image(image, Augmentation(), 1)), NUMBERS)
    flip = Augmentation(horizontal_flip=True)
    made = [np.asarray(augment_image(image, flip, seed)) for seed in range(12)]
    mirrored = [np.array_equal(one, NUMBERS[:, ::-1]) for one in made]
    assert any(mirrored) and not all(mirrored)


def test_a_shift_moves_and_fills(tmp_path: Path) -> None:
    image = Image.fromarray(NUMBERS)
    for seed in range(20):
        black = Augmentation(width_shift_range=0.5, fill_mode="constant")
        near = Augmentation(width_shift_range=0.5, fill_mode="nearest")
        a, b = (np.asarray(augment_image(image, one, seed)) for one in (black, near))
        differs = (a != b).any(axis=(0, 2))
        assert (a[:, differs] == 0).all()
    (tmp_path / "no.jpg").write_bytes(b"no")
    with pytest.raises(PictureError, match="cannot be shown"):
        load_image(tmp_path / "no.jpg", PETS)


def test_the_loaded_image_has_the_target_size_and_colour_mode(tmp_path: Path) -> None:
    Image.fromarray(NUMBERS).save(tmp_path / "a.png")
    settings = LoaderSettings(
        directory="pets", classes=("a", "b"), target_size=(5, 7), color_mode="grayscale"
    )
    image = load_image(tmp_path / "a.png", settings)
    assert image.size == (7, 5) and image.mode == "L"
    shown = preview_pictures(tmp_path / "a.png", with_augmentation(rotation_range=30), 10, 6, 3)
    assert len(shown) == 4
    assert len(preview_pictures(tmp_path / "a.png", PETS, 10, 6, 3)) == 1


def test_files_left_out_by_choice_are_reported_in_the_code() -> None:
    chosen = LoaderSettings(directory="pets", classes=("cats", "dogs"), leave_out=("cats/1.png",))
    code = python_call(chosen)
    assert "Left out in cnn-tui by choice: 1 file" in code
    compile(code, "call.py", "exec")
    assert "by choice" not in python_call(PETS)
