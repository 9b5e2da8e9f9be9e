"""A program to complete on a lesson's page; a recorded result stands in for the process."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from tests.support.recorded_programs import FAILED, RIGHT, WRONG, RecordedRuns
from tests.support.seeing import (
    SIZE,
    opened,
    region_text,
    screen_text,
    toasts,
    until,
    until_seen,
    until_toast,
)
from tui.app.app import CnnTuiApp
from tui.areas.lessons.lesson_end_screen import LessonEndScreen
from tui.areas.lessons.lesson_screen import LessonScreen
from tui.areas.lessons.program_editor import editor_command
from tui.areas.lessons.program_field import ProgramField
from tui.code_client.messages import Judged, RunResult
from tui.code_client.runner import RunnerError
from tui.course import parse_lesson, read_progress, record_program
from tui.course.exercises import EXERCISES

LESSON = """+++
id = "made"
title = "Made"
summary = "Made for a test."
minutes = 3
+++

# The formula

Some words.

```write formula
```

What follows, once it is right.

---

# The callback

```write callback
title = "Once more"
```

---

# The last step

```write notebook-maps
```
"""


@asynccontextmanager
async def page(
    runner: RecordedRuns, number: int = 0, size: tuple[int, int] = SIZE
) -> AsyncIterator[tuple[CnnTuiApp, Pilot[None]]]:
    """Open the app on a page with a program."""
    async with opened(size) as (app, pilot):
        app.code_runner = runner
        await app.push_screen(LessonScreen(parse_lesson(LESSON, "01-made.md"), number))
        await until(pilot, lambda: isinstance(app.focused, ProgramField))
        yield app, pilot


async def write(pilot: Pilot[None], text: str) -> None:
    """Write lines into the field, as a paste does."""
    field = pilot.app.screen.query_one(ProgramField)
    field.load_text(text)
    await pilot.pause()


async def test_a_slip_is_told_and_counts_once_and_a_right_line_goes_on() -> None:
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


async def test_what_is_written_stays_when_the_page_is_left() -> None:
    async with page(RecordedRuns(RIGHT)) as (app, pilot):
        await pilot.press(*"return 12345")
        await pilot.press("escape", "n")  # digits are text in the field, n is a key outside of it
        await until_seen(pilot, "Write the callback's method", "WriteExercise")
        await until(pilot, lambda: read_progress().drafts.get("formula") == "return 12345")
        await pilot.press("escape", "p")
        await until_seen(pilot, "return 12345", "ProgramField")
        await pilot.press("backspace")
        await until(pilot, lambda: app.screen.query_one(ProgramField).text == "return 1234")
    async with page(RecordedRuns(RIGHT)) as (app, pilot):  # the app was closed within that second
        assert app.screen.query_one(ProgramField).text == "return 1234"


async def test_several_lines_are_indented_and_run_with_a_key() -> None:
    runner = RecordedRuns(RIGHT)
    async with page(runner, 1) as (app, pilot):
        assert "^r Run" in screen_text(app)
        await pilot.press(*"def a(self):", "enter", *"if 1:", "enter", *"x = 2", "enter")
        await pilot.press("backspace", *"y = 3")
        field = app.screen.query_one(ProgramField)
        assert field.text == "def a(self):\n    if 1:\n        x = 2\n    y = 3"
        assert runner.programs == []
        await pilot.press("ctrl+r")
        await until_seen(pilot, "✓ Write the callback's method", "WriteExercise")
        lines = runner.programs[0].text.splitlines()
        assert lines[5:9] == ["    def a(self):", "        if 1:", "            x = 2",
                              "        y = 3"]  # fmt: skip
        assert "Once more" in screen_text(app)


async def test_a_line_that_is_asked_for_is_run_with_enter_and_the_footer_says_so() -> None:
    async with page(RecordedRuns(RIGHT)) as (app, pilot):
        assert "⏎ Run" in screen_text(app)
        await pilot.press("escape")
        await until_seen(pilot, "h Hint x Show me ^r Run e Editor s Save")


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


async def test_without_an_editor_in_a_terminal_a_sentence_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with page(RecordedRuns(RIGHT)) as (app, pilot):  # a test has no terminal to give away
        monkeypatch.setenv("EDITOR", sys.executable)
        await pilot.press("escape", "e")
        await until_toast(pilot, "An editor cannot be opened here")
        monkeypatch.setenv("PATH", "")
        monkeypatch.delenv("EDITOR")
        monkeypatch.delenv("VISUAL", raising=False)
        await pilot.press("e")
        await until_toast(pilot, "Name your editor in $EDITOR")
        assert app.is_running and "Traceback" not in toasts(app)


def test_the_editor_is_the_learners_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDITOR", "nano")
    monkeypatch.setenv("VISUAL", "code --wait 'a b'")
    assert editor_command() == ["code", "--wait", "a b"]
    monkeypatch.setenv("VISUAL", "'unbalanced")
    assert editor_command() == ["nano"]


async def test_all_of_a_page_is_seen_on_a_small_and_on_a_large_terminal() -> None:
    for size in ((80, 24), (120, 40)):
        async with page(RecordedRuns(WRONG), size=size) as (app, pilot):
            assert "Some words." in screen_text(app)
            await pilot.press(*"return 1", "enter")
            await until_seen(pilot, "The + 1 is missing.", "WriteExercise")
            await pilot.pause()
            seen = screen_text(app)
            above = () if size == (80, 24) else ("Some words.",)  # corrected in a larger program
            for words in (*above, "Complete output_size", "return 1", "It printed"):
                assert words in seen, (size, words)


_MUCH = "\n".join(f"line {number} of many" for number in range(200))


@pytest.mark.parametrize("number", [0, 2])
async def test_a_verdict_is_seen_however_much_was_printed(number: int) -> None:
    long = "The labels are pairs such as [1, 0], and a sigmoid wants one number. " * 3
    results = (
        RunResult(Judged(False, "Short.", "x"), _MUCH),
        RunResult(Judged(False, long.strip(), "x", "ValueError: no", 1, 6), _MUCH),
        RunResult(Judged(True, "Well done."), _MUCH),
    )
    async with page(RecordedRuns(*results), number) as (app, pilot):
        for result in results:
            await pilot.press("a", *(["enter"] if number != 1 else ["ctrl+r"]))
            await until_seen(pilot, result.judged.sentence, "#verdict")
            await until_seen(pilot, "line 0 of many", "WriteExercise")
            await until_seen(pilot, "aaa"[: results.index(result) + 1], "ProgramField")
        await pilot.press("tab", "end")  # what was printed is read without a mouse
        await until_seen(pilot, "line 199 of many", "WriteExercise")
        assert "Well done." in region_text(app, "WriteExercise")


async def test_the_program_follows_the_cursor() -> None:
    record_program("notebook-maps", "\n".join(f"first_{n} = {n}" for n in range(30)))
    async with page(RecordedRuns(WRONG), 2) as (app, pilot):
        await until_seen(pilot, "first_29", "WriteExercise")  # on arrival, far below the edge
        await pilot.press(*["up"] * 29)
        await until_seen(pilot, "first_0 ", "WriteExercise")
        await pilot.press(*["down"] * 29, "end", "ctrl+r")
        await until_seen(pilot, "The + 1 is missing.", "WriteExercise")
        await until_seen(pilot, "first_29", "WriteExercise")  # with fewer rows for the program
        await pilot.press(*" # end")
        await until_seen(pilot, "first_29 = 29 # end", "WriteExercise")
        assert isinstance(app.focused, ProgramField)


async def test_while_lines_are_corrected_the_program_has_the_rows_of_the_text() -> None:
    async with page(RecordedRuns(WRONG, RIGHT), size=(80, 24)) as (app, pilot):
        rows = app.screen.query_one("#program").size.height
        assert "Some words." in screen_text(app)
        await pilot.press(*"return 1", "enter")
        await until_seen(pilot, "The + 1 is missing.", "WriteExercise")
        await until(pilot, lambda: "Some words." not in screen_text(app))
        assert app.screen.query_one("#program").size.height >= min(rows, 5)
        await pilot.press("escape")  # to read on
        await until_seen(pilot, "Some words.")
        await pilot.press("tab")
        await until(pilot, lambda: isinstance(app.focused, ProgramField))
        await until(pilot, lambda: "Some words." not in screen_text(app))
        await pilot.press("enter")
        await until_seen(pilot, "✓ Complete output_size", "WriteExercise")
        await until_seen(pilot, "Some words.")


async def test_the_key_for_help_is_one_that_is_no_text() -> None:
    async with page(RecordedRuns(RIGHT), size=(80, 24)) as (app, pilot):
        await until_seen(pilot, "6 Look inside f1 help", "TopBar")
        await pilot.press("?")
        assert app.screen.query_one(ProgramField).text == "?"
        await pilot.press("escape")
        await until_seen(pilot, "6 Look inside ? help", "TopBar")


@pytest.mark.parametrize("keys", [("f1",), ("escape", "question_mark")])
async def test_help_explains_the_program_in_its_field_and_outside(keys: tuple[str, ...]) -> None:
    async with page(RecordedRuns(RIGHT), size=(120, 60)) as (app, pilot):
        await pilot.press(*keys)
        await until(pilot, lambda: bool(app.screen.query("#help")))
        await pilot.press("end")
        await until_seen(pilot, "It runs in a process and a folder of its own", "#help")


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


@pytest.mark.parametrize("key", ["s", "question_mark"])
async def test_a_window_gives_no_focus_to_a_field_that_was_left(key: str) -> None:
    async with page(RecordedRuns(RIGHT), 2) as (app, pilot):
        lesson = app.screen
        await pilot.press(*"abc", "escape", key)
        await until(pilot, lambda: app.screen is not lesson)
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is lesson)
        await pilot.pause()
        assert not isinstance(app.focused, ProgramField)
        await pilot.press("h")
        await until_seen(pilot, "hint 1 of 2", "WriteExercise")
        assert app.screen.query_one(ProgramField).text == "abc"


async def test_it_is_said_which_earlier_steps_are_solutions_and_what_a_saved_file_has(
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
