"""Images decoded once and kept: files that have no row of pixels."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
import pytest

from tests.unit.datasets.caching import decoded
from tests.unit.datasets.conftest import MakeImages
from tui.datasets import LoaderSettings
from tui.datasets.cache import decode_folder as decode
from tui.datasets.cache.array_plan import ArrayPlan, FileState
from tui.datasets.cache.array_rows import Row, read_row


def test_bad_files_are_named_and_have_no_row(loader: LoaderSettings, pets: Path) -> None:
    (pets / "cats" / "aaa.jpg").touch()
    (pets / "dogs" / "cut.png").write_bytes((pets / "dogs" / "image000.png").read_bytes()[:60])
    (pets / "dogs" / "gone.png").symlink_to("nowhere")
    for again in (False, True):
        found = decoded(loader)
        assert found.hit is again
        bad = {found.plan.files[row].path: why for row, why in found.bad.items()}
        assert bad.keys() == {"cats/aaa.jpg", "dogs/cut.png", "dogs/gone.png"}
        assert bad["cats/aaa.jpg"] == "empty (0 bytes)"
        assert bad["dogs/gone.png"] == "a broken link"
        assert found.pixels[1].any(), "the rows after it are in their places"


def test_a_bad_file_that_can_be_read_later_is_noticed(
    loader: LoaderSettings, monkeypatch: pytest.MonkeyPatch
) -> None:

    def locked(plan: ArrayPlan, file: FileState) -> Row:
        one = file.path == os.path.join("cats", "image001.png")
        return Row(bad="cannot be read: locked") if one else read_row(plan, file)

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(decode, "read_row", locked)
        assert decoded(loader).bad == {1: "cannot be read: locked"}
        assert decoded(loader).hit
    mended = decoded(loader)
    assert not mended.hit and not mended.bad and mended.pixels[1].any()


def test_a_folder_of_bad_files_only(pets: Path) -> None:
    for path in pets.glob("*/*"):
        path.write_bytes(b"")
    found = decoded(LoaderSettings(directory=str(pets), classes=("cats", "dogs")))
    assert len(found.bad) == 11


def test_a_folder_without_files(tmp_path: Path) -> None:
    for name in ("cats", "dogs"):
        (tmp_path / "none" / name).mkdir(parents=True)
    loader = LoaderSettings(directory=str(tmp_path / "none"), classes=("cats", "dogs"))
    assert decoded(loader).pixels.shape == (0, 150, 150, 3)
    assert decoded(loader).hit


def test_wide_images_have_no_row(tmp_path: Path, make_images: MakeImages) -> None:
    folder = tmp_path / "scans"
    make_images(folder / "cats", 2, mode="L")
    make_images(folder / "dogs", 1, mode="I;16")
    loader = LoaderSettings(
        directory=str(folder), classes=("cats", "dogs"), target_size=(8, 6), color_mode="grayscale"
    )
    assert decoded(loader).wide == decoded(loader).wide == {2}
    assert not decoded(msgspec.structs.replace(loader, color_mode="rgb")).wide
