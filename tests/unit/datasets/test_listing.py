from __future__ import annotations

from pathlib import Path

from tests.unit.datasets.conftest import MakeImages
from tui.datasets import list_images, split_counts


def test_the_order_is_folders_by_path_then_names(tmp_path: Path) -> None:
    for name in (
        "cats/10.png",
        "cats/2.png",
        "cats/B.JPG",
        "cats/a.jpeg",
        "cats/sub/1.png",
        "cats/sub-a/1.png",
        "cats/sub/deep/1.tiff",
        "cats/.ipynb_checkpoints/1.png",
        "cats/notes.txt",
        "dogs/1.bmp",
    ):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    assert list_images(tmp_path, ("dogs", "cats")) == [
        "dogs/1.bmp",
        "cats/10.png",
        "cats/2.png",
        "cats/B.JPG",
        "cats/a.jpeg",
        "cats/.ipynb_checkpoints/1.png",
        "cats/sub/1.png",
        "cats/sub-a/1.png",
        "cats/sub/deep/1.tiff",
    ]


def test_a_trailing_slash_changes_nothing(pets: Path) -> None:
    assert list_images(f"{pets}/", ("cats",)) == list_images(pets, ("cats",))


def test_a_class_that_is_not_there_has_no_images(pets: Path) -> None:
    assert list_images(pets, ("birds",)) == []


def test_links_to_files_are_read_and_links_to_folders_are_not(
    pets: Path, tmp_path: Path, make_images: MakeImages
) -> None:
    (outside,) = make_images(tmp_path / "outside", 1)
    (pets / "dogs" / "linked.png").symlink_to(outside)
    (pets / "dogs" / "folder").symlink_to(outside.parent)
    assert "dogs/linked.png" in list_images(pets, ("dogs",))
    assert len(list_images(pets, ("dogs",))) == 6


def test_the_split_rounds_down_as_keras_does() -> None:
    assert split_counts(4, 0.2) == (4, 0)
    assert split_counts(5, 0.2) == (4, 1)
    assert split_counts(10, 0.29) == (8, 2)
