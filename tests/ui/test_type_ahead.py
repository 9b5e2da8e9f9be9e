"""Keys that arrive together, as over a link that has stalled, act in the order they were typed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest
from textual import events
from textual.app import App
from textual.command import CommandPalette, Hit
from textual.screen import Screen
from textual.widgets import OptionList

from tests.support.seeing import opened, region_text, screen_text, until, until_seen
from tui.app.palette import CommandProvider
from tui.areas.lessons.lesson_screen import LessonScreen
from tui.ui.dialogs.questions import Question
from tui.ui.textual_patches import type_ahead

NAMES = {
    "/": "slash",
    " ": "space",
    "\r": "enter",
    "\t": "tab",
    "\x10": "ctrl+p",
    "\x1b": "escape",
    "\x11": "ctrl+q",
    "\x15": "ctrl+u",
    "\x7f": "backspace",
}


def burst(app: App[Any], keys: str) -> None:
    """Let keys arrive, all before the app comes to the first."""
    for key in keys:
        app.post_message(events.Key(NAMES.get(key, key), key))


async def test_what_is_typed_behind_enter_goes_where_enter_leads() -> None:
    async with opened((100, 30)) as (app, pilot):
        await pilot.press("2")
        await until_seen(pilot, "fits exactly")
        burst(app, "150\r227\r")
        await until_seen(pilot, "W2, the output's width? 227")
        await until_seen(pilot, "W1 150 ")


async def test_digits_right_behind_a_cleared_line_are_not_cleared_with_it() -> None:
    async with opened((100, 30)) as (app, pilot):
        await pilot.press("2")
        await until_seen(pilot, "fits exactly")
        burst(app, "\x15227\x7f4")
        await until_seen(pilot, "W1 224 ")


async def test_an_area_is_gone_to_before_the_keys_for_it_act() -> None:
    async with opened((100, 30)) as (app, pilot):
        burst(app, "2227\r")
        await until_seen(pilot, "W1 227 ")


async def test_enter_behind_the_lessons_key_opens_a_lesson() -> None:
    async with opened((100, 30)) as (app, pilot):
        burst(app, "1\r")
        await until(pilot, lambda: isinstance(app.screen, LessonScreen))


async def test_enter_in_the_palette_waits_for_what_is_searched_for() -> None:
    """It would run what stood in the list before: any command at all."""
    async with opened((100, 30)) as (app, pilot):
        burst(app, "\x10zzzz\r")
        await until_seen(pilot, "No matches found")
        await pilot.pause(0.5)
        assert app.current_mode == "home" and isinstance(app.screen, CommandPalette)
        await pilot.press("escape")
        burst(app, "\x10receptive\r")
        await until_seen(pilot, "Lessons · 9")


async def test_a_paste_goes_where_the_key_before_it_leads() -> None:
    async with opened((100, 30)) as (app, pilot):
        await pilot.press("1")
        await until_seen(pilot, "What a convolution does", "#lessons")
        app.post_message(events.Key("slash", "/"))
        app.post_message(events.Paste("padding"))
        await until_seen(pilot, "padding", "#search")


@pytest.fixture
def hanging_search(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[bool]]:
    """Let the palette's search hang; return how each wait of a key for another ended."""
    hanging, rests = asyncio.Event(), []

    async def search(self: CommandProvider, query: str) -> AsyncIterator[Hit]:
        await hanging.wait()
        none: tuple[Hit, ...] = ()
        for hit in none:
            yield hit

    wait = type_ahead.TypeAhead._processed

    async def counted(self: type_ahead.TypeAhead) -> bool:
        rests.append(await wait(self))
        return rests[-1]

    monkeypatch.setattr(CommandProvider, "search", search)
    monkeypatch.setattr(type_ahead.TypeAhead, "_processed", counted)
    yield rests
    hanging.set()


async def test_keys_are_not_kept_for_long_where_a_search_hangs(
    hanging_search: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type_ahead, "PATIENCE_SECONDS", 2.0)
    async with opened((100, 30)) as (app, pilot):
        burst(app, "\x10z")
        for key in ("home", "end", "escape"):
            app.post_message(events.Key(key, None))
        await until(pilot, lambda: bool(hanging_search) and not app.type_ahead.waits)
        assert not isinstance(app.screen, CommandPalette)
        assert hanging_search.count(False) == 1, "one wait, and not one for each key"


@pytest.mark.usefixtures("hanging_search")
async def test_the_app_closes_at_once_also_from_a_window_in_which_something_hangs() -> None:
    async with opened((100, 30)) as (app, pilot):
        burst(app, "\x10z")
        await until(pilot, lambda: isinstance(app.screen, CommandPalette))
        burst(app, "\x1b\x11")
        await until(pilot, lambda: not app.is_running)


async def test_a_window_that_closes_meanwhile_holds_no_key_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What was waited for in it never comes: the next key would wait for three seconds."""
    monkeypatch.setattr(type_ahead, "PATIENCE_SECONDS", 600.0)
    async with opened((100, 30)) as (app, pilot):
        window = Question("Sure?")

        def closes_first(_: Question, callback: Callable[[], None]) -> bool:
            app.pop_screen()  # and so it never comes to what it was called for
            return True

        monkeypatch.setattr(Question, "call_after_refresh", closes_first)
        await app.push_screen(window)
        app.post_message(events.Key("x", "x"))
        await until(pilot, lambda: app.screen is not window and not app.type_ahead.waits)


async def test_a_key_that_is_held_down_is_not_drawn_time_after_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Else the cursor goes on for seconds after it is released, where drawing takes long."""
    drawn: list[object] = []
    async with opened((100, 30)) as (app, pilot):
        await pilot.press("1")
        await until_seen(pilot, "What a convolution does", "#lessons")
        await pilot.pause(0.3)
        draw = app._display

        def drawing(screen: Screen[object], update: Any) -> None:
            drawn.append(update)
            draw(screen, update)

        monkeypatch.setattr(app, "_display", drawing)
        for _ in range(16):
            app.post_message(events.Key("down", None))
        await until(pilot, lambda: app.screen.query_one(OptionList).highlighted == 16)
    assert len(drawn) < 12


async def test_letters_do_not_wait_for_one_another() -> None:
    """All of a long name at once: it stands there whole, each letter once."""
    async with opened((100, 30)) as (app, pilot):
        await pilot.press("1")
        await until_seen(pilot, "What a convolution does", "#lessons")
        burst(app, "/zero padding valid and same")
        await until_seen(pilot, "zero padding valid and same", "#search")
        await until(pilot, lambda: "5  Zero padding" in screen_text(app))
        assert "What a convolution does" not in region_text(app, "#lessons")
