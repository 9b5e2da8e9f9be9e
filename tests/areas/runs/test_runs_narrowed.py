"""The list of runs narrowed by words, and runs marked in it."""

from __future__ import annotations

from tests.areas.runs.on_runs import SIZE, list_of_runs
from tests.support.recording import MOMENT, Recorder, spec
from tests.support.seeing import opened, region_text, until, until_seen, until_toast
from tui.runs.store.create_run import create_run
from tui.runs.store.run_label import write_label


async def test_typing_narrows_the_list_and_escape_shows_all(recorder: Recorder) -> None:
    recorder.finished(epochs=2)
    recorder.stopped()
    run = recorder.died()
    write_label(run, note="too large a step")
    async with opened(SIZE) as (app, pilot):
        table = await list_of_runs(pilot)
        await pilot.press("slash", *"stop")
        await until(pilot, lambda: table.row_count == 1)
        assert "■ stopped" in region_text(app, "#runs")
        assert "Runs · 1 of 3" in region_text(app, "StatusLine")
        await pilot.press(*" died")
        await until_seen(pilot, "No run matches: escape shows all.")
        assert "esc Show all" in region_text(app, "Footer")
        assert "Filter" not in region_text(app, "Footer")  # there a slash is a letter
        await pilot.press("escape")
        await until(pilot, lambda: table.row_count == 3)
        # A word of a note finds a run too; enter leads into the list, enter again opens.
        await pilot.press("slash", *"large", "enter")
        await until(pilot, lambda: table.row_count == 1)
        await pilot.press("enter")
        await until_seen(pilot, "✗ died", "#head")
        await pilot.press("escape")
        await until_seen(pilot, "Runs · 1 of 3", "StatusLine")
        await pilot.press("escape")
        await until_seen(pilot, "Runs · 3", "StatusLine")


async def test_two_hundred_runs_are_listed_and_narrowed(recorder: Recorder) -> None:
    for number in range(200):
        create_run(spec(f"try {number:03}"), now=MOMENT.replace(day=1 + number % 28))
    async with opened((80, 24)) as (app, pilot):
        table = await list_of_runs(pilot)
        assert table.row_count == 200
        await pilot.press("end")
        await until_seen(pilot, "11-01", "#runs")
        await pilot.press("slash", *"try 137")
        await until(pilot, lambda: table.row_count == 1)
        assert "try 137 · small" in region_text(app, "#run-details")


async def test_space_marks_up_to_six_in_their_order(recorder: Recorder) -> None:
    for _ in range(7):
        recorder.finished(epochs=2)
    async with opened(SIZE) as (app, pilot):
        await list_of_runs(pilot)
        await pilot.press("c")
        await until_toast(pilot, "Mark two to 6 runs with space first")
        await pilot.press("down", *["space"] * 6)
        rows = region_text(app, "#runs", words=False).split("\n")[1:8]
        assert [row[:2].strip() for row in rows] == ["", "1", "2", "3", "4", "5", "6"]
        assert "7 · 6 marked" in region_text(app, "StatusLine")
        await pilot.press("home", "space")
        await until_toast(pilot, "6 runs are marked")
        await pilot.press("down", "space")  # takes the first mark away
        rows = region_text(app, "#runs", words=False).split("\n")[1:8]
        assert [row[:2].strip() for row in rows] == ["", "", "1", "2", "3", "4", "5"]
        await pilot.press("escape")
        assert "marked" not in region_text(app, "StatusLine")
        assert app.current_mode == "runs"


async def test_marked_runs_are_compared(recorder: Recorder) -> None:
    recorder.finished(epochs=2)
    recorder.stopped()
    async with opened(SIZE) as (app, pilot):
        await list_of_runs(pilot)
        await pilot.press("space", "c")
        await until(pilot, lambda: type(app.screen).__name__ == "CompareScreen")
        await until_seen(pilot, "stopped digits")
        await pilot.press("escape")
        await until_seen(pilot, "1 marked", "StatusLine")
