"""A run whose spec.json somebody edited: its screens open, and say what is wrong with it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.areas.runs.on_run import shown
from tests.support.recording import Recorder
from tests.support.seeing import region_text, until, until_seen, until_toast

EDITS: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "a divisor of 0": ({}, {"rescale_divisor": 0}, "Values are divided by 0.0"),
    "no size": ({}, {"target_size": [0, 0]}, "The target size is 0×0"),
    "no number": ({"epochs": "many"}, {}, "epochs"),
    "a rule on nothing": (
        {"stop_rule": {"metric": "[bold]", "comparison": ">", "value": 1}},
        {},
        "cannot use '[bold]'",
    ),
    "a network of words": ({"network": "[red]banana"}, {}, ""),
    "a network with a name of its own": ({"network": "8x8x1 lambda:x=1"}, {}, ""),
    "a network that does not fit": ({"network": "8x8x1 conv:k=1,f=99 flatten"}, {}, ""),
}


@pytest.mark.parametrize("edit", EDITS)
async def test_every_key_of_a_run_says_something(
    edit: str, recorder: Recorder, digits: Path
) -> None:
    run = recorder.finished(epochs=2)
    spec = json.loads((run.path / "spec.json").read_text())
    top, data, said = EDITS[edit]
    spec = {**spec, **top, "data": {**spec["data"], "directory": str(digits), **data}}
    (run.path / "spec.json").write_text(json.dumps(spec))
    async with shown(run) as (app, pilot):
        if said:
            await until_toast(pilot, said)
        assert "2" in region_text(app, "#head")
        await pilot.press("h")
        await until_seen(pilot, "0.", "#history")
        await pilot.press("h", "d", "escape", "t", "escape", "x", "escape")
        await until(pilot, lambda: bool(app.screen.query("#head")))
        await pilot.press("a")  # the form under 4, or why not
        await pilot.pause()
        app.action_area("runs")
        await until(pilot, lambda: app.current_mode == "runs")
        await pilot.press("i")  # Look inside, or why not
        await pilot.pause()
        app.action_area("runs")
        await until(pilot, lambda: app.current_mode == "runs")
    assert app.return_code in (None, 0)
