"""A small window that asks for a value or two, and checks them while they are typed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Generic, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Footer, Input, Label, Static

from tui.ui.dialogs.window import Window
from tui.ui.forms.line_input import LineInput
from tui.ui.textual_patches.repaint import repaint

T = TypeVar("T")


@dataclass(frozen=True)
class Asks:
    """One field of the window.

    Args:
        label: what is asked for.
        value: what stands there at first.
        placeholder: an example, shown while the field is empty.
    """

    label: str
    value: str
    placeholder: str = ""


class Asking(Window[T | None], Generic[T]):
    """Returns what the fields mean, or None when it is left."""

    CSS_PATH = "asking.tcss"
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
        self, title: str, fields: Sequence[Asks], check: Callable[[Sequence[str]], tuple[T, str]]
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
