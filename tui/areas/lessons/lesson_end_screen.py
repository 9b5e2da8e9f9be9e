"""The end of a lesson: what was right, what is open, and where to go on."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from tui.areas.lessons.drills_screen import DrillScreen
from tui.common.text import clean
from tui.course import (
    SKILLS,
    LearnerProgress,
    Lesson,
    PageResult,
    load_course,
    page_results,
    question_skill,
    read_progress,
    skill_title,
)
from tui.course.progress.lesson_result import Outcome
from tui.ui.area_screen import AreaScreen
from tui.ui.commands import bindings

LETTERS = "abcefghijkmoqrstuvwxyz"
"""The keys of open pages: every letter that is no command here."""
_HEADING = 37
_SIGNS: dict[Outcome, tuple[str, str]] = {
    "at once": ("✓", "right at once"),
    "with help": ("✓", "right, not at once"),
    "shown": ("✓", "shown, then right"),
    "kept": ("✓", "prediction kept"),
    "drilled": ("✓", "right in a drill since"),
    "wrong": ("✗", "open: not right yet"),
    "only shown": ("·", "open: it was shown"),
    "open": ("·", "open"),
}


class LessonEndScreen(AreaScreen):
    """What became of each page of a lesson; open ones are a key away."""

    AREA = "lessons"
    NAME = "End of lesson"
    AUTO_FOCUS = "#lesson-end"
    CSS_PATH = "lesson_screen.tcss"
    HELP = """
# The end of a lesson

**enter** goes to the next lesson. **d** begins drills on what this lesson teaches. The letter
before a page opens it: these are the pages whose question is still open. **p** goes back to the
last page, **escape** to the list of lessons.

What you answer in lessons counts for the drills, and a right drill counts for a page that you
missed here.
"""

    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(
            "lesson-end",
            ("enter,n,right,pagedown", "next", "next", "Next lesson", "Go to the next lesson"),
            ("d", "drills", "drills", "Drills", "Drills on what this lesson teaches"),
            ("p,left,pageup", "previous", "previous", "Last page", "Back to the last page"),
            *(
                (letter, f"page({number})", letter, f"Page {letter}", "Open this page")
                for number, letter in enumerate(LETTERS)
            ),
            footer=("next", "drills", "previous"),
        ),
    ]

    def __init__(self, lesson: Lesson, *, turn_to: Callable[[Lesson, int], AreaScreen]) -> None:
        """Make the screen.

        Args:
            lesson: that has ended.
            turn_to: makes the screen of a page of a lesson.
        """
        super().__init__()
        self._lesson = lesson
        self._turn_to = turn_to
        self._next: Lesson | None = None
        self._open: tuple[PageResult, ...] = ()
        self._skills = lesson_skills(lesson)

    def compose_body(self) -> ComposeResult:
        yield Static(id="lesson-head")
        with VerticalScroll(id="lesson-end"):
            yield Static(id="lesson-result")

    async def on_mount(self) -> None:
        self.where = f"Lessons · {self._lesson.number} · end"
        await self._show()

    async def on_screen_resume(self) -> None:
        await self._show()

    async def _show(self) -> None:
        """Read the progress and show it."""
        lesson = self._lesson
        progress = await asyncio.to_thread(read_progress)
        self.host.warn_once(progress.message)
        lessons = (await asyncio.to_thread(load_course)).lessons
        after = [one for one in lessons if one.number > lesson.number]
        self._next = min(after, key=lambda one: one.number, default=None)
        results = page_results(lesson, progress)
        self._open = tuple(one for one in results if one.open)[: len(LETTERS)]
        title = Content.assemble(
            (f" {lesson.number} {clean(lesson.title)}", "bold"), ("   the end", "$text-muted")
        )
        self.query_one("#lesson-head", Static).update(title)
        lines = [
            Content.assemble(
                ("Remember: ", "bold $primary"), clean(lesson.remember or lesson.summary)
            ),
            Content(""),
            *result_lines(results),
            Content(""),
            *self._next_steps(progress),
        ]
        self.query_one("#lesson-result", Static).update(Content("\n").join(lines))
        self.refresh_bindings()

    def _next_steps(self, progress: LearnerProgress) -> list[Content]:
        """Return where to go on, each with its key."""
        lines = []
        if self._next is not None:
            number, title = self._next.number, clean(self._next.title)
            lines.append(_key_line("enter", f"lesson {number}: {title}"))
        else:
            lines.append(Content.styled("This was the last lesson.", "$text-muted"))
        if self._skills:
            known = ", ".join(skill_text(skill, progress) for skill in self._skills)
            lines.append(_key_line("d", f"drills: {known}"))
        return lines

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "next":
            return self._next is not None
        if action == "drills":
            return bool(self._skills)
        if action == "page":
            number = parameters[0]
            return isinstance(number, int) and number < len(self._open)
        return super().check_action(action, parameters)

    def action_next(self) -> None:
        """Go to the next lesson."""
        if self._next is not None:
            self.app.switch_screen(self._turn_to(self._next, 0))

    def action_previous(self) -> None:
        """Go back to the last page."""
        self.app.switch_screen(self._turn_to(self._lesson, len(self._lesson.pages) - 1))

    def action_page(self, number: int) -> None:
        """Open the page of a question that is still open."""
        self.app.switch_screen(self._turn_to(self._lesson, self._open[number].page))

    def action_drills(self) -> None:
        """Drill what this lesson teaches."""
        self.app.push_screen(DrillScreen(*self._skills))


def lesson_skills(lesson: Lesson) -> tuple[str, ...]:
    """Return the skills with drills that a lesson teaches."""
    asked = [question_skill(question) for question in lesson.questions]
    return tuple(dict.fromkeys(skill for skill in (*lesson.skills, *asked) if skill in SKILLS))


def skill_text(skill: str, progress: LearnerProgress) -> str:
    """Return a skill and its progress in a few words."""
    state = progress.skills.get(skill)
    if state is None:
        return f"{skill_title(skill)} (new)"
    due = ", due" if state.due_at <= time.time() else ""
    return f"{skill_title(skill)} (level {state.level}{due})"


def result_lines(results: Sequence[PageResult]) -> list[Content]:
    """Return a count of the outcomes, and a line for each page that asks something."""
    lines = [Content.styled(_counts(results), "bold")]
    letters = iter(LETTERS)
    for one in results:
        sign, words = _SIGNS[one.outcome]
        key = next(letters, " ") if one.open else " "
        heading = Content(one.heading).truncate(_HEADING, ellipsis=True, pad=True)
        style = "$text" if one.open else "$text-muted"
        lines.append(
            Content.assemble(
                (f" {key} ", "bold $text-accent"),
                f" {sign} page {one.page + 1:>2}  ",
                heading,
                (f"  {words}", style),
            )
        )
    return lines


def _counts(results: Sequence[PageResult]) -> str:
    """Return how many questions were right at once, after help, shown, and are open."""
    outcomes = [one.outcome for one in results]
    parts = [
        (outcomes.count("at once"), "right at once"),
        (outcomes.count("with help"), "after a hint or a wrong answer"),
        (outcomes.count("shown"), "after it was shown"),
        (outcomes.count("drilled"), "right in a drill"),
        (sum(one.open for one in results), "open"),
    ]
    counts = [f"{number} {words}" for number, words in parts if number]
    return " · ".join(counts) if counts else "No question was asked."


def _key_line(key: str, words: str) -> Content:
    return Content.assemble((f" {key} ", "bold reverse $primary"), f" {words}")
