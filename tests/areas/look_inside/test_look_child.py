"""Look inside: the child that runs Keras loads, dies, and ends with the app."""

from __future__ import annotations

import os
import signal
import sys

import pytest

from tests.areas.look_inside.on_look import look
from tests.support.seeing import opened, region_text, screen_text, until_seen
from tui.inspection import inspector_client
from tui.runs.store.run_folder import RunFolder


@pytest.mark.usefixtures("looked_into")
async def test_while_the_child_loads_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    slow = [sys.executable, "-c", "import sys; sys.stdin.buffer.read()"]
    monkeypatch.setattr(inspector_client, "COMMAND", slow)
    async with opened((80, 24)) as (app, pilot):
        await pilot.press("6")
        await until_seen(pilot, "Loading Keras", "#look-empty")
        assert "No training has weights" not in screen_text(app)


async def test_a_child_that_dies_is_reported_and_started_anew(looked_into: RunFolder) -> None:
    async with opened() as (app, pilot):
        screen = await look(pilot)
        process = screen.session.client._process
        assert process is not None
        os.kill(process.pid, signal.SIGKILL)
        await pilot.press("down")
        await until_seen(pilot, "r tries again", "#look-empty")
        assert "killed by signal 9" in region_text(app, "#look-empty")
        await pilot.press("r")
        await until_seen(pilot, "max_pooling2d", "#look-head")
        assert "▀" in region_text(app, "#look-grid")


async def test_the_child_ends_with_the_app(looked_into: RunFolder) -> None:
    async with opened() as (_, pilot):
        screen = await look(pilot)
        process = screen.session.client._process
        assert process is not None
    assert process.returncode is not None
