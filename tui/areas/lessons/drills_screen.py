"""Drills: ten short exercises on the skills that are due."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Static

from tui.areas.lessons.exercise import Exercise
from tui.areas.lessons.exercise_keys import ExerciseKeys
from tui.common.numbers import progress_bar
from tui.common.text import clean
from tui.course import (
    Drill,
    Lesson,
    daily_set,
    drill_set,
    load_course,
    page_code,
    read_progress,
    record_drill,
    skill_title,
    slip_label,
)
from tui.course.lesson.lesson import Page
from tui.ui.area_screen import AreaScreen
from tui.ui.commands import bindings
from tui.ui.dialogs.text_windows import CodeWindow

LEVELS = 5


class DrillScreen(AreaScreen):
    """One drill after the other, then a summary."""

    AREA = "lessons"
    CSS_PATH = "lesson_screen.tcss"
    HELP = """
# Drills

Ten short exercises: first skills that are due or were weak, then new ones. A skill answered
correctly comes back after 1, 3, 7 and 16 days, one answered wrongly on the same day. With success
the drills get harder.

Type the answer and press **enter**. **h** gives a hint, **x** shows the answer (which counts as a
wrong answer), **n** goes to the next drill, **c** shows the Keras code.
"""

    BINDINGS: ClassVar[list[BindingType]] = [
        *ExerciseKeys.COMMANDS,
        *bindings(
            "drills",
            ("n,pagedown", "next", "next", "Next", "The next drill"),
            ("c", "code", "code", "Code", "The Keras code of this drill"),
            footer=("next", "code"),
        ),
    ]

    index: reactive[int] = reactive(0, init=False)

    def __init__(self, *skills: str, seed: int | None = None, count: int = 10) -> None:
        """Make the screen.

        Args:
            skills: to drill in turn; none for those that are due.
            seed: of the drills; None for new ones each time.
            count: of drills.
        """
        super().__init__()
        self.exercise = ExerciseKeys(self)
        self._skills, self._count = skills, count
        self._lessons: Sequence[Lesson] = ()
        self._seed = time.time_ns() if seed is None else seed
        self._drills: Sequence[Drill] = ()
        self._results: dict[int, bool] = {}
        """Whether the first answer to a drill was right, by the index of the drill."""
        self._slips: list[str] = []

    def compose_body(self) -> ComposeResult:
        yield Static(id="lesson-head")
        yield VerticalScroll(id="thing", can_focus=False)

    async def on_mount(self) -> None:
        self.where = "Drills"
        view = await asyncio.to_thread(read_progress)
        self.host.warn_once(view.message)
        self._lessons = (await asyncio.to_thread(load_course)).lessons
        if self._skills:
            skills = tuple(itertools.islice(itertools.cycle(self._skills), self._count))
            self._drills = await asyncio.to_thread(drill_set, skills, view.skills, self._seed)
        else:
            self._drills = await asyncio.to_thread(
                daily_set, view.skills, time.time(), self._seed, self._count
            )
        await self._show()

    async def watch_index(self) -> None:
        self.host.clear_old_messages()
        await self._show()

    async def _show(self) -> None:
        count = len(self._drills)
        place = self.query_one("#thing", VerticalScroll)
        with self.app.batch_update():
            await place.remove_children()
            if self.index >= count:
                await place.mount(Static(self._summary(), id="drill-summary"))
                self.set_focus(None)
            else:
                exercise = Exercise(self._drills[self.index].question)
                await place.mount(exercise)
                exercise.take_focus()
        self._show_head()
        self.refresh_bindings()

    def _show_head(self) -> None:
        count = len(self._drills)
        marks = "".join(
            {True: "✓", False: "✗"}.get(self._results.get(number, None), "·")  # type: ignore[arg-type]
            for number in range(count)
        )
        if self.index < count:
            drill = self._drills[self.index]
            title = f"Drill {self.index + 1} of {count}"
            about = f"   {skill_title(drill.skill)}, level {drill.level} of {LEVELS}   "
        else:
            title, about = "Drills: done", "   "
        self.where = f"Lessons · {title}"
        self.query_one("#lesson-head", Static).update(
            Content.assemble((f" {title}", "bold"), (about, "$text-muted"), (marks, "$text-accent"))
        )

    def _summary(self) -> Content:
        right = sum(self._results.values())
        count = len(self._drills)
        lines = [
            Content.styled(f"{right} of {count} right at the first answer", "bold"),
            Content.styled(progress_bar(right / count if count else 0, 30), "$primary"),
            Content(""),
        ]
        for number, drill in enumerate(self._drills):
            mark = {True: "✓", False: "✗"}.get(self._results.get(number), "·")  # type: ignore[arg-type]
            lines.append(Content(f"{mark} {skill_title(drill.skill):<22}  level {drill.level}"))
        for lesson in self._explained():
            words = f"Explained in lesson {lesson.number}: {clean(lesson.title)}"
            lines.append(Content.styled(words, "$text-accent"))
        if self._slips:
            seen = ", ".join(dict.fromkeys(slip_label(slip) for slip in self._slips))
            lines += [Content(""), Content(f"Mistakes to watch for: {seen}.")]
        lines += [Content(""), Content.styled("escape goes back.", "$text-muted")]
        return Content("\n").join(lines)

    def _explained(self) -> list[Lesson]:
        """Return the lessons that explain the skills whose drills were wrong, the first of each."""
        wrong = {self._drills[number].skill for number, right in self._results.items() if not right}
        found = {}
        for skill in wrong:
            taught = [one for one in self._lessons if skill in one.skills]
            if taught:
                found[taught[0].number] = taught[0]
        return [found[number] for number in sorted(found)]

    def action_next(self) -> None:
        """Go to the next drill; one without an answer is skipped and not counted."""
        if self.index < len(self._drills):
            self.index += 1

    def action_code(self) -> None:
        """Show the Keras code of the drill."""
        skill = self._drills[self.index].skill
        self.app.push_screen(CodeWindow(skill_title(skill), self._code))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "code":
            return bool(self._code)
        return super().check_action(action, parameters)

    @property
    def _code(self) -> str:
        """The Keras code of the drill; empty where there is none."""
        if self.index >= len(self._drills):
            return ""
        return page_code(Page("", (self._drills[self.index].question,)))

    @on(Exercise.Judged)
    async def _judged(self, event: Exercise.Judged) -> None:
        event.stop()
        if event.verdict.understood and not event.repeated:
            await self._mark(event.verdict.correct, event.verdict.slip)

    @on(Exercise.AnswerShown)
    async def _was_shown(self, event: Exercise.AnswerShown) -> None:
        event.stop()
        await self._mark(False, None)

    async def _mark(self, correct: bool, slip: str | None) -> None:
        """Save the first answer to a drill; later ones do not count."""
        if slip is not None and not correct:
            self._slips.append(slip)
        if self.index in self._results:
            return
        self._results[self.index] = correct
        self._show_head()
        drill = self._drills[self.index]
        message = await asyncio.to_thread(
            record_drill, drill.skill, drill.level, drill.seed, correct, slip
        )
        self.host.warn_once(message)
