"""Open the calculator for a test, perhaps with the network of the course."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from textual.pilot import Pilot

from tests.support.seeing import (
    opened,
    until,
    until_seen,
)
from tui.app.app import CnnTuiApp
from tui.geometry import format_network

COURSE = (
    "150x150x3 conv:k=16,f=3,a=relu maxpool:f=2 conv:k=32,f=3,a=relu maxpool:f=2 "
    "conv:k=64,f=3,a=relu maxpool:f=2 flatten dense:k=512,a=relu dense:k=1,a=sigmoid"
)


@asynccontextmanager
async def bench(
    size: tuple[int, int] = (80, 24), *, course: bool = False
) -> AsyncIterator[tuple[CnnTuiApp, Pilot[None]]]:
    """Open the calculator, perhaps with the course's network."""
    async with opened(size) as (app, pilot):
        await pilot.press("2")
        await until_seen(pilot, "zero padding")
        if course:
            await pilot.press("m")
            await until_seen(pilot, "Ready-made")
            await pilot.press("enter")
            await until(pilot, lambda: line(app) == COURSE)
        yield app, pilot


def line(app: CnnTuiApp) -> str:
    """Return the network at work in its one-line form."""
    assert app.network is not None
    return format_network(app.network)
