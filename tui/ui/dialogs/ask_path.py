"""A small window that asks for the path of a file and completes it."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from tui.ui.dialogs.window import Window
from tui.ui.forms.path_completing import PathHint
from tui.ui.forms.path_input import PathInput


class AskPath(Window[str | None]):
    """One field; enter takes the path, escape none."""

    CSS_PATH = "ask_path.tcss"
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
