"""The generated sample: the same pictures each time, and nothing but the texture tells."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tui.datasets import SAMPLES, FolderError, check_images, describe, suggest_settings
from tui.datasets.samples.generated_shapes import write_shapes
from tui.datasets.samples.sample_folders import shapes_folder


@pytest.fixture(scope="module")
def shapes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the set once for all tests that only read it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CNN_TUI_HOME", str(tmp_path_factory.mktemp("home")))
        return shapes_folder()


def pixels(folder: Path, name: str) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    return np.stack(
        [np.asarray(Image.open(path), float) for path in sorted((folder / name).glob("*.png"))]
    )


def digest(folder: Path) -> str:
    found = hashlib.sha256()
    for path in sorted(folder.rglob("*.png")):
        with Image.open(path) as image:
            found.update(path.name.encode() + image.tobytes())
    return found.hexdigest()


def test_it_can_be_trained_on_at_once(shapes: Path) -> None:
    summary = describe(shapes)
    assert [(item.name, item.images) for item in summary.classes] == [
        ("checked", 300),
        ("striped", 300),
    ]
    assert summary.findings == ()
    settings = suggest_settings(summary)
    assert settings.input_volume_text == "64×64×3"
    assert settings.class_mode == "binary"
    assert check_images(settings).bad == ()


def test_it_says_everywhere_that_it_is_generated(shapes: Path) -> None:
    assert shapes.name == "generated-shapes"
    assert "generated" in SAMPLES["generated-shapes"].sentence
    assert "not photographs" in SAMPLES["generated-shapes"].sentence


def test_the_same_pictures_are_drawn_each_time(shapes: Path, tmp_path: Path) -> None:
    write_shapes(tmp_path)
    assert digest(tmp_path) == digest(shapes)
    assert len({path.read_bytes() for path in tmp_path.rglob("*.png")}) == 600


def test_colours_tell_nothing_about_the_class(shapes: Path) -> None:
    checked, striped = (pixels(shapes, name).mean(axis=(1, 2)) for name in ("checked", "striped"))
    # The means of 300 pictures lie within a few standard errors of each other.
    error = np.sqrt(checked.var(axis=0) / 300 + striped.var(axis=0) / 300)
    assert (np.abs(checked.mean(axis=0) - striped.mean(axis=0)) < 3 * error).all()


def test_the_texture_tells_the_class(shapes: Path) -> None:
    """Stripes change along one direction; a check changes along two."""
    one_way = {}
    for name in ("checked", "striped"):
        grey = pixels(shapes, name)[:60].mean(axis=3)
        spectrum = np.abs(np.fft.fft2(grey - grey.mean(axis=(1, 2), keepdims=True)))
        # Of waves that are 4 to 10 pixels long, the share of the strongest and its neighbours.
        frequency = np.hypot(*np.meshgrid(np.fft.fftfreq(64), np.fft.fftfreq(64)))
        band = spectrum[:, (frequency > 0.1) & (frequency < 0.25)] ** 2
        one_way[name] = np.median(np.sort(band, axis=1)[:, -6:].sum(axis=1) / band.sum(axis=1))
    assert one_way["striped"] > 1.3 * one_way["checked"]


def test_it_is_written_once_and_again_when_damaged() -> None:
    folder = shapes_folder()
    first = folder / "checked" / "checked-000.png"
    written = first.stat().st_mtime_ns
    assert shapes_folder() == folder
    assert first.stat().st_mtime_ns == written
    first.write_bytes(b"")
    assert describe(shapes_folder()).images == 600
    assert first.stat().st_size
    assert sorted(path.name for path in folder.parent.iterdir()) == [
        "generated-shapes",
        "generated-shapes.lock",
    ]


def test_no_place_to_write_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "taken").write_text("a file, not a folder")
    monkeypatch.setenv("CNN_TUI_HOME", str(tmp_path / "taken"))
    with pytest.raises(FolderError, match="CNN_TUI_HOME"):
        shapes_folder()
