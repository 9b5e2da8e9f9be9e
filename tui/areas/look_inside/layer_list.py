"""The list of a network's layers, with the output of each."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Static

from tui.common.text import clean
from tui.inspection.answers import LayerInfo
from tui.inspection.view import INPUT
from tui.ui.textual_patches.repaint import repaint


def volume_text(layer: LayerInfo) -> str:
    """Return a layer's output as W×H×D, or as a number of units."""
    if layer.spatial:
        return f"{layer.width}×{layer.height}×{layer.depth}"
    return f"{layer.depth:,}"


class LayerList(Static):
    """The input and the layers, a line each; as many around the chosen one as fit."""

    DEFAULT_CSS = """
    LayerList { width: 1fr; height: auto; }
    """

    index: reactive[int] = reactive(INPUT, init=False)
    """Index of the chosen layer; -1: the input."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._volume = ""
        self._layers: Sequence[LayerInfo] = ()

    def show(self, volume: str, layers: Sequence[LayerInfo]) -> None:
        """Show another network.

        Args:
            volume: the network's input, W×H×D.
            layers: the network's layers.
        """
        self._volume, self._layers = volume, layers
        self._draw()

    def watch_index(self) -> None:
        self._draw()

    def on_resize(self, event: events.Resize) -> None:
        self._draw()

    def _draw(self) -> None:
        if not self._volume:
            repaint(self, Content(""))
            return
        width = max(self.size.width, 20)
        lines = [("input", self._volume, "$input-color")]
        lines += [
            (
                clean(layer.name, width - len(volume_text(layer)) - 3),
                volume_text(layer),
                "$output-color" if layer.spatial else "$text",
            )
            for layer in self._layers
        ]
        room = len(lines)
        most = self.styles.max_height
        if most is not None and most.cells is not None:
            room = min(room, most.cells)
        chosen = self.index + 1
        first = min(max(chosen - room // 2, 0), len(lines) - room)
        drawn = []
        for number in range(first, first + room):
            name, volume, colour = lines[number]
            mark = "▸" if number == chosen else " "
            if number == first and first > 0:
                mark = "↑" if mark == " " else mark
            if number == first + room - 1 and number < len(lines) - 1:
                mark = "↓" if mark == " " else mark
            text = f"{mark}{name}".ljust(width - len(volume) - 1)
            styled = Content.assemble(
                (text, "$filter-color" if self._has_weights(number - 1) else "$text"),
                (volume, colour),
            )
            drawn.append(styled.stylize("bold reverse") if number == chosen else styled)
        repaint(self, Content("\n").join(drawn))

    def _has_weights(self, index: int) -> bool:
        """Whether a layer has weights; such layers have the filters' colour."""
        return index >= 0 and self._layers[index].parameters > 0
