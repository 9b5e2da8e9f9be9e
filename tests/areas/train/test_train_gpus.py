"""The field for several GPUs: there where there are some, and checked before the start."""

from __future__ import annotations

import msgspec
import pytest
from textual.pilot import Pilot

from tests.areas.train.on_train import runs, train
from tests.support.seeing import region_text, screen_text, until, until_seen
from tui.app.app import CnnTuiApp
from tui.areas.train.gpus_field import GpusField
from tui.runs.queue.shared_gpus import LOGICAL_DEVICES


@pytest.fixture
def three_gpus(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(LOGICAL_DEVICES, "3")


async def choose(pilot: Pilot[None], app: CnnTuiApp, text: str) -> None:
    """Go through the choices of the field to one of them."""
    app.screen.query_one("#gpus").focus()
    while f"↕ {text} " not in region_text(app, "#gpus") + " ":
        await pilot.press("down")
        await pilot.pause()


@pytest.mark.usefixtures("digits")
async def test_without_gpus_there_is_no_field_for_them() -> None:
    async with train() as (app, _):
        await app.workers.wait_for_complete()
        assert not app.screen.query_one(GpusField).display
        assert "GPUs" not in screen_text(app)


@pytest.mark.usefixtures("digits", "three_gpus")
async def test_the_chosen_number_reaches_the_run() -> None:
    async with train() as (app, pilot):
        await until_seen(pilot, "GPUs")
        await choose(pilot, app, "2")
        await until_seen(pilot, "≠ 1")
        assert "Each batch is divided among them." in region_text(app, "#train-message")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: len(runs()) == 1)
        (run,) = runs()
        assert run.run.spec().gpus == 2


@pytest.mark.usefixtures("digits", "three_gpus")
@pytest.mark.parametrize("chosen", ["3", "all"])
async def test_a_batch_that_they_cannot_share_does_not_start(chosen: str) -> None:
    async with train() as (app, pilot):
        await until_seen(pilot, "GPUs")
        await choose(pilot, app, chosen)
        await until_seen(pilot, "✗ 3 GPUs cannot share a batch of 32 images evenly.")
        assert "Choose a batch size of 30 or 33, or 2 or 4 GPUs." in region_text(
            app, "#train-message"
        )
        await pilot.press("ctrl+s")
        await pilot.pause()
        assert runs() == []


@pytest.mark.usefixtures("digits", "three_gpus")
async def test_settings_of_a_larger_machine_are_refused_until_changed() -> None:
    async with train() as (app, pilot):
        await until_seen(pilot, "GPUs")
        spec = app.screen.check()  # type: ignore[attr-defined]
        app.spec_to_repeat = msgspec.structs.replace(spec, gpus=8)
        app.screen._take_over()  # type: ignore[attr-defined]
        await until_seen(pilot, "✗ 8 GPUs were asked for, and a training can use 3 GPUs here.")
        await choose(pilot, app, "1")
        await until_seen(pilot, "ctrl+s now")
