"""The window at work, on screen: its numbers can be changed while it slides."""

from __future__ import annotations

from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, Horizontal, Vertical
from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Input, Static

from tui.geometry import KERNELS, Effect, GeometryError, Layer, Volume
from tui.geometry.windows.scene import Scene, scene_for
from tui.ui.commands import DelegatesCommands, bindings
from tui.ui.forms.line_input import LineInput
from tui.ui.sliding_window.window_keys import CellEditing, WindowWalk, place_named
from tui.ui.sliding_window.window_text import (
    SceneView,
    filter_text,
    input_text,
    output_text,
    told_text,
)
from tui.ui.textual_patches.repaint import repaint

_GAP = 2
"""Cells between the input, the filter and the output."""


class PlaceLine(LineInput):
    """Asks for a row and a column; out of sight until it is asked, and once it is left."""

    DEFAULT_CSS = """
    PlaceLine { display: none; width: 30; }
    PlaceLine.-asking { display: block; }
    """

    def __init__(self) -> None:
        super().__init__(placeholder="row column, such as 2 3", compact=True, max_length=12)

    def ask(self) -> None:
        """Come into sight, empty, and take the focus."""
        self.value = ""
        self.add_class("-asking")
        self.focus()

    @on(events.Blur)
    def _hide(self) -> None:
        self.remove_class("-asking")


class SlidingWindow(DelegatesCommands, Vertical, can_focus=True):
    """Shows what is multiplied and added where the window stands, and lets it be changed."""

    HELP = """
## The window

**→ ←** step, **↓ ↑** go a row down or up, **space** plays and pauses, **+ −** change the speed,
**home** goes to the first place, **g** to an output value that you name. **, .** switch the depth
slice, **; :** the filter, **f** a ready-made 3×3 filter.

**e** edits the input's numbers and, pressed again, the filter's: arrows move, digits are typed,
**−** changes the sign, **escape** ends it. The output follows at once.
"""

    DEFAULT_CSS = """
    SlidingWindow { height: auto; border: round $panel-lighten-2; padding: 0 1; }
    SlidingWindow:focus { border: round $primary; }
    SlidingWindow > Horizontal { height: auto; overflow-x: auto; }
    SlidingWindow .grid { width: auto; height: auto; margin: 0 2 0 0; }
    SlidingWindow #stage-output { margin: 0; }
    SlidingWindow #stage-beside { width: auto; height: auto; layout: horizontal; }
    SlidingWindow.-stacked #stage-beside { layout: vertical; }
    SlidingWindow #sum { height: auto; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        *WindowWalk.COMMANDS,
        *bindings(
            "stage",
            ("f", "ready", "ready", "Ready-made filter", "Edges, Sobel, sharpen, blur"),
            ("e", "edit", "edit", "Edit", "Change the numbers of the input, then of the filter"),
            ("g", "goto", "goto", "Go to", "Go to an output value by its row and column"),
            ("escape", "leave", "leave", "End editing", "End the editing of numbers"),
            footer=("edit",),
        ),
    ]

    edited: reactive[str] = reactive("")
    """Whose numbers are edited: "input", "filter", or none."""

    def __init__(self, *, weights: bool = True) -> None:
        """Make the widget.

        Args:
            weights: whether weights, products and sums are shown; without them only where the
                window stands, for learners who do not know yet what weights are.
        """
        super().__init__()
        self._weights = weights
        self.walk = WindowWalk(self.draw, self.set_interval)
        self._editing = CellEditing()
        self._first: Scene | None = None
        """The scene before its numbers were edited."""
        self._why = ""
        self._real = ""
        """The input that the small scene stands for."""
        self._ready = -1
        self._widths: list[int] = []
        """Cells that the input, the filter and the output take."""

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield Static(id="stage-input", classes="grid")
            with Container(id="stage-beside"):
                yield Static(id="stage-filter", classes="grid")
                yield Static(id="stage-output", classes="grid")
        yield Static(id="sum")
        yield PlaceLine()

    def show(self, layer: Layer | None, effect: Effect | None) -> None:
        """Show the window of a layer; `effect` is None while it does not fit."""
        scene, why = _scene(layer, effect)
        if scene == self._first and why == self._why:
            return  # another number of filters, say: the small scene stays as it is
        self._first, self._why = scene, why
        self._real = str(effect.input) if effect is not None else ""
        self.walk.restart(scene)
        self._ready, self.edited = -1, ""
        self.draw()

    def watch_edited(self) -> None:
        if self.walk.scene is not None:
            self._editing.begin(self.walk.scene, self._view())
        self.draw()

    def draw(self) -> None:
        """Show the scene with the window where it stands now."""
        if not self.is_mounted:
            return
        parts = [self.query_one(f"#stage-{name}", Static) for name in ("input", "filter", "output")]
        total = self.query_one("#sum", Static)
        scene = self.walk.scene
        if scene is None:
            for part in parts:
                part.update("")
            total.update(Content.styled(self._why, "$text-muted"))
            return
        view = self._view()
        texts = (input_text(scene, view), filter_text(scene, view), output_text(scene, view))
        self._widths = [_width(drawn) for drawn in texts]
        self._stack()
        for part, drawn in zip(parts, texts, strict=True):
            repaint(part, drawn)
        repaint(total, told_text(scene, view, self._real))

    @on(events.Resize)
    def _stack(self) -> None:
        """Put the output below the filter where the three do not fit beside one another."""
        needed = sum(self._widths) + _GAP * (len(self._widths) - 1)
        self.set_class(0 < self.content_size.width < needed, "-stacked")

    def _view(self) -> SceneView:
        walk, cell = self.walk, self._editing.cell
        return SceneView(
            walk.place, walk.slice, walk.filter, self.edited, *cell, weights=self._weights
        )

    # Commands

    def action_ready(self) -> None:
        """Put the next ready-made filter in the place of the one in view."""
        if self.walk.scene is None:
            return
        self._ready = (self._ready + 1) % len(KERNELS)
        name = list(KERNELS)[self._ready]
        try:
            self.walk.scene = self.walk.scene.with_filter(name, self.walk.filter)
        except GeometryError as error:
            self.notify(error.sentence, markup=False)
            return
        self.draw()
        self.notify(f"filter {self.walk.filter + 1} is now: {KERNELS[name].title}", timeout=2)

    def action_edit(self) -> None:
        """Edit the input's numbers, then the filter's, then none."""
        scene = self.walk.scene
        if scene is None:
            return
        self.walk.pause()
        after = {"": "input", "input": "filter" if scene.filters else "", "filter": ""}
        self.edited = after[self.edited]

    def action_leave(self) -> None:
        """End the editing."""
        self.edited = ""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action in ("ready", "edit"):
            return self._weights
        # Otherwise escape is the screen's: it goes back.
        if action == "leave":
            return bool(self.edited)
        return super().check_action(action, parameters)

    def on_key(self, event: events.Key) -> None:
        """Take the keys of the editing before they are commands."""
        if not self.edited or self.walk.scene is None or self.screen.focused is not self:
            return
        scene = self._editing.press(self.walk.scene, self._view(), event.key, event.character or "")
        if scene is not None:
            self.walk.scene = scene
            self.draw()
            event.stop()
            event.prevent_default()

    def action_goto(self) -> None:
        """Ask for an output value to go to."""
        if self.walk.scene is not None:
            self.query_one(PlaceLine).ask()

    @on(Input.Submitted, "PlaceLine")
    def _go(self, event: Input.Submitted) -> None:
        event.stop()
        if self.walk.scene is not None and event.value.strip():
            try:
                self.walk.go_to(place_named(event.value, self.walk.scene.output))
            except ValueError as error:
                self.notify(str(error), markup=False)
                return
        self.focus()


def _width(text: Content) -> int:
    return max(line.cell_length for line in text.split("\n", allow_blank=True))


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
