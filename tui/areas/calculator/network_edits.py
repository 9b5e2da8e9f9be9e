"""The network of the calculator, and the commands that edit it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from tui.geometry import (
    Change,
    Conv2D,
    Effect,
    Layer,
    Network,
    Pair,
    Row,
    Shape,
    Solution,
    Volume,
    parse_network,
    trace_network,
)
from tui.geometry.editor import NetworkEditor
from tui.ui.commands import bindings

FIRST_NETWORK = "150x150x3 conv:k=16,f=3"


class NetworkEdits:
    """Edits a network one layer at a time; the screen that shows it holds it as `edits`.

    >>> edits = NetworkEdits(changed=lambda: print("changed"), notify=print)
    >>> edits.duplicate()
    changed
    >>> [row.effect.output.width for row in edits.traced if row.effect]
    [148, 146]
    """

    COMMANDS = bindings(
        "calculator",
        ("delete,x", "delete", "delete", "Delete", "Delete this layer"),
        ("c", "duplicate", "duplicate", "Duplicate", "Insert a copy after this layer"),
        ("greater_than_sign,shift+down", "move(1)", "down", "Move down", "Move this layer down"),
        ("less_than_sign,shift+up", "move(-1)", "up", "Move up", "Move this layer up"),
        ("u,ctrl+z", "undo", "undo", "Undo", "Undo the last change"),
        ("U,ctrl+y", "redo", "redo", "Redo", "Redo the change"),
        ("j", "go(1)", "next", "Next layer", "Edit the next layer"),
        ("i", "go(-1)", "previous", "Previous layer", "Edit the previous layer"),
        ("r", "reset", "reset", "Reset", "Start over with one layer"),
        handler="edits",
    )

    def __init__(self, changed: Callable[[], None], notify: Callable[[str], object]) -> None:
        """Start with one layer.

        Args:
            changed: called when the network or the cursor has changed.
            say: shows a sentence.
        """
        self._changed, self._notify = changed, notify
        self.editor = NetworkEditor(parse_network(FIRST_NETWORK))
        self.note = ""
        """What is worth noticing in the ready-made network loaded last; else empty."""
        self.last_effect: Effect | None = None
        """The last valid result of the layer under the cursor."""

    def offers(self, command: str) -> bool:
        """All commands are always available."""
        return True

    @property
    def network(self) -> Network:
        """The current network."""
        return self.editor.network

    @property
    def cursor(self) -> int:
        """The index of the layer that is edited; -1 for the input."""
        return self.editor.draft.cursor

    @property
    def layer(self) -> Layer | None:
        """The layer that is edited; None on the input."""
        return self.editor.layer

    @property
    def traced(self) -> tuple[Row, ...]:
        """Its layers, each with the shapes, cost and error found by tracing."""
        return trace_network(self.network)

    def incoming(self, rows: tuple[Row, ...]) -> Shape | None:
        """Return the input shape of the layer under the cursor; None if an earlier layer fails."""
        cursor = self.cursor
        if cursor <= 0:
            return self.network.input
        before = rows[cursor - 1].effect
        return before.output if before is not None else None

    def load(self, network: Network, note: str = "") -> None:
        """Replace the network, as a change that can be undone.

        Args:
            network: the new one.
            note: what is worth noticing in it.
        """
        self.note = note
        self.editor.load(network)
        self._changed()

    @property
    def convolution(self) -> Conv2D:
        """The layer under the cursor if it is a convolution, else a small new one."""
        layer = self.layer
        return layer if isinstance(layer, Conv2D) else Conv2D(16, Pair(3, 3))

    def insert(self, layer: Layer) -> None:
        """Insert a layer after the one under the cursor."""
        self.editor.insert(layer)
        self._changed()

    def change(self, layer: Layer) -> None:
        """Replace the layer under the cursor."""
        self.editor.change(layer)
        self._changed()

    def apply(self, fit: Change) -> None:
        """Apply a change that makes the layer fit; of the input only if this is the first layer."""
        if fit.layer != self.layer:
            self.editor.change(fit.layer)
        elif self.cursor <= 0 and isinstance(fit.shape, Volume):
            self.editor.change_input(fit.shape)
        else:
            self._notify("That would change this layer's input: edit the previous layer instead.")
        self._changed()

    def apply_solution(self, found: Solution) -> None:
        """Give the convolution under the cursor these settings, or insert a new one after it."""
        layer = replace(
            self.convolution,
            kernel=Pair.square(found.kernel),
            stride=Pair.square(found.stride),
            padding=Pair.square(found.padding) if found.padding else "valid",
            dilation=Pair.square(found.dilation),
        )
        if isinstance(self.layer, Conv2D):
            self.change(layer)
        else:
            self.insert(layer)

    def go(self, step: int) -> None:
        """Move the cursor by some layers."""
        self.editor.move_cursor(self.cursor + step)
        self._changed()

    def delete(self) -> None:
        if self.editor.delete():
            self._changed()

    def duplicate(self) -> None:
        if self.editor.duplicate():
            self._changed()

    def move(self, step: int) -> None:
        if self.editor.move(step):
            self._changed()

    def undo(self) -> None:
        if self.editor.undo():
            self._changed()
        else:
            self._notify("There is nothing to undo.")

    def redo(self) -> None:
        if self.editor.redo():
            self._changed()

    def reset(self) -> None:
        self.load(parse_network(FIRST_NETWORK))
