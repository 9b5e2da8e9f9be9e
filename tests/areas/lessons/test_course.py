"""Every lesson of the course, page by page: a slip is explained, the right answer is taken."""

from __future__ import annotations

import re

import pytest
from textual.binding import Binding
from textual.pilot import Pilot
from textual.widgets import Markdown
from textual.widgets.markdown import MarkdownFence

from tests.support.recorded_programs import RIGHT, RecordedRuns
from tests.support.seeing import opened, region_text, screen_text, until, until_seen
from tui.app.app import CnnTuiApp
from tui.areas.lessons.answer_fields import AnswerInput, CodeInput
from tui.areas.lessons.lesson_screen import LessonScreen
from tui.areas.lessons.program_field import ProgramField
from tui.areas.look_inside.look_screen import LookScreen
from tui.course import (
    ChainBlock,
    ChoiceBlock,
    CountBlock,
    ExpectBlock,
    FixBlock,
    Lesson,
    PredictBlock,
    Prose,
    Question,
    SolveBlock,
    WriteBlock,
    judge,
    load_course,
    read_progress,
    solution_text,
)
from tui.course.judging.chain_numbers import chain_answers
from tui.geometry import slips

COURSE = load_course()
SMALL, LARGE = (80, 24), (120, 40)


def typed(question: Question) -> list[str]:
    """Return what goes into each field for a right answer."""
    match question:
        case ChainBlock():
            return [str(number) for number in chain_answers(question)]
        case SolveBlock():
            return [word.partition("=")[2] for word in solution_text(question).split()]
        case _:
            return [solution_text(question).replace(",", "")]


def slip(question: Question) -> list[str] | None:
    """Return a typical wrong answer, a field each; None where there is none to type."""
    match question:
        case PredictBlock():
            own = slips(question.asks, question.effect) if len(question.effects) == 1 else ()
            wrong = next((one.value for one in own if one.value >= 0), None)
            number = int(solution_text(question).replace(",", ""))
            return [str(wrong if wrong is not None else number + 1)]
        case ChainBlock():
            first, *rest = chain_answers(question)
            return [str(first + 1), *map(str, rest)]
        case SolveBlock():
            right = typed(question)
            return [str(int(right[0]) + 1), *right[1:]]
        case CountBlock():
            return [str(question.answer + 7)]
        case FixBlock():
            return ["pass"]
        case ChoiceBlock() | ExpectBlock():
            return None


async def give(pilot: Pilot[None], app: CnnTuiApp, question: Question, words: list[str]) -> None:
    """Type an answer into its fields, in order, and press enter."""
    if isinstance(question, FixBlock):
        line = app.screen.query_one(CodeInput)
        line.focus()
        line.value = words[0]
        await pilot.press("enter")
        return
    fields = list(app.screen.query(AnswerInput))
    for field in fields:
        field.value = ""
    fields[0].focus()
    for number, word in enumerate(words):
        await pilot.press(*word)
        await pilot.press("enter")
        if number + 1 < len(words):
            await until(pilot, lambda n=number: app.focused is fields[n + 1])  # type: ignore[misc]


async def whole(pilot: Pilot[None], app: CnnTuiApp) -> None:
    """Wait until the page is laid out, and see that nothing of it is cut off."""
    places = [app.screen.query_one(name) for name in ("#page", "#words", "#thing")]
    await until(pilot, lambda: all(place.max_scroll_y == 0 for place in places if place.display))


async def choose(pilot: Pilot[None], app: CnnTuiApp, option: int) -> None:
    """Choose an option by its number, from 1, with the arrows."""
    app.screen.query_one("#options").focus()
    await pilot.press("home", *["down"] * (option - 1), "enter")


async def answer_page(pilot: Pilot[None], app: CnnTuiApp, question: Question) -> None:
    """Give a slip and see it explained, then the right answer and see it taken."""
    if isinstance(question, ExpectBlock):
        await choose(pilot, app, 2)
        await until_seen(pilot, "✓ Kept.", "#verdict")
        return
    if isinstance(question, ChoiceBlock):
        wrong = question.answer % len(question.options) + 1
        await choose(pilot, app, wrong)
        await until_seen(pilot, "✗ No:", "#verdict")
        assert question.why[wrong - 1][:20] in region_text(app, "#verdict")
        await choose(pilot, app, question.answer)
    else:
        words = slip(question)
        assert words is not None
        verdict = judge(question, " ".join(words))
        assert not verdict.correct and verdict.understood
        await give(pilot, app, question, words)
        await until_seen(pilot, "✗", "#verdict")
        start = " ".join(verdict.sentence.split()[:4])
        assert start in region_text(app, "#verdict"), screen_text(app)
        await give(pilot, app, question, typed(question))
    await until_seen(pilot, "✓", "#verdict")
    await until_seen(pilot, "goes", "#verdict")


async def write_program(pilot: Pilot[None], app: CnnTuiApp, block: WriteBlock) -> None:
    """Write a solution and run it; a recorded result stands in for the process."""
    app.screen.query_one(ProgramField).load_text(block.exercise.solution)
    await pilot.press("ctrl+r")
    await until_seen(pilot, "✓ For 216 settings", "WriteExercise")


@pytest.mark.many_cases
@pytest.mark.parametrize("lesson", COURSE.lessons, ids=lambda one: one.id)
async def test_a_lesson_is_gone_through_with_slips_and_right_answers(lesson: Lesson) -> None:
    async with opened(SMALL) as (app, pilot):
        app.code_runner = RecordedRuns(RIGHT)
        await app.switch_mode("lessons")
        await app.push_screen(LessonScreen(lesson))
        for number, page in enumerate(lesson.pages, start=1):
            await until_seen(pilot, f"page {number} of {len(lesson.pages)}", "#lesson-head")
            await until_seen(pilot, page.heading, "#words")
            await whole(pilot, app)
            for question in page.questions:
                await answer_page(pilot, app, question)
            for block in page.tasks:
                if isinstance(block, WriteBlock):
                    await write_program(pilot, app, block)
            app.screen.set_focus(None)
            await pilot.press("n")
        solved = {task.id for task in lesson.tasks}
        await until(pilot, lambda: read_progress().solved(lesson.id) == solved)
        await until_seen(pilot, "Remember: ", "#lesson-result")
        ended = region_text(app, "#lesson-result")
        judged = [one for one in lesson.questions if not isinstance(one, ExpectBlock)]
        slips = f"{len(judged)} after a hint or a wrong answer"
        assert slips in ended if judged else "right at once" in ended, ended
        assert " open" not in ended
        await pilot.press("escape")
        await pilot.press("end")  # the last lesson stands below the others
        if lesson is not COURSE.lessons[-1]:
            await pilot.press("home")
        await until_seen(pilot, f"✓ {lesson.number} {lesson.title}", "#lessons")


@pytest.mark.many_cases
@pytest.mark.parametrize("lesson", COURSE.lessons, ids=lambda one: one.id)
async def test_words_and_things_stand_side_by_side_where_there_is_room(lesson: Lesson) -> None:
    async with opened(LARGE) as (app, pilot):
        await app.switch_mode("lessons")
        await app.push_screen(LessonScreen(lesson))
        for number, page in enumerate(lesson.pages, start=1):
            await until_seen(pilot, f"page {number} of {len(lesson.pages)}", "#lesson-head")
            await until_seen(pilot, page.heading, "#words")
            words, thing = app.screen.query_one("#words"), app.screen.query_one("#thing")
            assert words.query(Markdown) or page.tasks
            await whole(pilot, app)
            if app.screen.query("FilteredPicture, WriteExercise"):
                assert thing.region.width > 100, "a picture or a program takes the whole width"
            elif not words.query("Markdown, .code"):
                assert thing.region.y >= words.region.bottom - 1, "there are no words beside it"
            elif thing.children:
                assert thing.region.x >= words.region.right - 1
            for drawing in app.screen.query("MarkdownFence > Label"):
                room = drawing.query_ancestor(MarkdownFence).region.width
                assert drawing.outer_size.width <= room, f"a drawing is cut\n{screen_text(app)}"
            for field in app.screen.query("AnswerInput, NumberInput"):
                assert field.region.right <= thing.region.right and field.region.width > 5
                assert app.screen.get_widget_at(field.region.x, field.region.y)[0] is field
            app.screen.set_focus(None)
            await pilot.press("n")


async def test_the_first_window_shows_no_weights_before_they_are_known() -> None:
    first = COURSE.lessons[0]
    async with opened(LARGE) as (app, pilot):
        await app.switch_mode("lessons")
        await app.push_screen(LessonScreen(first, 0))
        await until_seen(pilot, "? In how many places", "Exercise")
        await pilot.press("3", "enter")
        await until_seen(pilot, "the filter reads 9 values and writes", "SlidingWindow")
        seen = region_text(app, "SlidingWindow")
        assert "filter 3×3" in seen and "■" in seen
        assert not re.search(r"\d·", seen), "there are no products without weights"
        app.screen.query_one("SlidingWindow").focus()
        await pilot.press("f", "e")
        assert "ready" not in screen_text(app) and "editing" not in screen_text(app)
        await app.push_screen(LessonScreen(first, 2))
        await until_seen(pilot, "Input 8×6", "Exercise")
        await pilot.press("4", "enter")
        await until(pilot, lambda: bool(re.search(r"\d·", region_text(app, "SlidingWindow"))))


async def test_a_chain_shows_its_layers_in_keras() -> None:
    stack = next(lesson for lesson in COURSE.lessons if lesson.id == "stack")
    async with opened(SMALL) as (app, pilot):
        await app.switch_mode("lessons")
        await app.push_screen(LessonScreen(stack, 0))
        await until_seen(pilot, "Conv2D(16, 3)", "Exercise")
        seen = region_text(app, "Exercise")
        assert "MaxPooling2D(2)" in seen and "conv:k" not in seen


def test_the_keys_that_lesson_17_names_are_those_of_look_inside() -> None:
    lesson = next(lesson for lesson in COURSE.lessons if lesson.id == "feature-maps")
    page = next(page for page in lesson.pages if page.heading == "Your own network")
    text = " ".join(part.markdown for part in page.parts if isinstance(part, Prose))
    keys = {
        key: binding.id or ""
        for binding in LookScreen.BINDINGS
        if isinstance(binding, Binding)
        for key in binding.key.split(",")
    }
    assert keys["k"] == "look.code" and keys["enter"] == "look.enlarge"
    assert "look.epoch" in keys["right_square_bracket"]
    # In the enlarged map k moves the cursor: what is said of k is said before it.
    assert text.index("**k**") < text.index("**enter**") < text.index("**escape**")
