"""Runs taken up from the list: repeated with a change, resumed, started out of their turn."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from tests.areas.runs.on_runs import SIZE, list_of_runs
from tests.support.recording import Recorder, began, finished, spec, whole_epochs
from tests.support.seeing import opened, region_text, until, until_seen, until_toast
from tui.runs.store.run_list import RunList


@pytest.mark.usefixtures("digits")
async def test_another_run_begins_with_the_settings_of_an_earlier_one(
    recorder: Recorder, digits: Path
) -> None:
    data = msgspec.structs.replace(spec().data, directory=str(digits), batch_size=17)
    training = msgspec.structs.replace(
        spec("digits", epochs=9), data=data, share=0.125, learning_rate=0.002, optimizer="sgd"
    )
    recorder.make([*began(), *whole_epochs(1, 9, 9), *finished(9)], training)
    async with opened(SIZE) as (app, pilot):
        await list_of_runs(pilot)
        await pilot.press("a")
        await until_seen(pilot, "8×8×1, batch 17, categorical", "#train-data")
        assert app.current_mode == "train"
        assert "↕ sgd" in region_text(app, "#optimizer")
        assert getattr(app.focused, "id", "") == "epochs"
        await pilot.press("up", "ctrl+n")
        await until(pilot, lambda: len(RunList().read()) == 2)
        new = RunList().read()[0].run.spec()
        assert new == msgspec.structs.replace(training, epochs=10, name="digits · small 2")


@pytest.mark.usefixtures("digits")
async def test_a_network_of_ones_own_is_taken_over_as_it_was(
    recorder: Recorder, digits: Path
) -> None:
    data = msgspec.structs.replace(spec().data, directory=str(digits))
    own = "8x8x1 flatten dense:k=10,a=softmax"
    recorder.make(began(), msgspec.structs.replace(spec(), data=data, network=own))
    async with opened(SIZE) as (_, pilot):
        await list_of_runs(pilot)
        await pilot.press("a")
        await until_seen(pilot, "↕ as before", "#model")
        await until_seen(pilot, "650", "#network")
        await pilot.press("ctrl+n")
        await until(pilot, lambda: len(RunList().read()) == 2)
        assert RunList().read()[0].run.spec().network == own


async def test_settings_of_images_that_are_gone_are_reported(recorder: Recorder) -> None:
    recorder.finished(epochs=2)  # its images lie in a folder that is not there
    async with opened(SIZE) as (app, pilot):
        await list_of_runs(pilot)
        await pilot.press("a")
        await until_toast(pilot, "/images/digits")
        assert app.current_mode == "runs"


async def test_r_takes_up_a_run_that_died(recorder: Recorder) -> None:
    run = recorder.make(began())
    async with opened(SIZE) as (_, pilot):
        await list_of_runs(pilot)
        assert "✗ died" in region_text(pilot.app, "#runs")
        await pilot.press("r")
        await until_seen(pilot, "● running", "#head")
        (run.path / "go").touch()
        await until_seen(pilot, "✓ finished", "#head")


async def test_r_on_a_finished_run_leads_to_where_it_is_given_more_epochs(
    recorder: Recorder,
) -> None:
    recorder.finished(epochs=2)
    async with opened(SIZE) as (_, pilot):
        await list_of_runs(pilot)
        await pilot.press("r")
        await until_seen(pilot, "✓ finished", "#head")
        await until_toast(pilot, "r resumes it")
        await pilot.press("r")
        await until_seen(pilot, "Resume after epoch 2")


async def test_r_starts_a_waiting_run_out_of_its_turn(recorder: Recorder) -> None:
    recorder.live()
    first, second = recorder.queued(), recorder.queued()
    async with opened(SIZE) as (_, pilot):
        await list_of_runs(pilot)
        assert "queued 2nd" in region_text(pilot.app, "#runs").split("queued 1st")[0]
        await pilot.press("r")
        await until_seen(pilot, "● running", "#head")
        assert second.alive() and first.state(None) == "queued"
        (second.path / "go").touch()
        await until_seen(pilot, "✓ finished", "#head")
        await pilot.press("escape", "down", "enter")
        await until_seen(pilot, "… waits for the other runs, the 1st to start; r now", "#progress")
        (first.path / "go").touch()
        recorder.let_go()
        await until_seen(pilot, "✓ finished", "#head")
