"""Area 2: the calculator of a layer, in a network."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical
from textual.content import Content
from textual.reactive import reactive
from textual.widgets import DataTable, Input, Static

from tui.geometry import (
    KINDS,
    PRESETS,
    Conv2D,
    Effect,
    GeometryError,
    Network,
    Pair,
    Row,
    Volume,
    format_layer,
    format_network,
    nearest_fits,
    network_totals,
    parse_layer,
    parse_network,
    trace_network,
)
from tui.geometry.editor import NetworkEditor
from tui.paths import StateError
from tui.saved import saved_networks
from tui.screens.base import AreaScreen
from tui.screens.dialogs import Pick
from tui.screens.exchange import ExportScreen, ImportScreen
from tui.screens.solving import SolveScreen
from tui.screens.tracing import TraceScreen
from tui.text import clean
from tui.widgets.calculator import arithmetic_text, output_text
from tui.widgets.layer_form import LayerForm, VolumeForm
from tui.widgets.network_table import NetworkTable, short
from tui.widgets.predictor import Predictor
from tui.widgets.stage import Stage

FIRST = "150x150x3 conv:k=16,f=3"
VIEWS = ("layer", "network", "window")

NEW_LAYERS = {
    "conv": "conv:k=32,f=3,a=relu",
    "depthwise": "depthwise:f=3",
    "separable": "separable:k=32,f=3,a=relu",
    "transposed": "transposed:k=16,f=3,s=2",
    "maxpool": "maxpool:f=2",
    "avgpool": "avgpool:f=2",
    "zeropad": "zeropad:p=1",
    "dense": "dense:k=64,a=relu",
    "activation": "activation:a=relu",
    "dropout": "dropout:rate=0.5",
    "rescaling": "rescaling:scale=1/255",
}


class CalculatorScreen(AreaScreen):
    """Edits one layer at a time; output, cost and arithmetic follow at every key."""

    AREA = "calculator"
    CSS_PATH = "calculator.tcss"
    HELP = """
# Calculator

Change a number with **↑** and **↓**, or type it: `3`, or `3x5` for width and height, or `same` for
the padding. **←** and **→** go from field to field. The output, its cost and the formula with your
numbers follow at every key.

- **W1 × H1 × D1** goes in: width, height, depth (3 for colour).
- **K** filters of size **F** move over it in steps of **S** (the stride), over an input with **P**
  columns and rows of zeros round it (the padding).
- **MACs** are multiply-and-add steps for one image.

The layer stands in a network: **n** shows it, **a** adds a layer behind this one, **m** takes a
ready-made network. **w** plays the window. **enter** hides the result and lets you predict it; a
wrong answer is told by the slip that gives it. **d** offers the nearest numbers that fit, **b**
works backwards from a width, **t** lights up what an output value sees. **e** shows the network as
Keras code and keeps it by name, **o** opens one or explains a Keras error that you paste.

The numbers 1 to 6 go to other areas once no field has the focus: press **escape** first; **[** and
**]** go to the areas beside this one at once.
"""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter",
            "predict",
            "Predict",
            id="calculator.predict",
            tooltip="Hide the result and predict it",
        ),
        Binding("n", "view('network')", "Network", id="calculator.network", tooltip="The network"),
        Binding("w", "view('window')", "Window", id="calculator.window", tooltip="Play the window"),
        Binding(
            "a", "add", "Add layer", id="calculator.add", tooltip="Add a layer behind this one"
        ),
        Binding(
            "d",
            "doctor",
            "Fit",
            id="calculator.doctor",
            tooltip="The nearest numbers that fit; enter applies one",
        ),
        Binding(
            "l",
            "view('layer')",
            "Layer",
            show=False,
            id="calculator.layer",
            tooltip="The layer's numbers",
        ),
        Binding(
            "m",
            "preset",
            "Ready-made",
            show=False,
            id="calculator.preset",
            tooltip="Take a ready-made network",
        ),
        Binding(
            "k",
            "kind",
            "Kind",
            show=False,
            id="calculator.kind",
            tooltip="Make this layer another kind",
        ),
        Binding(
            "delete,x",
            "delete",
            "Delete",
            show=False,
            id="calculator.delete",
            tooltip="Delete this layer",
        ),
        Binding(
            "b",
            "backwards",
            "Backwards",
            show=False,
            id="calculator.backwards",
            tooltip="Which F, S and P lead to a width",
        ),
        Binding(
            "t",
            "trace",
            "Trace",
            show=False,
            id="calculator.trace",
            tooltip="What one output value sees, down to the input",
        ),
        Binding(
            "e",
            "export",
            "Export",
            show=False,
            id="calculator.export",
            tooltip="Keras code, training script, line, JSON; keep it by name",
        ),
        Binding(
            "o",
            "open",
            "Open",
            show=False,
            id="calculator.open",
            tooltip="Open a network that was kept, or paste one or a Keras error",
        ),
        Binding(
            "c",
            "duplicate",
            "Duplicate",
            show=False,
            id="calculator.duplicate",
            tooltip="Put a copy of this layer behind it",
        ),
        Binding(
            "greater_than_sign,shift+down",
            "move(1)",
            "Move down",
            show=False,
            id="calculator.down",
            tooltip="Move this layer down",
        ),
        Binding(
            "less_than_sign,shift+up",
            "move(-1)",
            "Move up",
            show=False,
            id="calculator.up",
            tooltip="Move this layer up",
        ),
        Binding(
            "u,ctrl+z",
            "undo",
            "Undo",
            show=False,
            id="calculator.undo",
            tooltip="Take the last change back",
        ),
        Binding(
            "U,ctrl+y",
            "redo",
            "Redo",
            show=False,
            id="calculator.redo",
            tooltip="Make the change again",
        ),
        Binding(
            "j",
            "cursor(1)",
            "Next layer",
            show=False,
            id="calculator.next",
            tooltip="Edit the next layer",
        ),
        Binding(
            "i",
            "cursor(-1)",
            "Layer before",
            show=False,
            id="calculator.previous",
            tooltip="Edit the layer before",
        ),
        Binding(
            "r",
            "reset",
            "Reset",
            show=False,
            id="calculator.reset",
            tooltip="Begin again with one layer",
        ),
        Binding(
            "y",
            "copy",
            "Copy",
            show=False,
            id="calculator.copy",
            tooltip="Copy the network in its one-line form, for cnn-tui calc",
        ),
    ]

    view: reactive[str] = reactive("layer")
    """What is on screen where there is no room for all: layer, network or window."""

    def __init__(self) -> None:
        super().__init__()
        self.editor = NetworkEditor(parse_network(FIRST))
        self._good: Effect | None = None
        self._typing: GeometryError | None = None

    def compose_body(self) -> ComposeResult:
        with Container(id="bench"):
            yield Static(id="bench-head")
            with Vertical(id="bench-forms"):
                with Vertical(id="input-panel", classes="panel") as box:
                    box.border_title = "Input"
                    yield VolumeForm(self.editor.network.input)
                    yield Static(id="input-note")
                with Vertical(id="layer-panel", classes="panel"):
                    yield LayerForm()
            yield Stage()
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

    def on_mount(self) -> None:
        self.sync(load=True)
        self.query_one("#W1").focus()

    # The draft and the forms

    @property
    def rows(self) -> tuple[Row, ...]:
        """The network as it is now, traced."""
        return trace_network(self.editor.network)

    def incoming(self, rows: tuple[Row, ...]) -> object | None:
        """Return the shape that reaches the layer under the cursor; None where none does."""
        cursor = self.editor.draft.cursor
        if cursor <= 0:
            return self.editor.network.input
        before = rows[cursor - 1].effect
        return before.output if before is not None else None

    def sync(self, *, load: bool = False) -> None:
        """Show the draft everywhere.

        Args:
            load: whether the forms are to be filled anew (not while they are typed in).
        """
        rows, cursor = self.rows, self.editor.draft.cursor
        layer = self.editor.layer
        self.host.network = self.editor.network
        if load:
            self._typing = None
            self._fill_forms(rows)
        row = rows[cursor] if cursor >= 0 else None
        error = self._typing or (row.error if row is not None else None)
        if row is not None and row.effect is not None and self._typing is None:
            self._good = row.effect
        elif load:
            self._good = None
        self.query_one(LayerForm).say(error)
        note = f"✗ {error}" if error and error.field in {"width", "height", "depth"} else ""
        line = self.query_one("#input-note", Static)
        line.update(Content.styled(note, "$text-error"))
        line.display = bool(note)
        self._show_result(error, waiting=row is not None and row.waiting)
        network = self.editor.network
        self.query_one(NetworkTable).show(network.input, rows, cursor, self._batch())
        totals = network_totals(rows)
        self.query_one("#network-totals", Static).update(
            Content(
                f"{totals.parameters:,} parameters   {short(totals.macs)} MACs   "
                f"{len(network.layers)} layer{'s' * (len(network.layers) != 1)}"
            )
        )
        name = row.name if row is not None else "input"
        self.where = f"Calculator · {name} · layer {cursor + 1} of {len(rows)}"
        self._show_head(rows)
        self.query_one(Stage).show(layer, self._good if error is None else None)

    def _fill_forms(self, rows: tuple[Row, ...]) -> None:
        cursor, layer = self.editor.draft.cursor, self.editor.layer
        form = self.query_one(VolumeForm)
        shape = self.incoming(rows)
        first = cursor <= 0
        form.load(shape if isinstance(shape, Volume) else self.editor.network.input)
        form.disabled = not first
        panel = self.query_one("#input-panel")
        panel.border_title = "Input" if first else f"Input (from {rows[cursor - 1].name})"
        layer_form = self.query_one(LayerForm)
        layer_form.display = layer is not None
        if layer is not None:
            layer_form.load(layer)
            self.query_one("#layer-panel").border_title = f"Layer: {layer.keras_name}"
        else:
            self.query_one("#layer-panel").border_title = "The network's input"

    def _show_head(self, rows: tuple[Row, ...]) -> None:
        cursor = self.editor.draft.cursor
        first, last = max(cursor - 2, 0), min(max(cursor + 3, 5), len(rows))
        parts: list[Content] = []
        for row in rows[first:last]:
            text = f" {row.name} "
            parts.append(
                Content.styled(text, "reverse bold") if row.index == cursor else Content(text)
            )
        chain = Content(" → ").join(parts) if parts else Content(" no layer yet: a adds one")
        self.query_one("#bench-head", Static).update(chain)

    def _show_result(self, error: GeometryError | None, *, waiting: bool) -> None:
        panel = self.query_one("#output-panel", Static)
        arithmetic = self.query_one("#arithmetic", Static)
        panel.set_class(error is not None or waiting, "-old")
        hidden = self.query_one(Predictor).asking
        if waiting:
            panel.update("")
            arithmetic.update(Content("This layer waits: a layer above it does not fit."))
        elif self._good is None:
            panel.update("")
            text = f"✗ {error}" if error is not None else "The input volume as it is."
            arithmetic.update(Content.styled(text, "$text-error" if error else "$text-muted"))
        elif hidden:
            panel.update(Content("?  predict it below"))
            arithmetic.update("")
        else:
            panel.border_title = "Output" if error is None else "Output (old)"
            panel.update(output_text(self._good, old=error is not None))
            arithmetic.update(arithmetic_text(self._good, error))

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
            if self.editor.draft.cursor <= 0:
                self.editor.change_input(volume)
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
            self.editor.change(layer, setting=event.key)
        self.sync()

    @on(NetworkTable.Moved)
    def _row_moved(self, event: NetworkTable.Moved) -> None:
        event.stop()
        if event.index != self.editor.draft.cursor:
            self.editor.move_cursor(event.index)
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

    def watch_view(self) -> None:
        for view in VIEWS:
            self.set_class(view == self.view, f"-view-{view}")

    def action_view(self, view: str) -> None:
        """Go to a view, and put the focus where its keys work."""
        self.view = view
        self.call_after_refresh(self._focus_view)

    def _focus_view(self) -> None:
        if self.view == "network":
            self.query_one(NetworkTable).focus()
        elif self.view == "window":
            self.query_one(Stage).focus()
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
        """Ask for the result before showing it."""
        if self._good is None or self._typing is not None:
            self.notify("There is nothing to predict while a number does not fit.")
        else:
            self.query_one(Predictor).ask(self._good)

    def action_cursor(self, step: int) -> None:
        self.editor.move_cursor(self.editor.draft.cursor + step)
        self.sync(load=True)

    @work
    async def action_add(self) -> None:
        """Ask for a kind of layer and put it behind the one under the cursor."""
        kind = await self.app.push_screen_wait(Pick("Add a layer", kind_options()))
        if kind is not None:
            self.editor.insert(parse_layer(NEW_LAYERS.get(kind, kind)))
            self.sync(load=True)

    @work
    async def action_kind(self) -> None:
        """Make the layer under the cursor another kind."""
        if self.editor.layer is None:
            return
        kind = await self.app.push_screen_wait(Pick("Make it", kind_options()))
        if kind is not None:
            self.editor.change(parse_layer(NEW_LAYERS.get(kind, kind)))
            self.sync(load=True)

    @work
    async def action_preset(self) -> None:
        """Take a ready-made network."""
        options = [(name, f"{name:<9} {one.sentence}") for name, one in PRESETS.items()]
        name = await self.app.push_screen_wait(Pick("Ready-made networks", options))
        if name is not None:
            self.load(PRESETS[name].build())

    @work
    async def action_doctor(self) -> None:
        """Offer the nearest numbers that fit."""
        layer, shape = self.editor.layer, self.incoming(self.rows)
        if layer is None or not isinstance(shape, Volume):
            self.notify("There is no window here that could fit or not.")
            return
        changes = nearest_fits(layer, shape)
        if not changes:
            self.notify("This layer fits exactly." if self._good else "No change nearby helps.")
            return
        options = [(str(number), change.sentence) for number, change in enumerate(changes)]
        chosen = await self.app.push_screen_wait(Pick("The nearest that fits", options))
        if chosen is None:
            return
        change = changes[int(chosen)]
        if change.layer != layer:
            self.editor.change(change.layer)
        elif self.editor.draft.cursor <= 0 and isinstance(change.shape, Volume):
            self.editor.change_input(change.shape)
        else:
            self.notify("That changes the input: change it in the layer above.")
        self.sync(load=True)

    @work
    async def action_backwards(self) -> None:
        """Look for the layers that lead from one width to another."""
        shape, layer = self.incoming(self.rows), self.editor.layer
        if not isinstance(shape, Volume):
            self.notify("There is no width here to start from.")
            return
        start = layer if isinstance(layer, Conv2D) else Conv2D(16, Pair(3, 3))
        output = self._good.output if self._good is not None else None
        target = output.width if isinstance(output, Volume) else max(shape.width // 2, 1)
        found = await self.app.push_screen_wait(SolveScreen(shape, start, target))
        if isinstance(found, Network):
            self.load(found)
        elif found is not None:
            taken = replace(
                start,
                kernel=Pair.square(found.kernel),
                stride=Pair.square(found.stride),
                padding=Pair.square(found.padding) if found.padding else "valid",
                dilation=Pair.square(found.dilation),
            )
            if isinstance(layer, Conv2D):
                self.editor.change(taken)
            else:
                self.editor.insert(taken)
            self.sync(load=True)

    def action_trace(self) -> None:
        """Light up what one output value depends on."""
        cursor = max(self.editor.draft.cursor, 0)
        rows = self.rows
        if not rows or rows[cursor].effect is None:
            self.notify("There is no output here to trace: the layer does not fit.")
            return
        self.app.push_screen(TraceScreen(self.editor.network, cursor))

    def action_export(self) -> None:
        """Show the network as code, a training script, a line, or JSON."""
        self.app.push_screen(ExportScreen(self.editor.network, self.host.dataset))

    @work
    async def action_open(self) -> None:
        """Open a network that was kept, or read one that is pasted."""
        try:
            kept = await asyncio.to_thread(saved_networks)
        except StateError as error:
            self.notify(str(error), severity="error", markup=False)
            return
        network: Network | None = None
        if kept:
            options = [("", "paste a network, a file's path, or a Keras error …")]
            options += [(name, f"{clean(name):<20} {format_network(kept[name])}") for name in kept]
            chosen = await self.app.push_screen_wait(Pick("Open a network", options))
            if chosen is None:
                return
            network = kept.get(chosen)
        if network is None:
            network = await self.app.push_screen_wait(ImportScreen(self.editor.network))
        if network is not None:
            self.load(network)

    def load(self, network: Network) -> None:
        """Put another network in; u takes it back."""
        self.editor.load(network)
        self.sync(load=True)

    def action_delete(self) -> None:
        if self.editor.delete():
            self.sync(load=True)

    def action_duplicate(self) -> None:
        if self.editor.duplicate():
            self.sync(load=True)

    def action_move(self, step: int) -> None:
        if self.editor.move(step):
            self.sync(load=True)

    def action_undo(self) -> None:
        if self.editor.undo():
            self.sync(load=True)
        else:
            self.notify("There is nothing to take back.")

    def action_redo(self) -> None:
        if self.editor.redo():
            self.sync(load=True)

    def action_reset(self) -> None:
        self.load(parse_network(FIRST))

    def action_copy(self) -> None:
        text = format_network(self.editor.network)
        self.app.copy_to_clipboard(text)
        self.notify(f"Copied: {text}", markup=False)


def kind_options() -> list[tuple[str, str]]:
    """Return every kind of layer for a list: its short name and what is put in."""
    return [
        (kind, f"{layer.keras_name:<24} {format_layer(parse_layer(NEW_LAYERS.get(kind, kind)))}")
        for kind, layer in KINDS.items()
    ]
