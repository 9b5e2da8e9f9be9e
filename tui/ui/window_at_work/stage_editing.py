"""Typing numbers into the input or the filter of a scene."""

from __future__ import annotations

from tui.geometry.windows.scene import Scene
from tui.ui.window_at_work.stage_text import View, filter_slice

_MOVES = {"up": (-1, 0), "down": (1, 0), "left": (0, -1), "right": (0, 1)}


class CellEditing:
    """The number at work, and what was typed into it so far."""

    def __init__(self) -> None:
        self.cell = (0, 0)
        """Row and column of the number, from 0."""
        self._typed = ""

    def begin(self, scene: Scene, view: View) -> None:
        """Stand on the first input value under the window, or on the filter's first weight."""
        y, x = divmod(view.place, scene.output.width)
        inside = [term for term in scene.at(x, y, view.filter).terms if not term.padded]
        on_input = inside and view.edited == "input"
        self.cell = (inside[0].row, inside[0].column) if on_input else (0, 0)
        self._typed = ""

    def press(self, scene: Scene, view: View, key: str, character: str) -> Scene | None:
        """Take a key.

        Args:
            scene: the scene as it is.
            view: what is looked at, and whose numbers are edited.
            key: Textual's name of the key.
            character: what it prints; empty for none.

        Returns:
            The scene afterwards; None for a key that does not belong to the editing.
        """
        number = self._rows(scene, view)[self.cell[0]][self.cell[1]]
        if key in _MOVES:
            self._move(scene, view, *_MOVES[key])
            return scene
        if character.isascii() and character.isdigit():
            self._typed = (self._typed + character).lstrip("0")[-2:]
            return self._write(scene, view, int(self._typed or 0) * (-1 if number < 0 else 1))
        if key == "minus":
            return self._write(scene, view, -number)
        if key in {"backspace", "delete"}:
            self._typed = ""
            return self._write(scene, view, 0)
        return None

    def _rows(self, scene: Scene, view: View) -> tuple[tuple[int, ...], ...]:
        if view.edited == "input":
            return scene.grid[view.slice]
        return scene.filters[view.filter][filter_slice(scene, view)]

    def _move(self, scene: Scene, view: View, down: int, right: int) -> None:
        rows = self._rows(scene, view)
        row, column = self.cell
        self.cell = (
            min(max(row + down, 0), len(rows) - 1),
            min(max(column + right, 0), len(rows[0]) - 1),
        )
        self._typed = ""

    def _write(self, scene: Scene, view: View, value: int) -> Scene:
        if view.edited == "input":
            return scene.with_value(view.slice, *self.cell, value)
        return scene.with_weight(view.filter, filter_slice(scene, view), *self.cell, value)
