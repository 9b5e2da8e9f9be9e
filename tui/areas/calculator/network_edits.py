"""Editing the network of the calculator: each change a key and a palette entry."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from tui.geometry import Effect, Network, Row, format_network, parse_network, trace_network
from tui.geometry.editor import NetworkEditor
from tui.ui.area_screen import AreaScreen
from tui.ui.copying import copy_text

FIRST = "150x150x3 conv:k=16,f=3"


class NetworkEdits(AreaScreen):
    """Edits the draft, and tells the screen that shows it to `sync`."""

    HELP = "The editing of a network; the screen that shows it says more."

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "delete,x",
            "delete",
            "Delete",
            show=False,
            id="calculator.delete",
            tooltip="Delete this layer",
        ),
        Binding(
            "c",
            "duplicate",
            "Duplicate",
            show=False,
            id="calculator.duplicate",
            tooltip="Put a copy of this layer after it",
        ),
        Binding(
            "greater_than_sign,shift+down",
            "move(1)",
            "Move down",
            show=False,
            id="calculator.down",
            tooltip="Move this layer down",
        ),
        Binding(
            "less_than_sign,shift+up",
            "move(-1)",
            "Move up",
            show=False,
            id="calculator.up",
            tooltip="Move this layer up",
        ),
        Binding(
            "u,ctrl+z",
            "undo",
            "Undo",
            show=False,
            id="calculator.undo",
            tooltip="Take the last change back",
        ),
        Binding(
            "U,ctrl+y",
            "redo",
            "Redo",
            show=False,
            id="calculator.redo",
            tooltip="Make the change again",
        ),
        Binding(
            "j",
            "cursor(1)",
            "Next layer",
            show=False,
            id="calculator.next",
            tooltip="Edit the next layer",
        ),
        Binding(
            "i",
            "cursor(-1)",
            "Previous layer",
            show=False,
            id="calculator.previous",
            tooltip="Edit the previous layer",
        ),
        Binding(
            "r",
            "reset",
            "Reset",
            show=False,
            id="calculator.reset",
            tooltip="Begin again with one layer",
        ),
        Binding(
            "y",
            "copy",
            "Copy",
            show=False,
            id="calculator.copy",
            tooltip="Copy the network in its one-line form, for cnn-tui calc",
        ),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.editor = NetworkEditor(parse_network(FIRST))
        self.note = ""
        """What to look at in the network that was loaded last."""
        self.good: Effect | None = None
        """The last result that worked, of the layer under the cursor."""

    def sync(self, *, load: bool = False) -> None:
        """Show the draft everywhere.

        Args:
            load: whether the forms are to be filled anew (not while they are typed in).
        """
        raise NotImplementedError

    @property
    def rows(self) -> tuple[Row, ...]:
        """The network as it is now, traced."""
        return trace_network(self.editor.network)

    def incoming(self, rows: tuple[Row, ...]) -> object | None:
        """Return the shape that reaches the layer under the cursor; None where none does."""
        cursor = self.editor.draft.cursor
        if cursor <= 0:
            return self.editor.network.input
        before = rows[cursor - 1].effect
        return before.output if before is not None else None

    def load(self, network: Network, note: str = "") -> None:
        """Put another network in; u takes it back.

        Args:
            network: the network.
            note: what to look at in it.
        """
        self.note = note
        self.editor.load(network)
        self.sync(load=True)

    def action_cursor(self, step: int) -> None:
        self.editor.move_cursor(self.editor.draft.cursor + step)
        self.sync(load=True)

    def action_delete(self) -> None:
        if self.editor.delete():
            self.sync(load=True)

    def action_duplicate(self) -> None:
        if self.editor.duplicate():
            self.sync(load=True)

    def action_move(self, step: int) -> None:
        if self.editor.move(step):
            self.sync(load=True)

    def action_undo(self) -> None:
        if self.editor.undo():
            self.sync(load=True)
        else:
            self.notify("There is nothing to take back.")

    def action_redo(self) -> None:
        if self.editor.redo():
            self.sync(load=True)

    def action_reset(self) -> None:
        self.load(parse_network(FIRST))

    def action_copy(self) -> None:
        text = format_network(self.editor.network)
        copy_text(self.app, text, f"Copied: {text}", "network.txt")
