"""Look inside: other pictures to look at."""

from __future__ import annotations

from pathlib import Path

from tests.areas.look_inside.on_look import look
from tests.support.seeing import opened, region_text, until_seen, until_toast
from tui.runs.store.run_folder import RunFolder


async def test_the_next_picture_of_the_folder(looked_into: RunFolder) -> None:
    async with opened() as (_, pilot):
        screen = await look(pilot)
        folder = Path(screen.session.selection.picture).parent
        zeros = sorted(path.name for path in folder.iterdir())
        await pilot.press("full_stop")
        await until_seen(pilot, zeros[1], "#look-top")
        await until_seen(pilot, "12 channels", "#look-maps")
        await pilot.press("comma")
        await until_seen(pilot, zeros[0], "#look-top")
        await pilot.press("comma")  # round the end
        await until_seen(pilot, zeros[-1], "#look-top")


async def test_a_picture_from_the_thumbnails(looked_into: RunFolder) -> None:
    async with opened() as (_, pilot):
        await look(pilot)
        await pilot.press("i")
        await until_seen(pilot, "class 1 of 10")
        await until_seen(pilot, "0020.png")
        await pilot.press("right", "right", "enter")
        await until_seen(pilot, "0020.png (0)", "#look-top")
        await until_seen(pilot, "12 channels", "#look-maps")


async def test_a_file_that_is_no_picture(looked_into: RunFolder, here: Path) -> None:
    (here / "cat.jpg").write_text("no picture")
    async with opened() as (app, pilot):
        await look(pilot)
        await pilot.press("i")
        await until_seen(pilot, "class 1 of 10")
        await pilot.press("slash", *"ca")
        await until_seen(pilot, "cat.jpg")  # completed
        await pilot.press("right", "enter")
        await until_toast(pilot, "cat.jpg cannot be read as an image.")
        app.clear_notifications()  # it covers the line below the maps
        await until_seen(pilot, "cat.jpg cannot be read as an image.", "#look-said")
        assert "0000.png" in region_text(app, "#look-top")
        assert "▀" in region_text(app, "#look-grid")
