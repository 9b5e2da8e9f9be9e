"""What can be done to the network of the calculator, each a key and a palette entry."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import replace
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.screen import Screen

from tui.geometry import (
    KINDS,
    PRESETS,
    Conv2D,
    Effect,
    Network,
    Pair,
    Row,
    Volume,
    format_layer,
    format_network,
    nearest_fits,
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
from tui.screens.filtering import FilterScreen
from tui.screens.solving import SolveScreen
from tui.screens.tracing import TraceScreen
from tui.text import clean

FIRST = "150x150x3 conv:k=16,f=3"

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


class NetworkCommands(AreaScreen):
    """Edits the draft, and tells the screen that shows it to `sync`."""

    HELP = "The commands of a network; the screen that shows it says more."

    BINDINGS: ClassVar[list[BindingType]] = [
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
            "p",
            "picture",
            "Picture",
            show=False,
            id="calculator.picture",
            tooltip="Ready-made filters, and your own, on a real picture",
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

    def __init__(self) -> None:
        super().__init__()
        self.editor = NetworkEditor(parse_network(FIRST))
        self._opening = False
        self.note = ""
        """What to look at in the network that was loaded last."""
        self.good: Effect | None = None
        """The last result that worked, of the layer under the cursor."""

    def _begin(self, work: Coroutine[None, None, None]) -> None:
        """Open a window; until it is closed no other command of the network is taken.

        Keys that come in a burst, as over a slow link, are all handled before the first one's
        window is there: they must not open a second one behind it.
        """
        if self._opening:
            work.close()
            return
        self._opening = True

        async def until_closed() -> None:
            try:
                await work
            finally:
                self._opening = False

        self.run_worker(until_closed(), group="window")

    async def _show(self, screen: Screen[None]) -> None:
        await self.app.push_screen_wait(screen)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return not (self._opening and action in _COMMANDS)

    def sync(self, *, load: bool = False) -> None:
        """Show the draft everywhere.

        Args:
            load: whether the forms are to be filled anew (not while they are typed in).
        """
        raise NotImplementedError

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

    def action_cursor(self, step: int) -> None:
        self.editor.move_cursor(self.editor.draft.cursor + step)
        self.sync(load=True)

    def action_add(self) -> None:
        """Ask for a kind of layer and put it behind the one under the cursor."""
        self._begin(self._add())

    async def _add(self) -> None:
        kind = await self.app.push_screen_wait(Pick("Add a layer", kind_options()))
        if kind is not None:
            self.editor.insert(parse_layer(NEW_LAYERS.get(kind, kind)))
            self.sync(load=True)

    def action_kind(self) -> None:
        """Make the layer under the cursor another kind."""
        self._begin(self._kind())

    async def _kind(self) -> None:
        if self.editor.layer is None:
            return
        kind = await self.app.push_screen_wait(Pick("Make it", kind_options()))
        if kind is not None:
            self.editor.change(parse_layer(NEW_LAYERS.get(kind, kind)))
            self.sync(load=True)

    def action_preset(self) -> None:
        """Take a ready-made network."""
        self._begin(self._preset())

    async def _preset(self) -> None:
        options = [(name, f"{name:<9} {one.sentence}") for name, one in PRESETS.items()]
        name = await self.app.push_screen_wait(Pick("Ready-made networks", options))
        if name is not None:
            self.load(PRESETS[name].build(), PRESETS[name].note)

    def action_doctor(self) -> None:
        """Offer the nearest numbers that fit."""
        self._begin(self._doctor())

    async def _doctor(self) -> None:
        layer, shape = self.editor.layer, self.incoming(self.rows)
        if layer is None or not isinstance(shape, Volume):
            self.notify("There is no window here that could fit or not.")
            return
        changes = nearest_fits(layer, shape)
        if not changes:
            self.notify("This layer fits exactly." if self.good else "No change nearby helps.")
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

    def action_backwards(self) -> None:
        """Look for the layers that lead from one width to another."""
        self._begin(self._backwards())

    async def _backwards(self) -> None:
        shape, layer = self.incoming(self.rows), self.editor.layer
        if not isinstance(shape, Volume):
            self.notify("There is no width here to start from.")
            return
        start = layer if isinstance(layer, Conv2D) else Conv2D(16, Pair(3, 3))
        output = self.good.output if self.good is not None else None
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
        self._begin(self._show(TraceScreen(self.editor.network, cursor)))

    def action_picture(self) -> None:
        """Run filters on a real picture."""
        dataset = self.host.dataset
        self._begin(self._show(FilterScreen(dataset.summary if dataset is not None else None)))

    def action_export(self) -> None:
        """Show the network as code, a training script, a line, or JSON."""
        self._begin(self._show(ExportScreen(self.editor.network, self.host.dataset)))

    def action_open(self) -> None:
        """Open a network that was kept, or read one that is pasted."""
        self._begin(self._open())

    async def _open(self) -> None:
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

    def load(self, network: Network, note: str = "") -> None:
        """Put another network in; u takes it back.

        Args:
            network: the network.
            note: what to look at in it.
        """
        self.note = note
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


_COMMANDS = frozenset(
    binding.action.partition("(")[0]
    for binding in NetworkCommands.BINDINGS
    if isinstance(binding, Binding)
)


def kind_options() -> list[tuple[str, str]]:
    """Return every kind of layer for a list: its short name and what is put in."""
    return [
        (kind, f"{layer.keras_name:<24} {format_layer(parse_layer(NEW_LAYERS.get(kind, kind)))}")
        for kind, layer in KINDS.items()
    ]
