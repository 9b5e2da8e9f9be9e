"""The field for class weights: what it takes and says, and the check of the images that sets it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.areas.data.on_data import choose, data_area
from tests.areas.train.on_train import put, train
from tests.support.seeing import opened, region_text, until, until_seen, until_toast
from tests.unit.datasets.worst import picture
from tui.areas.data.data_screen import DataScreen
from tui.areas.data.doctor_screen import DoctorScreen
from tui.areas.train.train_screen import TrainScreen


@pytest.mark.usefixtures("digits")
async def test_weights_are_said_in_numbers_and_a_wrong_one_beside_the_field() -> None:
    async with train() as (app, pilot):
        screen = app.screen
        assert isinstance(screen, TrainScreen)
        await put(app, pilot, "class-weight", "balanced")
        await until_seen(pilot, "In the loss of the training images: from 0.9", "#train-message")
        await until_seen(pilot, "≠")
        spec = screen.check()
        assert spec is not None and spec.class_weight == "balanced"
        await put(app, pilot, "class-weight", "3=2, 8=0.5")
        await until_seen(pilot, "from 0.5 (8) to 2 (3)", "#train-message")
        spec = screen.check()
        assert spec is not None and spec.class_weight == {"3": 2.0, "8": 0.5}
        await put(app, pilot, "class-weight", "ten=2")
        await until_seen(pilot, "✗ There is a weight for 'ten', which is none", "#train-message")
        assert screen.check() is None
        await pilot.press("ctrl+r")
        await until(pilot, lambda: screen.check() is not None)
        assert "none" in region_text(app, "#class-weight")


@pytest.fixture
def uneven(tmp_path: Path) -> Path:
    """Return 12 cats and 3 dogs."""
    folder = tmp_path / "here" / "pets"
    for label, start, count in (("cats", 0, 12), ("dogs", 50, 3)):
        (folder / label).mkdir(parents=True)
        for index in range(count):
            picture(start + index).save(folder / label / f"{index}.png")
    return folder


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
async def test_the_check_of_uneven_classes_sets_them_and_takes_them_back(
    uneven: Path, size: tuple[int, int]
) -> None:
    async with opened(size) as (app, pilot):
        await data_area(pilot)
        await choose(pilot, uneven)
        await until_seen(pilot, " classes", "#summary")
        await pilot.press("c")
        await until(pilot, lambda: isinstance(app.screen, DoctorScreen))
        await until_seen(pilot, "uneven classes: ", "#doctor-list")
        listed = region_text(app, "#doctor-list", words=False).split("\n")
        place = next(n for n, row in enumerate(listed) if "uneven classes" in row)
        await pilot.press(*["down"] * place)
        await until_seen(pilot, "r train with balanced class weights", "#doctor-details")
        await pilot.press("r")
        await until_toast(pilot, "Done: train with balanced class weights")
        await until_seen(pilot, "Balanced class weights are set in 4 Train", "#doctor-details")
        await pilot.press("4")
        await until_seen(pilot, "balanced", "#class-weight")
        await pilot.press("escape", "3")
        await until(pilot, lambda: isinstance(app.screen, DoctorScreen))
        await pilot.press("u")
        await until_seen(pilot, "r train with balanced class weights", "#doctor-details")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, DataScreen))
        await pilot.press("t")
        await until_seen(pilot, "none", "#class-weight")
