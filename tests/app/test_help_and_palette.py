"""Help and the command palette name the keys and commands of every screen."""

from __future__ import annotations

import pytest

from tests.app.first_screens import SEEN_IN
from tests.support.seeing import opened, region_text, screen_text, until, until_seen
from tui.ui.area_screen import AREAS


@pytest.mark.parametrize("area", AREAS, ids=lambda area: area.mode)
async def test_help_shows_the_keys_of_the_screen_and_closes(area: object) -> None:
    key, mode = area.key, area.mode  # type: ignore[attr-defined]
    async with opened((100, 50)) as (app, pilot):
        await pilot.press(key)
        await until_seen(pilot, SEEN_IN[mode])
        screen = app.screen
        own = [one.binding for one in screen.active_bindings.values() if one.binding.id]
        await pilot.press("question_mark")
        await until(pilot, lambda: bool(app.screen.query("#help")))
        heading = (screen.HELP or "").strip().split("\n")[0].removeprefix("# ")
        await until_seen(pilot, heading, "#help")
        seen, box = "", app.screen.query_one("#help")
        while True:
            seen += region_text(app, "#help") + "\n"
            if box.scroll_y >= box.max_scroll_y:
                break
            await pilot.press("pagedown")
            await pilot.wait_for_scheduled_animations()
        for binding in own:
            assert binding.id
            if binding.id.split(".")[0] == type(screen).__name__.removesuffix("Screen").lower():
                assert binding.tooltip in seen, binding.id
        assert "Next area, also from a number field" in seen
        assert "question_mark" not in seen
        await pilot.press("question_mark")
        await until(pilot, lambda: app.screen is screen)
        await pilot.press("question_mark", "escape")
        await until(pilot, lambda: app.screen is screen)


async def test_help_begins_with_the_keys_of_the_screen() -> None:
    async with opened((80, 24)) as (app, pilot):
        await pilot.press("3")
        await until_seen(pilot, SEEN_IN["data"])
        await pilot.press("question_mark")
        await until_seen(pilot, "Type a folder's path", "#help")
        seen = region_text(app, "#help")
        assert "Samples, the course's sets" in seen
        assert "one sub-folder for each class" in seen  # what they act on comes after them
        assert seen.index("Type a folder's path") < seen.index("one sub-folder")


async def test_a_number_leaves_the_help_for_an_area() -> None:
    async with opened() as (app, pilot):
        await pilot.press("question_mark")
        await until(pilot, lambda: bool(app.screen.query("#help")))
        await pilot.press("6")
        await pilot.pause(0.1)
        assert SEEN_IN["look"] in screen_text(app)


async def test_the_palette_finds_the_commands_of_the_screen() -> None:
    async with opened() as (app, pilot):
        await pilot.press("2")
        await until_seen(pilot, "zero padding")
        await pilot.press("up", "up")
        assert region_text(app, "#W1") == "152"
        await pilot.press("ctrl+p")
        await until_seen(pilot, "Search for commands")
        await pilot.press(*"help")
        await until_seen(pilot, "This help (?, f1)")
        await pilot.press("ctrl+u", *"reset")
        await until_seen(pilot, "(r)")
        await pilot.press("enter")
        await until(pilot, lambda: bool(app.screen.query("#W1")))
        await until(pilot, lambda: region_text(app, "#W1") == "150")


async def test_the_palette_finds_the_areas() -> None:
    async with opened() as (_, pilot):
        await pilot.press("ctrl+p")
        await until_seen(pilot, "Search for commands")
        await pilot.press(*"inside")
        await until_seen(pilot, "Look inside: feature maps of a trained network (6)")
        await pilot.press("enter")
        await until_seen(pilot, SEEN_IN["look"])


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("inside", "Look inside: feature maps"),
        ("copy", "Copy the network in its one-line form"),
    ],
)
async def test_the_palette_finds_every_command_from_within_a_number_field(
    typed: str, found: str
) -> None:
    async with opened() as (app, pilot):
        await pilot.press("2")
        await until_seen(pilot, "zero padding")
        assert app.focused is not None and app.focused.id == "W1"
        await pilot.press("ctrl+p")
        await until_seen(pilot, "Search for commands")
        await pilot.press(*typed)
        await until_seen(pilot, f"🔎 {typed}")
        await pilot.pause(0.3)
        assert found in screen_text(app)


async def test_the_palette_counts_lessons_as_one_does() -> None:
    async with opened((100, 60)) as (app, pilot):
        await pilot.press("ctrl+p")
        await until_seen(pilot, "Search for commands")
        await pilot.press(*"lesson")
        await until_seen(pilot, "Lesson 2:")
        seen = screen_text(app)
        assert seen.index("Lesson 1:") < seen.index("Lesson 2:") < seen.index("Lesson 3:")


async def test_the_palette_finds_by_description() -> None:
    async with opened() as (_, pilot):
        await pilot.press("ctrl+p")
        await until_seen(pilot, "Search for commands")
        await pilot.press(*"feature maps of")
        await until_seen(pilot, "Look inside: feature maps of a trained network (6)")
