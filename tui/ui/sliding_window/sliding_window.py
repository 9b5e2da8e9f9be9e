"""A window that slides over a small input, whose numbers can be edited."""

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
    sum_text,
)
from tui.ui.textual_patches.repaint import repaint

_GAP = 2
"""Cells between the input, the filter and the output."""


class PlaceLine(LineInput):
    """Asks for a row and a column; hidden unless it has the focus."""

    DEFAULT_CSS = """
    PlaceLine { display: none; width: 30; }
    PlaceLine.-asking { display: block; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(
            "place",
            ("enter", "submit", "go", "Go", "Go to this output value"),
            ("escape", "leave", "leave", "Window", "Back to the window"),
            footer=("go", "leave"),
        ),
    ]

    def __init__(self) -> None:
        super().__init__(placeholder="row column, such as 2 3", compact=True, max_length=12)

    def ask(self) -> None:
        """Show the empty line and focus it."""
        self.value = ""
        self.add_class("-asking")
        self.focus()

    def action_leave(self) -> None:
        """Go back to the window."""
        self.screen.query_one(SlidingWindow).focus()

    @on(events.Blur)
    def _hide(self) -> None:
        self.remove_class("-asking")


class SlidingWindow(DelegatesCommands, Vertical, can_focus=True):
    """Shows the products and the sum at each position of the window."""

    HELP = """
## The window

**→ ←** step, **↓ ↑** go a row down or up, **space** plays and pauses, **+ −** change the speed,
**home** goes to the first position, **g** to an output value of your choice. **, .** change the
depth slice, **; :** the filter, **f** takes a ready-made 3×3 filter.

**e** edits the numbers of the input and, pressed again, of the filter: arrows move, type digits,
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
            (
                "f",
                "ready",
                "ready",
                "Ready-made filter",
                "Ready-made filters: edges, Sobel, sharpen, blur",
            ),
            ("e", "edit", "edit", "Edit", "Edit the numbers of the input, then of the filter"),
            ("g", "goto", "goto", "Go to", "Go to an output value by its row and column"),
            ("escape", "leave", "leave", "End editing", "End editing the numbers"),
            footer=("edit",),
        ),
    ]

    edited: reactive[str] = reactive("", bindings=True)
    """Whose numbers are edited: "input", "filter", or empty."""

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
        """The scene before any edits."""
        self._why = ""
        self._real = ""
        """The real input, of which the scene is a small version."""
        self._ready = -1
        self._widths: list[int] = []
        """Widths of the input, the filter and the output in cells."""

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield Static(id="stage-input", classes="grid")
            with Container(id="stage-beside"):
                yield Static(id="stage-filter", classes="grid")
                yield Static(id="stage-output", classes="grid")
        yield Static(id="sum")
        yield PlaceLine()

    def show(self, layer: Layer | None, effect: Effect | None) -> None:
        """Show the window of a layer; `effect` is None while the layer does not fit."""
        scene, why = _scene(layer, effect)
        if scene == self._first and why == self._why:
            return  # for example only the number of filters has changed
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
        """Draw the scene and the window."""
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
        repaint(total, sum_text(scene, view, self._real))

    @on(events.Resize)
    def _stack(self) -> None:
        """Put the output below the filter if the three do not fit side by side."""
        needed = sum(self._widths) + _GAP * (len(self._widths) - 1)
        self.set_class(0 < self.content_size.width < needed, "-stacked")

    def _view(self) -> SceneView:
        walk, cell = self.walk, self._editing.cell
        return SceneView(
            walk.place, walk.slice, walk.filter, self.edited, *cell, weights=self._weights
        )

    # Commands

    def action_ready(self) -> None:
        """Replace the filter in view by the next ready-made one."""
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
        """Edit the numbers of the input, then of the filter, then none."""
        scene = self.walk.scene
        if scene is None:
            return
        self.walk.pause()
        after = {"": "input", "input": "filter" if scene.filters else "", "filter": ""}
        self.edited = after[self.edited]

    def action_leave(self) -> None:
        """End editing."""
        self.edited = ""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action in ("ready", "edit"):
            return self._weights
        # Otherwise escape is the screen's: it goes back.
        if action == "leave":
            return bool(self.edited)
        return super().check_action(action, parameters)

    def on_key(self, event: events.Key) -> None:
        """Handle keys that edit numbers before they run commands."""
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
    """Return the small scene of a layer, or why there is none."""
    if layer is None or effect is None:
        return None, "There is no window while the layer does not fit."
    if not isinstance(effect.input, Volume):
        return None, f"{layer.keras_name} has no window: its input is a vector."
    try:
        return scene_for(layer, effect.input), ""
    except GeometryError as error:
        return None, error.sentence
