"""What a run's curves say and where its time goes, at length."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Footer, Static

from tui.ui.dialogs.window import Window


class Insight(Window[None]):
    """Titled pieces of text below each other."""

    CSS_PATH = "insight_window.tcss"
    HELP = """
What the curves say, by fixed rules: overfitting is training that goes on getting better while the
validation loss rises; underfitting, a plateau, noise and divergence are named likewise. Below it
is where the time of the whole epochs went. Scroll with the arrows; **escape** closes.
"""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,d", "app.pop_screen", "Close", id="insight.close", tooltip="Close"),
    ]

    def __init__(self, pieces: list[tuple[str, Content]]) -> None:
        """Make the window.

        Args:
            pieces: (title, text) of each, its lines indented by one; those without a text are
                left out.
        """
        super().__init__()
        self._pieces = [(title, text) for title, text in pieces if text]

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="insight"):
            for title, text in self._pieces:
                yield Static(Content(title), classes="piece-title")
                # The style sheet indents them: what is wrapped stands below its beginning.
                lines = [line[1:] for line in text.split("\n", allow_blank=True)]
                yield Static(Content("\n").join(lines), classes="piece")
        yield Footer(show_command_palette=False, compact=True)

    def on_mount(self) -> None:
        self.query_one(VerticalScroll).focus()
