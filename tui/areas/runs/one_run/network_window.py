"""The network of a run: its layers with their shapes, parameters and receptive fields."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from tui.common.shorten import shorten_words
from tui.common.text import clean
from tui.geometry import Network
from tui.runs.settings.external_spec import ExternalSpec
from tui.runs.store.run_network import RunNetwork
from tui.ui.dialogs.window import Window
from tui.ui.footer import Footer
from tui.ui.graph_table import GraphTable
from tui.ui.graph_text import row_line, totals_line


class NetworkWindow(Window[None]):
    """Shows the layers of a run's network, a chain or a graph."""

    CSS_PATH = "network_window.tcss"
    HELP = """
# The network of a run

Each layer comes after those that it receives. **from** gives the numbers of those layers unless it
is just the previous one (*in*: the picture), **field** the width of the receptive field in pixels;
where branches meet, of all of them together. *all*: the whole picture; *~*: values differ in how
much they see; *?*: not known. The network of a program of your own was read from what its Keras
model says of itself; no code of it was run.

**c** opens it in the calculator where it is a plain chain of layers that the calculator has.
"""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "c",
            "calculate",
            "Calculator",
            id="run-network.calculate",
            tooltip="Open it in the calculator",
        ),
        Binding("escape,q,n", "leave", "Close", id="run-network.close", tooltip="Close"),
    ]

    def __init__(
        self,
        title: str,
        network: RunNetwork,
        external: ExternalSpec | None,
        calculate: Callable[[Network], object],
    ) -> None:
        """Make the window.

        Args:
            title: of the run; not clean.
            network: as it was read.
            external: what is known of a training that cnn-tui did not start; None for any other.
            calculate: opens a chain in the calculator.
        """
        super().__init__()
        self._title, self._network = title, network
        self._external, self._calculate = external, calculate

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer the calculator only a chain that it can edit."""
        return action != "calculate" or self._network.chain is not None

    def compose(self) -> ComposeResult:
        with Vertical(classes="run-network"):
            yield Static(id="run-network-head")
            yield Static(id="run-network-compiled")
            yield GraphTable(id="run-network-table")
            yield Static(id="run-network-row")
            yield Static(id="run-network-notes")
        yield Footer()

    def on_mount(self) -> None:
        graph, table = self._network.graph, self.query_one(GraphTable)
        title = shorten_words(clean(self._title), 30)
        words: Content | str = "its layers are not known"
        notes = [self._network.problem] if self._network.problem else []
        if graph is None:
            table.display = False
            self.query_one("#run-network-row").display = False
        else:
            table.show(graph)
            table.focus()
            words = totals_line(graph, self.app.size.width - Content(title).cell_length - 6)
            notes += graph.notes
        if self._network.not_chain:
            notes.append(f"Not for the calculator: {self._network.not_chain}")
        self._put("head", Content.assemble((f" {title} ", "bold reverse"), "  ", words))
        self._put("compiled", Content(compiled_text(self._external)))
        self._put("notes", Content("\n".join(clean(note, 300) for note in notes[:4])))

    def _put(self, part: str, content: Content) -> None:
        line = self.query_one(f"#run-network-{part}", Static)
        line.update(content)
        line.display = bool(content.plain)

    @on(GraphTable.Moved)
    def _moved(self, event: GraphTable.Moved) -> None:
        graph, line = self._network.graph, Content("")
        if graph is not None and event.row is not None:
            line = row_line(graph, event.row)
        self.query_one("#run-network-row", Static).update(line)

    def action_leave(self) -> None:
        self.dismiss()

    def action_calculate(self) -> None:
        """Open the network in the calculator."""
        if self._network.chain is not None:
            self.dismiss()
            self._calculate(self._network.chain)


def compiled_text(external: ExternalSpec | None) -> str:
    """Return what a program of the user's own compiled its network with; empty if not known.

    >>> compiled_text(ExternalSpec(name="a", source="script", optimizer="Adam", loss="mse"))
    'compiled with Adam, loss mse'
    """
    if external is None:
        return ""
    parts = [clean(external.optimizer, 40)] if external.optimizer else []
    parts += [f"loss {clean(external.loss, 80)}"] if external.loss else []
    parts += [f"metrics {clean(', '.join(external.metrics), 120)}"] if external.metrics else []
    return f"compiled with {', '.join(parts)}" if parts else ""
