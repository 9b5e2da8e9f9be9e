"""A window for a run's name and note."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Footer, Input, Static

from tui.runs.store.run_label import NAME_LIMIT, NOTE_LIMIT, RunLabel
from tui.ui.dialogs.window import Window
from tui.ui.forms.line_input import LineInput


class RunLabelScreen(Window[RunLabel | None]):
    """Edits a run's name and its note; the run's own files stay as they are."""

    CSS_PATH = "../../ui/dialogs/windows.tcss"
    HELP = """
# Name and note

What the run is called everywhere, and a line for yourself. **enter** goes to the note and then
keeps both; **escape** leaves everything as it was. An empty name is the one that it had at first.
"""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "keep", "Keep", id="label.keep", tooltip="Keep the name and the note"),
        Binding("escape", "leave", "Close", id="label.close", tooltip="Leave both as they were"),
    ]

    def __init__(self, title: str, label: RunLabel) -> None:
        """Make the window.

        Args:
            title: what the run is called without a name of its own; clean.
            label: its name and its note.
        """
        super().__init__()
        self._title, self._label = title, label

    def compose(self) -> ComposeResult:
        with Vertical(classes="pick") as box:
            box.border_title = "Name and note"
            yield Static(Content("name"))
            yield LineInput(
                self._label.name,
                placeholder=self._title,
                max_length=NAME_LIMIT,
                compact=True,
                id="label-name",
            )
            yield Static(Content("\nnote"))
            yield LineInput(
                self._label.note,
                placeholder="what you want to find out, or have found out",
                max_length=NOTE_LIMIT,
                compact=True,
                id="label-note",
            )
        yield Footer(show_command_palette=False, compact=True)

    def on_mount(self) -> None:
        self.query_one("#label-name", Input).focus()

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if event.input.id == "label-name":
            self.query_one("#label-note", Input).focus()
        else:
            self.action_keep()

    def action_keep(self) -> None:
        """Close with what was typed."""
        name, note = (self.query_one(f"#label-{field}", Input).value for field in ("name", "note"))
        self.dismiss(RunLabel(name.strip(), note.strip()))

    def action_leave(self) -> None:
        self.dismiss(None)
