"""The list of runs."""

from __future__ import annotations

from textual.pilot import Pilot
from textual.widgets import DataTable

from tests.app.recording import Recorder, append, epoch_ended
from tests.app.seeing import opened, region_text, screen_text, strips, until, until_seen

SIZE = (110, 30)


async def list_of_runs(pilot: Pilot[None]) -> DataTable[object]:
    """Go to the list and wait until it is filled."""
    await pilot.press("5")
    await until(pilot, lambda: bool(pilot.app.screen.query("#runs")))
    table = pilot.app.screen.query_one("#runs", DataTable)
    await until(pilot, lambda: table.row_count == len(pilot.app.runs))  # type: ignore[attr-defined]
    await pilot.pause()
    return table


async def test_each_state_has_its_sign_and_its_word(recorder: Recorder) -> None:
    recorder.finished()
    recorder.stopped()
    recorder.failed()
    recorder.died()
    recorder.live()
    async with opened(SIZE) as (app, pilot):
        await list_of_runs(pilot)
        rows = [" ".join(row.split()) for row in region_text(app, "#runs", words=False).split("\n")]
        assert rows[0] == "state name epochs best started"
        assert rows[1:6] == [
            "● running live digits · digits 3/10 val 0.8656 (epoch 3) 2026-11-22 05:12",
            "✗ died at epoch 4 died digits · digits 3/10 val 0.8656 (epoch 3) 2026-11-22 04:12",
            "✗ failed failed digits · digits 0/10 2026-11-22 03:12",
            "■ stopped stopped digits · digits 3/10 val 0.8656 (epoch 3) 2026-11-22 02:12",
            "✓ finished digits · digits 10/10 val 0.9671 (epoch 8) 2026-11-22 01:12",
        ]


async def test_without_runs_it_says_how_to_get_one() -> None:
    async with opened(SIZE) as (app, pilot):
        await pilot.press("5")
        await until_seen(pilot, "No training yet. 3 chooses images, 4 trains on them;")
        await pilot.press("enter")
        assert "No training yet" in screen_text(app)


async def test_enter_opens_the_run_under_the_cursor_and_escape_leads_back(
    recorder: Recorder,
) -> None:
    recorder.died()
    recorder.finished()
    async with opened(SIZE) as (app, pilot):
        await list_of_runs(pilot)
        await pilot.press("down", "enter")
        await until_seen(pilot, "died digits", "#head")
        await pilot.press("escape")
        await until_seen(pilot, "epochs", "#runs")
        await pilot.press("up", "enter")
        await until_seen(pilot, "✓ finished", "#head")
        await pilot.press("1", "5")
        await until_seen(pilot, "✓ finished", "#head")
        await pilot.press("escape", "escape")
        await until_seen(pilot, "Continue")
        assert app.current_mode == "home"


async def test_the_cursor_stays_on_its_run_when_a_new_one_appears(recorder: Recorder) -> None:
    recorder.died()
    recorder.stopped()
    recorder.finished()
    async with opened(SIZE, watch_runs=True) as (app, pilot):
        table = await list_of_runs(pilot)
        await pilot.press("down")
        assert app.runs[table.cursor_row].title.startswith("stopped")
        recorder.failed()
        await until_seen(pilot, "✗ failed", "#runs")
        assert app.runs[table.cursor_row].title.startswith("stopped")
        await pilot.press("enter")
        await until_seen(pilot, "■ stopped", "#head")


async def test_a_live_run_counts_up_in_the_list_and_dies_there(recorder: Recorder) -> None:
    run = recorder.live()
    async with opened(SIZE, watch_runs=True) as (app, pilot):
        await list_of_runs(pilot)
        await until_seen(pilot, "● running", "#runs")
        append(run, epoch_ended(4, 10))
        await until_seen(pilot, "4/10", "#runs")
        recorder.let_go()
        await until_seen(pilot, "✗ died at epoch 5", "#runs")
        assert "running" not in region_text(app, "#runs")


async def test_a_run_that_was_deleted_leaves_the_list(recorder: Recorder) -> None:
    gone = recorder.died()
    recorder.finished()
    async with opened(SIZE) as (app, pilot):
        await list_of_runs(pilot)
        gone.path.rename(gone.path.with_name(".gone"))
        await app.look_at_runs()
        await until(pilot, lambda: "died" not in region_text(app, "#runs"))
        await pilot.press("enter")
        await until_seen(pilot, "✓ finished", "#head")


async def test_hostile_names_are_harmless(recorder: Recorder) -> None:
    recorder.hostile()
    async with opened(SIZE) as (app, pilot):
        assert "[/] [@click=app.qui" in region_text(app, "#home-runs")
        await list_of_runs(pilot)
        await until_seen(pilot, "[/] [@click=app.quit]x[/] a␊b…", "#runs")
        for strip in strips(app):
            for segment in strip:
                assert all(ord(sign) >= 32 and sign != "\x7f" for sign in segment.text)
        await pilot.click("#runs", offset=(25, 1))
        await pilot.pause()
        assert app.is_running


async def test_damaged_folders_are_listed_or_passed_over_never_fatal(recorder: Recorder) -> None:
    run = recorder.finished(epochs=2)
    (run.path / "spec.json").write_text("{")
    other = recorder.torn()
    (other.path.parent / "no-run-at-all").mkdir()
    (other.path.parent / "a-file").write_text("x")
    async with opened(SIZE) as (app, pilot):
        await list_of_runs(pilot)
        seen = region_text(app, "#runs")
        assert "✗ died at epoch 4 torn digits" in seen
        assert "✓ finished 2026-11-22T011200" in seen
        assert "no-run-at-all" not in seen and "a-file" not in seen
