"""The layers of any model file, read as data; the model is run only after a question."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar, Literal

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from tui.common.text import clean
from tui.geometry import Graph
from tui.runs.settings.model_file import is_model_file
from tui.ui.dialogs.questions import Question
from tui.ui.dialogs.window import Window
from tui.ui.footer import Footer
from tui.ui.graph_table import GraphTable
from tui.ui.graph_text import row_line, totals_line

Answer = Literal["run", "train"]
"""What is to be done with the file."""


class ArchitectureWindow(Window[Answer | None]):
    """Shows shapes, parameters and receptive fields; no code in the file is run."""

    CSS_PATH = "architecture_window.tcss"
    HELP = """
# A model file

The file's description was read as data: no code in it was run, and its weights were not loaded.
Each layer comes after those that it receives. **from** gives the numbers of those layers unless it
is just the previous one (*in*: the picture), **field** the width of the receptive field in pixels;
where branches meet, of all of them together. *all*: the whole picture; *~*: values differ in how
much they see; *?*: not known. The layers of a nested model are listed below its name. Where the
file leaves height and width open (*any size*), 224×224 is assumed here and when the model is run.

A layer of a kind that this app does not know, such as a Lambda, is a row with *?*, and so is what
follows it, unless the file says its shape. `cnn-tui calc --from FILE` reads the same files.

**x** loads the model in a process of its own, after a question, to show its feature maps. **t**
trains it further, or from new weights, on images of yours: the form of 4 Train opens with it.
"""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("x", "run", "Run", id="architecture.run", tooltip="Load and run the model"),
        Binding("t", "train", "Train", id="architecture.train", tooltip="Train this network"),
        Binding("escape,q,a", "close", "Close", id="architecture.close", tooltip="Close"),
    ]

    def __init__(self, path: Path, graph: Graph | None, problem: str) -> None:
        """Make the screen.

        Args:
            path: the file.
            graph: its network; None if it cannot be read.
            problem: why not, safe to show.
        """
        super().__init__()
        self._path, self._graph, self._problem = path, graph, problem

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer to run and to train only a file that could be read: any other is refused."""
        if action == "train":
            return self._graph is not None and is_model_file(self._path.name)
        return action != "run" or self._graph is not None

    def compose(self) -> ComposeResult:
        with Vertical(classes="architecture"):
            yield Static(id="architecture-head")
            yield GraphTable(id="architecture-table")
            yield Static(id="architecture-row")
            yield Static(id="architecture-notes")
        yield Footer()

    def on_mount(self) -> None:
        name = clean(self._path.name, 24)
        table = self.query_one(GraphTable)
        notes = [self._problem] if self._problem else []
        words: Content | str = "its layers cannot be read"
        if self._graph is None:
            table.display = False
        else:
            table.show(self._graph)
            table.focus()
            words = totals_line(self._graph, self.app.size.width - len(name) - 6)
            notes += self._graph.notes
        self.query_one("#architecture-head", Static).update(
            Content.assemble((f" {name} ", "bold reverse"), "  ", words)
        )
        self.query_one("#architecture-notes", Static).update(
            Content("\n".join(clean(line) for note in notes[:6] for line in note.split("\n")))
        )
        self.query_one("#architecture-notes").display = bool(notes)

    @on(GraphTable.Moved)
    def _moved(self, event: GraphTable.Moved) -> None:
        line = Content("")
        if self._graph is not None and event.row is not None:
            line = row_line(self._graph, event.row)
        self.query_one("#architecture-row", Static).update(line)

    def action_close(self) -> None:
        self.dismiss(None)

    def action_train(self) -> None:
        """Leave with the wish to train it; the form asks before it is loaded."""
        self.dismiss("train")

    def action_run(self) -> None:
        """Ask before the model is loaded and run."""
        question = (
            f"Load and run {clean(self._path.name, 40)}? A model file can contain code. "
            "It is loaded in a process of its own, in Keras's safe mode and with limited memory; "
            "still, run only files from somebody you trust."
        )

        def answered(sure: bool | None) -> None:
            if sure:
                self.dismiss("run")

        self.app.push_screen(Question(question), answered)
