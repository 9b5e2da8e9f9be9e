"""Going to Look inside, on a run whose answers are recorded."""

from __future__ import annotations

from textual.pilot import Pilot

from tests.support.seeing import until_seen
from tui.areas.look_inside.look_screen import LookScreen


async def look(pilot: Pilot[None]) -> LookScreen:
    """Open area 6 and wait for the maps of the first layer."""
    await pilot.press("6")
    await until_seen(pilot, "12 channels", "#look-maps")
    app = pilot.app
    assert isinstance(app.screen, LookScreen)
    return app.screen
