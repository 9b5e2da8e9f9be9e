"""Windows that ask for one of a list, for the path of a file, or for a value or two."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Generic, TypeVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Footer, Input, Label, OptionList, Static
from textual.widgets.option_list import Option

from tui.ui.dialogs.window import Window
from tui.ui.forms.line_input import LineInput
from tui.ui.forms.path_input import PathHint, PathInput
from tui.ui.textual_patches.repaint import repaint


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


class PickWindow(Window[str | None]):
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


class PathWindow(Window[str | None]):
    """One field; enter takes the path, escape none."""

    CSS_PATH = "windows.tcss"
    HELP = """
Type a path; **tab** completes it as in a shell and, where several begin so, goes through them.
**enter** takes it, **escape** leaves.
"""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Close", id="path.close", tooltip="Close without a path"),
    ]

    def __init__(self, title: str, endings: tuple[str, ...], placeholder: str) -> None:
        """Make the window.

        Args:
            title: what is asked for.
            endings: how the names of such files end, in lower case.
            placeholder: an example.
        """
        super().__init__()
        self._title, self._endings, self._placeholder = title, endings, placeholder

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog") as box:
            box.border_title = Content(self._title)
            yield PathInput(placeholder=self._placeholder, endings=self._endings, compact=True)
            yield PathHint()
            yield Static(
                Content.from_markup("\n[b]tab[/b] complete   [b]enter[/b] take   [b]esc[/b] leave")
            )

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        if event.value.strip():
            self.dismiss(event.value)

    def action_leave(self) -> None:
        self.dismiss(None)


T = TypeVar("T")


@dataclass(frozen=True)
class InputField:
    """One field of the window.

    Args:
        label: what is asked for.
        value: what stands there at first.
        placeholder: an example, shown while the field is empty.
    """

    label: str
    value: str
    placeholder: str = ""


class InputWindow(Window[T | None], Generic[T]):
    """Returns what the fields mean, or None when it is left."""

    CSS_PATH = "windows.tcss"
    HELP = """
Type the value; the line below says at once what it means, or what is wrong with it.
**enter** takes it, **tab** goes to the next field, **escape** leaves all as it is.
"""

    BINDINGS: ClassVar[list[BindingType]] = [
        # The field's own enter submits; this one names it in the footer.
        Binding("enter", "take", "Take it", id="asking.take", tooltip="Take what is typed"),
        Binding("escape", "leave", "Leave", id="asking.leave", tooltip="Leave all as it is"),
    ]

    def __init__(
        self,
        title: str,
        fields: Sequence[InputField],
        check: Callable[[Sequence[str]], tuple[T, str]],
    ) -> None:
        """Make the window.

        Args:
            title: what is asked for.
            fields: one or two.
            check: from the fields' texts to what they mean, and that in words; raises
                ValueError with what is wrong and the cure.
        """
        super().__init__()
        self._title, self._fields, self._check = title, fields, check

    def compose(self) -> ComposeResult:
        wide = max(len(field.label) for field in self._fields) + 2
        with Vertical(id="asking") as box:
            box.border_title = Content(self._title)
            next_field = "tab next field · " if len(self._fields) > 1 else ""
            box.border_subtitle = Content(f"enter takes it · {next_field}esc leaves")
            for number, field in enumerate(self._fields):
                with Horizontal():
                    label = Label(Content(field.label))
                    label.styles.width = wide
                    yield label
                    yield LineInput(
                        field.value, placeholder=field.placeholder, compact=True, id=f"ask-{number}"
                    )
            yield Static(id="asking-verdict")
        yield Footer(show_command_palette=False, compact=True)

    def on_mount(self) -> None:
        self.query(Input).first().focus()
        self._judge()

    def _judge(self) -> T | None:
        """Show what the fields mean, or what is wrong; return the former."""
        verdict = self.query_one("#asking-verdict", Static)
        try:
            meaning, words = self._check([field.value for field in self.query(Input)])
        except ValueError as error:
            repaint(verdict, Content.styled(f"✗ {error}", "$text-error"))
            return None
        repaint(verdict, Content.styled(words, "$text-muted"))
        return meaning

    @on(Input.Changed)
    def _changed(self) -> None:
        self._judge()

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_take()

    def action_take(self) -> None:
        """Return what the fields mean, unless something is wrong with them."""
        meaning = self._judge()
        if meaning is not None:
            self.dismiss(meaning)

    def action_leave(self) -> None:
        self.dismiss(None)
