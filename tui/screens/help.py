"""Help for any screen: its own words and every key that works there."""

from __future__ import annotations

from inspect import cleandoc
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import ActiveBinding, Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Footer, Static

from tui.screens.areas import AREAS

# What Textual binds on every screen, in words that fit beside ours.
_OWN_WORDS = {
    "app.focus_next": "Go on to the next field or list",
    "app.focus_previous": "Go back to the field or list before",
    "screen.copy_text": "Copy what was marked with the mouse",
}


def _rank(active: ActiveBinding) -> int:
    name = active.binding.id or ""
    if name.startswith(("area.", "app.")):
        return 1
    return 0 if name else 2


class HelpScreen(ModalScreen[None]):
    """A screen's help text above its keys, read from the bindings themselves."""

    CSS_PATH = "windows.tcss"
    HELP = "The help itself: any of the keys below closes it."

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "escape,question_mark,f1,q", "app.pop_screen", "Close", id="help.close", tooltip="Close"
        ),
        # A window above a screen keeps the app's own keys away: name those that lead on.
        *(
            Binding(
                area.key,
                f"app.area('{area.mode}')",
                area.title,
                show=False,
                id=f"help.{area.mode}",
                tooltip=f"{area.title}: {area.sentence}",
            )
            for area in AREAS
        ),
    ]

    def __init__(self, text: str, bindings: list[ActiveBinding]) -> None:
        super().__init__()
        self._text = cleandoc(text)
        self._active = bindings

    def compose(self) -> ComposeResult:
        from textual.widgets import Markdown  # its parser is not needed for the first frame

        with VerticalScroll(id="help"):
            yield Markdown(self._text)
            yield Static(self._keys(), id="keys")
        yield Footer(show_command_palette=False, compact=True)

    def _keys(self) -> Content:
        rows: dict[tuple[object, str], tuple[str, str]] = {}
        for active in sorted(self._active, key=_rank):
            binding = active.binding
            if not (binding.description or active.tooltip) or not active.enabled:
                continue
            key = self.app.get_key_display(binding)
            # A field and its screen may both have an action "copy": they are two rows.
            what = (active.node, binding.action)
            known = rows.get(what)
            keys = f"{known[0]}, {key}" if known and key not in known[0].split(", ") else key
            said = _OWN_WORDS.get(binding.action) or active.tooltip or binding.description
            rows[what] = (keys, said)
        # What is the screen's own comes first, then the areas, then moving about.
        lines = [
            Content.assemble((f"  {keys:<18}", "bold $text-accent"), text)
            for keys, text in rows.values()
        ]
        return Content("\n").join([Content.styled("Keys", "bold"), *lines])

    def on_mount(self) -> None:
        self.query_one("#help").focus()
