"""Windows that ask a question."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import ClassVar

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from tui.common.text import clean
from tui.runs.settings.findings import Finding
from tui.ui.dialogs.window import Window
from tui.ui.footer import Footer


def _asked(question: str, keys: str) -> ComposeResult:
    """Compose a question and a line of keys, which is markup."""
    with Vertical(classes="dialog"):
        yield Static(Content(question))
        yield Static(Content.from_markup(f"\n{keys}"))
    yield Footer()  # else the footer of the screen below would be visible


class Question(Window[bool]):
    """Asks for yes or no; enter does nothing, so that no key held down answers."""

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
        yield from _asked(self._question, "[b]y[/b] yes    [b]n[/b] no")

    def action_answer(self, answer: bool) -> None:
        self.dismiss(answer)


class StartTimeQuestion(Window[str | None]):
    """Asks when to start a run while others are running: `now`, `after` or None."""

    CSS_PATH = "windows.tcss"
    HELP = """
**n** starts it now: two trainings at once share the machine, and each is slower. **a** puts it at
the end of the queue: it starts automatically when no other run is running or, on a machine with
GPUs, when one is free. **escape** cancels.
"""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "answer('now')", "Now", id="when.now", tooltip="Start now, beside the others"),
        Binding("a", "answer('after')", "After", id="when.after", tooltip="Start after the others"),
        Binding("escape", "answer('')", "Cancel", id="when.leave", tooltip="Change nothing"),
    ]

    def __init__(self, question: str) -> None:
        super().__init__()
        self._question = question

    def compose(self) -> ComposeResult:
        keys = "[b]n[/b] now, beside them    [b]a[/b] after the others    [b]esc[/b] cancel"
        yield from _asked(self._question, keys)

    def action_answer(self, answer: str) -> None:
        self.dismiss(answer or None)


def when_confirmed(
    app: App[None], findings: Iterable[Finding], start: Callable[[], object]
) -> None:
    """Call `start` at once if no finding asks a question, else once it is answered with yes."""
    questions = [clean(one) for one in findings if one.severity == "question"]
    if not questions:
        start()
        return

    def answered(sure: bool | None) -> None:
        if sure:
            start()

    asked = "\n\n".join([*questions, "Start anyway?"])
    app.push_screen(Question(asked), answered)
