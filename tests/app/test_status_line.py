"""The status line and Home show what is being trained, and what keeps runs from being seen."""

from __future__ import annotations

from pathlib import Path

from tests.support.recording import Recorder, append, finished, whole_epochs
from tests.support.seeing import opened, region_text, until, until_seen
from tui.ui.area_screen import AREAS


async def test_the_status_line_follows_the_live_run_on_every_screen(recorder: Recorder) -> None:
    run = recorder.live()
    async with opened(watch_runs=True) as (app, pilot):
        for area in AREAS:
            await pilot.press("right_square_bracket")
            await until(pilot, lambda mode=area.mode: app.current_mode == mode)  # type: ignore[misc]
            await until_seen(pilot, "● live digits · small ep 3/10 val 0.8656", "StatusLine")
        await pilot.press("escape")
        append(run, whole_epochs(4, 4, 10)[3:])
        await until_seen(pilot, "● live digits · small ep 4/10", "StatusLine")
        append(run, [*whole_epochs(5, 10, 10), *finished(10)])
        recorder.let_go()
        await until_seen(pilot, "nothing is training", "StatusLine")
        assert "✓ live digits · small ep 10/10 val 0.9671" in region_text(app, "#home-list")


async def test_the_status_line_counts_more_than_one_live_run(recorder: Recorder) -> None:
    recorder.live()
    recorder.live()
    async with opened() as (app, _):
        assert region_text(app, "StatusLine").endswith("and 1 more")


async def test_home_shows_the_runs_and_where_they_are_all_listed(recorder: Recorder) -> None:
    for _ in range(7):
        recorder.finished(epochs=2)
    async with opened() as (app, _):
        seen = region_text(app, "#home-list")
        assert seen.count("✓ digits · small ep 2/2 val 0.7567") == 5
        assert "5 shows all 7" in seen


async def test_home_tells_runs_of_one_name_apart_on_a_small_terminal(recorder: Recorder) -> None:
    for _ in range(2):
        recorder.finished(epochs=2)
    async with opened((80, 24)) as (app, pilot):
        await until_seen(pilot, "✓ digits", "#home-list")
        seen = region_text(app, "#home-list", words=False)
        assert "…" not in seen
        # What follows the names stands in one column.
        assert len({row.index("val") for row in seen.splitlines() if "val" in row}) == 1


async def test_a_state_folder_that_becomes_unusable_is_reported_and_survived(
    recorder: Recorder, tmp_path: Path
) -> None:
    recorder.finished(epochs=2)
    async with opened((120, 40), watch_runs=True) as (app, pilot):
        await until_seen(pilot, "✓ digits", "#home-list")
        state = tmp_path / "kept" / "state"
        state.rename(tmp_path / "away")
        state.write_text("a file where the folder was")
        await until_seen(pilot, f"✗ Cannot make the folder {state}"[:50], "StatusLine")
        for area in AREAS:
            await pilot.press("right_square_bracket")
            await until(pilot, lambda mode=area.mode: app.current_mode == mode)  # type: ignore[misc]
            await until_seen(pilot, "✗ Cannot make the folder", "StatusLine")
        state.unlink()
        (tmp_path / "away").rename(state)
        await until_seen(pilot, "Look inside", "StatusLine")
        assert app.is_running
