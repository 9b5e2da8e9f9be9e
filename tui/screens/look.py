"""Area 6: what it will be."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Center, Middle
from textual.content import Content
from textual.widgets import Static

from tui.screens.base import AreaScreen


class LookScreen(AreaScreen):
    """Says in one sentence what this area will be."""

    AREA = "look"
    CSS_PATH = "look.tcss"
    HELP = """
# Look inside

This area is not there yet. It will show the feature maps of every layer of a trained network for
a picture of yours.

Until then the trained network lies in the run's folder as `best.keras` and `final.keras`.
"""

    def compose_body(self) -> ComposeResult:
        with Middle(), Center():
            yield Static(
                Content(
                    "Look inside will show the feature maps of every layer of a trained network "
                    "for a picture of yours; it is not there yet."
                ),
                classes="placeholder",
            )

    def on_mount(self) -> None:
        self.where = "Look inside"
