"""The fields of a form that scroll above its message."""

from __future__ import annotations

from textual import events
from textual.containers import VerticalScroll


class FieldsScroll(VerticalScroll):
    """Keeps the focused field in sight when the message below grows and takes some of its rows."""

    def on_resize(self, event: events.Resize) -> None:
        focused = self.screen.focused
        if focused is not None and self in focused.ancestors:
            self.scroll_to_widget(focused, animate=False)
