"""Area 1: the list of lessons, and what is due."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual import events, on
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from tui.areas.lessons.drills_screen import DrillScreen
from tui.areas.lessons.lesson_screen import LessonScreen
from tui.common.text import clean
from tui.course import (
    SKILLS,
    Course,
    LearnerProgress,
    Lesson,
    lesson_mark,
    load_course,
    page_results,
    read_progress,
    reset,
    skill_title,
    slip_label,
)
from tui.ui.area_screen import AreaScreen
from tui.ui.commands import BackStep
from tui.ui.dialogs.input_windows import PickWindow
from tui.ui.dialogs.questions import Question
from tui.ui.forms.line_input import FilterInput

if TYPE_CHECKING:
    from tui.ui.services import Host


class LessonList(OptionList):
    """The lessons; unlike in OptionList, enter is shown in the footer."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "screen.open", "Open", id="lessons.select", tooltip="Open the lesson"),
    ]


class LessonsScreen(AreaScreen):
    """All lessons with the progress of each; enter opens one where it was left."""

    AREA = "lessons"
    AUTO_FOCUS = "#lessons"  # not the search, even while the lessons are still being read
    CSS_PATH = "lesson_list_screen.tcss"
    HELP = """
# Lessons

**enter** opens a lesson; the one that you read last opens on the page where you left it. **✓**
marks a lesson whose questions were all answered correctly, **◐** one that was begun: “4/6, open: 3,
5” means that four of its six questions were answered correctly, and that those of the pages 3 and 5
are open. **/** searches.

**d** begins a set of ten drills: skills that are due, weak or new. **s** drills one skill. **R**
deletes the answers of one lesson, or all.
"""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "Open", id="lessons.open", tooltip="Open the lesson"),
        Binding("d", "drills", "Drills", id="lessons.drills", tooltip="Ten drills, due ones first"),
        Binding("s", "skill", "One skill", id="lessons.skill", tooltip="Drill one skill"),
        Binding("slash", "search", "Search", id="lessons.search", tooltip="Search the lessons"),
        Binding("R", "reset", "Reset", show=False, id="lessons.reset", tooltip="Delete answers"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._course: Course | None = None
        self._progress = LearnerProgress()

    def compose_body(self) -> ComposeResult:
        yield FilterInput(placeholder="search the lessons", compact=True, id="search")
        yield Static("No lesson matches: escape shows all.", id="no-lesson")
        yield LessonList(id="lessons", compact=True)
        yield Static(id="lessons-about")
        yield Static(id="lessons-due")
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
        """Read the progress and show the lessons with their marks."""
        self._progress = await asyncio.to_thread(read_progress)
        self.host.warn_once(self._progress.message)
        self._list()
        self.query_one("#lessons-due", Static).update(due_line(self._progress))

    def _list(self) -> None:
        words = self.query_one("#search", Input).value.casefold().split()
        options = self.query_one("#lessons", OptionList)
        chosen = options.highlighted if options.option_count else self._at_bookmark()
        options.clear_options()
        for lesson in self._course.lessons if self._course is not None else ():
            if all(word in search_text(lesson) for word in words):
                options.add_option(Option(lesson_line(lesson, self._progress), id=lesson.id))
        count = options.option_count
        options.highlighted = min(chosen or 0, count - 1) if count else None
        none = self._course is not None and not count
        self.set_class(none, "-no-match")
        if none:
            self.query_one("#lessons-about", Static).update("")

    def _at_bookmark(self) -> int:
        """Return the place of the lesson that was read last, or 0."""
        mark, course = self._progress.bookmark, self._course
        ids = [lesson.id for lesson in course.lessons] if course is not None else []
        return ids.index(mark.lesson) if mark is not None and mark.lesson in ids else 0

    @on(Input.Changed, "#search")
    def _searched(self) -> None:
        self._list()

    @on(Input.Submitted, "#search")
    async def _found(self) -> None:
        await self.action_open()

    def on_key(self, event: events.Key) -> None:
        """From the search the arrows lead into the list."""
        if event.key == "down" and self.focused is self.query_one("#search"):
            self.query_one("#lessons").focus()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        search = self.query_one("#search", Input)
        search.set_class(event.widget is search or bool(search.value), "-shown")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        # In the search field a slash is a character.
        return not (action == "search" and isinstance(self.focused, FilterInput))

    def action_search(self) -> None:
        """Put the focus into the search."""
        search = self.query_one("#search")
        search.add_class("-shown")
        search.focus()

    def back_step(self) -> BackStep | None:
        """End the search first, then leave the area."""
        search = self.query_one("#search", Input)
        if search.value or self.focused is search:
            return BackStep("Show all", self._end_search)
        return super().back_step()

    def _end_search(self) -> None:
        search = self.query_one("#search", Input)
        search.value = ""
        search.remove_class("-shown")
        self.query_one("#lessons").focus()

    @on(OptionList.OptionHighlighted, "#lessons")
    def _moved(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        lesson = self._course.lesson(str(event.option_id)) if self._course is not None else None
        text = clean(lesson.summary) if lesson is not None else ""
        self.query_one("#lessons-about", Static).update(Content(f" {text}"))

    @on(OptionList.OptionSelected, "#lessons")
    async def _selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        await open_lesson(self.app, event.option_id)

    async def action_open(self) -> None:
        options = self.query_one("#lessons", OptionList)
        if options.highlighted is not None:
            await open_lesson(self.app, options.get_option_at_index(options.highlighted).id)

    def action_drills(self) -> None:
        """Begin a set of drills."""
        self.app.push_screen(DrillScreen())

    def action_skill(self) -> None:
        """Choose a skill and drill it."""

        def drill(skill: str | None) -> None:
            if skill is not None:
                self.app.push_screen(DrillScreen(skill))

        options = [(skill, skill_line(skill, self._progress)) for skill in SKILLS]
        self.app.push_screen(PickWindow("Drill one skill", options), drill)

    def action_reset(self) -> None:
        """Delete the answers of a lesson, or all, after a question."""
        options = self.query_one("#lessons", OptionList)
        course = self._course
        if course is None or options.highlighted is None:
            return
        lesson = course.lesson(str(options.get_option_at_index(options.highlighted).id))
        if lesson is None:
            return
        choices = [
            ("one", f"the answers of {lesson.number} {lesson.title}"),
            ("all", "everything: all lessons, all drills, the page where you were"),
        ]

        def ask(chosen: str | None) -> None:
            if chosen is None:
                return

            async def forget(sure: bool | None) -> None:
                if sure:
                    message = await asyncio.to_thread(reset, lesson.id if chosen == "one" else None)
                    if message:
                        self.notify(message, severity="warning", markup=False)
                    await self.fill()

            what = choices[0][1] if chosen == "one" else "all answers, drills and your place"
            self.app.push_screen(Question(f"Delete {what}? This cannot be undone."), forget)

        self.app.push_screen(PickWindow("Delete", choices), ask)


async def open_lesson(app: App[Any], which: str | None) -> None:
    """Open a lesson in the area Lessons, on the page where it was left.

    Args:
        app: the app.
        which: the id of the lesson; "" for the first one; None for the one read last.
    """
    course = await asyncio.to_thread(load_course)
    progress = await asyncio.to_thread(read_progress)
    cast("Host", app).warn_once(progress.message)
    place = progress.bookmark
    if not course.lessons:
        app.notify("There are no lessons: install cnn-tui again.", severity="error")
        return
    lesson = course.lessons[0]
    wanted = which or (place.lesson if which is None and place is not None else "")
    lesson = course.lesson(wanted) or lesson
    page = place.page if place is not None and place.lesson == lesson.id else 0
    if app.current_mode != "lessons":
        await app.switch_mode("lessons")
    while len(app.screen_stack) > 1:
        await app.pop_screen()
    await app.push_screen(LessonScreen(lesson, min(page, len(lesson.pages) - 1)))


SLIPS = 3
"""The number of frequent mistakes that are named."""


def search_text(lesson: Lesson) -> str:
    """Return the text of a lesson that is searched, in lower case."""
    headings = " ".join(page.heading for page in lesson.pages)
    skills = " ".join(lesson.skills)
    return f"{lesson.number} {lesson.title} {lesson.summary} {skills} {headings}".casefold()


def lesson_line(lesson: Lesson, progress: LearnerProgress) -> Content:
    """Return the line of a lesson: once it is begun with what is right, and the open pages."""
    results = page_results(lesson, progress)
    right = sum(not one.open for one in results)
    begun = any((lesson.id, task.id) in progress.answered for task in lesson.tasks)
    length = f"{len(lesson.pages):>3} pages  {lesson.minutes:>2} min"
    score = f"{right}/{len(results)}"
    pages = [str(one.page + 1) for one in results if one.open]
    if begun and pages:
        rest = Content(f"  {score}, {_open_text(pages, _REST - len(score) - 4)}")
    else:
        rest = Content.assemble((length, "$text-muted"), f"  {score}" if begun else "")
    return Content.assemble(
        f" {lesson_mark(lesson, progress)} {lesson.number:>2}  ",
        (f"{clean(lesson.title):<44}", "bold"),
        rest,
    )


_REST = 27
"""Columns beside the title of a lesson on a terminal of 80."""


def _open_text(pages: Sequence[str], room: int) -> str:
    """Return which pages are open, as many whole numbers as there is room for.

    >>> _open_text(["3", "5"], 20), _open_text([str(n) for n in range(5, 12)], 20)
    ('open: 3, 5', 'open: 5, 6, 7, 8 …')
    """
    for count in range(len(pages), 0, -1):
        text = "open: " + ", ".join(pages[:count]) + (" …" if count < len(pages) else "")
        if len(text) <= room:
            return text
    return f"{len(pages)} open"


def due_line(progress: LearnerProgress) -> Content:
    """Return how many skills are due, and the most frequent mistakes."""
    due = len(progress.due(time.time()))
    if not progress.skills:
        text = " drills: ten short exercises, chosen for you"
    elif due:
        text = f" {due} skill{'s' * (due != 1)} due for a drill"
    else:
        text = " no drill is due; you can still do some"
    parts = [Content.assemble((" d ", "bold $text-accent"), text)]
    if progress.slips:
        often = list(progress.slips.items())[:SLIPS]
        slips = ", ".join(f"{slip_label(name)} ({count}×)" for name, count in often)
        parts.append(Content.styled(f"   frequent mistakes: {slips}", "$text-muted"))
    return Content("\n").join(parts)


def skill_line(skill: str, progress: LearnerProgress) -> str:
    """Return the line of a skill in the list of skills: its title and its progress."""
    state = progress.skills.get(skill)
    known = f"level {state.level}, {state.right} of {state.tries} right" if state else "new"
    return f"{skill_title(skill):<22}  {known}"
