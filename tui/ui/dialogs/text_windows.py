"""Windows that show a text: to read it, or to copy it."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Any, ClassVar

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.highlight import highlight
from textual.widgets import Static

from tui.common.clipboard import copy_by_command, terminal_hint
from tui.common.text import clean
from tui.runs.export.export_file import write_whole
from tui.ui.dialogs.saving import SaveWindow
from tui.ui.dialogs.window import Window
from tui.ui.footer import Footer
from tui.ui.textual_patches.mouse import take_mouse


def copy_text(app: App[Any], text: str, what: str, file: str = "copied.txt") -> None:
    """Copy a text and confirm it if possible; else open a window with the text.

    Args:
        app: the app.
        text: the text.
        what: the message that confirms it, such as "The code is copied."
        file: suggested file name, if the learner writes it to a file instead.
    """
    app.run_worker(_copy(app, text, what, file), exclusive=True, group="copy")


async def _copy(app: App[Any], text: str, what: str, file: str) -> None:
    app.copy_to_clipboard(text)  # the terminal may accept it, but does not confirm that
    if await asyncio.to_thread(copy_by_command, text):
        app.notify(what, markup=False)
        return
    hint = await asyncio.to_thread(terminal_hint, os.environ)
    app.push_screen(CopyWindow(text, hint, file))


class CopyWindow(Window[None]):
    """Shows a text, to be selected and copied in the terminal or written to a file."""

    CSS_PATH = "windows.tcss"
    HELP = """
The text was sent to the terminal, which does not confirm that it copied it: try to paste. If that
fails, select the text here with the mouse and copy it as usual in this terminal. While this window
is open the terminal handles the mouse; if it does not, hold **shift** (on a Mac **option**) while
you drag. In tmux `tmux set -s set-clipboard on` lets copied text through.
**w** writes the text to a file, **escape** closes.
"""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "w", "write", "Write to a file", id="copy.write", tooltip="Write the text to a file"
        ),
        Binding("escape,q,y", "close", "Close", id="copy.close", tooltip="Close"),
    ]

    def __init__(self, text: str, hint: str, file: str) -> None:
        """Make the window.

        Args:
            text: the text to copy.
            hint: what may prevent copying; may be empty.
            file: suggested file name.
        """
        super().__init__()
        self._text, self._hint, self._file = text, hint, file

    def compose(self) -> ComposeResult:
        message = (
            "Sent to the terminal, which does not confirm that it copied it. If pasting fails, "
        )
        message += "select the text here with the mouse (some terminals need shift) and copy it."
        with Vertical(id="copy") as box:
            box.border_title = Content("To copy")
            yield Static(Content(f"{message} {self._hint}".rstrip()), id="copy-hint")
            with VerticalScroll(id="copy-scroll"):
                shown = "\n".join(clean(line) for line in self._text.split("\n"))
                yield Static(Content(shown), id="copy-text")
        yield Footer()

    def on_mount(self) -> None:
        self.query_one("#copy-scroll").focus()
        # Let the terminal select text with the mouse.
        take_mouse(self.app, ours=False)

    def on_unmount(self) -> None:
        take_mouse(self.app, ours=True)

    def action_write(self) -> None:
        """Ask for a path and write the text there."""
        text = self._text if self._text.endswith("\n") else f"{self._text}\n"

        def write(path: Path, force: bool) -> list[Path]:
            write_whole(path, text.encode("utf-8", "surrogateescape"), force=force)
            return [path]

        self.app.push_screen(SaveWindow("Write the text", self._file, write))

    def action_close(self) -> None:
        self.dismiss(None)


class CodeWindow(Window[None]):
    """Shows Python code, to read and to copy."""

    CSS_PATH = "windows.tcss"
    HELP = "Scroll with the arrows; **y** copies the code, **escape** closes."

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "copy", "Copy", id="code.copy", tooltip="Copy the code"),
        Binding("escape,q,c", "app.pop_screen", "Close", id="code.close", tooltip="Close"),
    ]

    def __init__(self, title: str, code: str) -> None:
        """Make the window.

        Args:
            title: title of the window.
            code: Python, safe to show.
        """
        super().__init__()
        self._title, self._code = title, code

    def compose(self) -> ComposeResult:
        with VerticalScroll(classes="reading") as box:
            box.border_title = Content(self._title)
            yield Static(highlight(self._code, language="python"))
        yield Footer()

    def on_mount(self) -> None:
        self.query_one(VerticalScroll).focus()

    def action_copy(self) -> None:
        copy_text(self.app, self._code, "The code is copied.", "code.py")


class TextWindow(Window[None]):
    """Shows a text to scroll through."""

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
        yield Footer()

    def on_mount(self) -> None:
        box = self.query_one(VerticalScroll)
        box.focus()
        box.scroll_end(animate=False)
