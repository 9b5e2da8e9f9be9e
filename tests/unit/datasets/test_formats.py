"""Pictures that are not what their names say, and pictures that Keras passes over."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from tests.unit.datasets.worst import picture
from tui.datasets import FolderSummary, LoaderSettings, check_images, describe, suggest_settings
from tui.datasets.doctor import Diagnosis, diagnose, examine
from tui.datasets.folder.listing import IMAGE_ENDINGS, UNREAD_IMAGE_ENDINGS, is_image_name
from tui.datasets.images.picture_formats import picture_format


def box(brand: bytes, *others: bytes) -> bytes:
    """Return the beginning of a file of the ISO family: what a telephone or a camera writes."""
    body = b"ftyp" + brand + bytes(4) + b"".join(others)
    return (len(body) + 4).to_bytes(4, "big") + body + b"\0\0\0\x08meta" + bytes(200)


HEADS = {
    "HEIC": [box(b"heic", b"mif1", b"heic"), box(b"mif1", b"mif1", b"heic"), box(b"heix")],
    "HEIF": [box(b"mif1", b"mif1"), box(b"msf1")],
    "JPEG XL": [b"\xff\x0a" + bytes(60), b"\0\0\0\x0cJXL \r\n\x87\n"],
    "CR3": [box(b"crx ", b"isom")],
    "SVG": [b"<?xml version='1.0'?>\n<svg xmlns='x'>", b"<svg>"],
}


@pytest.fixture
def pets(tmp_path: Path) -> Path:
    for label, start in (("cats", 0), ("dogs", 50)):
        (tmp_path / "pets" / label).mkdir(parents=True)
        for index in range(6):
            picture(start + index).save(tmp_path / "pets" / label / f"{index}.jpg")
    return tmp_path / "pets"


def findings(folder: Path) -> dict[str, Diagnosis]:
    summary: FolderSummary = describe(folder)
    settings: LoaderSettings = suggest_settings(summary)
    return {one.kind: one for one in diagnose(examine(summary, settings), settings)}


@pytest.mark.parametrize("name", HEADS)
def test_a_format_is_known_by_its_bytes(name: str) -> None:
    assert {picture_format(head) for head in HEADS[name]} == {name}


@pytest.mark.parametrize("head", [b"", b"plain", b"BMW is a make", b"P", box(b"isom", b"mp42")])
def test_what_is_no_picture_is_none(head: bytes) -> None:
    assert picture_format(head) == ""


@pytest.mark.parametrize("name", ["HEIC", "HEIF", "JPEG XL"])
def test_a_picture_named_jpg_is_named_as_what_it_is(pets: Path, name: str) -> None:
    (pets / "cats" / "phone.jpg").write_bytes(HEADS[name][0])
    found = findings(pets)["foreign"]
    assert list(found.lines()) == [
        f"cats/phone.jpg  ({name}, a format that cannot be read here)",
    ]
    (bad,) = check_images(suggest_settings(describe(pets))).bad
    assert bad.reason.startswith(name)


def test_an_avif_named_jpg_is_read_and_reported(pets: Path) -> None:
    if "AVIF" not in Image.registered_extensions().values():
        pytest.skip("this Pillow does not write AVIF")
    picture(900).save(pets / "cats" / "web.jpg", format="AVIF")
    found = findings(pets)["wrong_ending"]
    assert list(found.lines()) == ["cats/web.jpg  (is AVIF)"]


def test_what_only_begins_like_a_picture_is_damaged(pets: Path) -> None:
    (pets / "cats" / "cut.jpg").write_bytes(b"\x89PNG\r\n\x1a\n" + b"\1" * 50)
    assert "begins like PNG" in next(iter(findings(pets)["damaged"].lines()))


def test_every_ending_that_pillow_reads_and_keras_does_not_is_known() -> None:
    Image.init()
    no_pictures = {".h5", ".hdf", ".grib", ".bufr", ".mpg", ".mpeg", ".ps", ".pdf"}
    endings = set(Image.registered_extensions()) - no_pictures
    skipped = {ending for ending in endings if not is_image_name(f"x{ending}")}
    assert skipped <= UNREAD_IMAGE_ENDINGS
    assert not {f".{ending}" for ending in IMAGE_ENDINGS} & UNREAD_IMAGE_ENDINGS


def test_pictures_that_keras_passes_over_are_counted(pets: Path) -> None:
    picture(1).save(pets / "cats" / "icon.ico")
    picture(2).save(pets / "cats" / "stereo.mpo", format="MPO")
    picture(3).save(pets / "dogs" / "without", format="PNG")
    picture(4).save(pets / "dogs" / "photo.jpg_large", format="JPEG")
    (pets / "dogs" / "notes.txt").write_text("BM is how a bitmap begins")
    (pets / "dogs" / "README").write_text("nothing")
    found = {one.kind: one for one in describe(pets).findings}
    told = found["other_pictures"].sentence
    for words in (
        "4 pictures",
        ".ico (1)",
        ".mpo (1)",
        "no ending: PNG by its content (1)",
        ".jpg_large: JPEG by its content (1)",
    ):
        assert words in told
    assert set(found["other_pictures"].names) == {
        "cats/icon.ico",
        "cats/stereo.mpo",
        "dogs/photo.jpg_large",
        "dogs/without",
    }
    assert set(found["skipped_files"].names) == {".txt", "no ending"}


def test_a_folder_of_pictures_of_other_formats_only(tmp_path: Path) -> None:
    for name in ("a.webp", "b.webp", "c.heic"):
        (tmp_path / name).write_bytes(b"x")
    (found,) = describe(tmp_path).findings
    assert "Keras does not read the 3 pictures there (.webp (2) and .heic (1))" in (found.sentence)
