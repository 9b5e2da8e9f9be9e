"""What the keys of the sliding window do: move the window, and edit the numbers of its scene."""

from __future__ import annotations

from collections.abc import Callable

from textual.timer import Timer

from tui.common.text import clean
from tui.geometry import Volume
from tui.geometry.windows.scene import Scene
from tui.ui.commands import bindings
from tui.ui.sliding_window.window_text import SceneView, filter_slice

SPEEDS = (0.15, 0.4, 1.0, 2.0)
"""Seconds per step, fast to slow."""


class WindowWalk:
    """Where the window stands in a scene; moved by keys, or by a timer while it plays."""

    COMMANDS = bindings(
        "stage",
        ("space", "play", "play", "Play", "Play or pause"),
        ("right", "step(1)", "next", "Step", "Next position"),
        ("left", "step(-1)", "previous", "Back", "Previous position"),
        ("down", "row(1)", "down", "Row down", "One row down"),
        ("up", "row(-1)", "up", "Row up", "One row up"),
        ("home", "first", "first", "First", "First position"),
        ("end", "last", "last", "Last", "Last position"),
        ("plus,equals_sign", "change_speed(-1)", "faster", "Faster", "Play faster"),
        ("minus", "change_speed(1)", "slower", "Slower", "Play slower"),
        ("full_stop", "next_slice(1)", "slice", "Next slice", "Next depth slice of the input"),
        ("comma", "next_slice(-1)", "slice_before", "Previous slice", "Previous depth slice"),
        ("semicolon", "next_filter(1)", "filter", "Next filter", "Next filter of K"),
        ("colon", "next_filter(-1)", "filter_before", "Previous filter", "Previous filter"),
        handler="walk",
        footer=("play",),
    )

    def __init__(
        self,
        changed: Callable[[], object],
        set_interval: Callable[[float, Callable[[], None]], Timer],
    ) -> None:
        """Start without a scene.

        Args:
            changed: called when the window, the slice or the filter is another one.
            set_interval: starts a timer with a period in seconds.
        """
        self._changed, self._set_interval = changed, set_interval
        self.scene: Scene | None = None
        self.place = 0
        """The output value that is computed, counted row by row from 0."""
        self.slice = 0
        self.filter = 0
        self._speed = 1
        self._timer: Timer | None = None

    def offers(self, command: str) -> bool:
        """All commands are always available."""
        return True

    def restart(self, scene: Scene | None) -> None:
        """Put the window on the first place of another scene, and pause."""
        self.pause()
        self.scene = scene
        self.place = self.slice = self.filter = 0

    @property
    def playing(self) -> bool:
        """Whether the window moves by itself."""
        return self._timer is not None

    def pause(self) -> None:
        """Stop the window where it stands."""
        if self._timer is not None:
            self._timer.stop()
            self._timer = None

    def play_from_start(self) -> None:
        """Move the window by itself, from the first place on."""
        self.go_to(0)
        self._start()

    def go_to(self, place: int) -> None:
        """Put the window on a place, not beyond the last one."""
        if self.scene is not None:
            last = self.scene.output.width * self.scene.output.height - 1
            self.place = min(max(place, 0), last)
            self._changed()

    def _start(self) -> None:
        self.pause()
        self._timer = self._set_interval(SPEEDS[self._speed], self._tick)

    def _tick(self) -> None:
        if self._at_end():
            self.pause()
        else:
            self.step(1)

    def _at_end(self) -> bool:
        scene = self.scene
        return scene is None or self.place + 1 >= scene.output.width * scene.output.height

    # Commands

    def play(self) -> None:
        """Play or pause; from the last place, start over."""
        if self.playing or self.scene is None:
            self.pause()
        elif self._at_end():
            self.play_from_start()
        else:
            self._start()

    def change_speed(self, step: int) -> None:
        self._speed = min(max(self._speed + step, 0), len(SPEEDS) - 1)
        if self.playing:
            self._start()

    def step(self, step: int) -> None:
        self.go_to(self.place + step)

    def row(self, step: int) -> None:
        if self.scene is not None:
            self.step(step * self.scene.output.width)

    def first(self) -> None:
        self.go_to(0)

    def last(self) -> None:
        self.go_to(10**6)

    def next_slice(self, step: int) -> None:
        if self.scene is not None:
            self.slice = (self.slice + step) % len(self.scene.grid)
            self._changed()

    def next_filter(self, step: int) -> None:
        if self.scene is not None:
            self.filter = (self.filter + step) % self.scene.output.depth
            self._changed()


def place_named(text: str, output: Volume) -> int:
    """Return the output value at a typed row and column.

    Args:
        text: row and column, from 1.
        output: the output volume.

    Returns:
        Its index, counted row by row from 0.

    Raises:
        ValueError: if there is no such value; the message says what to type.

    >>> place_named("2 3", Volume(4, 4, 1))
    6
    """
    try:
        row, column = (int(word) for word in text.replace(",", " ").split())
    except ValueError:
        row = column = 0
    if not (1 <= row <= output.height and 1 <= column <= output.width):
        raise ValueError(
            f"{clean(text, 20)} is not in the output: type a row from 1 to "
            f"{output.height} and a column from 1 to {output.width}, such as 2 1."
        )
    return (row - 1) * output.width + column - 1


_MOVES = {"up": (-1, 0), "down": (1, 0), "left": (0, -1), "right": (0, 1)}


class CellEditing:
    """Edits one number of a scene at a time."""

    def __init__(self) -> None:
        self.cell = (0, 0)
        """Row and column of the edited number, from 0."""
        self._typed = ""

    def begin(self, scene: Scene, view: SceneView) -> None:
        """Start with the first input value under the window, or the filter's first weight."""
        y, x = divmod(view.place, scene.output.width)
        inside = [term for term in scene.at(x, y, view.filter).terms if not term.padded]
        on_input = inside and view.edited == "input"
        self.cell = (inside[0].row, inside[0].column) if on_input else (0, 0)
        self._typed = ""

    def press(self, scene: Scene, view: SceneView, key: str, character: str) -> Scene | None:
        """Handle a key.

        Args:
            scene: the scene before the edit.
            view: the part in view, and whose numbers are edited.
            key: Textual's name of the key.
            character: the character that it prints; empty for none.

        Returns:
            The scene after the edit; None for a key that does not edit.
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

    def _rows(self, scene: Scene, view: SceneView) -> tuple[tuple[int, ...], ...]:
        if view.edited == "input":
            return scene.grid[view.slice]
        return scene.filters[view.filter][filter_slice(scene, view)]

    def _move(self, scene: Scene, view: SceneView, down: int, right: int) -> None:
        rows = self._rows(scene, view)
        row, column = self.cell
        self.cell = (
            min(max(row + down, 0), len(rows) - 1),
            min(max(column + right, 0), len(rows[0]) - 1),
        )
        self._typed = ""

    def _write(self, scene: Scene, view: SceneView, value: int) -> Scene:
        if view.edited == "input":
            return scene.with_value(view.slice, *self.cell, value)
        return scene.with_weight(view.filter, filter_slice(scene, view), *self.cell, value)
