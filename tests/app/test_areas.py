"""The areas: going from one to another, and what holds for every screen."""

from __future__ import annotations

import asyncio
import importlib
import inspect
import pkgutil
import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest
from textual import events
from textual.app import App
from textual.binding import Binding
from textual.screen import Screen
from textual.widget import Widget

import tui.app
import tui.areas
import tui.ui
from tests.app.first_screens import SEEN_IN
from tests.support.recording import Recorder
from tests.support.seeing import opened, region_text, screen_text, until, until_seen
from tui.areas.lessons import lesson_list_screen as lessons
from tui.course import Course, load_course
from tui.ui.area_screen import AREAS, AreaScreen
from tui.ui.dialogs.window import Window
from tui.ui.textual_patches import type_ahead


async def test_numbers_open_the_areas_and_escape_leads_home() -> None:
    async with opened() as (app, pilot):
        assert "ctrl+q quits" in screen_text(app)
        for area in AREAS:
            await pilot.press(area.key)
            await until_seen(pilot, SEEN_IN[area.mode])
            where = region_text(app, "StatusLine")
            assert where.startswith(area.title)
            for _ in range(3):  # at most: out of a field, out of a screen, home
                if app.current_mode != "home":
                    await pilot.press("escape")
            await until_seen(pilot, "train on handwritten digits now")
            assert region_text(app, "StatusLine").startswith("Home")


async def test_the_top_bar_names_every_area_with_its_key() -> None:
    async with opened((80, 24)) as (app, _):
        bar = region_text(app, "TopBar")
        assert bar == "cnn-tui " + " ".join(f"{a.key} {a.title}" for a in AREAS) + " ? help"


async def test_a_click_on_the_top_bar_opens_an_area() -> None:
    async with opened() as (app, pilot):
        column = region_text(app, "TopBar", words=False).index("5 Runs")
        await pilot.click("TopBar", offset=(column + 3, 0))
        await until_seen(pilot, SEEN_IN["runs"])


async def test_brackets_go_round_the_areas_also_from_within_a_number_field() -> None:
    async with opened() as (app, pilot):
        await pilot.press("2")
        await until_seen(pilot, "zero padding")
        assert app.focused is not None and app.focused.id == "W1"
        before = region_text(app, "#W1")
        await pilot.press("right_square_bracket")
        await until_seen(pilot, SEEN_IN["data"])
        await pilot.press("left_square_bracket")
        await until_seen(pilot, "zero padding")
        assert region_text(app, "#W1") == before
        await pilot.press("left_square_bracket")
        await until_seen(pilot, SEEN_IN["lessons"])
        await pilot.press("left_square_bracket")
        await until_seen(pilot, SEEN_IN["look"])
        await pilot.press("right_square_bracket")
        await until_seen(pilot, SEEN_IN["lessons"])


async def test_brackets_from_home_open_the_first_and_the_last_area() -> None:
    async with opened() as (_, pilot):
        await pilot.press("right_square_bracket")
        await until_seen(pilot, SEEN_IN["lessons"])
        await pilot.press("escape", "left_square_bracket")
        await until_seen(pilot, SEEN_IN["look"])


async def test_an_area_stays_as_it_was_left() -> None:
    async with opened() as (app, pilot):
        await pilot.press("2")
        await until_seen(pilot, "zero padding")
        await pilot.press("up", "up", "right_square_bracket")
        await until_seen(pilot, SEEN_IN["data"])
        await pilot.press("2")
        await until_seen(pilot, "zero padding")
        assert region_text(app, "#W1") == "152"


async def test_the_number_of_the_area_one_is_in_leads_to_its_first_screen(
    recorder: Recorder,
) -> None:
    recorder.finished()
    async with opened((80, 24)) as (app, pilot):
        await pilot.press("5")
        await until_seen(pilot, "✓ finished", "#runs")
        await pilot.press("enter")
        await until_seen(pilot, "✓ finished", "#head")
        await pilot.press("4")  # left, and found as it was
        await until(pilot, lambda: app.current_mode == "train")
        await pilot.press("escape", "5")  # in the field for the epochs 5 is a number
        await until_seen(pilot, "✓ finished", "#head")
        await pilot.press("right", "5")  # a cursor in the chart holds nobody
        await until_seen(pilot, "✓ finished", "#runs")
        await pilot.press("5")
        await until_seen(pilot, "✓ finished", "#runs")
        await pilot.press("enter")
        await until_seen(pilot, "✓ finished", "#head")
        await pilot.press("question_mark")
        await until(pilot, lambda: bool(app.screen.query("#help")))
        await pilot.press("5")
        await until_seen(pilot, "✓ finished", "#runs")


@pytest.mark.parametrize("size", [(79, 24), (80, 23), (30, 8)], ids=str)
async def test_a_terminal_too_small_says_so_and_recovers(size: tuple[int, int]) -> None:
    async with opened((80, 24)) as (app, pilot):
        await pilot.press("2")
        await until_seen(pilot, "zero padding")
        await pilot.resize_terminal(*size)
        await until(pilot, lambda: "80×24" in " ".join(screen_text(app).split()))
        seen = " ".join(screen_text(app).split())
        assert f"This terminal has {size[0]}×{size[1]} characters" in seen
        assert "zero padding" not in seen
        await pilot.resize_terminal(80, 24)
        await until_seen(pilot, "zero padding")
        assert "This terminal has" not in screen_text(app)


# What holds for every screen and widget of ours.


def classes() -> Iterator[type]:
    """Yield every class that screens, widgets and the app define."""
    for package in (tui.app, tui.areas, tui.ui):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            module = importlib.import_module(found.name)
            for one in vars(module).values():
                if inspect.isclass(one) and one.__module__ == module.__name__:
                    yield one


def test_every_screen_has_a_help_text() -> None:
    screens = [one for one in classes() if issubclass(one, Screen)]
    assert len(screens) > 8
    lacking = [one.__name__ for one in screens if not one.HELP and one not in (AreaScreen, Window)]
    assert lacking == []


def test_every_binding_has_an_id_and_a_tooltip() -> None:
    seen: dict[str, Binding] = {}
    lacking = []
    for one in classes():
        if not issubclass(one, (App, Widget)):
            continue
        for binding in one.__dict__.get("BINDINGS", []):
            assert isinstance(binding, Binding), f"{one.__name__}: {binding}"
            if not binding.id or not binding.tooltip:
                lacking.append(f"{one.__name__}: {binding.key}")
            elif seen.setdefault(binding.id, binding) is not binding:
                # Two screens may take what a part of both of them declares, once.
                raise AssertionError(f"{binding.id} is declared twice")
    assert lacking == []
    assert len(seen) > 40


FRAME = """
import asyncio, sys
from tui.app.app import CnnTuiApp
from tui.course import Course, load_course
from tui.areas.lessons import lesson_list_screen as lessons

async def main():
    app = CnnTuiApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert "home" == app.current_mode
        print("first", *sorted({name.split(".")[0] for name in sys.modules}))
        for key in "123456":
            await pilot.press(key)
            await pilot.pause()
            await pilot.press("escape", "escape")
        print("later", *sorted({name.split(".")[0] for name in sys.modules}))

from tui.runs.process import launch
launch._COMMAND = [sys.executable, "-c", ""]  # the training's area readies a trainer
asyncio.run(main())
"""


def test_the_app_loads_neither_tensorflow_nor_the_charts_before_they_are_shown() -> None:
    done = subprocess.run(
        [sys.executable, "-c", FRAME], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    lines = {line.split()[0]: set(line.split()[1:]) for line in done.stdout.splitlines()}
    heavy = {"tensorflow", "keras", "scipy", "sklearn", "matplotlib", "pandas"}
    assert "textual" in lines["first"]
    assert lines["first"] & {*heavy, "plotext", "PIL"} == set()
    assert lines["later"] & {*heavy, "plotext"} == set()


async def test_while_the_lessons_are_read_their_search_does_not_have_the_focus(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """On a cold disk, the number of an area would be typed into it."""
    going = threading.Event()

    def slowly() -> Course:
        going.wait(60)
        return load_course()

    monkeypatch.setattr(lessons, "load_course", slowly)
    monkeypatch.setattr(type_ahead, "PATIENCE_SECONDS", 0.5)
    async with opened() as (app, pilot):
        app.post_message(events.Key("1", "1"))
        while not app.screen.query("#lessons") or app.focused is None:
            await asyncio.sleep(0.01)  # not `until`: the screen does not come to rest
        focused = app.focused
        going.set()
        assert focused is app.screen.query_one("#lessons")
        await until_seen(pilot, "What a convolution does", "#lessons")
