"""The doctor on screen: what is wrong, worst first, and remedies by a key."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import OptionList

from tests.areas.data.on_data import choose, data_area, never_raw
from tests.support.seeing import (
    opened,
    region_text,
    screen_text,
    strips,
    until,
    until_seen,
    until_toast,
)
from tests.unit.datasets.worst import picture
from tui.app.app import CnnTuiApp
from tui.areas.data import doctor_screen as doctor
from tui.areas.data.data_screen import DataScreen
from tui.areas.data.side_by_side import SideBySide
from tui.datasets import LoaderSettings
from tui.datasets.doctor import examine
from tui.ui.forms.fields import ChoiceInput
from tui.ui.pictures.half_blocks import PictureView

SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])


@pytest.fixture
def pets(tmp_path: Path) -> Path:
    """Return 10 cats and 10 dogs, one image in training and validation, two files broken."""
    folder = tmp_path / "here" / "pets"
    for label, start in (("cats", 0), ("dogs", 50)):
        (folder / label).mkdir(parents=True)
        for index in range(10):
            picture(start + index).save(folder / label / f"{index}.png")
    shutil.copy(folder / "cats" / "0.png", folder / "cats" / "z.png")
    (folder / "dogs" / "e\x1b[2J[b]mpty.jpg").touch()
    (folder / "dogs" / "page.jpg").write_text("<html>")
    return folder


async def checked(pilot: Pilot[None], folder: Path, verdict: str = "checked") -> None:
    """Choose a folder and look at its images."""
    await data_area(pilot)
    await choose(pilot, folder)
    await until_seen(pilot, " classes", "#summary")
    await pilot.press("c")
    await until(pilot, lambda: isinstance(pilot.app.screen, doctor.DoctorScreen))
    await until_seen(pilot, verdict, "#doctor-state")


def settings(app: CnnTuiApp) -> LoaderSettings:
    assert app.dataset is not None
    return app.dataset.settings


def rows(app: CnnTuiApp) -> list[str]:
    listed = region_text(app, "#doctor-list", words=False).split("\n")
    return [row.strip() for row in listed if row.strip()]


@SIZES
async def test_findings_are_shown_worst_first_with_names(pets: Path, size: tuple[int, int]) -> None:
    async with opened(size) as (app, pilot):
        await checked(pilot, pets, "23 images checked: 3 warnings")
        assert rows(app) == [
            "! 1 image is in training and in validation  r remedy",
            "! 1 file that is not an image despite its ending",
            "! 1 empty file (0 bytes)",
        ]
        seen = region_text(app, "#doctor-details")
        assert "The network is validated on images" in seen
        assert "cats/z.png (training, the same as cats/0.png)" in seen
        assert "a training would run" in screen_text(app)
        await pilot.press("down", "down")
        await until_seen(pilot, "dogs/e␛[2J[b]mpty.jpg", "#doctor-details")
        never_raw(app)


async def test_a_remedy_changes_the_settings_and_can_be_taken_back(pets: Path) -> None:
    async with opened() as (app, pilot):
        await checked(pilot, pets)
        assert settings(app).leave_out == ()
        await pilot.press("r")
        await until_toast(pilot, "Done: leave out 1 copy in training")
        assert settings(app).leave_out == ("cats/z.png",)
        assert "training and validation" not in " ".join(rows(app))
        assert "· 1 image left out by you  r remedy" in rows(app)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, DataScreen))
        await pilot.pause()
        assert settings(app).leave_out == ("cats/z.png",)
        await pilot.press("c")
        await until_seen(pilot, "left out by you", "#doctor-list")
        await pilot.press("end", "r")
        await until(pilot, lambda: settings(app).leave_out == ())
        await pilot.press("u")
        await until(pilot, lambda: settings(app).leave_out == ("cats/z.png",))
        assert sorted(path.name for path in (pets / "cats").iterdir())[-1] == "z.png"


async def test_a_remedy_shows_in_the_loader_and_survives_a_change_there(pets: Path) -> None:
    for index in range(3):
        (pets / "mice").mkdir(exist_ok=True)
        picture(90 + index).save(pets / "mice" / f"{index}.png")
    async with opened((110, 34)) as (app, pilot):
        await checked(pilot, pets)
        small = next(index for index, row in enumerate(rows(app)) if "too small for" in row)
        app.screen.query_one(OptionList).highlighted = small
        await until_seen(pilot, "mice (3 images)", "#doctor-details")
        await pilot.press("r")
        await until(pilot, lambda: settings(app).validation_split == 0.4)
        await pilot.press("home", "r")
        await until(pilot, lambda: bool(settings(app).leave_out))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, DataScreen))
        await pilot.press("v")
        await until(pilot, lambda: getattr(app.focused, "id", "") == "target_height")
        app.screen.query_one("#class_mode", ChoiceInput).value = "sparse"
        await until(pilot, lambda: settings(app).class_mode == "sparse")
        assert settings(app).leave_out and settings(app).validation_split == 0.4


async def test_a_seeded_split_is_looked_at_anew(tmp_path: Path) -> None:
    folder = tmp_path / "here" / "cameras"
    for label, start in (("cats", 0), ("dogs", 50)):
        (folder / label).mkdir(parents=True)
        for index in range(25):
            name = "alpha" if index < 5 else "beta"
            picture(start + index).save(folder / label / f"{name}{index}.png")
    async with opened() as (app, pilot):
        await checked(pilot, folder)
        await until_seen(pilot, "the split goes by file order", "#doctor-list")
        await pilot.press("r")
        await until(pilot, lambda: settings(app).validation_directory is not None)
        await until_seen(pilot, "✓ 50 images checked: nothing is wrong", "#doctor-state")
        assert Path(settings(app).directory).name == "train"
        assert "splits" in region_text(app, "#doctor-head")
        await pilot.press("u")
        await until(pilot, lambda: settings(app).directory == str(folder))
        await until_seen(pilot, "the split goes by file order", "#doctor-list")


async def test_a_finding_without_a_remedy_offers_none(pets: Path) -> None:
    async with opened() as (app, pilot):
        await checked(pilot, pets)
        await until_seen(pilot, "r Remedy", "Footer")
        await pilot.press("down")
        await until(pilot, lambda: "Remedy" not in region_text(app, "Footer"))
        assert "Undo" not in region_text(app, "Footer")
        before = settings(app)
        await pilot.press("r", "u")
        assert settings(app) == before
        await pilot.press("y")
        await until(pilot, lambda: app.clipboard == "dogs/page.jpg")


async def test_escape_stops_looking(pets: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told, stopped = threading.Event(), threading.Event()

    def slow(*arguments: Any, cancelled: Any, **options: Any) -> Any:
        def wait() -> bool:
            told.set()
            while not cancelled():
                stopped.wait(0.005)
            stopped.set()
            return True

        return examine(*arguments, cancelled=wait, **options)

    monkeypatch.setattr("tui.areas.data.doctor_screen.examine", slow)
    async with opened() as (app, pilot):
        await checked(pilot, pets, "of 23 images")
        await until(pilot, told.is_set)
        await pilot.press("r", "u", "y", "down")  # nothing to act on yet, and nothing breaks
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, DataScreen))
        await until(pilot, stopped.is_set)
        assert settings(app).leave_out == ()


async def test_details_scroll_to_the_last_name(pets: Path) -> None:
    for index in range(40):
        (pets / "cats" / f"x{index:02d}.jpg").touch()
    async with opened((80, 24)) as (app, pilot):
        await checked(pilot, pets)
        await pilot.press("down", "down")
        await until_seen(pilot, "41 empty files", "#doctor-details")
        assert "cats/x39.jpg" not in screen_text(app)
        await pilot.press("enter", "end")
        await until_seen(pilot, "cats/x39.jpg", "#doctor-details")
        await pilot.press("y")
        await until_toast(pilot, "41 names are copied.")
        assert len(app.clipboard.split("\n")) == 41
        assert all("\x1b" not in segment.text for strip in strips(app) for segment in strip)


async def test_a_good_folder_says_so(tmp_path: Path) -> None:
    folder = tmp_path / "here" / "good"
    for label, start in (("cats", 0), ("dogs", 50)):
        (folder / label).mkdir(parents=True)
        for index in range(6):
            picture(start + index).save(folder / label / f"{index}.png")
    async with opened() as (app, pilot):
        await checked(pilot, folder, "✓ 12 images checked: nothing is wrong")
        assert not app.screen.query_one("#doctor-parts").display  # no empty box of findings


async def test_a_folder_that_is_gone_is_reported(pets: Path) -> None:
    async with opened() as (_, pilot):
        await data_area(pilot)
        await choose(pilot, pets)
        await until_seen(pilot, " classes", "#summary")
        shutil.rmtree(pets)
        await pilot.press("c")
        await until_seen(pilot, "There is no folder", "#doctor-state")


async def test_without_a_folder_there_is_nothing_to_look_at() -> None:
    async with opened() as (app, pilot):
        await data_area(pilot)
        before = app.screen
        await pilot.press("c", "b")
        assert app.screen is before and "Check" not in region_text(app, "Footer")


@SIZES
async def test_pictures_that_look_alike_are_shown_side_by_side(
    pets: Path, size: tuple[int, int]
) -> None:
    shutil.copy(pets / "dogs" / "9.png", pets / "dogs" / "9-again.png")
    async with opened(size) as (app, pilot):
        await checked(pilot, pets, "24 images checked")
        await until_seen(pilot, "s Side by side", "Footer")
        await pilot.press("s")
        await until(pilot, lambda: isinstance(app.screen, SideBySide))
        views = list(app.screen.query(PictureView))
        await until(pilot, lambda: all(view.size.width > 20 for view in views))
        seen = screen_text(app)
        assert "cats/0.png" in seen and "cats/z.png" in seen
        assert "validation, 48×40 pixels" in seen and "training, 48×40 pixels" in seen
        left, right = (app.screen._compositor.visible_widgets[view][0] for view in views)
        assert left.bottom <= size[1] - 1 and right.right <= size[0] and left.right <= right.x
        await pilot.press("right", "escape")
        await until(pilot, lambda: isinstance(app.screen, doctor.DoctorScreen))
        await pilot.press("down")  # a web page has no other beside it
        await until(pilot, lambda: "Side by side" not in region_text(app, "Footer"))
