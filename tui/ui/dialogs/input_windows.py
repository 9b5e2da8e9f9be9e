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
from textual.widgets import Input, Label, OptionList, Static
from textual.widgets.option_list import Option

from tui.ui.dialogs.window import Window
from tui.ui.footer import Footer
from tui.ui.forms.line_input import LineInput
from tui.ui.forms.path_input import PathHint, PathInput
from tui.ui.textual_patches.repaint import repaint


class _Narrowing(LineInput):
    """The line that filters a list; enter chooses the highlighted option."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "Choose", id="pick.take", tooltip="Choose the highlighted one"),
        Binding(
            "ctrl+d",
            "screen.delete",
            "Delete",
            id="pick.delete",
            tooltip="Delete the highlighted one, after a question",
        ),
    ]


class PickWindow(Window[str | None]):
    """Asks for one of a list, which is filtered by typing."""

    CSS_PATH = "windows.tcss"
    HELP = "Type to narrow the list, **↑ ↓** move, **enter** chooses, **escape** cancels."

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Close", id="pick.close", tooltip="Close without choosing"),
        Binding("down", "move(1)", "Down", show=False, id="pick.down", tooltip="Next one"),
        Binding("up", "move(-1)", "Up", show=False, id="pick.up", tooltip="Previous one"),
    ]

    def __init__(
        self,
        title: str,
        options: Sequence[tuple[str, str]],
        delete: Callable[[str], Awaitable[bool]] | None = None,
    ) -> None:
        """Make the list.

        Args:
            title: title of the window.
            options: name, which is returned, and text of each option.
            delete: asks and deletes what a name stands for; returns whether it did.
        """
        super().__init__()
        self._title, self._options, self._delete = title, list(options), delete

    def compose(self) -> ComposeResult:
        with Vertical(classes="pick") as box:
            box.border_title = Content(self._title)
            yield _Narrowing(placeholder="type to narrow the list", compact=True)
            yield OptionList(compact=True)
        yield Footer()

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
        """Delete the highlighted option, and remove it from the list."""
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
    """Asks for a path."""

    CSS_PATH = "windows.tcss"
    HELP = """
Type a path; **tab** completes it as in a shell and goes through the possible completions.
**enter** accepts it, **escape** cancels.
"""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Close", id="path.close", tooltip="Close without a path"),
    ]

    def __init__(self, title: str, endings: tuple[str, ...], placeholder: str) -> None:
        """Make the window.

        Args:
            title: title of the window.
            endings: endings of the file names, in lower case.
            placeholder: an example.
        """
        super().__init__()
        self._title, self._endings, self._placeholder = title, endings, placeholder

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog") as box:
            box.border_title = Content(self._title)
            yield PathInput(placeholder=self._placeholder, endings=self._endings, compact=True)
            yield PathHint()
        yield Footer()

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        if event.value.strip():
            self.dismiss(event.value)

    def action_leave(self) -> None:
        self.dismiss(None)


T = TypeVar("T")


@dataclass(frozen=True)
class InputField:
    """A field of an `InputWindow`.

    Args:
        label: name of the field.
        value: initial text.
        placeholder: an example, shown while the field is empty.
    """

    label: str
    value: str
    placeholder: str = ""


class InputWindow(Window[T | None], Generic[T]):
    """Asks for a value or two, checked while they are typed; returns it, or None."""

    CSS_PATH = "windows.tcss"
    HELP = """
Type the value; the line below shows what it means or what is wrong with it. **enter** accepts it,
**tab** goes to the next field, **escape** changes nothing.
"""

    BINDINGS: ClassVar[list[BindingType]] = [
        # Enter in the field submits it; this binding only names the key in the footer.
        Binding("enter", "take", "Accept", id="asking.take", tooltip="Accept the value"),
        Binding("escape", "leave", "Cancel", id="asking.leave", tooltip="Change nothing"),
    ]

    def __init__(
        self,
        title: str,
        fields: Sequence[InputField],
        check: Callable[[Sequence[str]], tuple[T, str]],
    ) -> None:
        """Make the window.

        Args:
            title: title of the window.
            fields: one or two.
            check: returns the value of the fields' texts, and a description of it; raises
                ValueError with what is wrong and how to fix it.
        """
        super().__init__()
        self._title, self._fields, self._check = title, fields, check

    def compose(self) -> ComposeResult:
        wide = max(len(field.label) for field in self._fields) + 2
        with Vertical(id="asking") as box:
            box.border_title = Content(self._title)
            next_field = "tab next field · " if len(self._fields) > 1 else ""
            box.border_subtitle = Content(f"enter accepts · {next_field}esc cancels")
            for number, field in enumerate(self._fields):
                with Horizontal():
                    label = Label(Content(field.label))
                    label.styles.width = wide
                    yield label
                    yield LineInput(
                        field.value, placeholder=field.placeholder, compact=True, id=f"ask-{number}"
                    )
            yield Static(id="asking-verdict")
        yield Footer()

    def on_mount(self) -> None:
        self.query(Input).first().focus()
        self._judge()

    def _judge(self) -> T | None:
        """Show what the fields mean or what is wrong; return the value, None if it is wrong."""
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
        """Return the value unless something is wrong with it."""
        meaning = self._judge()
        if meaning is not None:
            self.dismiss(meaning)

    def action_leave(self) -> None:
        self.dismiss(None)
