"""Where the learner's lines of a program go."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.geometry import Region
from textual.message import Message
from textual.widgets import TextArea

_STEP = "    "


class ProgramField(TextArea):
    """Takes a line, or a few; indents as Python needs it.

    A new line begins as deep as the one before, a step deeper behind a colon; backspace at the
    beginning of a line takes a step back.
    """

    ESCAPE_LEAVES = True
    DEFAULT_CSS = """
    ProgramField { height: auto; padding: 0; border: none; background: $surface-lighten-1; }
    ProgramField:focus { border: none; }
    ProgramField .text-area--cursor-line { background: $surface-lighten-2; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "run", "Run", id="program.enter", tooltip="Run the program"),
    ]

    class Submitted(Message):
        """A single line is written: the program is to be run."""

    def __init__(self, text: str, *, lines: int, indent: int) -> None:
        """Make the field.

        Args:
            text: what stands in it.
            lines: how many are asked for; with 1, enter runs the program.
            indent: how deep the lines stand in the program, and on screen.
        """
        super().__init__(
            text,
            compact=True,
            id="program-field",
            placeholder="write here"
            if lines == 1
            else f"write here, about {lines} lines; or esc, then e: in your $EDITOR",
        )
        self._single = lines == 1
        self.styles.margin = (0, 0, 0, indent)
        self.styles.min_height = max(min(lines, 3), 1)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "run":
            return self._single
        return super().check_action(action, parameters)

    def action_run(self) -> None:
        """Run the program."""
        self.post_message(self.Submitted())

    def on_key(self, event: events.Key) -> None:
        """Take enter and backspace where they mean more than elsewhere."""
        row, column = self.cursor_location
        before = self.document.get_line(row)[:column]
        if event.key == "enter":
            event.stop()
            event.prevent_default()
            if self._single:
                self.action_run()
                return
            depth = len(before) - len(before.lstrip(" "))
            deeper = _STEP if before.rstrip().endswith((":", "(", "[", "{")) else ""
            self.insert("\n" + " " * depth + deeper)
            self.scroll_cursor_visible(animate=False)
        elif (
            event.key == "backspace"
            and self.selection.is_empty
            and before
            and not before.strip()
            and len(before) % len(_STEP) == 0
        ):
            event.stop()
            event.prevent_default()
            self.delete((row, column - len(_STEP)), (row, column))


class ProgramView(VerticalScroll):
    """The program round the field, scrolled so that the line of the cursor is seen.

    The field is as high as its text, so it never scrolls itself.
    """

    def follow_cursor(self) -> None:
        """Scroll to the cursor, once the field has the height of its text."""
        self.call_after_refresh(self.call_after_refresh, self._show_cursor)

    def on_resize(self) -> None:
        """A verdict takes rows away, and gives them back."""
        self.follow_cursor()

    def _show_cursor(self) -> None:
        for field in self.query(ProgramField):
            row = field.wrapped_document.location_to_offset(field.cursor_location).y
            line = Region(0, field.virtual_region.y + row, 1, 1)
            self.scroll_to_region(line, animate=False, x_axis=False)
