"""Small windows above a screen: a question, and a text to read."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Footer, Static


class Question(ModalScreen[bool]):
    """Asks yes or no; enter alone does nothing, so that no key held down decides."""

    CSS_PATH = "windows.tcss"
    HELP = "Answer with **y** or **n**."

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "answer(True)", "Yes", id="question.yes", tooltip="Do it"),
        Binding("n,escape", "answer(False)", "No", id="question.no", tooltip="Leave it as it is"),
    ]

    def __init__(self, question: str) -> None:
        super().__init__()
        self._question = question

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static(Content(self._question))
            yield Static(Content.from_markup("\n[b]y[/b] yes    [b]n[/b] no"))

    def action_answer(self, answer: bool) -> None:
        self.dismiss(answer)


class Reading(ModalScreen[None]):
    """A text to scroll through."""

    CSS_PATH = "windows.tcss"
    HELP = "Scroll with the arrows; **escape** closes."

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "app.pop_screen", "Close", id="reading.close", tooltip="Close"),
    ]

    def __init__(self, title: str, text: str) -> None:
        super().__init__()
        self._title, self._text = title, text

    def compose(self) -> ComposeResult:
        with VerticalScroll(classes="reading") as box:
            box.border_title = Content(self._title)
            yield Static(Content(self._text))
        yield Footer(show_command_palette=False, compact=True)

    def on_mount(self) -> None:
        box = self.query_one(VerticalScroll)
        box.focus()
        box.scroll_end(animate=False)
