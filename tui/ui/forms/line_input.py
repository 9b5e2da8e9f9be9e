"""A text field that leaves the screen its commands."""

from __future__ import annotations

import time
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.widgets import Input

_SAY_AGAIN_SECONDS = 2.0


class LineInput(Input):
    """A line of text. Keys that `check_consume_key` refuses remain commands of the screen.

    One that is no command either is refused aloud.
    """

    TAKES: ClassVar[str] = ""
    """What can be typed, for the message about what cannot."""

    _refused: tuple[str, float] = "", 0.0
    """The last message, and when it was shown: a key held down says it once."""

    async def on_key(self, event: events.Key) -> None:
        # Textual runs the handler of each class in turn; this skips those of the base classes.
        if event.is_printable and not self.check_consume_key(event.key, event.character):
            event.prevent_default()  # else Input would stop the event in any case
            active = self.screen.active_bindings.get(event.key)
            if active is None or not active.enabled:
                event.stop()
                self.refuse(f"“{event.character}” cannot be typed here{self._what_can()}")

    def restricted(self) -> None:
        """Say why a typed or pasted text was not taken."""
        if self.max_length and len(self.value) >= self.max_length:
            self.refuse(f"No more than {self.max_length} characters fit here.")
        else:
            self.refuse(f"That cannot be entered here{self._what_can()}")

    def _what_can(self) -> str:
        return f": {self.TAKES}." if self.TAKES else "."

    def refuse(self, message: str) -> None:
        """Say that something was not taken."""
        before, since = self._refused
        if message != before or time.monotonic() - since > _SAY_AGAIN_SECONDS:
            self._refused = message, time.monotonic()
            self.app.notify(message, severity="warning", markup=False)


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
