"""Images and folders to test on, made anew for each test."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tui.datasets import LoaderSettings

MakeImages = Callable[..., list[Path]]


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNN_TUI_HOME", str(tmp_path / "home"))


@pytest.fixture
def make_images() -> MakeImages:
    """Return a function that writes images into a folder and returns their paths."""

    def make(
        folder: Path,
        number: int = 1,
        *,
        size: tuple[int, int] = (12, 10),
        mode: str = "RGB",
        ending: str = "png",
        stem: str = "image",
    ) -> list[Path]:
        folder.mkdir(parents=True, exist_ok=True)
        paths = []
        for index in range(number):
            path = folder / f"{stem}{index:03d}.{ending}"
            Image.new(mode, size).save(path)
            paths.append(path)
        return paths

    return make


@pytest.fixture
def pets(tmp_path: Path, make_images: MakeImages) -> Path:
    """Return a folder with the classes cats (6 images) and dogs (5 images)."""
    folder = tmp_path / "pets"
    make_images(folder / "cats", 6)
    make_images(folder / "dogs", 5)
    return folder


@pytest.fixture
def loader(pets: Path) -> LoaderSettings:
    """Return a loader of 11 images of noise, 8 high and 6 wide."""
    rng = np.random.default_rng(1)
    for path in sorted(pets.glob("*/*.png")):
        Image.fromarray(rng.integers(0, 256, (10, 12, 3), np.uint8)).save(path)
    return LoaderSettings(directory=str(pets), classes=("cats", "dogs"), target_size=(8, 6))
