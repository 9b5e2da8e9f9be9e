"""What a user sees: the screen as plain text, and waiting until it says something."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from textual.app import App
from textual.pilot import Pilot
from textual.strip import Strip
from textual.widget import Widget

from tui.app.app import CnnTuiApp
from tui.runs.store.run_folder import RunFolder

SIZE = (100, 30)
SMALL, LARGE = (80, 24), (120, 40)
PATIENCE = 60.0
"""Seconds to wait before a test gives up: much more than is needed, for a busy machine."""


@asynccontextmanager
async def opened(
    size: tuple[int, int] = SIZE, *, watch_runs: bool = False, run: RunFolder | None = None
) -> AsyncIterator[tuple[CnnTuiApp, Pilot[None]]]:
    """Open the app without a terminal, and leave no waiting trainer behind.

    `pilot.press` returns when what each key set off has come to rest.
    """
    app = CnnTuiApp(watch_runs=watch_runs, run=run)
    notify = app.notify

    def unhurried(message: str, *, timeout: float | None = None, **settings: Any) -> None:
        notify(message, timeout=max(timeout or 0, PATIENCE), **settings)

    # A message stays until a busy machine has come round to looking at it.
    app.notify = unhurried  # type: ignore[method-assign]
    try:
        async with app.run_test(size=size, notifications=True) as pilot:
            press = pilot.press

            async def pressed(*keys: str) -> None:
                for key in keys:
                    await press(key)
                    while app.type_ahead.waits:
                        await asyncio.sleep(0.001)

            pilot.press = pressed  # type: ignore[method-assign]
            await app.look_at_runs()
            await pilot.pause()
            yield app, pilot
    finally:
        app.launcher.dismiss()


def strips(app: App[Any]) -> list[Strip]:
    """Return the whole screen as it goes to the terminal."""
    return app.screen._compositor.render_strips()


def screen_text(app: CnnTuiApp) -> str:
    """Return the whole screen as plain text, a line for each row."""
    return "\n".join(strip.text.rstrip() for strip in strips(app))


def region_text(app: App[Any], selector: str | Widget, *, words: bool = True) -> str:
    """Return what a widget shows on screen: only what is in sight.

    Args:
        app: the app.
        selector: CSS of one widget of the present screen, or the widget.
        words: as running words, so that a line break does not matter; else row by row.
    """
    widget = app.screen.query_one(selector) if isinstance(selector, str) else selector
    placed = app.screen._compositor.visible_widgets.get(widget)
    if placed is None:
        return ""
    region = placed[0].intersection(placed[1])
    rows = [
        strip.crop(region.x, region.right).text for strip in strips(app)[region.y : region.bottom]
    ]
    return " ".join(" ".join(rows).split()) if words else "\n".join(row.rstrip() for row in rows)


def toasts(app: CnnTuiApp) -> str:
    """Return the messages that pop up, as running words."""
    found = [region_text(app, one).replace("▌", " ") for one in app.screen.query("Toast")]
    return " | ".join(" ".join(text.split()) for text in found)


async def until(pilot: Pilot[None], condition: Callable[[], bool]) -> None:
    """Wait until something holds; else fail with the screen."""
    __tracebackhide__ = True
    end = time.monotonic() + PATIENCE
    pause = 0.005
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"waited in vain on:\n{screen_text(pilot.app)}")  # type: ignore[arg-type]
        await asyncio.sleep(pause)
        pause = min(pause * 1.5, 0.05)  # a look draws the whole screen: do not crowd the app out
    await pilot.pause()  # the layout may still be on its way round what was waited for


async def until_seen(pilot: Pilot[None], text: str, selector: str = "") -> None:
    """Wait until the screen (or one widget of it) shows a text."""
    __tracebackhide__ = True
    app = pilot.app
    assert isinstance(app, CnnTuiApp)

    def seen() -> bool:
        if selector:
            return bool(app.screen.query(selector)) and text in region_text(app, selector)
        return text in screen_text(app)

    await until(pilot, seen)


async def until_toast(pilot: Pilot[None], text: str) -> None:
    """Wait until a message pops up."""
    __tracebackhide__ = True
    app = pilot.app
    assert isinstance(app, CnnTuiApp)
    await until(pilot, lambda: text in toasts(app))
