"""A page of a lesson is read in its file's order, and what follows a question waits for it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from textual.pilot import Pilot

from tests.support.seeing import opened, region_text, screen_text, until, until_seen
from tui.app.app import CnnTuiApp
from tui.areas.lessons.lesson_screen import LessonScreen
from tui.course import parse_lesson, read_progress

LONG = " ".join(f"Word {number} of many." for number in range(1, 91))
MADE = f"""+++
id = "order"
title = "Order"
summary = "Made for a test."
minutes = 3
+++

# Code in the middle

Said before the code.

```code
first = 1
```

Said between.

```code
second = 2
```

Said after the code.

```choice
id = "pick"
prompt = "Which one?"
options = ["the wrong one", "the right one"]
answer = 2
why = ["It was the wrong one.", "It was the right one."]
```

Said after the question.

---

# Only to read

```code
third = 3
```

Said of the third.

---

# A number

```predict
id = "wide"
input = "5x5x1"
layer = "conv:k=1,f=3"
asks = "H2"
prompt = "How high is it?"
```

Three it is.

---

# A long answer

```choice
id = "long"
prompt = "And here?"
options = ["the wrong one", "the right one"]
answer = 2
why = ["No.", "It was the right one."]
```

{LONG}

---

# Something to do

Before it.

```calculator
input = "9x9x1"
layer = "conv:k=1,f=3"
```

Behind the calculator.
"""
SMALL, LARGE = (80, 24), (120, 40)
both_sizes = pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x40"])


@asynccontextmanager
async def page(
    number: int, size: tuple[int, int]
) -> AsyncIterator[tuple[CnnTuiApp, Pilot[None], LessonScreen]]:
    """Open a page of the lesson, counted from 1."""
    async with opened(size) as (app, pilot):
        await app.switch_mode("lessons")
        screen = LessonScreen(parse_lesson(MADE, "01-order.md"), number - 1)
        await app.push_screen(screen)
        await shown(pilot, number)
        yield app, pilot, screen


async def shown(pilot: Pilot[None], number: int) -> None:
    """Wait until a page is on screen, and its thing, if any, has the focus."""
    await until_seen(pilot, f"page {number} of 5", "#lesson-head")
    await until(pilot, lambda: number == 2 or getattr(pilot.app.focused, "id", None) is not None)


def row(app: CnnTuiApp, text: str) -> int:
    """Return the row of the screen that a text stands in."""
    found = [at for at, line in enumerate(screen_text(app).split("\n")) if text in line]
    assert found, f"{text} is not to be seen\n{screen_text(app)}"
    return found[0]


@both_sizes
async def test_words_and_code_stand_in_the_order_of_the_file(size: tuple[int, int]) -> None:
    async with page(1, size) as (app, pilot, _):
        await until_seen(pilot, "Said after the code.")
        texts = ("before the code", "first = 1", "Said between", "second = 2", "after the code")
        rows = [row(app, text) for text in texts]
        assert rows == sorted(set(rows))
        if size == SMALL:
            assert row(app, "Which one?") > rows[-1]
        await pilot.press("n")
        await until_seen(pilot, "Said of the third.")
        assert row(app, "third = 3") < row(app, "Said of the third.")


@both_sizes
async def test_what_follows_a_question_is_read_once_it_is_answered(size: tuple[int, int]) -> None:
    async with page(1, size) as (app, pilot, screen):
        await until_seen(pilot, "Said after the code.")
        await pilot.press("a", "enter")
        await until_seen(pilot, "✗ No: It was the wrong one.")
        assert "Said after the question." not in screen_text(app)
        await pilot.press("b", "enter")
        await until_seen(pilot, "✓ Right: It was the right one.")
        await until_seen(pilot, "Said after the question.")
        assert row(app, "Said after the question.") > row(app, "It was the right one.")
        await until(pilot, lambda: read_progress().solved("order") == {"pick"})
        screen.page = 1
        await shown(pilot, 2)
        screen.page = 0
        await shown(pilot, 1)
        await until_seen(pilot, "✓ Which one?")
        await until_seen(pilot, "Said after the question.")
    async with page(1, size) as (_, pilot, _screen):
        await until_seen(pilot, "Said after the question.")


@both_sizes
async def test_what_follows_a_question_is_read_once_its_answer_was_shown(
    size: tuple[int, int],
) -> None:
    async with page(3, size) as (app, pilot, screen):
        await until_seen(pilot, "How high is it?")
        assert "Three it is." not in screen_text(app)
        await pilot.press("4", "enter")
        await until_seen(pilot, "✗", "#verdict")
        await pilot.press("h")
        await pilot.pause()
        assert "Three it is." not in screen_text(app)
        await pilot.press("x")
        await until(pilot, lambda: app.screen.query_one("#after").display)
        await pilot.press("end")
        await until_seen(pilot, "Three it is.")
        screen.page = 1
        await shown(pilot, 2)
        screen.page = 2
        await shown(pilot, 3)
        await until_seen(pilot, "? How high is it?")
        await pilot.pause()
        assert "Three it is." not in screen_text(app), "it was not answered"


async def test_a_page_that_became_long_shows_the_verdict_and_scrolls_by_keys() -> None:
    async with page(4, SMALL) as (app, pilot, _):
        await pilot.press("b", "enter")
        await until_seen(pilot, "✓ Right: It was the right one.")
        await until_seen(pilot, "Word 1 of many.")
        assert "Word 90 of many." not in screen_text(app)
        assert "✓ Right" in screen_text(app)
        await pilot.press("pagedown")
        await until_seen(pilot, "Word 90 of many.")
        await pilot.press("pageup", "pageup")
        await until_seen(pilot, "And here?")
        assert "page 4 of 5" in region_text(app, "#lesson-head")


async def test_page_down_turns_a_page_of_options_that_is_whole() -> None:
    async with page(1, SMALL) as (_, pilot, _screen):
        await pilot.press("pagedown")
        await until_seen(pilot, "Only to read", "#words")


@both_sizes
async def test_words_behind_something_to_play_with_stand_below_it(size: tuple[int, int]) -> None:
    async with page(5, size) as (app, pilot, _):
        await until_seen(pilot, "Behind the calculator.")
        assert row(app, "Behind the calculator.") > row(app, "W2 = ")
        if size == SMALL:
            assert row(app, "Before it.") < row(app, "W2 = ")


async def test_hints_and_answers_are_offered_where_there_is_a_question() -> None:
    async with page(1, SMALL) as (app, pilot, screen):
        await until_seen(pilot, "h Hint x Show me", "Footer")
        screen.page = 1
        await shown(pilot, 2)
        await until_seen(pilot, "Said of the third.")
        await until(pilot, lambda: "Hint" not in region_text(app, "Footer"))
        assert "Show me" not in region_text(app, "Footer")
        assert "n Next" in region_text(app, "Footer")


async def test_a_question_without_words_stands_below_its_heading() -> None:
    """In a column of its own it would have an empty one beside it."""
    async with page(3, LARGE) as (app, pilot, _):
        await until_seen(pilot, "How high is it?")
        at = row(app, "How high is it?")
        assert at > row(app, "A number")
        assert screen_text(app).split("\n")[at].index("How high") < 10
