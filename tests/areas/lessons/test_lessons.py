"""A lesson: predict, be told why, get hints, and come back to the same page."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, OptionList

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
from tui.areas.lessons.lesson_screen import LessonScreen
from tui.course import Course, parse_lesson, read_progress, save_bookmark
from tui.course.lesson.page_blocks import CALCULATOR_FIELDS, CALCULATOR_ROWS
from tui.ui.layer_calculator import Calculator

MADE = """+++
id = "made"
title = "Made"
summary = "Made for a test, with [/] and [@click=app.quit] in it."
minutes = 3
skills = ["testing"]
+++

# First

Some **words**.

```predict
id = "padding"
input = "5x5x1"
layer = "conv:k=1,f=3,s=1,p=1"
asks = "W2"
prompt = "How wide is the output?"
hints = ["The first hint.", "The second hint."]
explain = "It keeps its size."
```

---

# Second

```choice
id = "pick"
prompt = "Which one?"
options = ["the wrong one", "the right one"]
answer = 2
why = ["It was the wrong one.", "It was the right one."]
```

---

# Third

```calculator
input = "7x7x1"
layer = "conv:k=1,f=3,s=1,p=0"
fixed = ["D1", "K"]
```

---

# Fourth

```code
print('[/] [red]')
```

---

# Fifth

Only words, and [a link](lesson:made).
"""


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> None:
    """Teach from one lesson made for these tests, so that the course may change."""
    course = Course((parse_lesson(MADE, "01-made.md"),), ())
    for module in (
        "tui.areas.lessons.lesson_list_screen",
        "tui.areas.lessons.lesson_screen",
        "tui.course",
    ):  # the first imports from the second
        monkeypatch.setattr(f"{module}.load_course", lambda: course)


@asynccontextmanager
async def lesson(
    size: tuple[int, int] = SIZE,
) -> AsyncIterator[tuple[CnnTuiApp, Pilot[None]]]:
    """Open the app on the lesson."""
    async with opened(size) as (app, pilot):
        await pilot.press("1")
        await until_seen(pilot, "Made")
        await pilot.press("enter")
        await until_seen(pilot, "How wide is the output?")
        await until(pilot, lambda: app.focused is not None and app.focused.id == "answer")
        yield app, pilot


async def turned(pilot: Pilot[None], key: str, heading: str) -> None:
    """Turn a page and wait for it."""
    await pilot.press(key)
    await until_seen(pilot, heading, "#words")


@pytest.mark.usefixtures("made")
async def test_the_list_shows_each_lesson_with_its_length() -> None:
    async with opened() as (app, pilot):
        await pilot.press("1")
        await until_seen(pilot, "Made                                          5 pages   3 min")
        assert "Made for a test, with [/] and [@click=app.quit] in it." in screen_text(app)


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
async def test_the_right_answer_is_marked_and_told_why_and_kept() -> None:
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


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
@pytest.mark.usefixtures("made")
async def test_a_calculator_has_the_rows_that_its_page_counts_on(size: tuple[int, int]) -> None:
    async with lesson(size) as (app, pilot):
        await turned(pilot, "n", "Second")
        await turned(pilot, "n", "Third")
        calculator = app.screen.query_one(Calculator)
        await until(pilot, lambda: "W2 = (W1 − F + 2P)/S + 1" in region_text(app, calculator))
        assert calculator.size.height == CALCULATOR_ROWS
        assert [field.id for field in calculator.query(Input)] == list(CALCULATOR_FIELDS)


@pytest.mark.usefixtures("made")
async def test_show_me_is_offered_until_it_was_shown() -> None:
    async with lesson() as (app, pilot):
        await until_seen(pilot, "x Show me", "Footer")
        await pilot.press("x")
        await until(pilot, lambda: "Show me" not in region_text(app, "Footer"))
        await pilot.press("3", "enter")  # the answer is no longer on screen
        await until_seen(pilot, "x Show me", "Footer")


@pytest.mark.usefixtures("made")
async def test_a_message_does_not_lie_over_the_next_page() -> None:
    async with lesson() as (app, pilot):
        await pilot.press("enter")
        await until_toast(pilot, "Type your answer first")
        await turned(pilot, "n", "Second")
        await until(pilot, lambda: toasts(app) == "")


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
async def test_a_calculator_on_a_page_works_and_keeps_its_fixed_numbers() -> None:
    async with lesson() as (app, pilot):
        await turned(pilot, "n", "Second")
        await turned(pilot, "n", "Third")
        await until_seen(pilot, "(7 − 3 + 2·0)/1 + 1 = 5")
        app.screen.query_one("#P").focus()
        await pilot.press("up")
        await until_seen(pilot, "(7 − 3 + 2·1)/1 + 1 = 7")
        assert app.screen.query_one("#K").disabled
        assert not app.screen.query_one("#F").disabled


@pytest.mark.usefixtures("made")
async def test_code_is_shown_as_it_is_and_copied() -> None:
    async with lesson() as (app, pilot):
        for heading in ("Second", "Third", "Fourth"):
            app.screen.set_focus(None)
            await turned(pilot, "pagedown", heading)
        assert "print('[/] [red]')" in screen_text(app)
        await pilot.press("y")
        await until_toast(pilot, "The code is copied.")
        assert app.clipboard.strip() == "print('[/] [red]')"


@pytest.mark.usefixtures("made")
async def test_the_first_and_the_last_page_are_the_ends() -> None:
    async with lesson() as (app, pilot):
        await pilot.press("p")
        await pilot.pause(0.05)
        assert "page 1 of 5" in screen_text(app)
        for heading in ("Second", "Third", "Fourth", "Fifth"):
            app.screen.set_focus(None)
            await turned(pilot, "right", heading)
        assert "page 5 of 5" in screen_text(app)
        await pilot.press("n")
        await until_seen(pilot, "Remember: ", "#lesson-result")
        await turned(pilot, "left", "Fifth")
        app.screen.set_focus(None)
        await turned(pilot, "left", "Fourth")


@pytest.mark.usefixtures("made")
async def test_quitting_and_reopening_lands_on_the_same_page() -> None:
    async with lesson() as (_, pilot):
        await turned(pilot, "n", "Second")
        await until(pilot, lambda: getattr(read_progress().bookmark, "page", 0) == 1)
    async with opened() as (app, pilot):
        await until_seen(pilot, "1 Made", "#home-list")
        assert "page 2 of 5" in region_text(app, "#home-list")
        await pilot.press("enter")
        await until_seen(pilot, "Second", "#words")
        assert "page 2 of 5" in screen_text(app)
    async with opened() as (_, pilot):
        await pilot.press("1")
        await until_seen(pilot, "◐  1  Made")
        await pilot.press("enter")
        await until_seen(pilot, "Second", "#words")


@pytest.mark.usefixtures("made")
async def test_a_place_beyond_a_lesson_that_became_shorter_opens_its_last_page() -> None:
    assert save_bookmark("made", 40) == ""
    async with opened() as (app, pilot):
        await until_seen(pilot, "page 5 of 5", "#home-list")
        await pilot.press("enter")
        await until_seen(pilot, "Fifth", "#words")
        assert "page 5 of 5" in screen_text(app)


@pytest.mark.usefixtures("made")
async def test_progress_that_cannot_be_kept_is_told_and_the_lesson_goes_on(tmp_path: Path) -> None:
    async with lesson((120, 40)) as (app, pilot):
        state = tmp_path / "kept" / "state"
        state.rename(tmp_path / "away")
        state.write_text("a file where the folder was")
        await pilot.press("5", "enter")
        await until_seen(pilot, "✓ Right", "Exercise")
        await until_toast(pilot, "Progress is not saved.")
        assert "Cannot make the folder" in toasts(app)
        await turned(pilot, "n", "Second")


async def test_every_page_of_the_own_course_fits_and_turns() -> None:
    async with opened((80, 24)) as (app, pilot):
        await pilot.press("l")
        await until_seen(pilot, "page 1 of")
        count = int(region_text(app, "#lesson-head").split("of ")[1].split()[0])
        assert count >= 5
        for page in range(1, count + 1):
            await until_seen(pilot, f"page {page} of {count}", "#lesson-head")
            await until(pilot, lambda: len(region_text(app, "#words")) > 40)
            for name in ("#page", "#words", "#thing"):
                place = app.screen.query_one(name)
                assert place.max_scroll_y == 0, f"page {page} is cut\n{screen_text(app)}"
            app.screen.set_focus(None)
            await pilot.press("n")
        await until_seen(pilot, "Remember: ", "#lesson-result")


@pytest.mark.usefixtures("made")
async def test_a_link_is_followed_without_a_mouse() -> None:
    async with lesson() as (app, pilot):
        await pilot.press("g")
        await until_toast(pilot, "There is no link on this page.")
        for heading in ("Second", "Third", "Fourth", "Fifth"):
            app.screen.set_focus(None)
            await turned(pilot, "n", heading)
        await pilot.press("g")
        await until_seen(pilot, "page 1 of 5", "#lesson-head")
        await until_seen(pilot, "How wide is the output?")
