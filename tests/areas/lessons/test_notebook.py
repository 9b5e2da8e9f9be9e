"""The notebook of a course: its steps stand on earlier answers, and it is saved as a file."""

from __future__ import annotations

from pathlib import Path

from textual.widgets import Input

from tests.areas.lessons.program_page import page, write
from tests.support.recorded_programs import RIGHT, RecordedRuns
from tests.support.seeing import (
    region_text,
    toasts,
    until,
    until_toast,
)
from tui.course import record_program
from tui.course.exercises import EXERCISES


async def test_later_steps_stand_on_earlier_answers() -> None:
    record_program("notebook-pictures", "train = validation = mine()", correct=True)
    runner = RecordedRuns(RIGHT)
    async with page(runner, 2) as (_, pilot):
        await pilot.press(*"maps_of = 1", "enter")
        await until(pilot, lambda: bool(runner.programs))
        assert "train = validation = mine()" in runner.programs[0].before
        assert EXERCISES["notebook-network"].solution in runner.programs[0].before


async def test_the_notebook_is_taken_away_as_a_file(tmp_path: Path) -> None:
    record_program("notebook-pictures", "train = validation = mine()", correct=True)
    async with page(RecordedRuns(RIGHT), 2) as (app, pilot):
        await write(pilot, "maps_of = yours()")
        await pilot.press("escape", "s")
        await until(pilot, lambda: isinstance(app.focused, Input))
        place = app.screen.query_one(Input)
        assert place.value.endswith("notebook.py")
        place.value = str(tmp_path / "mine.py")
        await pilot.press("enter")
        await until_toast(pilot, "Written:")
    text = (tmp_path / "mine.py").read_text()
    assert "maps_of = yours()" in text and "train = validation = mine()" in text
    compile(text, "mine.py", "exec")


async def test_earlier_steps_that_are_solutions_and_what_a_saved_file_has_are_named(
    tmp_path: Path,
) -> None:
    record_program("notebook-pictures", "train = validation = mine()", correct=True)
    async with page(RecordedRuns(RIGHT), 2) as (app, pilot):
        seen = region_text(app, "WriteExercise")
        assert "Solutions shown for steps 2, 3, 4 and 5: you have no right lines" in seen
        await write(pilot, "maps_of = (")
        await pilot.press("escape", "s")
        await until(pilot, lambda: isinstance(app.focused, Input))
        app.screen.query_one(Input).value = str(tmp_path / "mine.py")
        await pilot.press("enter")
        await until_toast(pilot, "Solutions shown for steps 2, 3, 4 and 5")
        said = toasts(app)
        assert "Not found right yet: your lines for step 6." in said
        assert "Python cannot read line" in said
        assert "SIDE, BATCH, EPOCHS are 64, 20, 15" in said
