"""The command palette: every command, found by its name or by its description."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import SystemCommand
from textual.command import DiscoveryHit, Hit, Hits
from textual.system_commands import SystemCommandsProvider

from tui.common.natural_order import natural_key

_BY_DESCRIPTION = 0.5
"""What a match in the description counts, compared with one in the name."""


class CommandProvider(SystemCommandsProvider):
    """The app's commands in natural order: Lesson 2 comes before Lesson 10."""

    _commands: Sequence[SystemCommand] = ()

    async def startup(self) -> None:
        """Make the commands once, and not anew for each letter that is typed."""
        found = self.app.get_system_commands(self.screen)
        self._commands = sorted(found, key=lambda command: natural_key(command.title))

    async def discover(self) -> Hits:
        for name, description, callback, discover in self._commands:
            if discover:
                yield DiscoveryHit(name, callback, help=description)

    async def search(self, query: str) -> Hits:
        """Yield the commands whose name or description matches, by name first.

        Names are matched letter by letter, descriptions by whole parts of words: nearly any
        letters occur in a sentence somewhere.
        """
        matcher = self.matcher(query)
        words = query.casefold().split()
        for name, description, callback, _ in self._commands:
            score = matcher.match(name)
            if score <= 0 and words and all(word in description.casefold() for word in words):
                score = _BY_DESCRIPTION
            if score > 0:
                yield Hit(score, matcher.highlight(name), callback, help=description)
