"""A line to type in, whose keys act in the order in which they came."""

from __future__ import annotations

from textual import events
from textual.widgets import Input


class LineInput(Input):
    """One line of text. What `check_consume_key` does not take stays a command of the screen.

    Textual puts a letter in at once, but hands every other key up to the app, which looks for its
    binding there. Of keys that arrive together (pasted, or typed over a slow line) the letters
    would come first: ctrl+u and then 227 would clear the 227 too. So the line's own keys act here.
    """

    async def _on_key(self, event: events.Key) -> None:
        # Textual runs the handler of each class in turn; preventing skips those of the bases.
        if event.is_printable:
            if not self.check_consume_key(event.key, event.character):
                event.prevent_default()  # Input would swallow it, taken or not
            return
        found = self.screen.active_bindings.get(event.key)
        if found is None or found.node is not self or not found.enabled:
            return
        # Not stopped where the line has nothing to do with it: scrolling, which all widgets have.
        if await self.app.run_action(found.binding.action, self):
            event.stop()
            event.prevent_default()
