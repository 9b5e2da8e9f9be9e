"""The window at work: it slides by key, and its numbers can be changed."""

from __future__ import annotations

from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.reactive import reactive
from textual.timer import Timer
from textual.widgets import Input, Static

from tui.geometry import KERNELS, Effect, GeometryError, Layer, Volume
from tui.geometry.scene import Scene, scene_for
from tui.text import clean
from tui.widgets.line_input import LineInput
from tui.widgets.repaint import repaint
from tui.widgets.stage_editing import CellEditing
from tui.widgets.stage_text import (
    View,
    filter_text,
    input_text,
    output_text,
    sum_text,
)

SPEEDS = (0.15, 0.4, 1.0, 2.0)
"""Seconds a step, fast to slow."""


class Stage(Vertical, can_focus=True):
    """Slides the window by key and shows what is multiplied and added."""

    HELP = """
## The window

**→ ←** step, **↓ ↑** go a row down or up, **space** plays and pauses, **+ −** change the speed,
**home** goes to the first place, **g** to an output value that you name. **, .** switch the depth
slice, **; :** the filter, **f** a ready-made 3×3 filter.

**e** edits the input's numbers and, pressed again, the filter's: arrows move, digits are typed,
**−** changes the sign, **escape** ends it. The output follows at once.
"""

    DEFAULT_CSS = """
    Stage { height: auto; border: round $panel-lighten-2; padding: 0 1; }
    Stage:focus { border: round $primary; }
    Stage > Horizontal { height: auto; }
    Stage .grid { width: auto; height: auto; margin: 0 3 0 0; }
    Stage #sum { height: auto; }
    Stage #goto { display: none; width: 30; }
    Stage #goto.-asking { display: block; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "play", "Play", id="stage.play", tooltip="Play or pause"),
        Binding("right", "step(1)", "Step", show=False, id="stage.next", tooltip="Next place"),
        Binding(
            "left", "step(-1)", "Back", show=False, id="stage.previous", tooltip="Place before"
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
            "Slice before",
            show=False,
            id="stage.slice_before",
            tooltip="Depth slice before",
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
            "Filter before",
            show=False,
            id="stage.filter_before",
            tooltip="Filter before",
        ),
        Binding(
            "f",
            "ready",
            "Ready-made filter",
            show=False,
            id="stage.ready",
            tooltip="Edges, Sobel, sharpen, blur",
        ),
        Binding(
            "e",
            "edit",
            "Edit",
            id="stage.edit",
            tooltip="Change the numbers of the input, then of the filter",
        ),
        Binding(
            "g",
            "goto",
            "Go to",
            show=False,
            id="stage.goto",
            tooltip="Go to an output value by its row and column",
        ),
        Binding(
            "escape",
            "leave",
            "End editing",
            show=False,
            id="stage.leave",
            tooltip="End the editing of numbers",
        ),
    ]

    place: reactive[int] = reactive(0)
    slice: reactive[int] = reactive(0)
    filter: reactive[int] = reactive(0)
    playing: reactive[bool] = reactive(False)
    edited: reactive[str] = reactive("")
    """Whose numbers are edited: "input", "filter", or none."""

    def __init__(self) -> None:
        super().__init__()
        self._editing = CellEditing()
        self._scene: Scene | None = None
        self._first: Scene | None = None
        """The scene before its numbers were edited."""
        self._why = ""
        self._real = ""
        """The input that the small scene stands for."""
        self._speed = 1
        self._timer: Timer | None = None
        self._ready = -1

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield Static(id="stage-input", classes="grid")
            yield Static(id="stage-filter", classes="grid")
            yield Static(id="stage-output", classes="grid")
        yield Static(id="sum")
        yield LineInput(
            placeholder="row column, such as 2 3", compact=True, id="goto", max_length=12
        )

    def show(self, layer: Layer | None, effect: Effect | None) -> None:
        """Show the window of a layer; `effect` is None while it does not fit."""
        scene, why = _scene(layer, effect)
        if scene == self._first and why == self._why:
            return  # another number of filters, say: the small scene stays as it is
        self._first, self._scene, self._why = scene, scene, why
        self._real = str(effect.input) if effect is not None else ""
        self.playing = False
        self.place = self.slice = self.filter = 0
        self._ready, self.edited = -1, ""
        self._draw()

    def watch_place(self) -> None:
        self._draw()

    def watch_slice(self) -> None:
        self._draw()

    def watch_filter(self) -> None:
        self._draw()

    def watch_edited(self) -> None:
        if self._scene is not None:
            self._editing.begin(self._scene, self._view())
        self._draw()

    def watch_playing(self, playing: bool) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        if playing:
            self._timer = self.set_interval(SPEEDS[self._speed], self._tick)

    def _tick(self) -> None:
        scene = self._scene
        if scene is None or self.place + 1 >= scene.output.width * scene.output.height:
            self.playing = False
        else:
            self.place += 1

    def _draw(self) -> None:
        if not self.is_mounted:
            return
        parts = [self.query_one(f"#stage-{name}", Static) for name in ("input", "filter", "output")]
        total = self.query_one("#sum", Static)
        scene = self._scene
        if scene is None:
            for part in parts:
                part.update("")
            total.update(Content.styled(self._why, "$text-muted"))
            return
        view = self._view()
        texts = (input_text(scene, view), filter_text(scene, view), output_text(scene, view))
        for part, drawn in zip(parts, texts, strict=True):
            repaint(part, drawn)
        text = sum_text(scene, view)
        if self._real and self._real != str(scene.effect.input):
            text = Content.assemble(text, (f"\nshown small, for {self._real}", "$text-muted"))
        if self.edited:
            other = "the filter" if self.edited == "input" and scene.filters else "the end"
            text = Content.assemble(
                text,
                (
                    f"\nediting the {self.edited}: arrows move, type a number, − changes the sign, "
                    f"e goes on to {other}",
                    "$text-warning",
                ),
            )
        repaint(total, text)

    def _view(self) -> View:
        return View(self.place, self.slice, self.filter, self.edited, *self._editing.cell)

    # Commands

    def action_step(self, step: int) -> None:
        if self._scene is not None:
            count = self._scene.output.width * self._scene.output.height
            self.place = min(max(self.place + step, 0), count - 1)

    def action_row(self, step: int) -> None:
        if self._scene is not None:
            self.action_step(step * self._scene.output.width)

    def action_first(self) -> None:
        self.place = 0

    def action_last(self) -> None:
        self.action_step(10**6)

    def action_play(self) -> None:
        scene = self._scene
        if scene is not None and self.place + 1 >= scene.output.width * scene.output.height:
            self.place = 0
        self.playing = not self.playing and self._scene is not None

    def action_speed(self, step: int) -> None:
        self._speed = min(max(self._speed + step, 0), len(SPEEDS) - 1)
        if self.playing:
            self.watch_playing(True)

    def action_slice(self, step: int) -> None:
        if self._scene is not None:
            self.slice = (self.slice + step) % len(self._scene.grid)

    def action_filter(self, step: int) -> None:
        if self._scene is not None:
            self.filter = (self.filter + step) % self._scene.output.depth

    def action_ready(self) -> None:
        """Put the next ready-made filter in the place of the one in view."""
        if self._scene is None:
            return
        self._ready = (self._ready + 1) % len(KERNELS)
        name = list(KERNELS)[self._ready]
        try:
            self._scene = self._scene.with_filter(name, self.filter)
        except GeometryError as error:
            self.notify(error.sentence, markup=False)
            return
        self._draw()
        self.notify(f"filter {self.filter + 1} is now: {KERNELS[name].title}", timeout=2)

    def action_edit(self) -> None:
        """Edit the input's numbers, then the filter's, then none."""
        scene = self._scene
        if scene is None:
            return
        self.playing = False
        after = {"": "input", "input": "filter" if scene.filters else "", "filter": ""}
        self.edited = after[self.edited]

    def action_leave(self) -> None:
        """End the editing."""
        self.edited = ""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        # Otherwise escape is the screen's: it goes back.
        return action != "leave" or bool(self.edited)

    def on_key(self, event: events.Key) -> None:
        """Take the keys of the editing before they are commands."""
        if not self.edited or self._scene is None or self.screen.focused is not self:
            return
        scene = self._editing.press(self._scene, self._view(), event.key, event.character or "")
        if scene is not None:
            self._scene = scene
            self._draw()
            event.stop()
            event.prevent_default()

    def action_goto(self) -> None:
        """Ask for an output value to go to."""
        if self._scene is not None:
            field = self.query_one("#goto", Input)
            field.value = ""
            field.add_class("-asking")
            field.focus()

    @on(Input.Submitted, "#goto")
    def _go(self, event: Input.Submitted) -> None:
        event.stop()
        scene = self._scene
        if scene is None or not event.value.strip():
            self.focus()
            return
        output = scene.output
        try:
            row, column = (int(word) for word in event.value.replace(",", " ").split())
        except ValueError:
            row = column = 0
        if 1 <= row <= output.height and 1 <= column <= output.width:
            self.place = (row - 1) * output.width + column - 1
            self.focus()
        else:
            self.notify(
                f"{clean(event.value, 20)} is no place of the output: type a row from 1 to "
                f"{output.height} and a column from 1 to {output.width}, such as 2 1.",
                markup=False,
            )

    @on(events.DescendantBlur)
    def _gone(self, event: events.DescendantBlur) -> None:
        self.query_one("#goto", Input).remove_class("-asking")


def _scene(layer: Layer | None, effect: Effect | None) -> tuple[Scene | None, str]:
    """The small scene of a layer, or why there is none."""
    if layer is None or effect is None:
        return None, "The window cannot move while the numbers do not fit."
    if not isinstance(effect.input, Volume):
        return None, f"{layer.keras_name} has no window: it reads a list of numbers."
    try:
        return scene_for(layer, effect.input), ""
    except GeometryError as error:
        return None, error.sentence
