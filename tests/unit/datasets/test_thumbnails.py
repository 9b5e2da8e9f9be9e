from __future__ import annotations

import os
from pathlib import Path

import pytest
from PIL import Image

from tests.unit.datasets.conftest import MakeImages
from tui.datasets import PictureError, describe, sample_paths, thumbnail

RED, BLUE, BLACK = (255, 0, 0), (0, 0, 255), (0, 0, 0)


def test_upper_and_lower_half_of_a_cell_are_two_pixels(tmp_path: Path) -> None:
    image = Image.new("RGB", (2, 4), RED)
    image.paste(BLUE, (0, 2, 2, 4))
    image.save(tmp_path / "flag.png")
    picture = thumbnail(tmp_path / "flag.png", 2, 2)
    assert (picture.columns, picture.rows) == (2, 2)
    assert picture.cells == (((RED, RED),) * 2, ((BLUE, BLUE),) * 2)
    half = thumbnail(tmp_path / "flag.png", 1, 1)
    assert half.cells == (((RED, BLUE),),)


@pytest.mark.parametrize("size", [(400, 300), (300, 400), (1, 5000), (5000, 1), (8, 8), (1, 1)])
@pytest.mark.parametrize("box", [(40, 10), (10, 40), (1, 1), (7, 3)])
def test_a_picture_fits_its_box_and_keeps_its_proportions(
    tmp_path: Path, size: tuple[int, int], box: tuple[int, int]
) -> None:
    Image.new("RGB", size).save(tmp_path / "image.jpg")
    picture = thumbnail(tmp_path / "image.jpg", *box)
    assert 1 <= picture.columns <= box[0]
    assert 1 <= picture.rows <= box[1]
    assert len(picture.cells) == picture.rows
    assert {len(row) for row in picture.cells} == {picture.columns}
    if min(picture.columns, picture.rows) > 4:
        assert picture.columns / (2 * picture.rows) == pytest.approx(size[0] / size[1], rel=0.15)


def test_a_target_size_shows_the_proportions_that_the_network_sees(tmp_path: Path) -> None:
    Image.new("RGB", (400, 100), RED).save(tmp_path / "wide.png")
    picture = thumbnail(tmp_path / "wide.png", 30, 15, size=(150, 150))
    assert (picture.columns, picture.rows) == (30, 15)


def test_transparent_places_are_black(tmp_path: Path) -> None:
    Image.new("RGBA", (2, 2), (255, 0, 0, 0)).save(tmp_path / "clear.png")
    assert thumbnail(tmp_path / "clear.png", 1, 1).cells == (((BLACK, BLACK),),)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "I;16", "RGBA", "RGB"])
def test_every_mode_can_be_shown(tmp_path: Path, make_images: MakeImages, mode: str) -> None:
    (path,) = make_images(tmp_path, 1, mode=mode)
    assert thumbnail(path, 4, 4).columns == 4


def test_what_cannot_be_read_says_so_with_a_clean_name(tmp_path: Path) -> None:
    path = os.fsencode(tmp_path) + b"/a\x1b[2J\xff.png"
    with open(path, "wb") as file:
        file.write(b"x")
    with pytest.raises(PictureError, match="not an image") as caught:
        thumbnail(os.fsdecode(path), 4, 4)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize("content", [b"", b"GIF89a\x01", b"\xff\xd8\xff\xe0" + b"\0" * 50])
def test_broken_files_raise_picture_errors(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "bad.jpg").write_bytes(content)
    with pytest.raises(PictureError, match=r"bad\.jpg cannot be shown"):
        thumbnail(tmp_path / "bad.jpg", 4, 4)
    with pytest.raises(PictureError, match="missing"):
        thumbnail(tmp_path / "none.jpg", 4, 4)


def test_no_room_is_the_caller_s_mistake(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="0×4"):
        thumbnail(tmp_path / "any.png", 0, 4)


def test_sample_paths_are_spread_and_the_same_each_time(
    tmp_path: Path, make_images: MakeImages
) -> None:
    make_images(tmp_path / "a", 10)
    make_images(tmp_path / "b", 2)
    (tmp_path / "c").mkdir()
    summary = describe(tmp_path)
    chosen = sample_paths(summary, 3)
    assert chosen == sample_paths(summary, 3)
    assert [os.path.basename(path) for path in chosen["a"]] == [
        "image001.png",
        "image005.png",
        "image008.png",
    ]
    assert len(chosen["b"]) == 2
    assert chosen["c"] == ()
    assert all(os.path.isfile(path) for paths in chosen.values() for path in paths)
