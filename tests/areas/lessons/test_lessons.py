"""The pages of a lesson: turning them, what stands on them, and coming back to the same one."""

from __future__ import annotations

import pytest
from textual.widgets import Input

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
from tui.course import read_progress, save_bookmark
from tui.course.lesson.page_blocks import CALCULATOR_FIELDS, CALCULATOR_ROWS
from tui.ui.layer_calculator import Calculator


@pytest.mark.usefixtures("made")
async def test_the_list_shows_each_lesson_with_its_length() -> None:
    async with opened() as (app, pilot):
        await pilot.press("1")
        await until_seen(pilot, "Made                                          5 pages   3 min")
        assert "Made for a test, with [/] and [@click=app.quit] in it." in screen_text(app)


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
async def test_a_message_does_not_lie_over_the_next_page() -> None:
    async with lesson() as (app, pilot):
        await pilot.press("enter")
        await until_toast(pilot, "Type your answer first")
        await turned(pilot, "n", "Second")
        await until(pilot, lambda: toasts(app) == "")


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
