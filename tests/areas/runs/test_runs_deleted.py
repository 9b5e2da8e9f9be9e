"""Runs named, noted and deleted from the list."""

from __future__ import annotations

from pathlib import Path

from textual.pilot import Pilot

from tests.areas.runs.on_runs import SIZE, list_of_runs
from tests.support.recording import Recorder
from tests.support.seeing import opened, region_text, screen_text, until, until_seen, until_toast
from tui.app.app import CnnTuiApp
from tui.runs.store.run_label import RunLabel, read_label


async def until_none_waits(pilot: Pilot[None], app: CnnTuiApp) -> None:
    """Wait until no run waits any more."""

    async def look() -> bool:
        await app.look_at_runs()
        return not any(one.state == "queued" for one in app.runs)

    for _ in range(600):
        if await look():
            return
        await pilot.pause(0.1)
    raise AssertionError(screen_text(app))


async def test_a_name_and_a_note_are_kept_and_shown_everywhere(recorder: Recorder) -> None:
    run = recorder.finished(epochs=2)
    async with opened(SIZE) as (_, pilot):
        await list_of_runs(pilot)
        await pilot.press("n")
        await until_seen(pilot, "Name and note")
        await pilot.press(*"first try", "enter", *"why [x]?", "enter")
        await until_seen(pilot, "first try", "#runs")
        await until_seen(pilot, "“why [x]?”", "#run-details")
        assert read_label(run) == RunLabel("first try", "why [x]?")
        assert run.spec().name == "digits · small"
        await pilot.press("n")
        await until_seen(pilot, "Name and note")
        await pilot.press("ctrl+u", *"other", "escape")  # leaves it as it was
        await pilot.pause()
        assert read_label(run).name == "first try"
        await pilot.press("escape")
        await until_seen(pilot, "✓ first try", "#home-list")


async def test_delete_asks_with_name_and_size_and_spares_everything_else(
    recorder: Recorder, tmp_path: Path
) -> None:
    kept = recorder.finished(epochs=2)
    gone = recorder.died()
    outside = tmp_path / "images"
    outside.mkdir()
    (outside / "cat.png").write_bytes(b"x")
    (gone.path / "link").symlink_to(outside)
    (gone.path / "best.keras").write_bytes(b"x" * 2_500_000)
    async with opened(SIZE) as (_, pilot):
        await list_of_runs(pilot)
        await pilot.press("d")
        await until_seen(pilot, "Delete this run for good")
        await until_seen(pilot, "2.51 MB")
        await until_seen(pilot, "died digits · small, died at epoch 4")
        await pilot.press("enter", "n")
        await list_of_runs(pilot)
        assert gone.path.exists()
        await pilot.press("d")
        await until_seen(pilot, "Delete this run for good")
        await pilot.press("y")
        await until(pilot, lambda: len(pilot.app.runs) == 1)  # type: ignore[attr-defined]
        assert not gone.path.exists() and kept.path.exists()
        assert (outside / "cat.png").exists()


async def test_all_marked_runs_are_deleted_at_once(recorder: Recorder) -> None:
    runs = [recorder.finished(epochs=2) for _ in range(3)]
    async with opened(SIZE) as (_, pilot):
        table = await list_of_runs(pilot)
        await pilot.press("space", "space", "d")
        await until_seen(pilot, "Delete these 2 runs for good")
        await pilot.press("y")
        await until(pilot, lambda: table.row_count == 1)
        assert [run.path.exists() for run in runs] == [True, False, False]


async def test_a_run_at_work_is_not_deleted(recorder: Recorder) -> None:
    run = recorder.live()
    async with opened(SIZE) as (app, pilot):
        await list_of_runs(pilot)
        await pilot.press("d")
        await until_toast(pilot, "is being trained: stop it first")
        assert len(app.screen_stack) == 1 and run.path.exists()


async def test_waiting_runs_tell_their_place_and_leave_the_queue_when_deleted(
    recorder: Recorder,
) -> None:
    recorder.live()
    first = recorder.queued(hour=20)
    recorder.queued(hour=10)
    async with opened((80, 24)) as (app, pilot):
        table = await list_of_runs(pilot)
        shown = region_text(app, "#runs")
        assert "… queued 1st queued digits" in shown and "… queued 2nd queued digits" in shown
        assert "… queued, the 1st to start" in region_text(app, "#run-details")
        await pilot.press("d")
        await until_seen(pilot, "Take this run out of the queue and delete it?")
        await pilot.press("y")
        await until(pilot, lambda: table.row_count == 2)
        assert not first.path.exists()
        await until_seen(pilot, "… queued 1st", "#runs")
        recorder.let_go()  # what is at work ends: the queue goes on, and is not held up
        await until_none_waits(pilot, app)


async def test_a_damaged_run_can_be_named_and_deleted_but_not_repeated(recorder: Recorder) -> None:
    run = recorder.finished(epochs=2)
    (run.path / "spec.json").write_text("{")
    async with opened(SIZE) as (_, pilot):
        await list_of_runs(pilot)
        await until_seen(pilot, "its settings cannot be read", "#run-details")
        await pilot.press("a")
        await until_toast(pilot, "is damaged")
        await pilot.press("d", "y")
        await until_seen(pilot, "No training yet")
        assert not run.path.exists()
