"""The Keras code of what is on screen."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.highlight import highlight
from textual.widgets import Footer, Static

from tui.ui.copying import copy_text
from tui.ui.dialogs.window import Window


class CodeScreen(Window[None]):
    """Python to read and to copy."""

    CSS_PATH = "windows.tcss"
    HELP = "Scroll with the arrows; **y** copies the code, **escape** closes."

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "copy", "Copy", id="code.copy", tooltip="Copy the code"),
        Binding("escape,q,c", "app.pop_screen", "Close", id="code.close", tooltip="Close"),
    ]

    def __init__(self, title: str, code: str) -> None:
        """Make the window.

        Args:
            title: what it is the code of.
            code: Python, safe to show.
        """
        super().__init__()
        self._title, self._code = title, code

    def compose(self) -> ComposeResult:
        with VerticalScroll(classes="reading") as box:
            box.border_title = Content(self._title)
            yield Static(highlight(self._code, language="python"))
        yield Footer(show_command_palette=False, compact=True)

    def on_mount(self) -> None:
        self.query_one(VerticalScroll).focus()

    def action_copy(self) -> None:
        copy_text(self.app, self._code, "The code is copied.", "code.py")
