from __future__ import annotations

from pathlib import Path

from tests.unit.datasets.conftest import MakeImages
from tui.datasets import describe, image_sizes, suggest_settings, validate


def test_photographs_get_the_course_s_settings(tmp_path: Path, make_images: MakeImages) -> None:
    make_images(tmp_path / "cats", 5, size=(400, 300), ending="jpg")
    make_images(tmp_path / "dogs", 5, size=(500, 374), ending="jpg")
    settings = suggest_settings(describe(tmp_path))
    assert settings.classes == ("cats", "dogs")
    assert settings.target_size == (150, 150)
    assert settings.batch_size == 20
    assert settings.class_mode == "binary"
    assert settings.color_mode == "rgb"
    assert settings.validation_split == 0.2
    assert validate(settings) == ()


def test_small_gray_images_keep_their_own_size(tmp_path: Path, make_images: MakeImages) -> None:
    for name in "abc":
        make_images(tmp_path / name, 5, size=(28, 20), mode="L")
    settings = suggest_settings(describe(tmp_path))
    assert settings.target_size == (20, 28)  # height first
    assert settings.input_volume_text == "28×20×1"
    assert settings.batch_size == 32
    assert settings.class_mode == "categorical"


def test_a_split_folder_is_used_as_it_is(tmp_path: Path, make_images: MakeImages) -> None:
    for name in ("train/cats", "train/dogs", "validation/cats", "validation/dogs"):
        make_images(tmp_path / name, 2)
    settings = suggest_settings(describe(tmp_path))
    assert settings.directory == str(tmp_path / "train")
    assert settings.validation_directory == str(tmp_path / "validation")


def test_an_empty_validation_folder_is_not_used(tmp_path: Path, make_images: MakeImages) -> None:
    for name in ("train/cats", "train/dogs"):
        make_images(tmp_path / name, 5)
    (tmp_path / "validation").mkdir()
    assert suggest_settings(describe(tmp_path)).validation_directory is None


def test_an_empty_class_is_left_out(pets: Path) -> None:
    (pets / "birds").mkdir()
    settings = suggest_settings(describe(pets))
    assert settings.classes == ("cats", "dogs")
    assert settings.class_mode == "binary"


def test_a_tiny_set_gets_a_split_that_reaches_it(tmp_path: Path, make_images: MakeImages) -> None:
    for name in ("cats", "dogs"):
        make_images(tmp_path / name, 2)
    assert suggest_settings(describe(tmp_path)).validation_split == 0.5


def test_one_image_a_class_leaves_nothing_for_validation(
    tmp_path: Path, make_images: MakeImages
) -> None:
    for name in ("cats", "dogs"):
        make_images(tmp_path / name, 1)
    assert suggest_settings(describe(tmp_path)).validation_split == 0.0


def test_sizes_of_a_mixed_folder(tmp_path: Path, make_images: MakeImages) -> None:
    make_images(tmp_path / "a", 3, size=(40, 30))
    make_images(tmp_path / "b", 1, size=(10, 20), mode="L")
    make_images(tmp_path / "b", 1, size=(100, 90), stem="large")
    (tmp_path / "b" / "bad.png").write_bytes(b"x")
    sizes = image_sizes(describe(tmp_path))
    assert sizes.sampled == 5
    assert sizes.smallest == (10, 20)
    assert sizes.largest == (100, 90)
    assert sizes.most_common == (40, 30)
    assert sizes.modes == (("RGB", 4), ("L", 1))
    assert sizes.unreadable == 1


def test_a_folder_without_a_readable_image(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "bad.png").write_bytes(b"x")
    summary = describe(tmp_path)
    assert image_sizes(summary).most_common is None
    assert suggest_settings(summary).target_size == (150, 150)


def test_only_a_sample_is_opened(tmp_path: Path, make_images: MakeImages) -> None:
    for name in ("a", "b"):
        make_images(tmp_path / name, 50)
    assert image_sizes(describe(tmp_path), sample=10).sampled == 10
