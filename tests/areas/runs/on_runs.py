"""Going to the list of runs."""

from __future__ import annotations

from textual.pilot import Pilot
from textual.widgets import DataTable

from tests.support.seeing import until

SIZE = (110, 30)


async def list_of_runs(pilot: Pilot[None]) -> DataTable[object]:
    """Go to the list and wait until it is filled."""
    await pilot.press("5")
    await until(pilot, lambda: bool(pilot.app.screen.query("#runs")))
    table = pilot.app.screen.query_one("#runs", DataTable)
    await until(pilot, lambda: table.row_count == len(pilot.app.runs))  # type: ignore[attr-defined]
    await pilot.pause()
    return table
