"""One lesson, a page at a time."""

from __future__ import annotations

import asyncio
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, VerticalScroll
from textual.content import Content
from textual.highlight import highlight
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Markdown, Static

from tui.course import (
    CalculatorBlock,
    ChoiceBlock,
    CodeBlock,
    LaterBlock,
    Lesson,
    Part,
    PredictBlock,
    ProgressView,
    Prose,
    mark_answered,
    read_progress,
    save_place,
)
from tui.geometry import Conv2D
from tui.screens.base import AreaScreen
from tui.text import clean
from tui.widgets.calculator import Calculator
from tui.widgets.exercise import Exercise
from tui.widgets.run_text import bar


class LessonScreen(AreaScreen):
    """A page's words, and the thing itself beside or below them."""

    AREA = "lessons"
    CSS_PATH = "lesson.tcss"
    HELP = """
# A lesson

**n** or **→** goes to the next page, **p** or **←** to the one before. Type your answer and press
**enter**; **h** gives a hint, one step at a time; **x** skips and shows the way. **escape** first
leaves a field, then goes back to the list; you come back to this page.
"""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n,right,pagedown", "turn(1)", "Next", id="lesson.next", tooltip="Next page"),
        Binding("p,left,pageup", "turn(-1)", "Page before", id="lesson.previous", tooltip="Back"),
        Binding("y", "copy", "Copy code", show=False, id="lesson.copy", tooltip="Copy the code"),
    ]

    page: reactive[int] = reactive(0, init=False)

    def __init__(self, lesson: Lesson, page: int = 0) -> None:
        super().__init__()
        self._lesson = lesson
        self._progress = ProgressView()
        self.set_reactive(LessonScreen.page, page)

    def compose_body(self) -> ComposeResult:
        yield Static(id="lesson-head")
        with Container(id="page"):
            yield VerticalScroll(id="words", can_focus=False)
            yield VerticalScroll(id="thing", can_focus=False)

    async def on_mount(self) -> None:
        self._progress = await asyncio.to_thread(read_progress)
        await self._show()

    async def watch_page(self) -> None:
        await self._show()

    async def _show(self) -> None:
        """Put the present page on screen."""
        page = self._lesson.pages[self.page]
        count = len(self._lesson.pages)
        title = f"{self._lesson.number} {clean(self._lesson.title)}"
        self.where = f"Lessons · {title} · page {self.page + 1} of {count}"
        self.query_one("#lesson-head", Static).update(
            Content.assemble(
                (f" {title}", "bold"),
                (f"   page {self.page + 1} of {count}  ", "$text-muted"),
                (bar((self.page + 1) / count, 20), "$primary"),
            )
        )
        words = self.query_one("#words", VerticalScroll)
        thing = self.query_one("#thing", VerticalScroll)
        with self.app.batch_update():
            await words.remove_children()
            await thing.remove_children()
            await words.mount(Static(Content(page.heading), classes="heading"))
            for part in page.parts:
                place = words if isinstance(part, Prose) else thing
                await place.mount(self._widget(part))
            self.set_class(not thing.children, "-words-only")
        words.scroll_home(animate=False)
        for exercise in thing.query(Exercise):
            exercise.take_focus()
            break
        else:
            self.set_focus(None)
        message = await asyncio.to_thread(save_place, self._lesson.id, self.page)
        if message:
            self.notify(message, severity="warning", markup=False)

    def _widget(self, part: Part) -> Widget:
        match part:
            case Prose():
                return Markdown(part.markdown)
            case PredictBlock() | ChoiceBlock():
                known = self._progress.answered.get((self._lesson.id, part.id))
                return Exercise(part, answered=known is not None and known.correct)
            case CalculatorBlock() if isinstance(part.layer, Conv2D):
                return Calculator(part.input, part.layer, fixed=part.fixed, compact=True)
            case CodeBlock():
                return Static(highlight(part.source, language="python"), classes="code")
            case LaterBlock():
                return Static(Content(part.text), classes="later")
        return Static(Content("This block is shown in a later version."), classes="later")

    async def action_turn(self, step: int) -> None:
        """Turn a page; after the last one go back to the list."""
        page = self.page + step
        if page >= len(self._lesson.pages):
            self.notify("That was the last page of this lesson.")
        elif page >= 0:
            self.page = page

    def action_copy(self) -> None:
        for part in self._lesson.pages[self.page].parts:
            if isinstance(part, CodeBlock):
                self.app.copy_to_clipboard(part.source)
                self.notify("The code is copied.")
                return

    @on(Exercise.Judged)
    async def _judged(self, event: Exercise.Judged) -> None:
        event.stop()
        if not event.verdict.understood:
            return
        message = await asyncio.to_thread(
            mark_answered,
            self._lesson.id,
            event.question.id,
            event.verdict.correct,
            event.verdict.slip,
        )
        if message:
            self.notify(message, severity="warning", markup=False)
        self._progress = await asyncio.to_thread(read_progress)
