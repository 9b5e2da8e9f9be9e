"""A line to type in that leaves the screen its commands."""

from __future__ import annotations

from textual import events
from textual.widgets import Input


class LineInput(Input):
    """One line of text. What `check_consume_key` does not take stays a command of the screen."""

    async def _on_key(self, event: events.Key) -> None:
        # Textual runs the handler of each class in turn; preventing skips those of the bases.
        if event.is_printable and not self.check_consume_key(event.key, event.character):
            event.prevent_default()  # Input would swallow it, taken or not
