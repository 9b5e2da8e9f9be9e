"""The end of a lesson: what was right, what is open, where to go on; and what was expected."""

from __future__ import annotations

from textual.pilot import Pilot

from tests.areas.lessons.test_course import choose
from tests.support.seeing import opened, region_text, screen_text, until, until_seen
from tui.app.app import CnnTuiApp
from tui.areas.lessons.drills_screen import DrillScreen
from tui.areas.lessons.lesson_screen import LessonScreen
from tui.course import load_course, read_progress, record_answer, record_note

CURVES = load_course().lesson("curves")
assert CURVES is not None


async def at_the_end(app: CnnTuiApp, pilot: Pilot[None]) -> None:
    """Turn from the last page of lesson 15 to its end."""
    assert CURVES is not None
    await app.switch_mode("lessons")
    await app.push_screen(LessonScreen(CURVES, len(CURVES.pages) - 1))
    await until_seen(pilot, CURVES.pages[-1].heading, "#words")
    app.screen.set_focus(None)
    await pilot.press("n")
    await until_seen(pilot, "Remember: ", "#lesson-result")


async def test_open_pages_are_a_key_away_and_a_right_answer_closes_one() -> None:
    assert CURVES is not None
    first, second, third, *_ = CURVES.tasks
    record_answer(CURVES.id, first.id, True)
    record_answer(CURVES.id, second.id, False)
    record_note(CURVES.id, third.id, "shown")
    async with opened((80, 24)) as (app, pilot):
        await at_the_end(app, pilot)
        rows = region_text(app, "#lesson-result", words=False).split("\n")
        at = {
            row.split("page ")[1].split()[0]: " ".join(row.split())
            for row in rows
            if "page " in row
        }
        assert at["1"] == "✓ page 1 Two accuracies right at once"
        assert at["2"] == "a ✗ page 2 Better than what? open: not right yet"
        assert at["4"].startswith("b · page 4") and at["4"].endswith("open: it was shown")
        assert f"1 right at once · {len(CURVES.tasks) - 1} open" in screen_text(app)
        await pilot.press("a")
        await until_seen(pilot, "Better than what?", "#words")
        await choose(pilot, app, 3)
        await until_seen(pilot, "✓ Right", "#verdict")
        await pilot.press("escape")
        await until_seen(pilot, "◐ 15 Reading curves", "#lessons")
        line = next(row for row in screen_text(app).split("\n") if "Reading curves" in row)
        assert f"2/{len(CURVES.tasks)}, open: 4, 5, 6" in line and line.rstrip(" █▇▆▅").endswith(
            "…"
        )


async def test_enter_goes_to_the_next_lesson_and_p_back() -> None:
    async with opened((80, 24)) as (app, pilot):
        await at_the_end(app, pilot)
        assert "lesson 16: Small datasets" in screen_text(app)
        await pilot.press("p")
        await until_seen(pilot, "The course's curves", "#words")
        app.screen.set_focus(None)
        await pilot.press("n")
        await until_seen(pilot, "Remember: ", "#lesson-result")
        await pilot.press("enter")
        await until_seen(pilot, "16 Small datasets", "#lesson-head")
        assert isinstance(app.screen, LessonScreen)


async def test_d_drills_what_the_lesson_teaches_and_escape_comes_back() -> None:
    async with opened((80, 24)) as (app, pilot):
        await at_the_end(app, pilot)
        assert "drills: overfitting (new)" in screen_text(app)
        await pilot.press("d")
        await until_seen(pilot, "Drill 1 of 10 overfitting, level 1", "#lesson-head")
        assert isinstance(app.screen, DrillScreen)
        app.screen.set_focus(None)
        await pilot.press("escape")
        await until_seen(pilot, "Remember: ", "#lesson-result")


async def test_the_last_lesson_has_no_next_one() -> None:
    last = load_course().lessons[-1]
    async with opened((80, 24)) as (app, pilot):
        await app.switch_mode("lessons")
        await app.push_screen(LessonScreen(last, len(last.pages) - 1))
        await until_seen(pilot, last.pages[-1].heading, "#words")
        app.screen.set_focus(None)
        await pilot.press("n")
        await until_seen(pilot, "This was the last lesson.", "#lesson-result")
        assert "Next lesson" not in region_text(app, "Footer")
        await pilot.press("enter")
        await until_seen(pilot, "This was the last lesson.", "#lesson-result")


async def test_a_hint_a_shown_answer_and_a_prediction_are_kept() -> None:
    assert CURVES is not None
    async with opened((80, 24)) as (app, pilot):
        await app.switch_mode("lessons")
        await app.push_screen(LessonScreen(CURVES, 0))
        await until_seen(pilot, "page 1 of", "#lesson-head")
        await until(pilot, lambda: app.focused is not None and app.focused.id == "options")
        await pilot.press("h")
        await until_seen(pilot, "hint 1 of 2", "#hint")
        await choose(pilot, app, 3)
        await until(pilot, lambda: read_progress().solved("curves") == {"new-images"})
        assert read_progress().answered["curves", "new-images"].way == "with help"
        page = next(n for n, one in enumerate(CURVES.pages) if one.heading.startswith("A tenth"))
        screen = app.screen
        assert isinstance(screen, LessonScreen)
        screen.page = page
        await until_seen(pilot, "A tenth of the digits", "#words")
        await choose(pilot, app, 1)
        await until_seen(pilot, "✓ Kept.", "#verdict")
        await until(pilot, lambda: bool(read_progress().expected))
        screen.page = page + 1
        await until_seen(pilot, "Watch it overfit", "#words")
        assert (
            screen._expected(CURVES.pages[page + 1].parts[-1]) == "both near 1.00: digits are easy"
        )


async def test_three_charts_are_drawn_with_one_axis() -> None:
    assert CURVES is not None
    page = next(n for n, one in enumerate(CURVES.pages) if one.heading == "Three trainings")
    for size in ((80, 24), (120, 40)):
        async with opened(size) as (app, pilot):
            await app.switch_mode("lessons")
            await app.push_screen(LessonScreen(CURVES, page))
            await until_seen(pilot, "Which network overfits?", "Exercise")
            await until(pilot, lambda a=app: len(a.screen.query("SmallChart")) == 3)  # type: ignore[misc]
            charts = list(app.screen.query("SmallChart"))
            await until(pilot, lambda a=app, c=charts: "●" in region_text(a, c[2]))  # type: ignore[misc]
            axes = []
            for chart in charts:
                rows = region_text(app, chart, words=False).split("\n")
                axes.append([row.split("┤")[0] for row in rows if "┤" in row])
                assert any("\u2801" <= sign <= "\u28ff" for row in rows for sign in row)
            assert axes[0] == axes[1] == axes[2]
            assert "loss" in screen_text(app) and "● val_loss" in screen_text(app)
