"""Fields for a path: tab completes it, as in a shell."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.suggester import Suggester
from textual.widget import Widget
from textual.widgets import Static, TextArea

from tui.common.text import clean
from tui.common.typed_paths import Completions, completions_soon
from tui.ui.forms.line_input import LineInput
from tui.ui.textual_patches.cancel_workers import CancelsWorkers
from tui.ui.textual_patches.repaint import repaint


class PathHint(Static):
    """The completions found by tab, below the field; hidden if there are none."""

    DEFAULT_CSS = """
    PathHint { display: none; height: auto; max-height: 3; color: $text-muted; }
    PathHint.-said { display: block; }
    """

    def show(self, text: Content) -> None:
        """Show a text; an empty one hides the widget."""
        self.set_class(bool(text.plain), "-said")
        repaint(self, text)


class PathCompletion:
    """Completes the path in a widget; a `PathHint` of the screen shows the completions."""

    def __init__(
        self,
        widget: Widget,
        read: Callable[[], str],
        write: Callable[[str], None],
        endings: tuple[str, ...],
    ) -> None:
        """Make a completion.

        Args:
            widget: the widget with the path.
            read: returns its text.
            write: replaces its text, with the cursor at the end.
            endings: endings of the file names, in lower case; none for folders only, `("",)` for
                any file.
        """
        self._widget, self._read, self._write = widget, read, write
        self.endings = endings
        self._choices: tuple[str, ...] = ()
        """The completions that tab goes through; empty once another key was pressed."""
        self._place = -1
        self._pressed_again = False
        self.busy = False
        """Whether a folder is being read; later keys wait for it (`type_ahead`)."""

    def press(self) -> None:
        """Complete the path, or go to the next of those that it may be."""
        if self.busy:
            self._pressed_again = True
        elif self._choices:
            self._go_on()
        else:
            self.busy, self._pressed_again = True, False
            self._widget.run_worker(
                self._complete_typed(self._read()), group="complete", exclusive=True
            )

    def end(self, typed: str = "") -> bool:
        """Stop going through the choices; return whether a typed slash only confirms one."""
        choices, self._choices, self._place = self._choices, (), -1
        self._say(Content(""))
        return typed == "/" and bool(choices) and self._read().endswith("/")

    async def _complete_typed(self, typed: str) -> None:
        try:
            answer = await completions_soon(typed, self.endings)
            if self._read() == typed:  # else it was changed meanwhile
                self._take(typed, answer)
        finally:
            self.busy = False
        if self._pressed_again and self._choices:
            self._go_on()

    def _take(self, typed: str, answer: Completions) -> None:
        found = answer.found
        if found:
            self._write(answer.common)
        if len(found) > 1:
            self._choices, self._place = found, -1
            self._say(self._list(answer.problem))
        elif not found:
            begun = typed.rpartition("/")[2]
            nothing = f"Nothing here begins with {clean(begun, 40)}" if begun else "Nothing here"
            self._say(Content(f"{answer.problem or nothing}."))
        else:
            complete = "The path is complete" if answer.common == typed else ""
            words = answer.problem or complete
            self._say(Content(f"{words}." if words else ""))

    def _go_on(self) -> None:
        self._place = (self._place + 1) % len(self._choices)
        self._write(self._choices[self._place])
        self._say(self._list(""))

    def _list(self, problem: str) -> Content:
        """Return the choices from the current one on, as many as fit in two rows."""
        choices, first = self._choices, max(self._place, 0)
        head = f"{len(choices):,} completions, tab goes through them"
        if self._place >= 0:
            head = f"{self._place + 1:,} of {len(choices):,}"
        if problem:
            head += f" ({problem})"
        room = 2 * max(self._widget.size.width - 4, 20) - len(head) - 20
        shown: list[str] = []
        for path in choices[first:]:
            name = clean(path.rstrip("/").rpartition("/")[2], 60) + "/" * path.endswith("/")
            room -= len(name) + 2
            if room < 0 and shown:
                break
            shown.append(name)
        left = len(choices) - first - len(shown)
        chosen = "bold" if self._place >= 0 else ""
        names = [Content.styled(shown[0], chosen), *map(Content, shown[1:])]
        if left:
            names.append(Content(f"… {left:,} more"))
        return Content.assemble(f"{head}:  ", Content("  ").join(names))

    def _say(self, text: Content) -> None:
        for hint in self._widget.screen.query(PathHint):
            hint.show(text)


def _tab(name: str) -> Binding:
    tooltip = "Complete the path, or go to the next completion"
    return Binding("tab", "complete", "Complete path", id=name, tooltip=tooltip)


class PathInput(CancelsWorkers, LineInput):
    """A line for a path. Shift+tab leaves it, as do ↑ and ↓ unless the screen uses them."""

    BINDINGS: ClassVar[list[BindingType]] = [
        _tab("path.complete"),
        Binding("enter", "submit", "Accept", id="path.take", tooltip="Accept this path"),
        Binding(
            "up",
            "leave('previous')",
            "Leave the line",
            show=False,
            id="path.up",
            tooltip="Go to the previous field or list",
        ),
        Binding(
            "down",
            "leave('next')",
            "Leave the line",
            show=False,
            id="path.down",
            tooltip="Go to the next field or list",
        ),
    ]

    def __init__(
        self, *args: Any, endings: tuple[str, ...] = (), arrows_leave: bool = True, **options: Any
    ) -> None:
        """Make the line.

        Args:
            args: positional arguments of `Input`.
            endings: endings of the file names, in lower case; none for folders only, `("",)` for
                any file.
            arrows_leave: whether ↑ and ↓ leave the line; else they belong to the screen.
            options: keyword arguments of `Input`.
        """
        super().__init__(*args, suggester=_FirstFound(endings), **options)
        self._arrows_leave = arrows_leave
        self.completion = PathCompletion(self, lambda: self.value, self._write, endings)

    def _write(self, path: str) -> None:
        self.value = path
        self.cursor_position = len(path)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return self._arrows_leave if action == "leave" else True

    async def on_key(self, event: events.Key) -> None:
        if event.key != "tab" and self.completion.end(event.character or ""):
            event.stop()
            event.prevent_default()

    def on_blur(self, _: events.Blur) -> None:
        self.completion.end()

    def action_complete(self) -> None:
        """Complete the path, or go to the next of those that it may be."""
        self.completion.press()

    def action_leave(self, where: str) -> None:
        """Move the focus to the previous or the next widget."""
        if where == "next":
            self.screen.focus_next()
        else:
            self.screen.focus_previous()


class PathArea(CancelsWorkers, TextArea):
    """A text area whose single line may be a path, which tab then completes."""

    ESCAPE_LEAVES = True
    BINDINGS: ClassVar[list[BindingType]] = [_tab("path-area.complete")]

    def __init__(self, *args: Any, endings: tuple[str, ...] = (), **options: Any) -> None:
        """Make the area.

        Args:
            args: positional arguments of `TextArea`.
            endings: endings of the file names, in lower case.
            options: keyword arguments of `TextArea`.
        """
        super().__init__(*args, **options)
        self.completion = PathCompletion(self, lambda: self.text, self._write, endings)

    def _write(self, path: str) -> None:
        self.text = path
        self.move_cursor(self.document.end)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return "\n" not in self.text if action == "complete" else True

    async def on_key(self, event: events.Key) -> None:
        if event.key != "tab" and self.completion.end(event.character or ""):
            event.stop()
            event.prevent_default()

    def action_complete(self) -> None:
        """Complete the path, or go to the next of those that it may be."""
        self.completion.press()


class _FirstFound(Suggester):
    """Suggests the first path that begins with the typed text; → accepts it."""

    def __init__(self, endings: tuple[str, ...]) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self._endings = endings
        self._one_at_a_time = asyncio.Lock()
        self._newest = ""

    async def get_suggestion(self, value: str) -> str | None:
        """Return the completed path; None if there is none."""
        self._newest = value
        async with self._one_at_a_time:
            if value != self._newest or value.rpartition("/")[2] in {".", "..", "~"}:
                return None
            found = (await completions_soon(value, self._endings)).found
        return next((path for path in found if path.startswith(value)), None)
