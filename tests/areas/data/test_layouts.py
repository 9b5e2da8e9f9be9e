"""Folders whose classes are not their folders: the app asks, and one key answers."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.areas.data.on_data import choose, data_area
from tests.support.screen_fixtures import MakeImages
from tests.support.seeing import opened, region_text, screen_text, until, until_seen, until_toast
from tests.unit.datasets.worst import picture


@pytest.fixture
def kaggle(tmp_path: Path) -> Path:
    """Return `train/cat.0.jpg …` beside `test1/1.jpg …`."""
    folder = tmp_path / "here" / "dvc"
    for part, names in (
        ("train", [f"{pet}.{number}.jpg" for pet in ("cat", "dog") for number in range(8)]),
        ("test1", [f"{number}.jpg" for number in range(1, 5)]),
    ):
        (folder / part).mkdir(parents=True)
        for number, name in enumerate(names):
            picture(number + len(names)).save(folder / part / name)
    return folder


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
async def test_classes_in_the_names_are_asked_about(kaggle: Path, size: tuple[int, int]) -> None:
    async with opened(size) as (app, pilot):
        await data_area(pilot)
        await choose(pilot, kaggle)
        await until_seen(pilot, "begin with cat (8) and dog (8)", "#findings")
        await pilot.press("t")
        await until_toast(pilot, "Press i or f first")
        assert app.dataset is None
        assert "i trains by the names of the images" in screen_text(app)
        app.clear_notifications()  # they cover what comes next
        await pilot.press("i")
        await until_seen(pilot, "16 images in 2 classes", "#summary")
        assert app.dataset is not None
        assert app.dataset.name == "dvc"
        assert app.dataset.settings.classes == ("cat", "dog")
        await pilot.press("c")
        await until_seen(pilot, "16 images checked", "#doctor-state")
        assert "a training would run" in screen_text(app)
        await pilot.press("escape", "t")
        await until_seen(pilot, "dvc", "#train-data")


async def test_halves_are_asked_about(images: MakeImages) -> None:
    folder = images("set")
    for part, each in (("training_set", 6), ("test_set", 3)):
        images(f"set/{part}", cats=each, dogs=each)
    async with opened() as (app, pilot):
        await data_area(pilot)
        await choose(pilot, folder)
        await until_seen(pilot, "parts of one set, not classes", "#findings")
        assert "classes" not in region_text(app, "#summary")
        await pilot.press("f")
        await until_seen(pilot, "18 images in 2 classes", "#summary")
        assert app.dataset is not None
        assert app.dataset.settings.classes == ("test_set", "training_set")
        await choose(pilot, folder)
        await until_seen(pilot, "i reads them as parts of one set", "#findings")
        await pilot.press("i")
        await until_seen(pilot, "12 training and 6 validation images", "#summary")
        await until(pilot, lambda: app.dataset is not None and app.dataset.summary.trainable)
        assert app.dataset.settings.classes == ("cats", "dogs")
        assert app.dataset.settings.validation_directory == str(folder / "test_set")


@pytest.mark.parametrize("key", ["i", "f"])
async def test_the_check_asks_too_and_takes_the_answer(images: MakeImages, key: str) -> None:
    folder = images("set")
    for part, each in (("training_set", 6), ("test_set", 3)):
        images(f"set/{part}", cats=each, dogs=each)
    async with opened() as (app, pilot):
        await data_area(pilot)
        await choose(pilot, folder)
        await until_seen(pilot, "parts of one set, not classes", "#findings")
        await pilot.press("c")
        await until_seen(pilot, "i reads them as parts of one set", "#doctor-details")
        assert "f takes each folder as a class" in region_text(app, "#doctor-details")
        await pilot.press(key)
        await until_seen(pilot, "18 images checked", "#doctor-state")
        assert "a training would run" in screen_text(app)
        assert app.dataset is not None
        names = ("cats", "dogs") if key == "i" else ("test_set", "training_set")
        assert app.dataset.settings.classes == names
        await pilot.press("escape")
        await until_seen(pilot, "12 training" if key == "i" else "18 images", "#summary")


async def test_the_key_that_opens_the_field_counts_as_the_first_slash(images: MakeImages) -> None:
    folder = images("set", cats=6, dogs=6)
    async with opened() as (app, pilot):
        await data_area(pilot)
        await choose(pilot, str(folder).removeprefix("/"))
        await until_seen(pilot, "12 images in 2 classes", "#summary")
        assert app.dataset is not None
        assert app.dataset.settings.directory == str(folder)
