"""A home that version 0.1.0 left behind, on screen."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.earlier import unpack_earlier
from tests.support.seeing import opened, until_seen


async def test_its_runs_are_listed_and_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, _ = unpack_earlier(tmp_path / "earlier")
    (waiting,) = kept.glob("state/runs/*pets-waiting*/queued")
    waiting.unlink()  # nothing is to be started here
    monkeypatch.setenv("CNN_TUI_HOME", str(kept))
    async with opened((120, 40), watch_runs=True) as (_, pilot):
        await pilot.press("5")
        await until_seen(pilot, "pets long")
        await until_seen(pilot, "✗ died ep 72 ")
        await pilot.press("end")
        await until_seen(pilot, "the first one")
        await pilot.press("up", "enter")
        await until_seen(pilot, "The trainer died at epoch 72 without an error message.")
        await until_seen(pilot, "71       1.0000    9.28e-6")
