"""Editing a network step by step, with undo and redo."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tui.geometry.layers import Layer
from tui.geometry.network import Network
from tui.geometry.shapes import Volume

MOST_STEPS = 200
"""The most edits that can be undone."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A network being edited, and the layer under the cursor.

    Args:
        network: as it is now; its layers need not fit.
        cursor: index of a layer; -1 for the input.
    """

    network: Network
    cursor: int = 0


class NetworkEditor:
    """A draft, with undo and redo.

    >>> from tui.geometry import parse_layer, parse_network, format_network
    >>> editor = NetworkEditor(parse_network("8x8x1 conv:k=4,f=3"))
    >>> editor.insert(parse_layer("maxpool:f=2"))
    >>> format_network(editor.network)
    '8x8x1 conv:k=4,f=3 maxpool:f=2'
    >>> editor.undo(), format_network(editor.network)
    (True, '8x8x1 conv:k=4,f=3')
    """

    def __init__(self, network: Network) -> None:
        self._past: list[Draft] = []
        self._future: list[Draft] = []
        self.draft = Draft(network, 0 if network.layers else -1)
        self._merging: str | None = None

    @property
    def network(self) -> Network:
        """The network as it is now."""
        return self.draft.network

    @property
    def layer(self) -> Layer | None:
        """The layer under the cursor; None on the input."""
        cursor = self.draft.cursor
        return self.network.layers[cursor] if cursor >= 0 else None

    def move_cursor(self, cursor: int) -> None:
        """Put the cursor on a layer, or on the input (-1). This is not an edit."""
        cursor = max(-1, min(cursor, len(self.network.layers) - 1))
        self.draft = replace(self.draft, cursor=cursor)
        self._merging = None

    def insert(self, layer: Layer) -> None:
        """Insert a layer after the one under the cursor, and move the cursor to it."""
        position = self.draft.cursor + 1
        layers, names = self.network.layers, self._names
        self._edit(
            (*layers[:position], layer, *layers[position:]),
            (*names[:position], "", *names[position:]),
            position,
        )

    def delete(self) -> bool:
        """Delete the layer under the cursor; False on the input, which stays."""
        cursor = self.draft.cursor
        if cursor < 0:
            return False
        layers, names = self.network.layers, self._names
        self._edit(
            (*layers[:cursor], *layers[cursor + 1 :]),
            (*names[:cursor], *names[cursor + 1 :]),
            min(cursor, len(layers) - 2),
        )
        return True

    def duplicate(self) -> bool:
        """Insert a copy of the layer under the cursor after it; False on the input."""
        if self.layer is None:
            return False
        self.insert(self.layer)
        return True

    def move(self, step: int) -> bool:
        """Swap the layer with the next (1) or previous (-1) one; False where there is none."""
        cursor = self.draft.cursor
        other = cursor + step
        if cursor < 0 or not 0 <= other < len(self.network.layers):
            return False
        layers, names = list(self.network.layers), list(self._names)
        layers[cursor], layers[other] = layers[other], layers[cursor]
        names[cursor], names[other] = names[other], names[cursor]
        self._edit(tuple(layers), tuple(names), other)
        return True

    def change(self, layer: Layer, *, setting: str = "") -> None:
        """Replace the layer under the cursor.

        Args:
            layer: the new one.
            setting: what was changed. Successive changes of the same setting are undone
                together, such as ten presses of ↑.
        """
        cursor = self.draft.cursor
        if cursor < 0 or layer == self.layer:
            return
        layers, names = self.network.layers, self._names
        if type(layer) is not type(self.layer):
            names = (*names[:cursor], "", *names[cursor + 1 :])
        self._edit(
            (*layers[:cursor], layer, *layers[cursor + 1 :]), names, cursor, f"{cursor}{setting}"
        )

    def change_input(self, volume: Volume, *, setting: str = "input") -> None:
        """Replace the network's input."""
        if volume != self.network.input:
            self._keep(f"input {setting}")
            self.draft = replace(self.draft, network=replace(self.network, input=volume))

    def load(self, network: Network) -> None:
        """Replace the whole network; this can be undone like any edit."""
        self._keep(None)
        self.draft = Draft(network, 0 if network.layers else -1)

    def undo(self) -> bool:
        """Undo the last edit; False when there is none."""
        return self._step(self._past, self._future)

    def redo(self) -> bool:
        """Redo the edit that was undone last; False when there is none."""
        return self._step(self._future, self._past)

    def _step(self, source: list[Draft], target: list[Draft]) -> bool:
        if not source:
            return False
        target.append(self.draft)
        self.draft = source.pop()
        self._merging = None
        return True

    @property
    def _names(self) -> tuple[str, ...]:
        """A name for each layer, empty where Keras gives it."""
        network = self.network
        whole = len(network.names) == len(network.layers)
        return network.names if whole else ("",) * len(network.layers)

    def _edit(
        self,
        layers: tuple[Layer, ...],
        names: tuple[str, ...],
        cursor: int,
        merging: str | None = None,
    ) -> None:
        self._keep(merging)
        kept = names if any(names) else ()
        self.draft = Draft(replace(self.network, layers=layers, names=kept), cursor)

    def _keep(self, merging: str | None) -> None:
        if merging is None or merging != self._merging:
            self._past.append(self.draft)
            del self._past[:-MOST_STEPS]
        self._future.clear()
        self._merging = merging
