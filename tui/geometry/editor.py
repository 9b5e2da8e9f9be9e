"""Editing a network step by step, with undo and redo."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tui.geometry.layers import Layer
from tui.geometry.network import Network
from tui.geometry.shapes import Volume

MOST_STEPS = 200
"""Edits that can be taken back."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A network under work, and the layer that the cursor is on.

    Args:
        network: as it is now; it need not fit.
        cursor: index of a layer; -1 for the input.
    """

    network: Network
    cursor: int = 0


class NetworkEditor:
    """Holds a draft, and the drafts before and after it.

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
        """Put the cursor on a layer, or on the input (-1); this is no edit."""
        cursor = max(-1, min(cursor, len(self.network.layers) - 1))
        self.draft = replace(self.draft, cursor=cursor)
        self._merging = None

    def insert(self, layer: Layer) -> None:
        """Put a layer behind the one under the cursor, and the cursor on it."""
        position = self.draft.cursor + 1
        layers, names = self.network.layers, self._names
        self._edit(
            (*layers[:position], layer, *layers[position:]),
            (*names[:position], "", *names[position:]),
            position,
        )

    def delete(self) -> bool:
        """Take the layer under the cursor out; False on the input, which stays."""
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
        """Put a copy of the layer under the cursor behind it; False on the input."""
        if self.layer is None:
            return False
        self.insert(self.layer)
        return True

    def move(self, step: int) -> bool:
        """Change places with the next (1) or the former (-1) layer; False where there is none."""
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
        """Put another layer in place of the one under the cursor.

        Args:
            layer: the new one.
            setting: what was changed. Changes of the same setting in a row are one step for
                `undo`: ten presses of ↑ are taken back at once.
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
        """Give the network another input."""
        if volume != self.network.input:
            self._keep(f"input {setting}")
            self.draft = replace(self.draft, network=replace(self.network, input=volume))

    def load(self, network: Network) -> None:
        """Put a whole other network in; it can be undone as any edit."""
        self._keep(None)
        self.draft = Draft(network, 0 if network.layers else -1)

    def undo(self) -> bool:
        """Take the last edit back; False when there is none."""
        return self._step(self._past, self._future)

    def redo(self) -> bool:
        """Make the edit again that was taken back; False when there is none."""
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
        """A name for each layer, empty for Keras's own."""
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
