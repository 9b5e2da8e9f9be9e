"""The app opened on a run at once, as `cnn-tui open` does."""

from __future__ import annotations

from tests.support.recording import Recorder
from tests.support.seeing import opened, region_text, until, until_seen


async def test_the_run_is_the_first_screen_and_escape_leads_to_the_list(
    recorder: Recorder,
) -> None:
    recorder.finished()
    run = recorder.died()
    async with opened((80, 24), run=run, watch_runs=True) as (app, pilot):
        await until_seen(pilot, "✗ died", "#head")
        assert app.current_mode == "runs"
        assert [type(screen).__name__ for screen in app.screen_stack] == ["RunsScreen", "RunScreen"]
        await until_seen(pilot, "esc Runs", "Footer")
        await pilot.press("escape")
        await until_seen(pilot, "finished", "#runs")
        await until(pilot, lambda: app.focused is not None and app.focused.id == "runs")
        await pilot.press("down", "enter")
        await until_seen(pilot, "✓ finished", "#head")
        await pilot.press("escape", "escape")
        await until_seen(pilot, "ctrl+q quits")
        assert app.current_mode == "home"


async def test_other_areas_are_reached_from_there(recorder: Recorder) -> None:
    async with opened((80, 24), run=recorder.finished()) as (_, pilot):
        await until_seen(pilot, "✓ finished", "#head")
        await pilot.press("1")
        await until_seen(pilot, "What a convolution")
        await pilot.press("5")
        await until_seen(pilot, "✓ finished", "#head")


async def test_a_run_that_was_deleted_meanwhile_does_no_harm(recorder: Recorder) -> None:
    run = recorder.finished()
    run.path.rename(run.path.with_name(".gone"))
    async with opened((80, 24), run=run) as (app, pilot):
        await until(pilot, lambda: bool(app.screen.query("#head")))
        await pilot.press("escape")
        await until_seen(pilot, "No training yet")
        assert "Runs" in region_text(app, "StatusLine")
