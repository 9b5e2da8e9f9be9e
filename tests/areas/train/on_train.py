"""The app on the form of a training."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from textual.pilot import Pilot
from textual.widgets import Input

from tests.support.seeing import (
    opened,
    region_text,
    until_seen,
)
from tui.app.app import CnnTuiApp
from tui.runs.store.run_list import RunList
from tui.runs.store.run_summary import RunSummary

SIZE = (120, 36)


@asynccontextmanager
async def train(
    *, watch_runs: bool = False, taken: bool = True
) -> AsyncIterator[tuple[CnnTuiApp, Pilot[None]]]:
    """Open the app on the set-up of a training, with the digits chosen."""
    async with opened(SIZE, watch_runs=watch_runs) as (app, pilot):
        await pilot.press("4")
        await until_seen(pilot, "No images chosen yet")
        if taken:
            await pilot.press("d")
            await until_seen(pilot, "1,442 training, 355 validation")
        yield app, pilot


async def put(app: CnnTuiApp, pilot: Pilot[None], field: str, typed: str) -> None:
    """Go to a field and fill it at once, as by pasting; typing is tested with the calculator."""
    line = app.screen.query_one(f"#{field}", Input)
    line.focus()
    line.value = typed
    await pilot.pause()


def runs() -> list[RunSummary]:
    """Return the runs as they are on disk."""
    return RunList().read()


async def started(pilot: Pilot[None], key: str = "ctrl+s") -> None:
    """Start, and wait for the run's screen with a curve on it."""
    await pilot.press(key)
    await until_seen(pilot, "● running", "#head")
    await until_seen(pilot, "epoch 4/10", "#progress")


def drawn(app: CnnTuiApp, chart: str = "#accuracy-chart") -> int:
    """Return how many cells of a chart hold dots of a line."""
    text = region_text(app, chart, words=False)
    return sum(1 for sign in text if "\N{BRAILLE PATTERN DOTS-1}" <= sign <= "\u28ff")


async def put_go(found: list[RunSummary]) -> None:
    """Let every replay that waits go on."""
    for one in found:
        (one.run.path / "go").touch()
