"""Area 1: the list of lessons."""

from __future__ import annotations

import asyncio
from typing import Any, ClassVar

from textual import on
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from tui.course import Course, Lesson, ProgressView, load_course, read_progress
from tui.screens.base import AreaScreen
from tui.screens.lesson import LessonScreen
from tui.text import clean


class LessonsScreen(AreaScreen):
    """All lessons with what is done of each; enter opens one where it was left."""

    AREA = "lessons"
    CSS_PATH = "lessons.tcss"
    HELP = """
# Lessons

**enter** opens a lesson; it opens on the page where you left it. **✓** marks a lesson whose
questions were all answered rightly, **◐** one that was begun.
"""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "Open", id="lessons.open", tooltip="Open the lesson"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._course: Course | None = None
        self._progress = ProgressView()

    def compose_body(self) -> ComposeResult:
        yield OptionList(id="lessons")
        yield Static(id="lessons-problems")

    async def on_mount(self) -> None:
        self.where = "Lessons"
        self._course = await asyncio.to_thread(load_course)
        if self._course.problems:
            problem = self._course.problems[0]
            more = len(self._course.problems) - 1
            self.query_one("#lessons-problems", Static).update(
                Content.styled(
                    f"✗ {problem}" + (f" … and {more} more" if more else ""), "$text-error"
                )
            )
        await self.fill()

    async def on_screen_resume(self) -> None:
        if self._course is not None:
            await self.fill()

    async def fill(self) -> None:
        """Show the lessons with their marks."""
        self._progress = await asyncio.to_thread(read_progress)
        if self._progress.message:
            self.notify(self._progress.message, severity="warning", markup=False, timeout=10)
        options = self.query_one("#lessons", OptionList)
        chosen = options.highlighted or 0
        options.clear_options()
        for lesson in self._course.lessons if self._course is not None else ():
            options.add_option(Option(lesson_line(lesson, self._progress), id=lesson.id))
        options.highlighted = chosen if options.option_count else None
        options.focus()

    @on(OptionList.OptionSelected, "#lessons")
    async def _selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        await open_lesson(self.app, event.option_index)

    async def action_open(self) -> None:
        highlighted = self.query_one("#lessons", OptionList).highlighted
        if highlighted is not None:
            await open_lesson(self.app, highlighted)


def lesson_line(lesson: Lesson, progress: ProgressView) -> Content:
    """Return one lesson's two lines in the list."""
    answered = [progress.answered.get((lesson.id, one.id)) for one in lesson.questions]
    right = sum(1 for one in answered if one is not None and one.correct)
    begun = right or (progress.place is not None and progress.place.lesson == lesson.id)
    mark = "✓" if answered and right == len(answered) else "◐" if begun else "○"
    return Content.assemble(
        f"{mark} {lesson.number:>2}  ",
        (clean(lesson.title), "bold"),
        (f"   {len(lesson.pages)} pages, about {lesson.minutes} minutes", "$text-muted"),
        f"   {right}/{len(answered)} answered" if right else "",
        "\n      ",
        (clean(lesson.summary), "$text-muted"),
    )


async def open_lesson(app: App[Any], index: int | None) -> None:
    """Open a lesson in the area Lessons, on the page where it was left.

    Args:
        app: the app.
        index: the lesson's place in the course; None for the one that was read last.
    """
    course = await asyncio.to_thread(load_course)
    place = (await asyncio.to_thread(read_progress)).place
    if not course.lessons:
        app.notify("There are no lessons: the installation lacks them.", severity="error")
        return
    lesson = course.lessons[0]
    if index is not None:
        lesson = course.lessons[min(index, len(course.lessons) - 1)]
    elif place is not None:
        lesson = next((one for one in course.lessons if one.id == place.lesson), lesson)
    page = place.page if place is not None and place.lesson == lesson.id else 0
    if app.current_mode != "lessons":
        await app.switch_mode("lessons")
    while len(app.screen_stack) > 1:
        await app.pop_screen()
    await app.push_screen(LessonScreen(lesson, min(page, len(lesson.pages) - 1)))
