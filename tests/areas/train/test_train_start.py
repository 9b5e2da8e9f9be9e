"""Starting a training: a replayed recording stands in for TensorFlow."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.areas.train.on_train import SIZE, drawn, put, runs, started, train
from tests.support.recording import best, control, script, write_script
from tests.support.seeing import (
    opened,
    region_text,
    screen_text,
    toasts,
    until,
    until_seen,
    until_toast,
)
from tui.runs.process import launch
from tui.runs.settings.spec import StopRule


@pytest.mark.usefixtures("digits")
async def test_start_opens_the_run_its_curve_grows_and_it_ends_in_a_sentence() -> None:
    async with train(watch_runs=True) as (app, pilot):
        await put(app, pilot, "epochs", "10")
        await put(app, pilot, "rule", "val_loss < 0.01")
        await put(app, pilot, "seed", "7")
        await started(pilot)
        spec = runs()[0].run.spec()
        assert (spec.name, spec.epochs, spec.seed) == ("digits · small", 10, 7)
        assert spec.stop_rule == StopRule("val_loss", "<", 0.01)
        await until(pilot, lambda: drawn(app) > 5)
        before = region_text(app, "#accuracy-chart", words=False)
        assert before.count("●") + before.count("▲") >= 3
        assert "stops when val_loss < 0.01" in screen_text(app)
        assert "step 24/48" in region_text(app, "#progress")
        (runs()[0].run.path / "go").touch()
        number, value = best(10)
        await until_seen(pilot, "✓ finished", "#head")
        words = " ".join(screen_text(app).split())
        assert f"All 10 epochs are done; best val_accuracy {value:.4f} (epoch {number})." in words
        assert f"best {value:.4f} (epoch {number})" in region_text(app, "#values")
        await until(pilot, lambda: region_text(app, "#accuracy-chart").count("●") >= 9)
        await until_seen(pilot, "nothing is training", "StatusLine")


@pytest.mark.usefixtures("digits")
async def test_t_on_home_trains_on_the_digits_at_once() -> None:
    async with opened(SIZE, watch_runs=True) as (app, pilot):
        await started(pilot, "t")
        spec = runs()[0].run.spec()
        assert (spec.name, spec.epochs) == ("digits · small", 10)
        await pilot.press("escape")
        await until_seen(pilot, "● running")
        assert app.current_mode == "runs"


@pytest.mark.usefixtures("digits")
async def test_s_stops_the_training_and_keeps_what_it_has() -> None:
    async with train() as (app, pilot):
        await started(pilot)
        await pilot.press("s")
        await until_seen(pilot, "■ stopped", "#head")
        assert "Stopped in epoch 4 as you asked; final.keras is saved." in screen_text(app)
        await until(pilot, lambda: "s Stop" not in screen_text(app))


@pytest.mark.usefixtures("digits")
async def test_a_second_s_asks_and_y_kills_a_trainer_that_does_not_listen() -> None:
    async with train() as (app, pilot):
        await started(pilot)
        run = runs()[0].run
        (run.path / "deaf").touch()
        await pilot.press("s")
        await until(pilot, lambda: control(run).want == "stop")
        await until_seen(pilot, "stop: requested; s again kills it at once", "#messages")
        assert run.alive()
        await pilot.press("s")
        await until_seen(pilot, "Kill the trainer now?")
        await pilot.press("enter")  # alone decides nothing
        await pilot.pause(0.05)
        assert run.alive()
        await pilot.press("y")
        await until_seen(pilot, "✗ died", "#head")
        assert not run.alive()
        assert "The trainer died at epoch 4" in " ".join(screen_text(app).split())


@pytest.mark.usefixtures("digits")
async def test_a_training_goes_on_when_the_app_is_quit_and_is_found_again() -> None:
    async with train() as (_, pilot):
        await started(pilot)
        run = runs()[0].run
    assert run.alive()
    async with opened(SIZE) as (_, pilot):
        await until_seen(pilot, "● digits · small ep 3/15", "#home-list")
        (run.path / "go").touch()
        await pilot.press("5", "enter")
        await until_seen(pilot, "✓ finished", "#head")


@pytest.mark.usefixtures("digits")
async def test_a_trainer_that_says_nothing_is_soon_said_to_have_died(
    replayed_trainer: Path,
) -> None:
    lines = list(script())
    write_script(replayed_trainer, [*lines[:6], b"{"])  # the replay breaks on a broken line
    async with train() as (app, pilot):
        await pilot.press("ctrl+s")
        await until_seen(pilot, "✗ died", "#head")
        await pilot.press("v")
        await until_seen(pilot, "AssertionError", ".reading")
        assert "Traceback" in screen_text(app)


@pytest.mark.usefixtures("digits")
async def test_a_trainer_that_cannot_be_started_is_reported(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(launch, "_COMMAND", ["/nowhere/python"])
    async with train() as (app, pilot):
        await pilot.press("ctrl+s")
        await until_toast(pilot, "Cannot start a trainer for")
        assert app.current_mode == "train"


@pytest.mark.usefixtures("digits")
async def test_a_state_folder_that_takes_no_run_is_reported(tmp_path: Path) -> None:
    async with train() as (app, pilot):
        state = tmp_path / "kept" / "state"
        state.rename(tmp_path / "away")
        state.write_text("a file where the folder was")
        await pilot.press("ctrl+s")
        await until_toast(pilot, "Not started")
        assert app.current_mode == "train" and app.is_running


async def test_the_waiting_trainer_is_sent_away_with_the_app() -> None:
    async with train(taken=False) as (app, _):
        waiting = app.launcher._ready
        assert waiting is not None and waiting.poll() is None
    waiting.wait(timeout=20)


@pytest.mark.usefixtures("digits")
async def test_what_was_said_about_a_screen_does_not_cover_the_next_one() -> None:
    async with opened((80, 24)) as (app, pilot):
        await pilot.press("4")
        await until_seen(pilot, "No images chosen yet")
        await pilot.press("ctrl+s")
        await until_toast(pilot, "Choose images first")
        assert "Choose images first" in toasts(app)
        await pilot.press("escape", "5")
        await until_seen(pilot, "No training yet")
        assert toasts(app) == ""
