"""Drills: ten exercises, what went wrong comes back, the list tells what is due."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot

from tests.areas.lessons.test_course import choose, give, slip, typed
from tests.support.seeing import opened, region_text, screen_text, until, until_seen, until_toast
from tui.app.app import CnnTuiApp
from tui.areas.lessons.drills_screen import DrillScreen
from tui.areas.lessons.lesson_screen import LessonScreen
from tui.course import SKILLS, ChoiceBlock, load_course, read_progress, record_answer


async def drilling(app: CnnTuiApp, pilot: Pilot[None], screen: DrillScreen) -> None:
    """Open drills in the area Lessons."""
    await app.switch_mode("lessons")
    await app.push_screen(screen)
    await until_seen(pilot, "Drill 1 of", "#lesson-head")


async def answer(app: CnnTuiApp, pilot: Pilot[None], screen: DrillScreen, *, right: bool) -> None:
    """Answer the drill on screen rightly, or with a slip."""
    question = screen._drills[screen.index].question
    await until_seen(pilot, " ".join(question.prompt.split()[:3]), "Exercise")
    if isinstance(question, ChoiceBlock):
        option = question.answer if right else question.answer % len(question.options) + 1
        await choose(pilot, app, option)
    else:
        words = typed(question) if right else slip(question)
        assert words is not None
        await give(pilot, app, question, words)
    await until_seen(pilot, "✓" if right else "✗", "#verdict")


async def test_a_daily_set_is_gone_through_and_summed_up() -> None:
    screen = DrillScreen(seed=5)
    async with opened((80, 24)) as (app, pilot):
        await drilling(app, pilot, screen)
        for number in range(10):
            await until_seen(pilot, f"Drill {number + 1} of 10", "#lesson-head")
            await answer(app, pilot, screen, right=number != 9)
            app.screen.set_focus(None)
            await pilot.press("n")
        await until_seen(pilot, "9 of 10 right at the first answer", "#drill-summary")
        await until(pilot, lambda: "Hint" not in region_text(app, "Footer"))
        await until(pilot, lambda: read_progress().drills == 10)
        await pilot.press("escape")
        await until_seen(pilot, "1 skill due for a drill", "#lessons-due")


@pytest.mark.parametrize("skill", SKILLS)
async def test_every_skill_can_be_drilled(skill: str) -> None:
    screen = DrillScreen(skill, seed=9, count=2)
    async with opened((80, 24)) as (app, pilot):
        await drilling(app, pilot, screen)
        await answer(app, pilot, screen, right=False)
        await answer(app, pilot, screen, right=True)
        state = read_progress().skills[skill]
        assert (state.tries, state.right) == (1, 0), "the first answer is the one that counts"
        app.screen.set_focus(None)
        await pilot.press("n")
        await until_seen(pilot, "Drill 2 of 2", "#lesson-head")
        app.screen.set_focus(None)  # in a line of code x is a letter
        await pilot.press("x")
        await until_seen(pilot, "n goes on", "#verdict")
        await until(pilot, lambda: read_progress().skills[skill].tries == 2)
        assert not read_progress().skills[skill].right, "being shown the way is not knowing it"


async def test_a_skill_is_chosen_from_the_list_and_its_code_is_shown() -> None:
    async with opened((80, 24)) as (_, pilot):
        await pilot.press("1")
        await until_seen(pilot, "What a convolution does")
        await pilot.press("s")
        await until_seen(pilot, "Drill one skill")
        await pilot.press(*"parameters", "enter")
        await until_seen(pilot, "parameters, level 1 of 5", "#lesson-head")
        await pilot.press("c")
        await until_seen(pilot, "Conv2D")
        await pilot.press("escape")
        await until_seen(pilot, "your answer", "Exercise")


async def test_the_window_plays_after_a_right_answer() -> None:
    screen = DrillScreen("output-width", seed=3, count=1)
    async with opened((80, 24)) as (app, pilot):
        await drilling(app, pilot, screen)
        assert not app.screen.query("SlidingWindow")
        await answer(app, pilot, screen, right=True)
        await until(pilot, lambda: bool(app.screen.query("SlidingWindow")))
        await until_seen(pilot, "row 1, column 2", "Exercise")


async def test_lessons_are_searched_and_opened_by_name_from_the_palette() -> None:
    async with opened((80, 24)) as (app, pilot):
        await pilot.press("1")
        await until_seen(pilot, "What a convolution does")
        await pilot.press("slash", *"recep")
        await until(pilot, lambda: "Stride" not in region_text(app, "#lessons"))
        assert "A stack of layers" in region_text(app, "#lessons")
        assert "Search" not in region_text(app, "Footer")  # there a slash is a letter
        await pilot.press(*"zzz")
        await until_seen(pilot, "No lesson matches: escape shows all.")
        assert region_text(app, "#lessons-about") == ""
        await pilot.press("escape")
        await until_seen(pilot, "Stride", "#lessons")
        assert "No lesson matches" not in screen_text(app)
        await pilot.press("ctrl+p")
        await until(pilot, lambda: bool(app.screen.query("CommandPalette Input, CommandInput")))
        await pilot.press(*"Lesson 8")
        await until_seen(pilot, "Lesson 8: Pooling")
        await pilot.press("enter")
        await until_seen(pilot, "8 Pooling", "#lesson-head")


async def test_answers_are_forgotten_after_a_question() -> None:
    first = load_course().lessons[0]
    assert record_answer(first.id, first.questions[0].id, True) == ""
    async with opened((80, 24)) as (_, pilot):
        await pilot.press("1")
        await until_seen(pilot, f"◐ 1 {first.title}", "#lessons")
        await pilot.press("R")
        await until_seen(pilot, "Delete")
        await pilot.press("enter")
        await until_seen(pilot, "Delete the answers of 1")
        await pilot.press("y")
        await until_seen(pilot, f"· 1 {first.title}", "#lessons")
        assert read_progress().answered == {}


async def test_the_slips_that_keep_coming_are_named() -> None:
    for _ in range(3):
        assert record_answer("x", "y", False, "forgot-2p") == ""
    async with opened((80, 24)) as (_, pilot):
        await pilot.press("1")
        await until_seen(pilot, "frequent mistakes: forgot 2P (3×)", "#lessons-due")


async def test_a_page_shows_its_keras_code_and_a_page_without_offers_none() -> None:
    async with opened((80, 24)) as (app, pilot):
        await pilot.press("l")
        await until_seen(pilot, "page 1 of", "#lesson-head")
        await until_seen(pilot, "c Code", "Footer")
        await pilot.press("c")
        await until_seen(pilot, "layers.Conv2D")
        await pilot.press("y")
        await until_toast(pilot, "The code is copied.")
        assert "Conv2D" in app.clipboard
        await pilot.press("escape")
        await until_seen(pilot, "page 1 of", "#lesson-head")
        await pilot.press("n")
        await until_seen(pilot, "page 2 of", "#lesson-head")
        app.screen.set_focus(None)  # among the options c is one of them
        await until(pilot, lambda: "Code" not in region_text(app, "Footer"))
        await pilot.press("c")
        assert isinstance(app.screen, LessonScreen)


async def test_a_picture_of_a_page_is_enlarged() -> None:

    first = load_course().lessons[0]
    number = next(
        n for n, page in enumerate(first.pages) if any(hasattr(p, "picture") for p in page.parts)
    )
    async with opened((80, 24)) as (app, pilot):
        await app.switch_mode("lessons")
        await app.push_screen(LessonScreen(first, number))
        await until_seen(pilot, "input: temple")
        await pilot.press("z")
        await until(pilot, lambda: type(app.screen).__name__ == "FilterWindow")
        await until_seen(pilot, "output: vertical edges")
        assert "▀" in screen_text(app)


async def test_the_palette_names_no_command_twice_and_the_footer_says_how_to_open() -> None:
    async with opened((80, 24)) as (app, pilot):
        for key, heading in (("1", "What a convolution does"), ("2", "zero padding")):
            await pilot.press(key)
            await until_seen(pilot, heading)
            titles = [command.title for command in app.get_system_commands(app.screen)]
            for title in ("Quit", "Open", "Predict"):
                assert titles.count(title) <= 1, title
            if key == "1":
                assert "⏎ Open" in screen_text(app)
