"""A program to complete on a lesson's page: it is run and judged, with hints and a solution."""

from __future__ import annotations

import pytest

from tests.areas.lessons.program_page import LESSON, page, write
from tests.support.recorded_programs import FAILED, RIGHT, WRONG, RecordedRuns
from tests.support.seeing import (
    region_text,
    screen_text,
    until,
    until_seen,
)
from tui.areas.lessons.lesson_end_screen import LessonEndScreen
from tui.areas.lessons.lesson_screen import LessonScreen
from tui.areas.lessons.program_field import ProgramField
from tui.code_client.runner import RunnerError
from tui.course import parse_lesson, read_progress


async def test_a_slip_is_explained_and_counts_once_and_a_right_line_goes_on() -> None:
    runner = RecordedRuns(WRONG, WRONG, RIGHT)
    async with page(runner) as (app, pilot):
        await pilot.press(*"return 1", "enter")
        await until_seen(pilot, "The + 1 is missing.", "WriteExercise")
        seen = screen_text(app)
        assert "(150, 3, 1, 0) 147" in seen and "[/] \u241b[2J" in seen
        assert "esc leaves the field, then h gives a hint" in seen
        assert "What follows" not in seen
        assert runner.programs[0].text.splitlines()[5] == "    return 1"
        await pilot.press("enter")
        await until(pilot, lambda: len(runner.programs) == 2)
        await until(pilot, lambda: read_progress().slips == {"no-plus-one": 1})
        await pilot.press("backspace", "2", "enter")
        await until_seen(pilot, "✓ Complete output_size", "WriteExercise")
        await until(pilot, lambda: "formula" in read_progress().solved("made"))
        progress = read_progress()
        assert progress.answered["made", "formula"].tries == 2
        assert progress.programs["formula"] == "return 2"
        assert progress.slips == {"no-plus-one": 1}
        await until(pilot, lambda: all(after.display for after in app.screen.query("#after")))


async def test_an_error_is_no_answer() -> None:
    async with page(RecordedRuns(FAILED)) as (app, pilot):
        await pilot.press(*"sze", "enter")
        await until_seen(pilot, "NameError: name 'sze' is not defined", "WriteExercise")
        assert "in line 6, which is yours" in region_text(app, "WriteExercise")
        assert not read_progress().answered


async def test_nothing_written_is_not_run() -> None:
    runner = RecordedRuns(RIGHT)
    async with page(runner) as (_, pilot):
        await pilot.press("enter")
        await until_seen(pilot, "Nothing is written yet.", "WriteExercise")
        assert runner.programs == []


async def test_hints_come_one_by_one_and_a_solution_is_shown_without_counting() -> None:
    async with page(RecordedRuns(RIGHT)) as (app, pilot):
        await pilot.press("escape", "h")
        await until_seen(pilot, "hint 1 of 3: It is the formula", "WriteExercise")
        await pilot.press("h")
        await until_seen(pilot, "hint 2 of 3:", "WriteExercise")
        await pilot.press("x")
        await until_seen(pilot, "return (size - f + 2 * p) // s + 1", "WriteExercise")
        assert app.screen.query_one(ProgramField).text == ""
        (shown,) = read_progress().answered.values()
        assert (shown.correct, shown.tries, shown.way) == (False, 0, "shown")


@pytest.mark.parametrize(
    ("keys", "way"), [((), "at once"), (("h",), "with help"), (("h", "x"), "shown")]
)
async def test_help_with_a_program_is_counted_at_the_end_of_the_lesson(
    keys: tuple[str, ...], way: str
) -> None:
    async with page(RecordedRuns(RIGHT)) as (app, pilot):
        await pilot.press("escape", *keys)
        await write(pilot, "return 2")
        await pilot.press("ctrl+r")
        await until(pilot, lambda: "formula" in read_progress().solved("made"))
        await pilot.press("h")  # once it is right, a hint is no help
        await until_seen(pilot, "hint ", "WriteExercise")
        assert read_progress().answered["made", "formula"].way == way
        await app.push_screen(
            LessonEndScreen(parse_lesson(LESSON, "01-made.md"), turn_to=LessonScreen)
        )
        words = {"at once": "right at once", "with help": "right, not at once"}
        await until_seen(pilot, words.get(way, "shown, then right"))


@pytest.mark.parametrize("leave", [("escape", "n"), ("ctrl+r",)])
async def test_a_program_that_runs_is_stopped_by_its_key_and_by_leaving(
    leave: tuple[str, ...],
) -> None:
    runner = RecordedRuns(RIGHT)
    runner.wait = True
    async with page(runner) as (_, pilot):
        await pilot.press(*"return 1", "enter")
        await until_seen(pilot, "Running …", "WriteExercise")
        await pilot.press(*leave)
        await until(pilot, lambda: runner.cancelled)
        if leave == ("ctrl+r",):
            await until_seen(pilot, "Stopped.", "WriteExercise")


async def test_a_process_that_cannot_be_started_is_a_sentence() -> None:
    async with page(RecordedRuns(RunnerError("Keras cannot be loaded: no memory."))) as (
        app,
        pilot,
    ):
        await pilot.press(*"return 1", "enter")
        await until_seen(pilot, "Keras cannot be loaded: no memory.", "WriteExercise")
        assert not read_progress().answered and app.is_running


async def test_a_solution_is_offered_until_it_was_shown() -> None:
    async with page(RecordedRuns(WRONG)) as (app, pilot):
        await pilot.press("escape")
        await until_seen(pilot, "x Show me", "Footer")
        await pilot.press("x")
        await until_seen(pilot, "One that is right", "WriteExercise")
        await until(pilot, lambda: "Show me" not in region_text(app, "Footer"))
        await write(pilot, "return 1")
        await pilot.press("ctrl+r")
        await until_seen(pilot, "x Show me", "Footer")


async def test_a_verdict_names_the_key_that_goes_on_from_where_the_focus_is() -> None:
    async with page(RecordedRuns(RIGHT)) as (app, pilot):
        await pilot.press(*"return 1", "enter")
        await until_seen(pilot, "esc leaves the field, then n goes on.", "WriteExercise")
        await pilot.press("escape", "ctrl+r")
        await until(
            pilot,
            lambda: (
                "n goes on." in (seen := region_text(app, "WriteExercise"))
                and "then n goes on." not in seen
            ),
        )
