"""Area 2: the calculator of one layer in a network."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, Vertical
from textual.content import Content
from textual.reactive import reactive
from textual.widgets import DataTable, Input, Static

from tui.areas.calculator.calculator_text import (
    chain_text,
    input_text,
    result_texts,
    totals_text,
)
from tui.areas.calculator.layer_form import LayerForm, VolumeForm
from tui.areas.calculator.network_edits import NetworkEdits
from tui.areas.calculator.network_windows import NetworkWindows
from tui.areas.calculator.predictor import Predictor
from tui.geometry import GeometryError, Row, Vector, Volume
from tui.ui.area_screen import AreaScreen
from tui.ui.commands import BackStep, bindings
from tui.ui.network_table import NetworkTable
from tui.ui.sliding_window.sliding_window import SlidingWindow
from tui.ui.textual_patches.repaint import repaint

VIEWS = ("layer", "network", "window")


class CalculatorScreen(AreaScreen):
    """Edits one layer at a time; output, cost and arithmetic follow every key."""

    AREA = "calculator"
    CSS_PATH = "calculator_screen.tcss"
    HELP = """
# Calculator

Change a number with **↑** and **↓**, or type it: `3`, or `3x5` for width and height, or `same` for
the padding. **←** and **→** go from field to field. The output, its cost and the formula with your
numbers follow every key.

- **W1 × H1 × D1** is the input: width, height, depth (3 for colour).
- **K** filters of size **F** slide over it in steps of **S** (the stride); **P** columns and rows
  of zeros are added on each side (the padding).
- **MACs** are multiply-accumulate operations for one image.
- In the network **share** is a layer's share of all parameters, **MB** the memory of its output for
  one batch, **field** the width of the receptive field in input pixels, **jump** the distance
  between the fields of neighbouring values, and **start** where the first field begins.

The layer is part of a network: **n** shows it (**escape** leaves it), **a** adds a layer after this
one, **m** opens a ready-made network. **w** plays the sliding window, **p** runs filters on a real
picture. **enter** hides the result and lets you predict it; a wrong answer is explained by the slip
that leads to it. **d** offers the nearest numbers that fit, **b** works backwards from a width,
**t** lights up what an output value sees. **e** shows the network as Keras code and saves it under
a name, **o** opens a network or explains a Keras error that you paste.

The numbers 1 to 6 open other areas once no field has the focus: press **escape** first. **[** and
**]** go to the neighbouring areas at once.
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        *NetworkEdits.COMMANDS,
        *NetworkWindows.COMMANDS,
        *bindings(
            "calculator",
            ("enter", "predict", "predict", "Predict", "Hide the result and predict it"),
            ("n", "view('network')", "network", "Network", "Show the network"),
            ("w", "view('window')", "window", "Window", "Play the sliding window"),
            ("l", "view('layer')", "layer", "Layer", "Show the layer's numbers"),
            footer=("predict", "network", "window"),
        ),
    ]

    view: reactive[str] = reactive("layer")
    """What a small screen shows: "layer", "network" or "window"."""

    def __init__(self) -> None:
        super().__init__()
        self.edits = NetworkEdits(changed=lambda: self.sync(load=True), notify=self.notify)
        self.windows = NetworkWindows(self, self.edits)
        self._typing: GeometryError | None = None

    def compose_body(self) -> ComposeResult:
        with Container(id="bench"):
            yield Static(id="bench-head")
            with Vertical(id="bench-forms"):
                with Vertical(id="input-panel", classes="panel") as box:
                    box.border_title = "Input"
                    yield VolumeForm(self.edits.network.input)
                    yield Static(id="input-note")
                with Vertical(id="layer-panel", classes="panel"):
                    yield LayerForm()
            yield SlidingWindow()
            output = Static(id="output-panel", classes="panel")
            output.border_title = "Output"
            yield output
            with Vertical(id="explain"):
                yield Predictor()
                yield Static(id="arithmetic")
            with Vertical(id="network-panel", classes="panel") as box:
                box.border_title = "Network"
                yield NetworkTable()
                yield Static(id="network-totals")
                yield Static(id="network-note")

    def on_mount(self) -> None:
        self.sync(load=True)
        self.query_one("#W1").focus()

    def sync(self, *, load: bool = False) -> None:
        """Show the network everywhere.

        Args:
            load: whether to refill the forms (not while the learner types in them).
        """
        traced, cursor = self.edits.traced, self.edits.cursor
        layer = self.edits.layer
        self.host.network = self.edits.network
        if load:
            self._typing = None
            self._fill_forms(traced)
        row = traced[cursor] if cursor >= 0 else None
        error = self._typing or (row.error if row is not None else None)
        if row is not None and row.effect is not None and self._typing is None:
            self.edits.last_effect = row.effect
        elif load:
            self.edits.last_effect = None
        self.query_one(LayerForm).show_error(error)
        note = input_text(self.edits.incoming(traced), error)
        line = self.query_one("#input-note", Static)
        repaint(line, note)
        line.display = bool(note.plain)
        self._show_result(error, waiting=row is not None and row.waiting)
        name = row.name if row is not None else "input"
        self.where = f"Calculator · {name} · layer {cursor + 1} of {len(traced)}"
        repaint(self.query_one("#bench-head", Static), chain_text(traced, cursor))
        self.query_one(SlidingWindow).show(layer, self.edits.last_effect if error is None else None)
        # The table costs the most time; the fields are painted first.
        self.call_after_refresh(self._show_network)

    def _show_network(self) -> None:
        edits, traced = self.edits, self.edits.traced
        asking = self.query_one(Predictor).asking
        self.query_one(NetworkTable).show(
            edits.network.input, traced, edits.cursor, self._batch(), hidden=asking
        )
        totals = Content("?") if asking else totals_text(traced)
        repaint(self.query_one("#network-totals", Static), totals)
        about = self.query_one("#network-note", Static)
        repaint(about, Content(self.edits.note))
        about.display = bool(self.edits.note)

    def _fill_forms(self, traced: tuple[Row, ...]) -> None:
        cursor, layer = self.edits.cursor, self.edits.layer
        form = self.query_one(VolumeForm)
        shape = self.edits.incoming(traced)
        first = cursor <= 0
        form.load(shape if isinstance(shape, Volume) else self.edits.network.input)
        form.disabled = not first
        form.display = first or not isinstance(shape, Vector)
        panel = self.query_one("#input-panel")
        panel.border_title = "Input" if first else f"Input (from {traced[cursor - 1].name})"
        layer_form = self.query_one(LayerForm)
        layer_form.display = layer is not None
        if layer is not None:
            layer_form.load(layer)
            self.query_one("#layer-panel").border_title = f"Layer: {layer.keras_name}"
        else:
            self.query_one("#layer-panel").border_title = "The network's input"

    def _show_result(self, error: GeometryError | None, *, waiting: bool) -> None:
        good, hidden = self.edits.last_effect, self.query_one(Predictor).asking
        panel = self.query_one("#output-panel", Static)
        panel.set_class(error is not None or waiting, "-old")
        if good is not None and not waiting and not hidden:
            panel.border_title = "Output" if error is None else "Output (old)"
        output, arithmetic = result_texts(good, error, waiting=waiting, hidden=hidden)
        repaint(panel, output)
        repaint(self.query_one("#arithmetic", Static), arithmetic)

    def _batch(self) -> int:
        dataset = self.host.dataset
        return dataset.settings.batch_size if dataset is not None else 1

    @on(VolumeForm.Changed)
    def _volume_typed(self, event: VolumeForm.Changed) -> None:
        event.stop()
        try:
            volume = self.query_one(VolumeForm).read()
        except GeometryError as error:
            self._typing = error
        else:
            self._typing = None
            if self.edits.cursor <= 0:
                self.edits.editor.change_input(volume)
        self.sync()

    @on(LayerForm.Changed)
    def _layer_typed(self, event: LayerForm.Changed) -> None:
        event.stop()
        try:
            layer = self.query_one(LayerForm).read()
        except GeometryError as error:
            self._typing = error
        else:
            self._typing = None
            self.edits.editor.change(layer, setting=event.key)
        self.sync()

    @on(NetworkTable.Moved)
    def _row_moved(self, event: NetworkTable.Moved) -> None:
        event.stop()
        if event.index != self.edits.cursor:
            self.edits.editor.move_cursor(event.index)
            self.sync(load=True)

    @on(DataTable.RowSelected)
    def _row_selected(self, event: DataTable.RowSelected) -> None:
        event.stop()
        self.action_view("layer")

    @on(Predictor.Changed)
    def _predicted(self, event: Predictor.Changed) -> None:
        event.stop()
        self.sync()
        if not self.query_one(Predictor).asking:
            self._focus_view()

    # Commands

    def back_step(self) -> BackStep | None:
        """Return from the network or the window to the layer's numbers, if those are hidden."""
        if self.view != "layer" and not self.query_one("#bench-forms").display:
            return BackStep("Layer", lambda: self.action_view("layer"))
        return super().back_step()

    def watch_view(self) -> None:
        for view in VIEWS:
            self.set_class(view == self.view, f"-view-{view}")

    def action_view(self, view: str) -> None:
        """Show a view and focus the widget that takes its keys."""
        self.view = view
        self.call_after_refresh(self._focus_view)

    def _focus_view(self) -> None:
        if self.view == "network":
            self.query_one(NetworkTable).focus()
        elif self.view == "window":
            self.query_one(SlidingWindow).focus()
        else:
            volume, layer = self.query_one(VolumeForm), self.query_one(LayerForm)
            fields = [] if volume.disabled else list(volume.query(Input))
            fields += [field for field in layer.query(Input) if field.display]
            for field in fields:
                if field.parent is not None and getattr(field.parent, "display", True):
                    field.focus()
                    return
            self.set_focus(None)

    def action_predict(self) -> None:
        """Hide the result and ask for it."""
        cursor = self.edits.cursor
        effect = self.edits.traced[cursor].effect if cursor >= 0 else None
        if effect is None or self._typing is not None:  # else it belongs to earlier numbers
            self.notify("There is nothing to predict while a number is invalid.")
        else:
            self.query_one(Predictor).ask(effect)
