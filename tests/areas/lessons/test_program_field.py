"""The field of a program on a lesson's page: what is typed, what is in sight, keys, the editor."""

from __future__ import annotations

import sys

import pytest

from tests.areas.lessons.program_page import page
from tests.support.recorded_programs import RIGHT, WRONG, RecordedRuns
from tests.support.seeing import (
    region_text,
    screen_text,
    toasts,
    until,
    until_seen,
    until_toast,
)
from tui.areas.lessons.program_editor import editor_command
from tui.areas.lessons.program_field import ProgramField
from tui.code_client.messages import Judged, RunResult
from tui.course import read_progress, record_program


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
