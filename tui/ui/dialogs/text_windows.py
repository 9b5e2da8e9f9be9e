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
from textual.widgets import Footer, Static

from tui.common.clipboard import copied_here, way_through
from tui.common.text import clean
from tui.runs.export.export_file import write_whole
from tui.ui.dialogs.saving import SaveWindow
from tui.ui.dialogs.window import Window
from tui.ui.textual_patches.mouse import take_mouse


def copy_text(app: App[Any], text: str, what: str, file: str = "copied.txt") -> None:
    """Copy a text, and say so where that is known; else open a window that shows it.

    Args:
        app: the app.
        text: what is copied.
        what: what it is, for a sentence such as "The code is copied."
        file: a name for a file of it.
    """
    app.run_worker(_copy(app, text, what, file), exclusive=True, group="copy")


async def _copy(app: App[Any], text: str, what: str, file: str) -> None:
    app.copy_to_clipboard(text)  # the terminal may take it, and does not say
    if await asyncio.to_thread(copied_here, text):
        app.notify(what, markup=False)
        return
    hint = await asyncio.to_thread(way_through, os.environ)
    app.push_screen(CopyWindow(text, hint, file))


class CopyWindow(Window[None]):
    """A text for the terminal's own copying; it can be written to a file too."""

    CSS_PATH = "windows.tcss"
    HELP = """
The text was sent to the terminal, which does not say whether it took it: try to paste. If it did
not, select the text here with the mouse and copy it as always in this terminal. While this window
is open the mouse belongs to the terminal; where it does not, hold **shift** (on a Mac **option**)
while you drag. Inside tmux `tmux set -s set-clipboard on` lets copied text through.
**w** writes the text to a file, **escape** closes.
"""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("w", "write", "Write to a file", id="copy.write", tooltip="Write it to a file"),
        Binding("escape,q,y", "close", "Close", id="copy.close", tooltip="Close"),
    ]

    def __init__(self, text: str, hint: str, file: str) -> None:
        """Make the window.

        Args:
            text: what was to be copied.
            hint: what is known to be in the way; may be empty.
            file: the name of a file that is offered.
        """
        super().__init__()
        self._text, self._hint, self._file = text, hint, file

    def compose(self) -> ComposeResult:
        told = "Sent to the terminal, which does not say whether it took it. If pasting fails, "
        told += "select the text here with the mouse (some terminals need shift) and copy it."
        with Vertical(id="copy") as box:
            box.border_title = Content("To copy")
            yield Static(Content(f"{told} {self._hint}".rstrip()), id="copy-told")
            with VerticalScroll(id="copy-scroll"):
                shown = "\n".join(clean(line) for line in self._text.split("\n"))
                yield Static(Content(shown), id="copy-text")
        yield Footer(show_command_palette=False, compact=True)

    def on_mount(self) -> None:
        self.query_one("#copy-scroll").focus()
        # The terminal's own selection is then made with the mouse.
        take_mouse(self.app, ours=False)

    def on_unmount(self) -> None:
        take_mouse(self.app, ours=True)

    def action_write(self) -> None:
        """Ask for a place and write the text there."""
        text = self._text if self._text.endswith("\n") else f"{self._text}\n"

        def write(path: Path, force: bool) -> list[Path]:
            write_whole(path, text.encode("utf-8", "surrogateescape"), force=force)
            return [path]

        self.app.push_screen(SaveWindow("Write the text", self._file, write))

    def action_close(self) -> None:
        self.dismiss(None)


class CodeWindow(Window[None]):
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


class TextWindow(Window[None]):
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
