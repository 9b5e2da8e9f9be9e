"""A line to type in that leaves the screen its commands."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.widgets import Input


class LineInput(Input):
    """One line of text. What `check_consume_key` does not take stays a command of the screen."""

    async def on_key(self, event: events.Key) -> None:
        # Textual runs the handler of each class in turn; preventing skips those of the bases.
        if event.is_printable and not self.check_consume_key(event.key, event.character):
            event.prevent_default()  # Input would swallow it, taken or not


class FilterInput(LineInput):
    """A line whose words narrow a list down; the screen's `back` empties and leaves it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "Take", id="filter.take", tooltip="Go on with what was found"),
        Binding("escape", "screen.back", "Show all", id="filter.clear", tooltip="Show all again"),
    ]
