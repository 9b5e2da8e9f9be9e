"""Getting images in the app: a list, a bar, and the folder is chosen when it is there."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, OptionList

from tests.support.seeing import (
    opened,
    region_text,
    screen_text,
    strips,
    until,
    until_seen,
    until_toast,
)
from tests.unit.datasets.fetch_server import Site, pets, serving, zipped
from tui.datasets.getting import COURSE_SETS, download, sets_folder
from tui.datasets.getting.course_sets import Part, Remote

NAME = "cats_and_dogs_filtered"


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """Serve one of the course's sets from this machine."""
    monkeypatch.setattr(download, "WAIT_SECONDS", 0.0)
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with serving() as site:
        files = {**pets(f"{NAME}/train/"), **pets(f"{NAME}/validation/", 2)}
        files[f"{NAME}/noise.bin"] = os.urandom(200_000)
        data = zipped(files)
        site.serve("cats.zip", data)
        part = Part(Remote(site.url("cats.zip"), len(data)))
        monkeypatch.setitem(COURSE_SETS, NAME, replace(COURSE_SETS[NAME], parts=(part,)))
        yield site


async def get_screen(pilot: Pilot[None]) -> OptionList:
    """Go to the list of what can be had."""
    await pilot.press("3")
    await until_seen(pilot, "Samples", "#folders")
    await pilot.press("d")
    await until_seen(pilot, "Here already")
    listed = pilot.app.screen.query_one("#offers", OptionList)
    await until(pilot, lambda: pilot.app.focused is listed)
    return listed


async def move_to(pilot: Pilot[None], listed: OptionList, name: str) -> None:
    """Go down in the list to a row."""
    for _ in range(listed.option_count):
        option = listed.highlighted_option
        if option is not None and option.id == name:
            break
        await pilot.press("down")
    assert listed.highlighted_option is not None and listed.highlighted_option.id == name
    await pilot.pause()


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_the_list_says_what_it_costs_and_whose_it_is(size: tuple[int, int]) -> None:
    async with opened(size) as (app, pilot):
        listed = await get_screen(pilot)
        rows = region_text(app, "#offers", words=False).split("\n")
        names = [row.split()[0] for row in rows if "images" in row]
        assert names == ["digits", "generated-shapes", *COURSE_SETS]
        assert [row.split()[5:7] for row in rows if row.split()[:1] == [NAME]] == [["68.6", "MB"]]
        assert "no download" in next(row for row in rows if "digits" in row)
        await move_to(pilot, listed, "generated-shapes")
        assert "600 generated colour pictures" in region_text(app, "#about")
        assert "not photographs" in region_text(app, "#about")
        await move_to(pilot, listed, "cats_and_dogs")
        assert "CDLA-Permissive-2.0" in region_text(app, "#about")
        assert "Classes: Cat, Dog." in region_text(app, "#about")
        assert "enter gets it and chooses it." in region_text(app, "#about")


async def test_a_set_of_the_course_is_fetched_unpacked_and_chosen(site: Site) -> None:
    async with opened() as (app, pilot):
        listed = await get_screen(pilot)
        await move_to(pilot, listed, NAME)
        await pilot.press("enter")
        await until_toast(pilot, f"{NAME} is here and chosen.")
        await until_seen(pilot, "8 training and 4 validation images in 2 classes")
        assert app.dataset is not None
        # Back in the list it is known to be here, and is chosen again without the network.
        await pilot.press("d")
        await until_seen(pilot, "✓ is here", "#offers")
        await move_to(pilot, app.screen.query_one("#offers", OptionList), NAME)
        app.dataset = None
        await pilot.press("enter")
        await until(pilot, lambda: app.dataset is not None)
    assert len(site.files["cats.zip"].asked) == 1


async def test_escape_stops_it_and_enter_goes_on_from_there(site: Site) -> None:
    served = site.files["cats.zip"]
    served.hang, served.break_at = threading.Event(), [150_000]
    async with opened((80, 24)) as (app, pilot):
        listed = await get_screen(pilot)
        await move_to(pilot, listed, NAME)
        await pilot.press("enter")
        await until_seen(pilot, "downloading cats.zip", "#transfer")
        await until_seen(pilot, "150 kB of ", "#transfer")
        assert "━" in region_text(app, "#transfer") and " %" in region_text(app, "#transfer")
        await pilot.press("escape")
        await until_seen(pilot, "Stopped after 150 kB of ", "#transfer")
        assert "they are kept" in region_text(app, "#transfer")
        await until_seen(pilot, "% is here", "#offers")
        served.hang.set()
        await pilot.press("enter")
        await until(pilot, lambda: app.dataset is not None)
    assert served.asked[-1]["range"] == "bytes=150000-"


async def test_a_broken_connection_is_reported_and_escape_goes_back(site: Site) -> None:
    site.files["cats.zip"].break_at = [100_000, 0]
    async with opened((80, 24)) as (app, pilot):
        listed = await get_screen(pilot)
        await move_to(pilot, listed, NAME)
        await pilot.press("enter")
        await until_seen(pilot, "✗ The connection to 127.0.0.1 broke off after 100 kB", "#transfer")
        assert "get it again to continue from there." in region_text(app, "#transfer")
        await pilot.press("escape")
        await until(pilot, lambda: bool(app.screen.query("#folders")))
        assert app.dataset is None


async def test_another_area_may_be_visited_meanwhile(site: Site) -> None:
    served = site.files["cats.zip"]
    served.hang, served.break_at = threading.Event(), [150_000]
    async with opened() as (app, pilot):
        listed = await get_screen(pilot)
        await move_to(pilot, listed, NAME)
        await pilot.press("enter")
        await until_seen(pilot, "150 kB of ", "#transfer")
        await pilot.press("3")  # the area's own number breaks nothing off
        await pilot.pause()
        assert app.screen.query("#transfer")
        await pilot.press("5")
        await until(pilot, lambda: app.current_mode == "runs")
        served.hang.set()
        await until_toast(pilot, f"{NAME} is here and chosen.")
        assert app.current_mode == "runs"
        await until(pilot, lambda: app.dataset is not None)
        await pilot.press("3")
        await until_seen(pilot, f"✓ {NAME} is here and chosen", "#transfer")


@pytest.mark.parametrize("where", ["file", "address"])
async def test_an_archive_of_ones_own(site: Site, here: Path, where: str) -> None:
    (here / "mine.zip").write_bytes(zipped(pets("top/")))
    site.serve("mine.zip", zipped(pets("top/")))
    async with opened() as (app, pilot):
        listed = await get_screen(pilot)
        await move_to(pilot, listed, "archive")
        assert "Nothing in it is run" in region_text(app, "#about")
        await pilot.press("enter")
        field = app.screen.query_one("#archive", Input)
        await until(pilot, lambda: app.focused is field)
        field.value = "mine.zip" if where == "file" else site.url("mine.zip")
        await pilot.press("enter")
        await until_seen(pilot, "8 images in 2 classes")
        assert app.dataset is not None
        assert Path(app.dataset.summary.path) == sets_folder() / "mine" / "top"


async def test_what_comes_from_the_network_reaches_the_screen_clean(site: Site) -> None:
    site.serve("%1B%5B2Jevil.zip", zipped({"../\x1b[2J.png": b"x"}))
    async with opened((80, 24)) as (app, pilot):
        await get_screen(pilot)
        await pilot.press("slash")
        field = app.screen.query_one("#archive", Input)
        await until(pilot, lambda: app.focused is field)
        field.value = site.url("%1B%5B2Jevil.zip")
        await pilot.press("enter")
        await until_seen(pilot, "✗ The archive would write outside its folder", "#transfer")
        assert "../␛[2J.png" in region_text(app, "#transfer")
        for strip in strips(app):
            assert all(ord(sign) >= 32 for segment in strip for sign in segment.text)


async def test_the_generated_shapes_are_written_and_called_generated() -> None:
    async with opened() as (app, pilot):
        listed = await get_screen(pilot)
        await move_to(pilot, listed, "generated-shapes")
        await pilot.press("enter")
        await until_seen(pilot, "600 images in 2 classes")
        assert app.dataset is not None and app.dataset.name == "generated-shapes"
        assert "Data · generated-shapes" in screen_text(app)
