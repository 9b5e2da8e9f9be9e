"""Home: what it says on the first visit, and what it offers later."""

from __future__ import annotations

import pytest

from tests.support.recording import Recorder, spec
from tests.support.seeing import opened, region_text, screen_text, until, until_seen
from tui.course import load_course, save_bookmark

SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
LIST = "#home-list"


@SIZES
async def test_the_first_visit_says_what_this_is_how_to_leave_and_begins_with_lesson_1(
    size: tuple[int, int],
) -> None:
    async with opened(size) as (app, pilot):
        await until_seen(pilot, "how a convolutional network works")
        assert "ctrl+q quits" in screen_text(app)
        assert "Continue" not in region_text(app, LIST) and "Runs" not in region_text(app, LIST)
        await pilot.press("enter")
        await until_seen(pilot, "page 1 of", "#lesson-head")


@SIZES
async def test_later_visits_begin_with_what_is_open_and_what_runs(
    recorder: Recorder, size: tuple[int, int]
) -> None:
    lesson = load_course().lessons[2]
    assert save_bookmark(lesson.id, 1) == ""
    recorder.live()
    for _ in range(3):
        recorder.finished()
    async with opened(size) as (app, pilot):
        await until_seen(pilot, "lesson 3", LIST)
        rows = region_text(app, LIST, words=False).splitlines()
        assert rows[0].split() == ["Continue"] and "page 2 of" in rows[1]
        # The run being trained comes first, though three were created after it.
        assert "● live digits" in rows[rows.index("Runs") + 1 if "Runs" in rows else 4]
        await pilot.press("down")
        await pilot.press("enter")
        await until_seen(pilot, "● running", "#head")


async def test_enter_does_the_row_that_the_arrows_chose_and_home_begins_at_its_top_again() -> None:
    async with opened((80, 24)) as (app, pilot):
        await until_seen(pilot, "calculate the output", LIST)
        await pilot.press("down", "down", "down", "enter")
        await until_seen(pilot, "zero padding")
        app.action_area("home")
        await until(pilot, lambda: bool(app.screen.query(LIST)))
        await pilot.press("enter")
        await until_seen(pilot, "page 1 of", "#lesson-head")


async def test_a_long_name_is_cut_between_words_and_its_numbers_are_whole(
    recorder: Recorder,
) -> None:
    long = "cats and dogs with augmentation and 0.25 of all the images that there are"
    recorder.make([], spec(long))
    async with opened((80, 24)) as (app, pilot):
        await until_seen(pilot, "cats and dogs", LIST)
        row = next(
            line for line in region_text(app, LIST, words=False).splitlines() if "cats" in line
        )
        name = row.partition(" …")[0].split("cats", 1)[1]
        assert long.startswith(f"cats{name} ")
        assert "ep 0/10" in row
