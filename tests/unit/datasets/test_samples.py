from __future__ import annotations

import importlib.util
import multiprocessing
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from tui.datasets import (
    SAMPLES,
    FolderError,
    check_images,
    describe,
    digits_folder,
    suggest_settings,
)
from tui.datasets.samples import sample_folders as samples

WHOLE = 1797
FEW = 20


@pytest.fixture(scope="module")
def digits(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the real set once for all tests that only read it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CNN_TUI_HOME", str(tmp_path_factory.mktemp("home")))
        return digits_folder()


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the set small, for tests that write it again and again."""
    monkeypatch.setattr(samples, "DIGITS", FEW)
    monkeypatch.setattr(
        samples, "_read_digits", lambda: [(bytes(64), number % 10) for number in range(FEW)]
    )


def test_the_digits_can_be_trained_on_at_once(digits: Path) -> None:
    summary = describe(digits)
    assert summary.images == WHOLE
    assert [item.name for item in summary.classes] == list("0123456789")
    assert summary.findings == ()
    settings = suggest_settings(summary)
    assert settings.input_volume_text == "8×8×1"
    assert check_images(settings).bad == ()


def test_the_pixels_are_scikit_learn_s_scaled_to_255(digits: Path) -> None:
    # The first row of the set: a zero whose first line of pixels is 0 0 5 13 9 1 0 0.
    with Image.open(digits / "0" / "0000.png") as image:
        assert image.mode == "L"
        assert image.size == (8, 8)
        assert list(image.tobytes()[:8]) == [0, 0, 80, 207, 143, 16, 0, 0]


@pytest.mark.usefixtures("few")
def test_they_are_written_once() -> None:
    first = digits_folder()
    written = (first / "0" / "0000.png").stat().st_mtime_ns
    assert digits_folder() == first
    assert (first / "0" / "0000.png").stat().st_mtime_ns == written


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize("damage", ["missing", "empty", "extra", "gone", "a file"])
def test_a_damaged_set_is_written_again(damage: str) -> None:
    folder = digits_folder()
    if damage == "missing":
        (folder / "3" / "0013.png").unlink()
    elif damage == "empty":
        (folder / "3" / "0013.png").write_bytes(b"")
    elif damage == "extra":
        (folder / "3" / "own.png").write_bytes(b"x")
    else:
        shutil.rmtree(folder)
        if damage == "a file":
            folder.write_text("x")
    assert describe(digits_folder()).images == FEW


@pytest.mark.usefixtures("few")
def test_what_a_killed_process_left_is_swept_away() -> None:
    folder = digits_folder()
    left = folder.parent / "digits-old.part"
    left.mkdir()
    (folder / "3" / "0013.png").unlink()
    digits_folder()
    assert not left.exists()
    assert sorted(path.name for path in folder.parent.iterdir()) == ["digits", "digits.lock"]


def test_several_processes_at_once_get_one_whole_set() -> None:
    context = multiprocessing.get_context("spawn")
    with context.Pool(3) as pool:
        folders = [pool.apply_async(digits_folder) for _ in range(3)]
        assert len({folder.get(timeout=60) for folder in folders}) == 1
    assert describe(digits_folder()).images == WHOLE


def test_without_scikit_learn_the_error_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(FolderError, match="pip install"):
        digits_folder()


def test_a_damaged_file_of_scikit_learn_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "digits.csv.gz"
    broken.write_bytes(b"\x1f\x8b\x08 broken")
    monkeypatch.setattr(samples, "_digits_file", lambda: broken)
    with pytest.raises(FolderError, match="pip install"):
        digits_folder()


def test_no_place_to_write_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "taken").write_text("a file, not a folder")
    monkeypatch.setenv("CNN_TUI_HOME", str(tmp_path / "taken"))
    with pytest.raises(FolderError, match="CNN_TUI_HOME"):
        digits_folder()


@pytest.mark.usefixtures("few")
def test_every_sample_builds_and_says_what_it_is() -> None:
    for name, sample in SAMPLES.items():
        assert sample.name == name
        assert sample.sentence.endswith(".")
        assert sample.build().is_dir()


def test_the_room_loads_neither_pillow_nor_the_learning_libraries() -> None:
    code = (
        "import sys, tui.datasets\n"
        "heavy = {'PIL', 'numpy', 'keras', 'tensorflow', 'sklearn', 'scipy', 'textual'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
