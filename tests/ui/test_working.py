"""What works in the background ends before that on which it would show it."""

from __future__ import annotations

import ast
import asyncio
import importlib
import inspect
import pkgutil
import re
import sys
from functools import cache

import pytest
from textual import work
from textual.app import App, ComposeResult
from textual.containers import Vertical
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Static

import tui.app
import tui.areas
import tui.ui
from tui.ui.area_screen import AreaScreen
from tui.ui.dialogs.window import Window
from tui.ui.textual_patches.cancel_workers import CancelsWorkers


class Line(Static):
    """A line that lets the worker above it go on when it has gone."""

    def __init__(self, gone: asyncio.Event) -> None:
        super().__init__("waiting", id="line")
        self._gone = gone

    def on_unmount(self) -> None:
        self._gone.set()


class Waits(Widget):
    """Shows what it has waited for."""

    def __init__(self) -> None:
        super().__init__()
        self.gone = asyncio.Event()

    def compose(self) -> ComposeResult:
        yield Line(self.gone)

    def on_mount(self) -> None:
        self._wait()

    @work
    async def _wait(self) -> None:
        await self.gone.wait()
        self.query_one("#line", Static).update("here it is")


class Panel(CancelsWorkers, Waits):
    """As the app's own widgets are."""


class Small(CancelsWorkers, Waits, Screen[None]):
    """As the app's own screens are."""


async def test_a_panel_that_is_removed_while_it_waits_does_not_close_the_app() -> None:
    async with App[None]().run_test() as pilot:
        panel = Panel()
        await pilot.app.screen.mount(Vertical(panel))
        await panel.remove()
        assert panel.gone.is_set()
        await pilot.pause()
        assert pilot.app.is_running


async def test_a_screen_that_is_left_while_it_waits_does_not_close_the_app() -> None:
    async with App[None]().run_test() as pilot:
        screen = Small()
        await pilot.app.push_screen(screen)
        await pilot.app.pop_screen()
        assert screen.gone.is_set()
        await pilot.pause()
        assert pilot.app.is_running


def _of_the_app() -> list[type[Widget]]:
    """Return every screen and widget that the app has."""
    found: dict[str, type[Widget]] = {}
    for package in (tui.app, tui.areas, tui.ui):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            for _, one in inspect.getmembers(importlib.import_module(module.name), inspect.isclass):
                if issubclass(one, Widget) and one.__module__ == module.name:
                    found[f"{one.__module__}.{one.__name__}"] = one
    return list(found.values())


@cache
def _sources(module: str) -> dict[str, str]:
    """Return the source of each class of a module by its name."""
    text = inspect.getsource(sys.modules[module])
    classes = [one for one in ast.parse(text).body if isinstance(one, ast.ClassDef)]
    lines = text.splitlines()
    return {one.name: "\n".join(lines[one.lineno - 1 : one.end_lineno]) for one in classes}


def _works(one: type[Widget]) -> bool:
    """Whether it or one of its bases in the app starts a worker."""
    return any(
        re.search(r"@work\b|self\.run_worker\b", _sources(base.__module__)[base.__name__])
        for base in one.__mro__
        if base.__module__.startswith("tui.")
    )


@pytest.mark.parametrize("one", [one for one in _of_the_app() if _works(one)])
def test_each_that_works_ends_its_work_first(one: type[Widget]) -> None:
    assert issubclass(one, CancelsWorkers)


def test_the_screens_and_windows_that_work_are_found() -> None:
    working = [one for one in _of_the_app() if _works(one)]
    assert len(working) > 20
    assert any(issubclass(one, AreaScreen) for one in working)
    assert any(issubclass(one, Window) for one in working)
