"""The windows that the network of the calculator opens: lists, searches, traces, exchange."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType

from tui.areas.calculator.exchange_window import ExportScreen, ImportScreen
from tui.areas.calculator.network_edits import NetworkEdits
from tui.areas.calculator.solve_window import SolveScreen
from tui.areas.calculator.trace_window import TraceScreen
from tui.common.paths import StateError
from tui.common.text import clean
from tui.geometry import (
    KINDS,
    PRESETS,
    Conv2D,
    Network,
    Pair,
    Solution,
    Volume,
    format_layer,
    format_network,
    nearest_fits,
    parse_layer,
)
from tui.keras_io.saved_networks import delete_network, saved_networks
from tui.ui.dialogs.question_windows import Pick, Question
from tui.ui.filters.filter_window import FilterScreen

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


class NetworkCommands(NetworkEdits):
    """Opens a window for a command, and does what is chosen there.

    A window is pushed within the key's own handling and not from a worker: keys that come in a
    burst, as over a slow link, then go to it and open nothing behind it.
    """

    HELP = "The commands of a network; the screen that shows it says more."

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "add", "Add layer", id="calculator.add", tooltip="Add a layer after this one"),
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
            "Keras code",
            id="calculator.export",
            tooltip="Keras code, training script, line, JSON; save it by name",
        ),
        Binding(
            "o",
            "open",
            "Open",
            id="calculator.open",
            tooltip="Open a saved network, or paste one or a Keras error",
        ),
    ]

    def action_add(self) -> None:
        """Ask for a kind of layer and put it behind the one under the cursor."""

        def add(kind: str | None) -> None:
            if kind is not None:
                self.editor.insert(parse_layer(NEW_LAYERS.get(kind, kind)))
                self.sync(load=True)

        self.app.push_screen(Pick("Add a layer", kind_options()), add)

    def action_kind(self) -> None:
        """Make the layer under the cursor another kind."""

        def change(kind: str | None) -> None:
            if kind is not None:
                self.editor.change(parse_layer(NEW_LAYERS.get(kind, kind)))
                self.sync(load=True)

        if self.editor.layer is not None:
            self.app.push_screen(Pick("Make it", kind_options()), change)

    def action_preset(self) -> None:
        """Take a ready-made network."""

        def take(name: str | None) -> None:
            if name is not None:
                self.load(PRESETS[name].build(), PRESETS[name].note)

        options = [(name, f"{name:<9} {one.sentence}") for name, one in PRESETS.items()]
        self.app.push_screen(Pick("Ready-made networks", options), take)

    def action_doctor(self) -> None:
        """Offer the nearest numbers that fit."""
        layer, shape = self.editor.layer, self.incoming(self.rows)
        if layer is None or not isinstance(shape, Volume):
            self.notify("There is no window here that could fit or not.")
            return
        changes = nearest_fits(layer, shape)
        if not changes:
            self.notify("This layer fits exactly." if self.good else "No change nearby helps.")
            return

        def apply(chosen: str | None) -> None:
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

        options = [(str(number), change.sentence) for number, change in enumerate(changes)]
        self.app.push_screen(Pick("The nearest that fits", options), apply)

    def action_backwards(self) -> None:
        """Look for the layers that lead from one width to another."""
        shape, layer = self.incoming(self.rows), self.editor.layer
        if not isinstance(shape, Volume):
            self.notify("There is no width here to start from.")
            return
        start = layer if isinstance(layer, Conv2D) else Conv2D(16, Pair(3, 3))
        output = self.good.output if self.good is not None else None
        target = output.width if isinstance(output, Volume) else max(shape.width // 2, 1)

        def take(found: Solution | Network | None) -> None:
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

        self.app.push_screen(SolveScreen(shape, start, target), take)

    def action_trace(self) -> None:
        """Light up what one output value depends on."""
        cursor = max(self.editor.draft.cursor, 0)
        rows = self.rows
        if not rows or rows[cursor].effect is None:
            self.notify("There is no output here to trace: the layer does not fit.")
            return
        self.app.push_screen(TraceScreen(self.editor.network, cursor))

    def action_picture(self) -> None:
        """Run filters on a real picture."""
        dataset = self.host.dataset
        self.app.push_screen(FilterScreen(dataset.summary if dataset is not None else None))

    def action_export(self) -> None:
        """Show the network as code, a training script, a line, or JSON."""
        self.app.push_screen(ExportScreen(self.editor.network, self.host.dataset))

    @work(exclusive=True)
    async def action_open(self) -> None:
        """Open a network that was kept, or read one that is pasted."""
        try:
            kept = await asyncio.to_thread(saved_networks)
        except StateError as error:
            self.notify(str(error), severity="error", markup=False)
            return

        def take(network: Network | None) -> None:
            if network is not None:
                self.load(network)

        def choose(name: str | None) -> None:
            if name:
                take(kept[name])
            elif name is not None:
                self.app.push_screen(ImportScreen(self.editor.network), take)

        if not self.is_current:
            return  # another window was opened while the file was read
        if not kept:
            choose("")
            return
        options = [("", "paste a network, a file's path, or a Keras error …")]
        options += [(name, f"{clean(name):<20} {format_network(kept[name])}") for name in kept]
        self.app.push_screen(Pick("Open a network", options, self._delete_kept), choose)

    async def _delete_kept(self, name: str) -> bool:
        """Delete a kept network after a question; return whether it is gone."""
        if not name:  # the line that pastes one
            return False
        if not await self.app.push_screen_wait(Question(f"Delete the kept network {clean(name)}?")):
            return False
        try:
            await asyncio.to_thread(delete_network, name)
        except (OSError, StateError) as error:
            self.notify(f"It is not deleted: {clean(error)}", severity="error", markup=False)
            return False
        self.notify(f"Deleted: {clean(name)}.", markup=False)
        return True


def kind_options() -> list[tuple[str, str]]:
    """Return every kind of layer for a list: its short name and what is put in."""
    return [
        (kind, f"{layer.keras_name:<24} {format_layer(parse_layer(NEW_LAYERS.get(kind, kind)))}")
        for kind, layer in KINDS.items()
    ]
