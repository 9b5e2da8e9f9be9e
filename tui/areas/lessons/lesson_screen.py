"""One lesson, a page at a time."""

from __future__ import annotations

import asyncio
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Markdown, Static

from tui.areas.lessons.exercise import Exercise
from tui.areas.lessons.exercise_keys import ExerciseKeys
from tui.areas.lessons.lesson_end_screen import LessonEndScreen
from tui.areas.lessons.page_parts import focus_first, part_widget
from tui.areas.lessons.write_exercise import WriteExercise
from tui.common.numbers import progress_bar
from tui.common.text import clean
from tui.course import (
    CodeBlock,
    ExpectBlock,
    LearnerProgress,
    Lesson,
    LookBlock,
    Page,
    Part,
    TrainBlock,
    Verdict,
    WriteBlock,
    follow_link,
    load_course,
    page_code,
    page_layout,
    page_links,
    question_skill,
    read_progress,
    record_answer,
    record_note,
    save_bookmark,
)
from tui.course.judging.judge import chosen_option
from tui.course.progress.progress_records import NoteKind
from tui.ui.area_screen import AreaScreen
from tui.ui.commands import bindings
from tui.ui.dialogs.input_windows import PickWindow
from tui.ui.dialogs.text_windows import CodeWindow, copy_text
from tui.ui.filters.filter_window import FilterWindow
from tui.ui.filters.filtered_picture import FilteredPicture

LAST_PAGE = "n goes on to the end of the lesson."


class LessonScreen(AreaScreen):
    """A page of a lesson: the reading beside or above the activity, and the follow-up."""

    AREA = "lessons"
    AUTO_FOCUS = ""  # a page focuses its question itself; back from a window, escape still holds
    CSS_PATH = "lesson_screen.tcss"
    HELP = """
# A lesson

**n** or **→** goes to the next page, after the last one to the end of the lesson; **p** or **←** to
the previous one; in a field the arrows move the cursor. Type your answer and press
**enter**, or choose an option with its letter or **↑ ↓** and press **enter**. **h** gives a hint,
one at a time; **x** shows the answer. After a right answer the window plays;
**w** plays it at any time. If a page says more about its question, it is shown once you have
answered. **page up** and **page down** scroll a page longer than the screen. **c** shows the Keras
code of the page. **g** follows a link. **escape** first leaves a field, then goes back to the list;
you return to this page.

A page with a training: **enter** starts it, **s** stops it; it continues when you leave the page. A
page with a program to complete: **enter** or **ctrl+r** runs it, **e** opens it in your editor. A
page with a picture: **← →** choose the filter, **↓ ↑** go through relu and pooling, **z** enlarges.
"""

    BINDINGS: ClassVar[list[BindingType]] = [
        *ExerciseKeys.COMMANDS,
        *bindings(
            "lesson",
            ("n,right,pagedown", "turn(1)", "next", "Next", "Next page"),
            ("p,left,pageup", "turn(-1)", "previous", "Previous", "Previous page"),
            ("c", "code", "code", "Code", "The Keras code of this page"),
            ("y", "copy", "copy", "Copy code", "Copy the code"),
            ("g", "links", "links", "Links", "Follow a link of the page"),
            ("z", "enlarge", "enlarge", "Enlarge", "Show this page's picture on the whole screen"),
            footer=("next", "previous", "code"),
        ),
    ]

    page: reactive[int] = reactive(0, init=False)

    @property
    def stays(self) -> bool:
        """Nobody leaves a lesson by a digit meant as an answer."""
        return True

    def __init__(self, lesson: Lesson, page: int = 0) -> None:
        super().__init__()
        self.exercise = ExerciseKeys(self)
        self._lesson = lesson
        self._progress = LearnerProgress()
        self.set_reactive(LessonScreen.page, page)

    def compose_body(self) -> ComposeResult:
        yield Static(id="lesson-head")
        with VerticalScroll(id="page", can_focus=False):
            yield VerticalScroll(id="words", can_focus=False)
            yield VerticalScroll(id="thing", can_focus=False)

    async def on_mount(self) -> None:
        self._progress = await asyncio.to_thread(read_progress)
        self.host.warn_once(self._progress.message)
        await self._show()

    async def watch_page(self) -> None:
        self.host.clear_old_messages()
        await self._show()

    @property
    def shown(self) -> Page:
        """The current page."""
        return self._lesson.pages[self.page]

    async def _show(self) -> None:
        """Show the current page."""
        page, count = self.shown, len(self._lesson.pages)
        title = f"{self._lesson.number} {clean(self._lesson.title)}"
        self.where = f"Lessons · {self._lesson.number} · page {self.page + 1} of {count}"
        self.query_one("#lesson-head", Static).update(
            Content.assemble(
                (f" {title}", "bold"),
                (f"   page {self.page + 1} of {count}  ", "$text-muted"),
                (progress_bar((self.page + 1) / count, 20), "$primary"),
            )
        )
        layout = page_layout(page)
        words = self.query_one("#words", VerticalScroll)
        thing = self.query_one("#thing", VerticalScroll)
        with self.app.batch_update():
            await words.remove_children()
            await thing.remove_children()
            self.remove_class("-correcting")
            if any(isinstance(part, WriteBlock) for part in page.parts):
                # What was written on the page before is kept by now.
                self._progress = await asyncio.to_thread(read_progress)
            await words.mount(Static(Content(page.heading), classes="heading"))
            await words.mount_all(map(self._widget, layout.reading))
            await thing.mount_all(map(self._widget, layout.activity))
            if layout.follow_up:
                after = Vertical(*map(self._widget, layout.follow_up), id="after")
                solved = self._progress.solved(self._lesson.id)
                after.display = all(task.id in solved for task in page.tasks)
                await thing.mount(after)
            self.set_class(not layout.activity, "-words-only")
            self.set_class(not layout.reading, "-thing-only")
            large = any(
                isinstance(part, (TrainBlock, LookBlock, WriteBlock)) for part in page.parts
            )
            self.set_class(large, "-large-thing")
            pictures = any(
                isinstance(part, (LookBlock, WriteBlock)) or getattr(part, "charts", ())
                for part in page.parts
            )
            self.set_class(pictures, "-pictures")  # they need the whole width
        for place in (self.query_one("#page"), words, thing):
            place.scroll_home(animate=False)
        focus_first(self, thing)
        self.refresh_bindings()
        message = await asyncio.to_thread(save_bookmark, self._lesson.id, self.page)
        self.host.warn_once(message)

    def _widget(self, part: Part) -> Widget:
        last = self.page + 1 == len(self._lesson.pages)
        return part_widget(
            part,
            self._lesson.id,
            self._progress,
            self.host.dataset,
            after=LAST_PAGE if last else "n goes on.",
            expected=self._expected(part),
        )

    def _expected(self, part: Part) -> str:
        """Return what the learner expected, for a prediction and for its training."""
        for page in self._lesson.pages:
            for question in page.questions:
                if isinstance(question, ExpectBlock) and (
                    question is part
                    or (isinstance(part, TrainBlock) and question.training == part.id)
                ):
                    return self._progress.expected.get((self._lesson.id, question.id), "")
        return ""

    def _show_after(self) -> None:
        """Show the follow-up, once the question is answered or its answer was shown."""
        for after in self.query("#after"):
            after.display = True
            for verdict in self.query("#verdict"):
                self.call_after_refresh(verdict.scroll_visible, animate=False, top=True)

    async def action_turn(self, step: int) -> None:
        """Turn to another page; after the last one comes the end of the lesson."""
        page = self.page + step
        if page >= len(self._lesson.pages):
            self.app.switch_screen(LessonEndScreen(self._lesson, turn_to=LessonScreen))
        elif page >= 0:
            self.page = page

    def action_code(self) -> None:
        """Show the Keras code of the page."""
        self.app.push_screen(CodeWindow(clean(self.shown.heading), page_code(self.shown)))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "code":
            return bool(page_code(self.shown))
        return super().check_action(action, parameters)

    def action_copy(self) -> None:
        """Copy the code blocks of the page, or else its Keras code."""
        blocks = [part.source for part in self.shown.parts if isinstance(part, CodeBlock)]
        code = "\n\n".join(blocks) or page_code(self.shown)
        if code:
            copy_text(self.app, code, "The code is copied.", "code.py")

    def action_enlarge(self) -> None:
        """Show the picture of the page on the whole screen."""
        for view in self.query(FilteredPicture):
            dataset = self.host.dataset
            summary = dataset.summary if dataset is not None else None
            self.app.push_screen(FilterWindow(summary, view.enlarged()))
            return
        self.notify("There is no picture on this page.")

    async def action_links(self) -> None:
        """Follow a link of the page without a mouse."""

        async def follow(target: str | None) -> None:
            if target is not None:
                await self.follow(target)

        found = page_links(self.shown)
        if len(found) > 1:
            options = [(target, clean(target, 70)) for target in found]
            self.app.push_screen(PickWindow("Links of this page", options), follow)
        elif found:
            await self.follow(found[0])
        else:
            self.notify("There is no link on this page.")

    @on(Markdown.LinkClicked)
    async def _linked(self, event: Markdown.LinkClicked) -> None:
        event.stop()
        await self.follow(event.href)

    async def follow(self, href: str) -> None:
        """Follow a link to a lesson; a web address is only shown."""
        course = await asyncio.to_thread(load_course)
        aim = follow_link(href, self._lesson, course.lessons)
        if aim is None:
            self.notify(clean(href, 200), title="A link", markup=False, timeout=10)
        elif aim[0].id == self._lesson.id:
            self.page = aim[1]
        else:
            self.app.switch_screen(LessonScreen(*aim))

    @on(Exercise.AnswerShown)
    async def _shown(self, event: Exercise.AnswerShown) -> None:
        event.stop()
        self._show_after()
        if isinstance(event.question, ExpectBlock):
            return
        await self._note(event.question.id, "shown")
        if event.first and (skill := question_skill(event.question)):
            await self._note(event.question.id, "skill-wrong", skill)

    @on(Exercise.HintRead)
    async def _hint_read(self, event: Exercise.HintRead) -> None:
        event.stop()
        await self._note(event.question.id, "hint")

    @on(Exercise.Judged)
    async def _judged(self, event: Exercise.Judged) -> None:
        event.stop()
        if event.verdict.understood and not event.repeated:
            question = event.question
            if isinstance(question, ExpectBlock):
                number = chosen_option(question.options, event.answer)
                if number is not None:
                    await self._note(question.id, "expected", question.options[number - 1])
            skill = question_skill(question) if event.first else ""
            await self._record(question.id, event.verdict, skill)

    @on(WriteExercise.HintRead)
    async def _program_hint_read(self, event: WriteExercise.HintRead) -> None:
        event.stop()
        await self._note(event.block.id, "hint")

    @on(WriteExercise.Shown)
    async def _solution_shown(self, event: WriteExercise.Shown) -> None:
        event.stop()
        self._show_after()
        await self._note(event.block.id, "shown")

    @on(WriteExercise.Judged)
    async def _program_judged(self, event: WriteExercise.Judged) -> None:
        event.stop()
        if event.counts:
            await self._record(event.block.id, event.verdict)

    async def _record(self, task_id: str, verdict: Verdict, skill: str = "") -> None:
        if verdict.correct:
            self._show_after()
        message = await asyncio.to_thread(
            record_answer, self._lesson.id, task_id, verdict.correct, verdict.slip, skill=skill
        )
        self.host.warn_once(message)
        self._progress = await asyncio.to_thread(read_progress)
        self.host.warn_once(self._progress.message)

    async def _note(self, task_id: str, kind: NoteKind, value: str = "") -> None:
        message = await asyncio.to_thread(record_note, self._lesson.id, task_id, kind, value)
        self.host.warn_once(message)
