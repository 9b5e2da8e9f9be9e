"""The picker: images class by class, the loader's preview, augmentation on real images."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.support.seeing import opened, region_text, screen_text, until, until_seen
from tui.app.app import CnnTuiApp
from tui.areas.data import folder_tree
from tui.datasets.folder.folder_browsing import Subfolder, subfolders


@pytest.fixture
def pets(tmp_path: Path) -> Path:
    """A folder of two classes, with an image that cannot be read."""
    random = np.random.default_rng(1)
    for name in ("cats", "dogs"):
        (tmp_path / "pets" / name).mkdir(parents=True)
        for number in range(30):
            pixels = random.integers(0, 255, (40, 60, 3), dtype=np.uint8)
            Image.fromarray(pixels).save(tmp_path / "pets" / name / f"{name}{number:02}.png")
    (tmp_path / "pets" / "dogs" / "broken.png").write_bytes(b"nothing")
    return tmp_path / "pets"


async def choose(app: CnnTuiApp, pilot: object, folder: Path) -> None:
    """Type a folder's path under Data."""
    await pilot.press("3")  # type: ignore[attr-defined]
    await until_seen(pilot, "digits")  # type: ignore[arg-type]
    await pilot.press("slash")  # type: ignore[attr-defined]
    app.screen.query_one("#path").value = str(folder)  # type: ignore[attr-defined]
    await pilot.press("enter")  # type: ignore[attr-defined]
    await until_seen(pilot, "images in 2 classes")  # type: ignore[arg-type]


async def test_images_are_browsed_class_by_class_and_enlarged(pets: Path) -> None:
    async with opened((80, 24)) as (app, pilot):
        await choose(app, pilot, pets)
        await pilot.press("b")
        await until_seen(pilot, "class 1 of 2   1 of 30")
        await until_seen(pilot, "cats00.png", "#gallery-grid")
        await pilot.press("right", "down")
        await until_seen(pilot, "6 of 30")
        await pilot.press("enter")
        await until_seen(pilot, "original")
        await until_seen(pilot, "60×40")
        assert "▀" in screen_text(app)
        await pilot.press("right")
        await until_seen(pilot, "cats06.png", "#preview-said")
        await pilot.press("escape", "pagedown")
        await until_seen(pilot, "15 of 30")
        await pilot.press("n")
        await until_seen(pilot, "class 2 of 2   1 of 31")
        await until_seen(pilot, "✗ broken.png", "#gallery-grid")
        await pilot.press("enter")
        await until_seen(pilot, "broken.png cannot be shown")
        await pilot.press("escape", "escape")
        await until_seen(pilot, "images in 2 classes")


async def test_augmentation_is_shown_on_an_image_and_stands_in_the_call(pets: Path) -> None:
    async with opened((100, 40)) as (app, pilot):
        await choose(app, pilot, pets)
        await pilot.press("v", "v")
        await until_seen(pilot, "as loaded", "#augmented")
        assert "at random" not in region_text(app, "#augmented")
        app.screen.query_one("#rotation_range").focus()
        await pilot.press("pageup", "pageup")
        await until_seen(pilot, "at random", "#augmented")
        assert app.dataset is not None
        assert app.dataset.settings.augmentation.rotation_range == 20
        before = region_text(app, "#augmented #preview-said")
        await pilot.press("r")
        await until(pilot, lambda: region_text(app, "#augmented #preview-said") != before)
        await pilot.press("v")
        await until_seen(pilot, "rotation_range=20", "#call")
        assert "plain.flow_from_directory" in region_text(app, "#call")


async def test_an_augmentation_that_cannot_be_says_so_and_is_not_taken(pets: Path) -> None:
    async with opened((100, 40)) as (app, pilot):
        await choose(app, pilot, pets)
        await pilot.press("v", "v")
        await until_seen(pilot, "as loaded", "#augmented")
        app.screen.query_one("#zoom_range").focus()
        await pilot.press("backspace", *"250")
        await until_seen(pilot, "zoom_range is 2.5", "AugmentForm")
        assert app.dataset is not None
        assert app.dataset.settings.augmentation.zoom_range <= 0.25


async def test_the_loader_shows_the_image_beside_its_target_size(pets: Path) -> None:
    async with opened((100, 40)) as (app, pilot):
        await choose(app, pilot, pets)
        await pilot.press("v")
        await until_seen(pilot, "original", "#loaded")
        app.screen.query_one("#target_width").focus()
        await pilot.press("pageup")
        await until_seen(pilot, "70×40", "#loaded")
        app.screen.query_one("#interpolation").focus()
        await pilot.press("down")
        await until(
            pilot,
            lambda: app.dataset is not None and app.dataset.settings.interpolation == "bilinear",
        )


async def test_right_takes_the_suggested_path(pets: Path) -> None:
    async with opened((80, 24)) as (app, pilot):
        await pilot.press("3")
        await until_seen(pilot, "digits")
        await pilot.press("slash")
        field = app.screen.query_one("#path")
        field.value = f"{pets}/"  # type: ignore[attr-defined]
        field.cursor_position = len(field.value)  # type: ignore[attr-defined]
        await pilot.press("d")
        await until(pilot, lambda: getattr(field, "_suggestion", "").endswith("dogs/"))
        await pilot.press("right")
        await until(pilot, lambda: field.value == f"{pets}/dogs/")  # type: ignore[attr-defined]


async def test_a_folder_in_which_there_is_none_loses_its_arrow_also_on_a_slow_disk(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    going = threading.Event()

    def slowly(path: Path) -> tuple[list[Subfolder], int]:
        going.wait(30)
        return subfolders(path)

    monkeypatch.setattr(folder_tree, "subfolders", slowly)
    async with opened((80, 24)) as (app, pilot):
        await pilot.press("3")
        await until_seen(pilot, "▼ here", "#folders")
        going.set()
        await until(pilot, lambda: "▼ here" not in screen_text(app))
