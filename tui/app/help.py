"""The help of any screen: every key that works there, and the screen's own text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from inspect import cleandoc
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import ActiveBinding, Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from tui.ui.area_screen import area_bindings
from tui.ui.footer import Footer

# Textual's own bindings, described in the style of the others.
_TEXTUAL_BINDINGS = {
    "app.focus_next": "Go to the next field or list",
    "app.focus_previous": "Go to the previous field or list",
    "screen.copy_text": "Copy the text selected with the mouse",
}


_TITLE = re.compile(r"\s*# (.+)\n+")
"""The heading at the start of a help text."""


def _rank(active: ActiveBinding) -> int:
    """Sort the screen's own keys first, then leaving it, the areas, and navigation."""
    name = active.binding.id or ""
    if name.startswith(("area.", "app.")):
        return 2
    return (1 if name == "screen.back" else 0) if name else 3


def key_rows(rows: Sequence[tuple[str, str]]) -> Content:
    """Return keys and descriptions in rows, with the descriptions aligned."""
    width = max((len(keys) for keys, _ in rows), default=0) + 2
    return Content("\n").join(
        Content.assemble((f"{keys:<{width}}", "bold $text-accent"), text) for keys, text in rows
    )


class HelpScreen(ModalScreen[None]):
    """The keys of a screen, read from its bindings, its help text, and all other keys."""

    CSS_PATH = "../ui/dialogs/windows.tcss"
    HELP = "This is the help. Any of the keys below closes it."

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "escape,question_mark,f1,q", "app.pop_screen", "Close", id="help.close", tooltip="Close"
        ),
        # A modal screen blocks the app's own bindings, so the areas are bound here again.
        *area_bindings("help", "app.area"),
    ]

    def __init__(self, text: str, bindings: list[ActiveBinding]) -> None:
        """Make the window.

        Args:
            text: Markdown; a heading at its beginning becomes the window's title.
            bindings: the keys that work on the screen whose help is shown.
        """
        super().__init__()
        text = cleandoc(text)
        title = _TITLE.match(text)
        self._title = title[1] if title else "Help"
        self._text = text[title.end() :] if title else text
        self._active = bindings

    def compose(self) -> ComposeResult:
        from textual.widgets import Markdown  # its parser is not needed for the first frame

        own, other = self._keys()
        with VerticalScroll(id="help") as box:
            box.border_title = self._title
            yield Static(own, id="keys")
            yield Markdown(self._text)
            yield Static("Other keys", id="help-other")
            yield Static(other, id="keys-other")
        yield Footer()

    def _keys(self) -> tuple[Content, Content]:
        """Return the screen's own keys, and those of the app and of what has the focus."""
        rows: dict[tuple[object, str], tuple[str, str]] = {}
        own = set()
        for active in sorted(self._active, key=_rank):
            binding = active.binding
            if not (binding.description or active.tooltip) or not active.enabled:
                continue
            key = self.app.get_key_display(binding)
            # A field and its screen may both have an action "copy": they are two rows.
            what = (active.node, binding.action if binding.description else active.tooltip)
            known = rows.get(what)
            keys = f"{known[0]}, {key}" if known and key not in known[0].split(", ") else key
            description = (
                _TEXTUAL_BINDINGS.get(binding.action) or active.tooltip or binding.description
            )
            rows[what] = (keys, description)
            if _rank(active) < 2:
                own.add(what)
        digits = ", ".join("0123456789")
        rows = {
            what: ("0 to 9" if keys == digits else keys, text)
            for what, (keys, text) in rows.items()
        }
        return (
            key_rows([row for what, row in rows.items() if what in own]),
            key_rows([row for what, row in rows.items() if what not in own]),
        )

    def on_mount(self) -> None:
        self.query_one("#help").focus()
