"""Typing weights into one of several filters; what is typed makes a filter of one's own."""

from __future__ import annotations

from collections.abc import Iterable

from tui.geometry import Kernel

LARGEST_WEIGHT = 9
_MOVES = {"up": (-1, 0), "down": (1, 0), "left": (0, -1), "right": (0, 1)}


class KernelEditing:
    """The filters to choose from, and the weight at work."""

    def __init__(self, kernels: Iterable[Kernel]) -> None:
        self.kernels = list(kernels)
        self.cell = (0, 0)
        """Row and column of the weight, from 0."""

    def press(self, index: int, key: str, character: str) -> int | None:
        """Take a key.

        Args:
            index: which of the filters is at work.
            key: Textual's name of the key.
            character: what it prints; empty for none.

        Returns:
            Which filter is at work afterwards; None for a key that does not belong to the editing.
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
        # The ready-made one stays as it is.
        self.kernels = [one for one in self.kernels if one.title != own.title] + [own]
        return len(self.kernels) - 1
