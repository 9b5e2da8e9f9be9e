"""Tab in a line for a path: it completes, it tells, and it never leaves the line."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from textual.widgets import Input

from tests.support.screen_fixtures import MakeImages
from tests.support.seeing import opened, region_text, screen_text, until, until_seen
from tui.app.app import CnnTuiApp
from tui.areas.look_inside.picture_choice import ENDINGS
from tui.ui.dialogs.input_windows import PathWindow


@pytest.fixture
def folders(here: Path, images: MakeImages) -> Path:
    for name in ("cats", "cattle", "dogs"):
        (here / "own" / name).mkdir(parents=True)
    return here / "own"


def path_line(app: CnnTuiApp) -> Input:
    return app.screen.query_one("#path", Input)


async def test_tab_completes_what_is_common_then_goes_through_the_rest(folders: Path) -> None:
    async with opened((80, 24)) as (app, pilot):
        await pilot.press("3")
        await until_seen(pilot, "digits")
        await pilot.press("slash", *"ow", "tab")
        await until(pilot, lambda: path_line(app).value == "own/")
        await pilot.press("c", "tab")
        await until(pilot, lambda: path_line(app).value == "own/cat")
        await until_seen(pilot, "2 completions, tab goes through them:  cats/  cattle/")
        await pilot.press("tab")
        await until(pilot, lambda: path_line(app).value == "own/cats/")
        await until_seen(pilot, "1 of 2")
        await pilot.press("tab")
        await until(pilot, lambda: path_line(app).value == "own/cattle/")
        await pilot.press("tab")
        await until(pilot, lambda: path_line(app).value == "own/cats/")
        assert app.focused is path_line(app)


async def test_a_slash_takes_the_folder_that_stands_there(folders: Path) -> None:
    (folders / "cats" / "inside").mkdir()
    async with opened((80, 24)) as (app, pilot):
        await pilot.press("3")
        await until_seen(pilot, "digits")
        await pilot.press("slash", *"own/c", "tab", "tab", "slash", "tab")
        await until(pilot, lambda: path_line(app).value == "own/cats/inside/")


async def test_the_footer_names_the_keys_that_work_in_the_line(folders: Path) -> None:
    async with opened((80, 24)) as (app, pilot):
        await pilot.press("3")
        await until_seen(pilot, "/ Type a path", "Footer")
        await pilot.press("slash")
        await until_seen(pilot, "⏎ Accept", "Footer")
        assert "Type a path" not in region_text(app, "Footer")  # there it is a letter


async def test_the_rest_of_a_path_typed_at_once_goes_into_the_line(folders: Path) -> None:
    (folders / "dogs" / "t").mkdir()
    async with opened((80, 24)) as (app, pilot):
        await pilot.press("3")
        await until_seen(pilot, "digits")
        await pilot.press("slash")
        await until(pilot, lambda: app.focused is path_line(app))
        for key in (*"ow", "tab", "d", "tab", "t"):
            app.simulate_key(key)  # all at once: Pilot would wait for each
        await until(pilot, lambda: path_line(app).value == "own/dogs/t")
        assert app.focused is path_line(app)


async def test_nothing_to_complete_is_reported_and_the_focus_stays(folders: Path) -> None:
    async with opened((80, 24)) as (app, pilot):
        await pilot.press("3")
        await until_seen(pilot, "digits")
        await pilot.press("slash", *"own/x", "tab")
        await until_seen(pilot, "Nothing here begins with x.")
        assert app.focused is path_line(app) and path_line(app).value == "own/x"
        await pilot.press("backspace", *"none/", "tab")
        await until_seen(pilot, "own/none/ cannot be read: No such file or directory.")
        assert app.focused is path_line(app)
        await pilot.press("backspace")
        await until(pilot, lambda: "cannot be read" not in screen_text(app))


@pytest.mark.parametrize("key", ["shift+tab", "up", "down"])
async def test_shift_tab_and_the_arrows_leave_the_line(folders: Path, key: str) -> None:
    async with opened((80, 24)) as (app, pilot):
        await pilot.press("3")
        await until_seen(pilot, "digits")
        await pilot.press("slash")
        await until(pilot, lambda: app.focused is path_line(app))
        assert "tab" in screen_text(app).splitlines()[-1]
        await pilot.press(key)
        await until(pilot, lambda: app.focused is not path_line(app))


async def test_an_odd_name_is_completed_and_chosen(here: Path, images: MakeImages) -> None:
    pets = images("pets", cats=2, dogs=2)
    odd = os.fsencode(here) + b"/caf\xe9"
    os.rename(pets, odd)
    async with opened((80, 24)) as (app, pilot):
        await pilot.press("3")
        await until_seen(pilot, "digits")
        await pilot.press("slash", *"caf", "tab")
        await until(pilot, lambda: path_line(app).value == "caf\\xe9/")
        await pilot.press("enter")
        await until_seen(pilot, "images in 2 classes")


async def test_the_window_that_asks_for_a_file_completes_it_too(here: Path) -> None:
    (here / "shots").mkdir()
    (here / "shots" / "cat one.png").touch()
    (here / "shots" / "notes.txt").touch()
    taken: list[str | None] = []
    async with opened((80, 24)) as (app, pilot):
        app.push_screen(PathWindow("Open a picture", ENDINGS, "~/cat.jpg"), taken.append)
        await until_seen(pilot, "tab Complete")
        await pilot.press("s", "tab", "tab")
        line = app.screen.query_one(Input)
        await until(pilot, lambda: line.value == "shots/cat one.png")
        await pilot.press("tab")  # there is no more to complete, and the line is not left
        assert line.value == "shots/cat one.png" and app.focused is line
        await pilot.press("enter")
        await until(pilot, lambda: taken == ["shots/cat one.png"])


async def test_an_archive_is_completed_by_its_ending(here: Path) -> None:
    for name in ("pets.zip", "pets.txt", "pears.tar.gz"):
        (here / name).touch()
    async with opened((80, 24)) as (app, pilot):
        await pilot.press("3")
        await until_seen(pilot, "digits")
        await pilot.press("d")
        await until_seen(pilot, "Your own")
        await pilot.press("slash", "p", "e", "tab")
        await until_seen(pilot, "2 completions, tab goes through them:  pears.tar.gz  pets.zip")
        await pilot.press("t", "tab")
        line = app.screen.query_one("#archive", Input)
        await until(pilot, lambda: line.value == "pets.zip")
