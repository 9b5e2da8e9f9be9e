"""The layers of a `.keras` file from elsewhere, read as data; running it is asked for first."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Footer, Static

from tui.geometry import Imported, network_totals, trace_network
from tui.screens.dialogs import Question
from tui.text import clean
from tui.widgets.network_table import NetworkTable


class LayerTable(NetworkTable):
    """The layers to be read: enter edits nothing here."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter",
            "select_cursor",
            "Layer",
            show=False,
            id="architecture.layer",
            tooltip="The layer under the cursor",
        ),
    ]


class ArchitectureScreen(ModalScreen[bool]):
    """Shapes, parameters and receptive fields; nothing of the file is run."""

    CSS_PATH = "look_architecture.tcss"
    HELP = """
# A file from elsewhere

The file's description was read as data: nothing in it was run, and its weights were not loaded.
**x** loads it into a process of its own, after a question, and then its feature maps can be seen.
"""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("x", "run", "Run it", id="architecture.run", tooltip="Load and run it"),
        Binding("escape,q,a", "close", "Close", id="architecture.close", tooltip="Close"),
    ]

    def __init__(self, path: Path, imported: Imported | None, problem: str) -> None:
        """Make the screen.

        Args:
            path: the file.
            imported: its network; None where it cannot be expressed.
            problem: why not, safe to show.
        """
        super().__init__()
        self._path, self._imported, self._problem = path, imported, problem

    def compose(self) -> ComposeResult:
        with Vertical(classes="architecture"):
            yield Static(id="architecture-head")
            yield LayerTable(id="architecture-table")
            yield Static(id="architecture-notes")
        yield Footer(show_command_palette=False, compact=True)

    def on_mount(self) -> None:
        name = clean(self._path.name, 50)
        table = self.query_one(NetworkTable)
        head, notes = f" {name} ", [self._problem] if self._problem else []
        if self._imported is None:
            table.display = False
            words = "   its layers cannot be shown as a chain"
        else:
            network = self._imported.network
            rows = trace_network(network)
            table.show(network.input, rows, -1, 1)
            table.focus()
            totals = network_totals(rows)
            words = f"   {len(rows)} layers, {totals.parameters:,} parameters"
            notes += self._imported.notes
        self.query_one("#architecture-head", Static).update(
            Content.assemble((head, "bold reverse"), words)
        )
        self.query_one("#architecture-notes", Static).update(
            Content("\n".join(clean(note) for note in notes[:6]))
        )

    def action_close(self) -> None:
        self.dismiss(False)

    def action_run(self) -> None:
        """Ask, and have it loaded."""
        question = (
            f"Load and run {clean(self._path.name, 40)}? A file from elsewhere can hold code. "
            "It is loaded in a process of its own, in Keras's safe mode and with limits on its "
            "memory; still, run only what comes from somebody you trust."
        )

        def answered(sure: bool | None) -> None:
            if sure:
                self.dismiss(True)

        self.app.push_screen(Question(question), answered)
