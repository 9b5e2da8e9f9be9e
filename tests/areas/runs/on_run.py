"""A run on screen: opening it, and reading what its charts and its table show."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from textual.pilot import Pilot
from textual.widgets import DataTable

from tests.support.seeing import opened, region_text, until
from tui.app.app import CnnTuiApp
from tui.runs.store.run_folder import RunFolder

SIZE = (100, 30)
LOSS = "#loss-chart"


@asynccontextmanager
async def shown(
    run: RunFolder, size: tuple[int, int] = SIZE
) -> AsyncIterator[tuple[CnnTuiApp, Pilot[None]]]:
    """Open the app on a run, from the list."""
    async with opened(size) as (app, pilot):
        await pilot.press("5")
        await until(pilot, lambda: bool(app.screen.query("#runs")))
        table = app.screen.query_one("#runs", DataTable)
        await until(pilot, lambda: table.row_count == len(app.runs) > 0)
        table.move_cursor(row=[one.run.name for one in app.runs].index(run.name))
        await pilot.press("enter")
        await until(pilot, lambda: bool(app.screen.query("#head")))
        await until(pilot, lambda: region_text(app, "#head") != "")
        yield app, pilot


def dots(app: CnnTuiApp, chart: str = "#accuracy-chart") -> str:
    """Return the cells of a chart that hold a line's dots."""
    text = region_text(app, chart, words=False)
    return "".join(sign for sign in text if "\u2801" <= sign <= "\u28ff")


def history(app: CnnTuiApp) -> list[list[str]]:
    """Return the history table's rows as they are on screen."""
    rows = region_text(app, "#history", words=False).split("\n")
    return [row.split() for row in rows if row.split()]


def rows_of(app: CnnTuiApp, chart: str = "#accuracy-chart") -> list[str]:
    """Return a chart's rows as they are on screen."""
    return region_text(app, chart, words=False).split("\n")


def axis(app: CnnTuiApp, chart: str = "#accuracy-chart") -> list[str]:
    """Return the words below a chart's horizontal axis."""
    return rows_of(app, chart)[-1].split()
