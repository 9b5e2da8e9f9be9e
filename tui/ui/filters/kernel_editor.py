"""The weights of a filter: as text, and edited by keys."""

from __future__ import annotations

from collections.abc import Iterable

from textual.content import Content

from tui.geometry import Kernel

_EDITED = "bold reverse $text-warning"


def weights_text(kernel: Kernel, edited: tuple[int, int] | None) -> Content:
    """Return a filter's weights as text.

    Args:
        kernel: the filter.
        edited: row and column, from 0, of the weight that is edited; None for none.
    """
    over = f"  / {kernel.divisor}" if kernel.divisor != 1 else ""
    lines = [
        Content.assemble(("filter 3×3×1", "bold $filter-color"), (over, "$filter-color")),
    ]
    for row, line in enumerate(kernel.weights):
        parts: list[tuple[str, str]] = []
        for column, weight in enumerate(line):
            text = f"{weight}".replace("-", "−").rjust(2)
            if (row, column) == edited:
                parts.append((f" ‹{text}›", _EDITED))
            else:
                parts.append((f"  {text} ", "$filter-color"))
        lines.append(Content.assemble(*parts))
    return Content("\n").join(lines)


LARGEST_WEIGHT = 9
_MOVES = {"up": (-1, 0), "down": (1, 0), "left": (0, -1), "right": (0, 1)}


class KernelEditing:
    """Edits the weights of one of several filters; the result is the learner's own filter."""

    def __init__(self, kernels: Iterable[Kernel]) -> None:
        self.kernels = list(kernels)
        self.cell = (0, 0)
        """Row and column of the edited weight, from 0."""

    def press(self, index: int, key: str, character: str) -> int | None:
        """Handle a key.

        Args:
            index: index of the edited filter.
            key: Textual's name of the key.
            character: the character that it prints; empty for none.

        Returns:
            The index of the filter after the edit; None for a key that does not edit.
        """
        row, column = self.cell
        if key in _MOVES:
            down, right = _MOVES[key]
            self.cell = (min(max(row + down, 0), 2), min(max(column + right, 0), 2))
            return index
        if character.isascii() and character.isdigit():
            return self._write(index, int(character))
        if key == "minus":
            return self._write(index, -self.kernels[index].weights[row][column])
        return None

    def _write(self, index: int, weight: int) -> int:
        row, column = self.cell
        kernel = self.kernels[index]
        weights = [list(line) for line in kernel.weights]
        weights[row][column] = max(min(weight, LARGEST_WEIGHT), -LARGEST_WEIGHT)
        own = Kernel("your own", tuple(map(tuple, weights)), kernel.divisor, "what you make of it")
        if kernel.title == own.title:
            self.kernels[index] = own
            return index
        # The ready-made filter is not changed.
        self.kernels = [one for one in self.kernels if one.title != own.title] + [own]
        return len(self.kernels) - 1
