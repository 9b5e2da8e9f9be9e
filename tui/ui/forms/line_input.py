"""A text field that leaves the screen its commands."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.widgets import Input


class LineInput(Input):
    """A line of text. Keys that `check_consume_key` refuses remain commands of the screen."""

    async def on_key(self, event: events.Key) -> None:
        # Textual runs the handler of each class in turn; this skips those of the base classes.
        if event.is_printable and not self.check_consume_key(event.key, event.character):
            event.prevent_default()  # else Input would stop the event in any case


class FilterInput(LineInput):
    """A line that filters a list; the screen's `back` command clears and leaves it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "Choose", id="filter.take", tooltip="Go to the results"),
        Binding(
            "escape",
            "screen.back",
            "Show all",
            id="filter.clear",
            tooltip="Show the whole list again",
        ),
    ]
