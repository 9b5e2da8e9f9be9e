"""The keys that move the window: from place to place, by itself, through slices and filters."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.reactive import reactive
from textual.timer import Timer

from tui.geometry.windows.scene import Scene

SPEEDS = (0.15, 0.4, 1.0, 2.0)
"""Seconds a step, fast to slow."""


class StageWalk(Vertical):
    """Knows where the window stands in a scene; a subclass draws it there."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "play", "Play", id="stage.play", tooltip="Play or pause"),
        Binding("right", "step(1)", "Step", show=False, id="stage.next", tooltip="Next place"),
        Binding(
            "left", "step(-1)", "Back", show=False, id="stage.previous", tooltip="Previous place"
        ),
        Binding("down", "row(1)", "Row down", show=False, id="stage.down", tooltip="A row down"),
        Binding("up", "row(-1)", "Row up", show=False, id="stage.up", tooltip="A row up"),
        Binding("home", "first", "First", show=False, id="stage.first", tooltip="First place"),
        Binding("end", "last", "Last", show=False, id="stage.last", tooltip="Last place"),
        Binding(
            "plus,equals_sign",
            "speed(-1)",
            "Faster",
            show=False,
            id="stage.faster",
            tooltip="Play faster",
        ),
        Binding(
            "minus", "speed(1)", "Slower", show=False, id="stage.slower", tooltip="Play slower"
        ),
        Binding(
            "full_stop",
            "slice(1)",
            "Next slice",
            show=False,
            id="stage.slice",
            tooltip="Next depth slice of the input",
        ),
        Binding(
            "comma",
            "slice(-1)",
            "Previous slice",
            show=False,
            id="stage.slice_before",
            tooltip="Previous depth slice",
        ),
        Binding(
            "semicolon",
            "filter(1)",
            "Next filter",
            show=False,
            id="stage.filter",
            tooltip="Next filter of K",
        ),
        Binding(
            "colon",
            "filter(-1)",
            "Previous filter",
            show=False,
            id="stage.filter_before",
            tooltip="Previous filter",
        ),
    ]

    place: reactive[int] = reactive(0)
    """The output value that is made, counted row by row from 0."""
    slice: reactive[int] = reactive(0)
    filter: reactive[int] = reactive(0)
    playing: reactive[bool] = reactive(False)

    def __init__(self) -> None:
        super().__init__()
        self.scene: Scene | None = None
        self._speed = 1
        self._timer: Timer | None = None

    def draw(self) -> None:
        """Show the scene with the window where it stands now."""
        raise NotImplementedError

    def watch_place(self) -> None:
        self.draw()

    def watch_slice(self) -> None:
        self.draw()

    def watch_filter(self) -> None:
        self.draw()

    def watch_playing(self, playing: bool) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        if playing:
            self._timer = self.set_interval(SPEEDS[self._speed], self._tick)

    def _tick(self) -> None:
        if self._at_end(self.scene):
            self.playing = False
        else:
            self.place += 1

    def _at_end(self, scene: Scene | None) -> bool:
        return scene is None or self.place + 1 >= scene.output.width * scene.output.height

    def action_play(self) -> None:
        """Play or pause; from the last place, from the beginning."""
        if self.scene is not None and self._at_end(self.scene):
            self.place = 0
        self.playing = not self.playing and self.scene is not None

    def action_speed(self, step: int) -> None:
        self._speed = min(max(self._speed + step, 0), len(SPEEDS) - 1)
        if self.playing:
            self.watch_playing(True)

    def action_step(self, step: int) -> None:
        if self.scene is not None:
            count = self.scene.output.width * self.scene.output.height
            self.place = min(max(self.place + step, 0), count - 1)

    def action_row(self, step: int) -> None:
        if self.scene is not None:
            self.action_step(step * self.scene.output.width)

    def action_first(self) -> None:
        self.place = 0

    def action_last(self) -> None:
        self.action_step(10**6)

    def action_slice(self, step: int) -> None:
        if self.scene is not None:
            self.slice = (self.slice + step) % len(self.scene.grid)

    def action_filter(self, step: int) -> None:
        if self.scene is not None:
            self.filter = (self.filter + step) % self.scene.output.depth
