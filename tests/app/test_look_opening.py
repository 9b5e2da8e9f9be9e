"""Look inside: from where a run is opened, where escape leads, and a run without weights."""

from __future__ import annotations

from tests.app.curved import ended_run, overfitting
from tests.app.on_look import look
from tests.app.on_run import shown
from tests.app.recording import Recorder
from tests.app.seeing import opened, region_text, screen_text, until, until_seen, until_toast
from tui.screens.look import LookScreen
from tui.training.runs import RunFolder


async def test_without_a_run_it_says_what_to_do() -> None:
    async with opened((80, 24)) as (_, pilot):
        await pilot.press("6")
        await until_seen(pilot, "No training has weights to look into yet", "#look-empty")
        await until_seen(pilot, "4 trains a network", "#look-empty")


async def test_a_run_without_weights_is_told_of(recorder: Recorder) -> None:
    recorder.live()
    async with opened() as (_, pilot):
        await pilot.press("5")
        await until_seen(pilot, "live digits", "#runs")
        await pilot.press("i")
        await until_toast(pilot, "has no weights yet")
        await until_seen(pilot, "No training has weights to look into yet", "#look-empty")


async def test_a_run_without_weights_does_not_deny_the_others(
    looked_into: RunFolder, recorder: Recorder
) -> None:
    bare = ended_run(recorder, overfitting, 3)
    async with shown(bare) as (app, pilot):
        await until_seen(pilot, "✓ finished", "#head")
        await pilot.press("i")
        await until_toast(pilot, "has no weights yet")
        await until_seen(pilot, "Nothing is open. c takes a run", "#look-empty")
        assert "No training has weights" not in screen_text(app)


async def test_from_a_runs_own_screen(looked_into: RunFolder) -> None:
    async with opened() as (app, pilot):
        await pilot.press("5")
        await until_seen(pilot, "digits", "#runs")
        await pilot.press("enter")
        await until_seen(pilot, "✓ finished", "#head")
        await pilot.press("g")
        await until_seen(pilot, "12 channels", "#look-maps")
        assert app.current_mode == "look"


async def test_from_the_list_the_chosen_run_is_opened_and_not_the_newest(
    looked_into: RunFolder, recorder: Recorder
) -> None:
    newest = recorder.finished(hour=20)
    (newest.path / "best.keras").write_bytes(b"recorded")
    async with opened() as (app, pilot):
        await pilot.press("5")
        await until_seen(pilot, "digits · digits", "#runs")
        for _ in range(2):  # asked for once more it is opened once more
            await pilot.press("end", "i")
            await until_seen(pilot, "12 channels", "#look-maps")
            assert isinstance(app.screen, LookScreen)
            assert app.screen.session.wish.run == str(looked_into.path)
            app.screen.open_run(newest)
            await until(pilot, lambda: "digits · digits" in region_text(app, "#look-top"))
            await pilot.press("5")
            await until_seen(pilot, "digits · digits", "#runs")


async def test_another_run(looked_into: RunFolder, recorder: Recorder) -> None:
    recorder.finished(hour=20)
    async with opened() as (app, pilot):
        await look(pilot)
        await pilot.press("c")
        await until_seen(pilot, "A run to look into")
        # The run without weights is none of them.
        assert screen_text(app).count("✓ finished") == 1
        await pilot.press("escape")
        await until_seen(pilot, "12 channels", "#look-maps")


async def test_escape_leads_back_to_the_list_that_asked(looked_into: RunFolder) -> None:
    async with opened() as (app, pilot):
        await pilot.press("5")
        await until_seen(pilot, "✓ finished", "#runs")
        await pilot.press("i")
        await until_seen(pilot, "12 channels", "#look-maps")
        await pilot.press("escape")
        await until(pilot, lambda: app.current_mode == "runs")
        # Asked for by its own key, the area leads Home as every other.
        await pilot.press("6", "escape")
        await until(pilot, lambda: app.current_mode == "home")
