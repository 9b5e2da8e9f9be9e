"""Names in archives that no folder of images needs: each becomes a safe one of its own."""

from __future__ import annotations

import io
import os
import unicodedata
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.datasets.fetch_server import tarred, zipped
from tests.unit.datasets.unpacked_archives import IMAGE, below, plain, tar_of, unpacked
from tui.common.text import clean
from tui.datasets.getting import RefusedArchive
from tui.datasets.getting.entry_names import EntryPaths, split_name


def test_names_with_control_characters_are_made_safe(tmp_path: Path) -> None:
    files = {
        "cats\x1b[2J/1\n.png": IMAGE,
        "cats\u202e/2.png": IMAGE,
        f"{'x' * 300}/3.png": IMAGE,
    }
    folder, result = unpacked(tmp_path, tarred(files))
    assert below(folder) == [
        "cats_/2.png",
        "cats_[2J/1_.png",
        f"{'x' * 200}/3.png",
    ]
    assert result.renamed == 4


def test_a_name_of_no_encoding_can_be_shown_afterwards(tmp_path: Path) -> None:
    data = tarred({"cats/a.png": IMAGE}, "w").replace(b"cats/a", b"cats/\xff")
    header = bytearray(data[:512])
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    folder, _ = unpacked(tmp_path, bytes(header) + data[512:])
    assert below(folder) == ["cats/_.png"]


@pytest.mark.parametrize("kind", ["zip", "tar"])
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_the_same_name_twice_keeps_the_first(tmp_path: Path, kind: str) -> None:
    out = io.BytesIO()
    if kind == "zip":
        with zipfile.ZipFile(out, "w") as archive:
            archive.writestr("cats/1.png", b"first")
            archive.writestr("cats/1.png", b"second")
        data = out.getvalue()
    else:
        data = tar_of(plain("cats/1.png", b"first"), plain("cats/1.png", b"second"))
    folder, result = unpacked(tmp_path, data)
    assert (folder / "cats" / "1.png").read_bytes() == b"first"
    assert result.doubles == 1


def test_names_that_differ_in_case_alone_are_kept_apart(tmp_path: Path) -> None:
    files = {"Cat/1.png": b"a", "cat/1.png": b"b", "Cat/1.PNG": b"c", "cat/2.png": b"d"}
    folder, result = unpacked(tmp_path, zipped(files))
    found = {name: (folder / name).read_bytes() for name in below(folder)}
    assert found == {
        "Cat/1.png": b"a",
        "cat-2/1.png": b"b",
        "Cat/1-2.PNG": b"c",
        "cat-2/2.png": b"d",
    }
    assert result.renamed == 2


def test_a_file_where_a_folder_is_named_the_same_is_kept_apart(tmp_path: Path) -> None:
    files = {"cats": b"a file", "cats/1.png": IMAGE}
    folder, _ = unpacked(tmp_path, zipped(files))
    assert below(folder) == ["cats", "cats-2/1.png"]


def test_what_a_mac_adds_does_not_become_a_class(tmp_path: Path) -> None:
    files = {"cats/1.png": IMAGE, "__MACOSX/cats/._1.png": b"finder"}
    folder, _ = unpacked(tmp_path, zipped(files))
    assert below(folder) == ["cats/1.png"]


def test_windows_backslashes_divide_folders(tmp_path: Path) -> None:
    data = zipped({"cats/1.png": IMAGE}).replace(b"cats/1.png", b"cats\\1.png")
    folder, _ = unpacked(tmp_path, data)
    assert below(folder) == ["cats/1.png"]


def test_an_empty_class_folder_stays(tmp_path: Path) -> None:
    folder, _ = unpacked(tmp_path, zipped({"cats/": b"", "dogs/1.png": IMAGE}))
    assert (folder / "cats").is_dir()


@given(st.lists(st.text(max_size=12), min_size=1, max_size=6))
def test_no_name_whatever_leaves_the_folder_or_reaches_the_screen_raw(names: list[str]) -> None:
    try:
        pieces = split_name("/".join(names), 32)
    except RefusedArchive:
        return
    if pieces:
        place = EntryPaths().file(pieces)
        assert place is not None
        assert not place.startswith("/") and ".." not in place.split("/")
        assert os.path.normpath(place) == place
        assert clean(place) == place
        assert all(len(piece.encode()) <= 255 for piece in place.split("/"))


@given(
    st.lists(st.sampled_from(["a", "A", "a\x01", "a-2", "A-2", "a-3", "ä", "a\u0308"]), max_size=9)
)
def test_every_file_has_a_place_of_its_own_on_every_file_system(names: list[str]) -> None:
    places = EntryPaths()
    found = [place for name in names if (place := places.file((name,))) is not None]
    assert len(found) == len(set(names))
    assert len({unicodedata.normalize("NFC", place).casefold() for place in found}) == len(found)
