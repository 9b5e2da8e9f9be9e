"""The questions of a lesson: answers, slips that are explained, hints, and the solution shown."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.widgets import OptionList

from tests.areas.lessons.made_lesson import lesson, turned
from tests.areas.lessons.made_lesson import made as made
from tests.support.seeing import (
    opened,
    region_text,
    screen_text,
    toasts,
    until,
    until_seen,
    until_toast,
)
from tui.areas.lessons.lesson_screen import LessonScreen
from tui.course import read_progress


@pytest.mark.usefixtures("made")
async def test_a_typical_slip_is_explained_and_does_not_give_the_answer() -> None:
    async with lesson() as (app, pilot):
        await pilot.press("3", "enter")
        await until_seen(pilot, "✗", "Exercise")
        seen = region_text(app, "Exercise")
        assert "2P" in seen and "Try again, h gives a hint, x shows the answer." in seen
        assert "= 5" not in seen
        await until(pilot, lambda: read_progress().slips == {"forgot-2p": 1})


@pytest.mark.usefixtures("made")
async def test_the_same_wrong_answer_given_twice_is_one_slip() -> None:
    async with lesson() as (app, pilot):
        for _ in range(3):
            await pilot.press("3", "enter")
            await until_seen(pilot, "✗", "Exercise")
        await pilot.press("8", "enter")  # another slip
        await until_seen(pilot, "You left out F", "Exercise")
        await pilot.press("3", "enter")  # the first one again, after another
        await until_seen(pilot, "You left out 2P", "Exercise")
        await until(pilot, lambda: read_progress().slips == {"forgot-2p": 2, "forgot-f": 1})
        assert read_progress().answered["made", "padding"].tries == 3
        assert app.is_running


@pytest.mark.usefixtures("made")
async def test_the_right_answer_is_marked_and_explained_and_kept() -> None:
    async with lesson() as (app, pilot):
        await pilot.press("5", "enter")
        await until_seen(pilot, "✓ Right", "Exercise")
        seen = region_text(app, "Exercise")
        assert "5 − 3 + 2·1 + 1 = 5" in seen
        assert "It keeps its size." in seen and "n goes on." in seen
        await until(pilot, lambda: read_progress().solved("made") == {"padding"})
        await turned(pilot, "n", "Second")
        await turned(pilot, "p", "First")
        await until_seen(pilot, "✓ How wide is the output?")
        await pilot.press("escape", "escape")
        await until_seen(pilot, "1/2, open: 2")


@pytest.mark.usefixtures("made")
async def test_an_answer_that_is_no_number_counts_as_nothing() -> None:
    async with lesson() as (app, pilot):
        await pilot.press("minus", "enter")
        await until_seen(pilot, "…", "Exercise")
        assert "✗" not in region_text(app, "Exercise")
        await pilot.pause(0.1)
        assert read_progress().answered == {}


@pytest.mark.usefixtures("made")
async def test_hints_come_one_by_one() -> None:
    async with lesson() as (app, pilot):
        app.screen.set_focus(None)  # as escape does: the keys of the exercise stay
        assert "hint" not in region_text(app, "Exercise")
        await pilot.press("h")
        await until_seen(pilot, "hint 1 of 2: The first hint.")
        assert "The second hint." not in screen_text(app)
        await pilot.press("h")
        await until_seen(pilot, "hint 2 of 2: The second hint.")
        await pilot.press("h")
        await pilot.pause()
        assert "hint 2 of 2: The second hint." in screen_text(app)
        assert region_text(app, "#answer") == ""


@pytest.mark.usefixtures("made")
async def test_show_me_is_offered_until_it_was_shown() -> None:
    async with lesson() as (app, pilot):
        await until_seen(pilot, "x Show me", "Footer")
        await pilot.press("x")
        await until(pilot, lambda: "Show me" not in region_text(app, "Footer"))
        await pilot.press("3", "enter")  # the answer is no longer on screen
        await until_seen(pilot, "x Show me", "Footer")


@pytest.mark.usefixtures("made")
async def test_x_shows_the_steps_and_does_not_count_as_answered() -> None:
    async with lesson() as (app, pilot):
        await pilot.press("x")
        await until_seen(pilot, "n goes on.")
        seen = region_text(app, "#verdict")
        assert "5 + 2·1 = 7 columns" in seen and "W2 = 4 + 1 = 5." in seen
        await until(pilot, lambda: bool(read_progress().answered))
        view = read_progress()
        shown = view.answered["made", "padding"]
        assert (shown.correct, shown.tries, shown.way) == (False, 0, "shown")
        assert view.solved("made") == set()
        await until(pilot, lambda: read_progress().skills["output-width"].right == 0)


@pytest.mark.usefixtures("made")
async def test_a_choice_is_made_with_arrows_and_enter() -> None:
    async with lesson() as (app, pilot):
        await turned(pilot, "n", "Second")
        await until(pilot, lambda: app.focused is not None and app.focused.id == "options")
        await pilot.press("enter")
        await pilot.pause()
        assert not region_text(app, "#verdict"), "an enter too many answers nothing"
        await pilot.press("down", "enter")
        await until_seen(pilot, "✗ No: It was the wrong one.")
        await pilot.press("down", "enter")
        await until_seen(pilot, "✓ Right: It was the right one.")
        await until(pilot, lambda: read_progress().solved("made") == {"pick"})
        await pilot.press("x")
        await until_seen(pilot, "the right one: It was the right one.")


@pytest.mark.usefixtures("made")
async def test_a_letter_goes_to_its_option_until_the_answer_is_right() -> None:
    async with lesson() as (app, pilot):
        await turned(pilot, "n", "Second")
        options = app.screen.query_one("#options", OptionList)
        await until(pilot, lambda: app.focused is options)
        assert "⏎ Answer" in screen_text(app)
        await pilot.press("b")
        assert options.highlighted == 1
        assert not region_text(app, "#verdict"), "enter answers, not the letter"
        await pilot.press("a", "enter")
        await until_seen(pilot, "✗ No: It was the wrong one.")
        await pilot.press("b", "enter")
        await until_seen(pilot, "✓ Right: It was the right one.")
        await pilot.press("a")
        assert options.highlighted == 1


async def test_c_is_an_option_where_there_are_three_and_the_last_answer_says_where_to_go() -> None:
    async with opened((80, 24)) as (app, pilot):
        await pilot.press("l")
        await until_seen(pilot, "page 1 of", "#lesson-head")
        screen = app.screen
        assert isinstance(screen, LessonScreen)
        screen.page = 7
        await until_seen(pilot, "page 8 of 8", "#lesson-head")
        await until(pilot, lambda: app.focused is not None and app.focused.id == "options")
        await pilot.press("c", "enter")
        await until_seen(pilot, "✓ Right", "#verdict")
        seen = region_text(app, "#verdict")
        assert "n goes on to the end of the lesson." in seen
        await pilot.press("c")
        await until_seen(pilot, "y Copy")  # its Keras code


@pytest.mark.usefixtures("made")
async def test_what_is_typed_after_a_wrong_answer_replaces_it() -> None:
    async with lesson() as (app, pilot):
        await pilot.press("3", "enter")
        await until_seen(pilot, "✗", "Exercise")
        await pilot.press("5")
        await until(pilot, lambda: region_text(app, "#answer") == "5")
        await pilot.press("enter")
        await until_seen(pilot, "✓ Right", "Exercise")


@pytest.mark.usefixtures("made")
async def test_progress_that_cannot_be_kept_is_reported_and_the_lesson_goes_on(
    tmp_path: Path,
) -> None:
    async with lesson((120, 40)) as (app, pilot):
        state = tmp_path / "kept" / "state"
        state.rename(tmp_path / "away")
        state.write_text("a file where the folder was")
        await pilot.press("5", "enter")
        await until_seen(pilot, "✓ Right", "Exercise")
        await until_toast(pilot, "Progress is not saved.")
        assert "Cannot make the folder" in toasts(app)
        await turned(pilot, "n", "Second")
