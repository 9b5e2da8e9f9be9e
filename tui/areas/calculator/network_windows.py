"""The commands of the calculator that open a window: lists, search, trace, import, export."""

from __future__ import annotations

import asyncio

from tui.areas.calculator.import_export import NetworkExportWindow, NetworkImportWindow
from tui.areas.calculator.network_edits import NetworkEdits
from tui.areas.calculator.solve_window import SolveWindow
from tui.areas.calculator.trace_window import TraceWindow
from tui.common.paths import StateError
from tui.common.text import clean
from tui.geometry import (
    KINDS,
    PRESETS,
    Layer,
    Network,
    Solution,
    Volume,
    format_layer,
    format_network,
    nearest_fits,
    parse_layer,
)
from tui.keras_io.saved_networks import delete_network, saved_networks
from tui.ui.area_screen import AreaScreen
from tui.ui.commands import bindings
from tui.ui.dialogs.input_windows import PickWindow
from tui.ui.dialogs.questions import Question
from tui.ui.dialogs.text_windows import copy_text
from tui.ui.filters.filter_window import FilterWindow

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


class NetworkWindows:
    """Opens windows and applies what is chosen in them; a screen holds it as `windows`.

    A window is pushed while the key is handled, not from a worker: keys that arrive in a burst, as
    over a slow link, then go to the window and do not open another one behind it.
    """

    COMMANDS = bindings(
        "calculator",
        ("y", "copy", "copy", "Copy", "Copy the network in its one-line form, for cnn-tui calc"),
        ("a", "add", "add", "Add layer", "Add a layer after this one"),
        ("d", "fit", "doctor", "Fit", "Show the nearest numbers that fit"),
        ("m", "preset", "preset", "Ready-made", "Open a ready-made network"),
        ("k", "kind", "kind", "Kind", "Change the kind of this layer"),
        ("b", "backwards", "backwards", "Backwards", "Find F, S and P that lead to a width"),
        ("t", "trace", "trace", "Trace", "Show what one output value sees, down to the input"),
        (
            "p",
            "picture",
            "picture",
            "Picture",
            "Run ready-made filters, or your own, on a real picture",
        ),
        (
            "e",
            "export",
            "export",
            "Keras code",
            "Keras code, training script, one line, JSON; save it by name",
        ),
        ("o", "open", "open", "Open", "Open a saved network; paste a network or a Keras error"),
        handler="windows",
        footer=("add", "doctor", "export", "open"),
    )

    def __init__(self, screen: AreaScreen, edits: NetworkEdits) -> None:
        self._screen, self._edits = screen, edits

    def offers(self, command: str) -> bool:
        """All commands are always available."""
        return True

    def copy(self) -> None:
        """Copy the network in its one-line form."""
        text = format_network(self._edits.network)
        copy_text(self._screen.app, text, f"Copied: {text}", "network.txt")

    def add(self) -> None:
        """Ask for a kind of layer and insert it after the one under the cursor."""

        def add(kind: str | None) -> None:
            if kind is not None:
                self._edits.insert(new_layer(kind))

        self._screen.app.push_screen(PickWindow("Add a layer", kind_options()), add)

    def kind(self) -> None:
        """Change the kind of the layer under the cursor."""

        def change(kind: str | None) -> None:
            if kind is not None:
                self._edits.change(new_layer(kind))

        if self._edits.layer is not None:
            self._screen.app.push_screen(PickWindow("Change the layer to", kind_options()), change)

    def preset(self) -> None:
        """Open a ready-made network."""

        def take(name: str | None) -> None:
            if name is not None:
                self._edits.load(PRESETS[name].build(), PRESETS[name].note)

        options = [(name, f"{name:<9} {one.sentence}") for name, one in PRESETS.items()]
        self._screen.app.push_screen(PickWindow("Ready-made networks", options), take)

    def fit(self) -> None:
        """Offer the nearest numbers that fit."""
        layer, shape = self._edits.layer, self._edits.incoming(self._edits.traced)
        if layer is None or not isinstance(shape, Volume):
            self._screen.notify("This layer slides no window over its input, so it always fits.")
            return
        changes = nearest_fits(layer, shape)
        if not changes:
            self._screen.notify(
                "This layer fits exactly." if self._edits.last_effect else "No nearby numbers fit."
            )
            return

        def apply(chosen: str | None) -> None:
            if chosen is not None:
                self._edits.apply(changes[int(chosen)])

        options = [(str(number), change.sentence) for number, change in enumerate(changes)]
        self._screen.app.push_screen(PickWindow("The nearest numbers that fit", options), apply)

    def backwards(self) -> None:
        """Search for layers that lead from one width to another."""
        shape, good = self._edits.incoming(self._edits.traced), self._edits.last_effect
        if not isinstance(shape, Volume):
            self._screen.notify("This layer's input has no width to start from.")
            return
        output = good.output if good is not None else None
        target = output.width if isinstance(output, Volume) else max(shape.width // 2, 1)

        def take(found: Solution | Network | None) -> None:
            if isinstance(found, Network):
                self._edits.load(found)
            elif found is not None:
                self._edits.apply_solution(found)

        self._screen.app.push_screen(SolveWindow(shape, self._edits.convolution, target), take)

    def trace(self) -> None:
        """Show what one output value depends on."""
        cursor = max(self._edits.cursor, 0)
        traced = self._edits.traced
        if not traced or traced[cursor].effect is None:
            self._screen.notify("There is no output to trace: the layer does not fit.")
            return
        self._screen.app.push_screen(TraceWindow(self._edits.network, cursor))

    def picture(self) -> None:
        """Run filters on a real picture."""
        dataset = self._screen.host.dataset
        self._screen.app.push_screen(FilterWindow(dataset.summary if dataset is not None else None))

    def export(self) -> None:
        """Show the network as code, a training script, a line, or JSON."""
        self._screen.app.push_screen(
            NetworkExportWindow(self._edits.network, self._screen.host.dataset)
        )

    def open(self) -> None:
        """Open a saved network, or read one that is pasted."""
        self._screen.run_worker(self._open(), exclusive=True)

    async def _open(self) -> None:
        try:
            kept = await asyncio.to_thread(saved_networks)
        except StateError as error:
            self._screen.notify(str(error), severity="error", markup=False)
            return

        def take(network: Network | None) -> None:
            if network is not None:
                self._edits.load(network)

        def choose(name: str | None) -> None:
            if name:
                take(kept[name])
            elif name is not None:
                self._screen.app.push_screen(NetworkImportWindow(self._edits.network), take)

        if not self._screen.is_current:
            return  # another window was opened while the file was read
        if not kept:
            choose("")
            return
        options = [("", "paste a network, a file's path, or a Keras error …")]
        options += [(name, f"{clean(name):<20} {format_network(kept[name])}") for name in kept]
        self._screen.app.push_screen(
            PickWindow("Open a network", options, self._delete_kept), choose
        )

    async def _delete_kept(self, name: str) -> bool:
        """Delete a saved network after a question; return whether it was deleted."""
        if not name:  # the option that pastes one
            return False
        question = Question(f"Delete the saved network {clean(name)}?")
        if not await self._screen.app.push_screen_wait(question):
            return False
        try:
            await asyncio.to_thread(delete_network, name)
        except (OSError, StateError) as error:
            self._screen.notify(
                f"The network was not deleted: {clean(error)}", severity="error", markup=False
            )
            return False
        self._screen.notify(f"Deleted: {clean(name)}.", markup=False)
        return True


def new_layer(kind: str) -> Layer:
    """Return a layer of a kind with typical settings."""
    return parse_layer(NEW_LAYERS.get(kind, kind))


def kind_options() -> list[tuple[str, str]]:
    """Return all kinds of layers as options: the name of the kind, and a line of text."""
    return [
        (kind, f"{layer.keras_name:<24} {format_layer(new_layer(kind))}")
        for kind, layer in KINDS.items()
    ]
