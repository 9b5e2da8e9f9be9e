"""Small windows above a screen: a question, and a text to read."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Footer, Input, OptionList, Static
from textual.widgets.option_list import Option

from tui.ui.dialogs.window import Window
from tui.ui.forms.line_input import LineInput


def _asked(question: str, keys: str) -> ComposeResult:
    """Compose a question and the keys that answer it.

    Args:
        question: what is asked.
        keys: markup.
    """
    with Vertical(classes="dialog"):
        yield Static(Content(question))
        yield Static(Content.from_markup(f"\n{keys}"))
    yield Footer(show_command_palette=False, compact=True)  # or that below would show through


class Question(Window[bool]):
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
        yield from _asked(self._question, "[b]y[/b] yes    [b]n[/b] no")

    def action_answer(self, answer: bool) -> None:
        self.dismiss(answer)


class NowOrAfter(Window[str | None]):
    """Asks when a run is to start while others are at work; returns `now`, `after` or None."""

    CSS_PATH = "windows.tcss"
    HELP = """
**n** starts it now: two trainings at once share the machine, and each is slower. **a** puts it at
the end of the queue: it starts by itself when no other run is at work. **escape** leaves it.
"""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "answer('now')", "Now", id="when.now", tooltip="Beside the others"),
        Binding("a", "answer('after')", "After", id="when.after", tooltip="After the others"),
        Binding("escape", "answer('')", "Leave", id="when.leave", tooltip="Leave all as it is"),
    ]

    def __init__(self, question: str) -> None:
        super().__init__()
        self._question = question

    def compose(self) -> ComposeResult:
        keys = "[b]n[/b] now, beside them    [b]a[/b] after the others    [b]esc[/b] leave"
        yield from _asked(self._question, keys)

    def action_answer(self, answer: str) -> None:
        self.dismiss(answer or None)


class Reading(Window[None]):
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


class _Narrowing(LineInput):
    """The line that narrows a list; enter takes what is chosen in that."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "Take", id="pick.take", tooltip="Take the one that is lit"),
        Binding(
            "ctrl+d",
            "screen.delete",
            "Delete",
            id="pick.delete",
            tooltip="Delete the one that is lit, after a question",
        ),
    ]


class Pick(Window[str | None]):
    """One of a list: typing narrows it, enter takes it."""

    CSS_PATH = "windows.tcss"
    HELP = "Type to narrow the list, **↑ ↓** to choose, **enter** to take, **escape** to leave."

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Close", id="pick.close", tooltip="Close without taking one"),
        Binding("down", "move(1)", "Down", show=False, id="pick.down", tooltip="Next one"),
        Binding("up", "move(-1)", "Up", show=False, id="pick.up", tooltip="The previous one"),
    ]

    def __init__(
        self,
        title: str,
        options: Sequence[tuple[str, str]],
        delete: Callable[[str], Awaitable[bool]] | None = None,
    ) -> None:
        """Make the list.

        Args:
            title: what is chosen.
            options: (what is returned, what is shown) of each.
            delete: deletes what one of them stands for, and returns whether it did; for a worker.
        """
        super().__init__()
        self._title, self._options, self._delete = title, list(options), delete

    def compose(self) -> ComposeResult:
        with Vertical(classes="pick") as box:
            box.border_title = Content(self._title)
            yield _Narrowing(placeholder="type to narrow the list", compact=True)
            yield OptionList(compact=True)
        yield Footer(show_command_palette=False, compact=True)

    def on_mount(self) -> None:
        self._fill("")
        self.query_one(Input).focus()

    @on(Input.Changed)
    def _narrow(self, event: Input.Changed) -> None:
        self._fill(event.value)

    def _fill(self, text: str) -> None:
        words = text.lower().split()
        options = self.query_one(OptionList)
        options.clear_options()
        for name, shown in self._options:
            if all(word in f"{name} {shown}".lower() for word in words):
                options.add_option(Option(Content(shown), id=name))
        options.highlighted = 0 if options.option_count else None

    def action_move(self, step: int) -> None:
        options = self.query_one(OptionList)
        if step > 0:
            options.action_cursor_down()
        else:
            options.action_cursor_up()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return self._delete is not None if action == "delete" else True

    @work(exclusive=True)
    async def action_delete(self) -> None:
        """Delete what is lit, and take it off the list."""
        options = self.query_one(OptionList)
        if self._delete is None or options.highlighted is None:
            return
        place = options.highlighted
        name = options.get_option_at_index(place).id or ""
        if await self._delete(name):
            self._options = [one for one in self._options if one[0] != name]
            self._fill(self.query_one(Input).value)
            if options.option_count:
                options.highlighted = min(place, options.option_count - 1)

    @on(Input.Submitted)
    def _submitted(self) -> None:
        options = self.query_one(OptionList)
        if options.highlighted is not None:
            self.dismiss(options.get_option_at_index(options.highlighted).id)

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(event.option_id)

    def action_leave(self) -> None:
        self.dismiss(None)
