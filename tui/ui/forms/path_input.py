"""Lines for a path: tab completes it, as in a shell."""

from __future__ import annotations

import asyncio
from typing import Any, ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.suggester import Suggester
from textual.widgets import TextArea

from tui.common.typed_paths import completions_soon
from tui.ui.forms.line_input import LineInput
from tui.ui.forms.path_completing import PathCompleting
from tui.ui.textual_patches.cancel_workers import CancelsWorkers


def _tab(name: str) -> Binding:
    tooltip = "Complete the path, or go on to the next that fits"
    return Binding("tab", "complete", "Complete path", id=name, tooltip=tooltip)


class PathInput(CancelsWorkers, LineInput):
    """A line for a path. Shift+tab leaves it, and so do ↑ and ↓ where the screen lets them."""

    BINDINGS: ClassVar[list[BindingType]] = [
        _tab("path.complete"),
        Binding("enter", "submit", "Take", id="path.take", tooltip="Take this path"),
        Binding(
            "up",
            "leave('previous')",
            "Leave the line",
            show=False,
            id="path.up",
            tooltip="Leave the line for what is before it",
        ),
        Binding(
            "down",
            "leave('next')",
            "Leave the line",
            show=False,
            id="path.down",
            tooltip="Leave the line for what comes next",
        ),
    ]

    def __init__(
        self, *args: Any, endings: tuple[str, ...] = (), arrows_leave: bool = True, **options: Any
    ) -> None:
        """Make the line.

        Args:
            args: as `Input` takes them.
            endings: how the names of the files end, in lower case; none for folders alone, `("",)`
                for every file.
            arrows_leave: whether ↑ and ↓ leave it; else they stay the screen's.
            options: as `Input` takes them.
        """
        super().__init__(*args, suggester=_FirstFound(endings), **options)
        self._arrows_leave = arrows_leave
        self.completing = PathCompleting(self, lambda: self.value, self._write, endings)

    def _write(self, path: str) -> None:
        self.value = path
        self.cursor_position = len(path)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return self._arrows_leave if action == "leave" else True

    async def on_key(self, event: events.Key) -> None:
        if event.key != "tab" and self.completing.end(event.character or ""):
            event.stop()
            event.prevent_default()

    def on_blur(self, _: events.Blur) -> None:
        self.completing.end()

    def action_complete(self) -> None:
        """Complete the path, or go to the next of those that it may be."""
        self.completing.press()

    def action_leave(self, where: str) -> None:
        """Move the focus to what is before the line, or to what comes next."""
        if where == "next":
            self.screen.focus_next()
        else:
            self.screen.focus_previous()


class PathArea(CancelsWorkers, TextArea):
    """A text that may be a path: then tab completes it, where other fields are left with it."""

    BINDINGS: ClassVar[list[BindingType]] = [_tab("path-area.complete")]

    def __init__(self, *args: Any, endings: tuple[str, ...] = (), **options: Any) -> None:
        """Make the area.

        Args:
            args: as `TextArea` takes them.
            endings: how the names of the files end, in lower case.
            options: as `TextArea` takes them.
        """
        super().__init__(*args, **options)
        self.completing = PathCompleting(self, lambda: self.text, self._write, endings)

    def _write(self, path: str) -> None:
        self.text = path
        self.move_cursor(self.document.end)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return "\n" not in self.text if action == "complete" else True

    async def on_key(self, event: events.Key) -> None:
        if event.key != "tab" and self.completing.end(event.character or ""):
            event.stop()
            event.prevent_default()

    def action_complete(self) -> None:
        """Complete the path, or go to the next of those that it may be."""
        self.completing.press()


class _FirstFound(Suggester):
    """Shows the first path that begins as typed behind the cursor; → takes it."""

    def __init__(self, endings: tuple[str, ...]) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self._endings = endings
        self._one_at_a_time = asyncio.Lock()
        self._newest = ""

    async def get_suggestion(self, value: str) -> str | None:
        """Return the completed path, or None when nothing begins like that."""
        self._newest = value
        async with self._one_at_a_time:
            if value != self._newest or value.rpartition("/")[2] in {".", "..", "~"}:
                return None
            found = (await completions_soon(value, self._endings)).found
        return next((path for path in found if path.startswith(value)), None)
