"""Images decoded once and kept: what may have changed is looked at, what has not is kept."""

from __future__ import annotations

import os
import shutil
import struct
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import numpy as np
import pytest
from PIL import Image

from tests.unit.datasets.caching import decoded, files
from tui.datasets import LoaderSettings
from tui.datasets.cache import BUDGET_VARIABLE, array_rows, cached_arrays
from tui.datasets.cache.cache_quota import arrays_folder


@pytest.fixture
def decodings(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """Return a list that gets a number for each image that is decoded."""
    found: list[int] = []
    for name in ("_fast_pixels", "_pixels"):
        real = getattr(array_rows, name)

        def counting(content: object, plan: object, real: Callable[..., bytes] = real) -> bytes:
            made = real(content, plan)
            if made:
                found.append(len(made))
            return made

        monkeypatch.setattr(array_rows, name, counting)
    yield found


def of_one_size_and_time(first: Path, second: Path) -> None:
    """Give two files the same size and time, as archives do; each keeps its picture."""
    size = max(first.stat().st_size, second.stat().st_size)
    for path in (first, second):
        path.write_bytes(path.read_bytes().ljust(size, b"\0"))  # behind the end of the PNG
        os.utime(path, ns=(10**18, 10**18))


def test_two_files_of_one_size_and_time_that_swap_names(loader: LoaderSettings, pets: Path) -> None:
    one, two, aside = (pets / "cats" / name for name in ("image001.png", "image004.png", "x"))
    of_one_size_and_time(one, two)
    before = decoded(loader)
    one.rename(aside)
    two.rename(one)
    aside.rename(two)
    after = decoded(loader)
    assert np.array_equal(after.pixels[1], before.pixels[4])
    assert np.array_equal(after.pixels[4], before.pixels[1])
    assert not np.array_equal(after.pixels[1], after.pixels[4])
    assert len(files()) == 1, "nothing asks for the old one any more"


def test_a_file_that_was_written_anew_and_given_its_old_time(
    loader: LoaderSettings, pets: Path
) -> None:
    decoded(loader)
    path = pets / "cats" / "image002.png"
    before = path.stat()
    Image.new("RGB", (12, 10), "white").save(pets / "white.png")
    content = (pets / "white.png").read_bytes().ljust(before.st_size, b"\0")
    with path.open("r+b") as file:  # the same inode
        file.write(content)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    now = path.stat()
    assert (now.st_ino, now.st_size, now.st_mtime_ns) == (
        before.st_ino,
        before.st_size,
        before.st_mtime_ns,
    )
    assert (decoded(loader).pixels[2] == 255).all()


def _mode(pets: Path) -> None:
    for path in pets.rglob("*.png"):
        path.chmod(0o600)


def _time(pets: Path) -> None:
    for path in pets.rglob("*.png"):
        os.utime(path)


def _link(pets: Path) -> None:
    os.link(pets / "dogs" / "image000.png", pets / "again")


def _inode(pets: Path) -> None:
    """As `rsync` and `git` do it: a copy, renamed over the old one."""
    for path in pets.rglob("*.png"):
        shutil.copy2(path, pets / "copy")
        (pets / "copy").replace(path)


def _away_and_back(pets: Path) -> None:
    shutil.copytree(pets, pets.parent / "copy")
    shutil.rmtree(pets)
    (pets.parent / "copy").rename(pets)


@pytest.mark.parametrize("change", [_mode, _time, _link, _inode, _away_and_back])
def test_what_changed_no_content_is_not_decoded_again(
    change: Callable[[Path], None], loader: LoaderSettings, pets: Path, decodings: list[int]
) -> None:
    before = decoded(loader)
    assert len(decodings) == 11
    change(pets)
    after = decoded(loader)
    assert len(decodings) == 11 and after.hit
    assert np.array_equal(after.pixels, before.pixels)
    assert after.seconds == pytest.approx(before.seconds, abs=0.5)
    assert len(files()) == 1
    assert decoded(loader).hit and len(decodings) == 11


@pytest.mark.parametrize("how", ["moved", "copied"])
def test_a_folder_in_another_place_is_not_decoded_again(
    how: str, loader: LoaderSettings, pets: Path, decodings: list[int]
) -> None:
    before = decoded(loader)
    there = pets.parent / "there"
    if how == "moved":
        pets.rename(there)
    else:
        shutil.copytree(pets, there, copy_function=shutil.copyfile)
    after = decoded(msgspec.structs.replace(loader, directory=str(there)))
    assert len(decodings) == 11 and after.hit
    assert np.array_equal(after.pixels, before.pixels)


def test_one_picture_more_is_one_decoding(
    loader: LoaderSettings, pets: Path, decodings: list[int]
) -> None:
    before = decoded(loader)
    Image.new("RGB", (12, 10), "white").save(pets / "cats" / "image0005.png")
    (pets / "dogs" / "image001.png").unlink()
    after = decoded(loader)
    assert len(decodings) == 12 and not after.hit
    paths = {file.path: row for row, file in enumerate(before.plan.files)}
    for row, file in enumerate(after.plan.files):
        known = paths.get(file.path)
        expected = before.pixels[known] if known is not None else np.full((8, 6, 3), 255)
        assert np.array_equal(after.pixels[row], expected), file.path


def test_bad_and_wide_files_stay_so(loader: LoaderSettings, pets: Path) -> None:
    (pets / "cats" / "image000.png").write_bytes(b"")
    Image.new("I;16", (12, 10), 1000).save(pets / "dogs" / "image002.png")
    grey = msgspec.structs.replace(loader, color_mode="grayscale")
    before = decoded(grey)
    _mode(pets)
    after = decoded(grey)
    assert after.bad == before.bad == {0: "empty (0 bytes)"}
    assert after.wide == before.wide == {8}
    assert np.array_equal(after.pixels, before.pixels)
    Image.new("L", (12, 10), 9).save(pets / "cats" / "image000.png")
    assert not decoded(grey).bad


def test_yesterdays_array_is_no_trouble(loader: LoaderSettings, decodings: list[int]) -> None:
    """It has another key and no list of files: it stays until somebody needs its room."""
    found = decoded(loader)
    (now,) = arrays_folder().iterdir()
    content, (kept,) = now.read_bytes(), cached_arrays()
    facts = msgspec.to_builtins(kept.metadata)
    for name in ("files", "checksum"):
        facts.pop(name)
    text = msgspec.json.encode(facts)
    end = struct.pack("<QI8s", len(text), zlib.crc32(text), b"cnnimgs1")
    now.unlink()
    (arrays_folder() / f"{'0' * 40}.images").write_bytes(
        content[: found.pixels.nbytes] + text + end
    )
    # And one that would be asked, were its list of files there.
    (arrays_folder() / f"{found.plan.decoding_digest}{'0' * 30}.images").write_bytes(
        content[: found.pixels.nbytes] + text + end
    )
    assert len(cached_arrays()) == 2
    again = decoded(loader)
    assert not again.hit and np.array_equal(again.pixels, found.pixels)
    assert len(decodings) == 22


def test_without_room_for_both_the_old_one_goes(
    loader: LoaderSettings, pets: Path, monkeypatch: pytest.MonkeyPatch, decodings: list[int]
) -> None:
    before = decoded(loader)
    monkeypatch.setenv(BUDGET_VARIABLE, repr(1.5 * cached_arrays()[0].bytes / 1e9))
    _mode(pets)
    after = decoded(loader)
    assert not after.hit and np.array_equal(after.pixels, before.pixels)
    assert len(decodings) == 22 and len(files()) == 1
