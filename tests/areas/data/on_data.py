"""The area Data as a user works with it."""

from __future__ import annotations

from pathlib import Path

from textual.pilot import Pilot
from textual.widgets import Input

from tests.support.seeing import (
    strips,
    until,
    until_seen,
)
from tui.app.app import CnnTuiApp

WIDE = (110, 34)


async def data_area(pilot: Pilot[None]) -> None:
    """Go to the area and wait for its tree."""
    await pilot.press("3")
    await until_seen(pilot, "Samples", "#folders")
    await until(pilot, lambda: pilot.app.focused is not None and pilot.app.focused.id == "folders")
    await pilot.pause()


async def choose(pilot: Pilot[None], path: Path | str) -> None:
    """Type a folder's path, as a user does (or pastes)."""
    await pilot.press("slash")
    line = pilot.app.screen.query_one("#path", Input)
    await until(pilot, lambda: pilot.app.focused is line)
    line.value = str(path)
    await pilot.press("enter")


def never_raw(app: CnnTuiApp) -> None:
    """Assert that no control character goes to the terminal."""
    for strip in strips(app):
        for segment in strip:
            assert all(ord(sign) >= 32 and sign != "\x7f" for sign in segment.text), segment
