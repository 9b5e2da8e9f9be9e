"""The layers of a file from elsewhere, read as data; running it is asked for first."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Footer, Static

from tui.areas.look_inside.graph_table import GraphTable
from tui.areas.look_inside.graph_text import row_line, totals_line
from tui.common.text import clean
from tui.geometry import Graph
from tui.ui.dialogs.question_windows import Question
from tui.ui.dialogs.window import Window


class ArchitectureScreen(Window[bool]):
    """Shapes, parameters and receptive fields; nothing of the file is run."""

    CSS_PATH = "architecture_screen.tcss"
    HELP = """
# A file from elsewhere

The file's description was read as data: nothing in it was run, and its weights were not loaded.
Each layer stands after all that it receives. **from** tells the numbers of those layers where it
is not just the one before (*in*: the picture), **field** how many pixels across one value sees;
where branches meet, together. *all*: the whole picture; *~*: not every value sees as much; *?*:
not known. The layers of a model inside the model stand below its name. Where the file leaves the
picture's height and width open (*any size*) 224×224 is taken, in this table and when it is run.

A layer that is not known here, such as a Lambda, is a row with *?*; so is what follows it, as far
as the file does not say. `cnn-tui calc --from FILE` takes the same files.

**x** loads it into a process of its own, after a question, and then its feature maps can be seen.
"""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("x", "run", "Run it", id="architecture.run", tooltip="Load and run it"),
        Binding("escape,q,a", "close", "Close", id="architecture.close", tooltip="Close"),
    ]

    def __init__(self, path: Path, graph: Graph | None, problem: str) -> None:
        """Make the screen.

        Args:
            path: the file.
            graph: its network; None where it cannot be read.
            problem: why not, safe to show.
        """
        super().__init__()
        self._path, self._graph, self._problem = path, graph, problem

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer to run only what could be read: the child process refuses all else."""
        return action != "run" or self._graph is not None

    def compose(self) -> ComposeResult:
        with Vertical(classes="architecture"):
            yield Static(id="architecture-head")
            yield GraphTable(id="architecture-table")
            yield Static(id="architecture-row")
            yield Static(id="architecture-notes")
        yield Footer(show_command_palette=False, compact=True)

    def on_mount(self) -> None:
        name = clean(self._path.name, 24)
        table = self.query_one(GraphTable)
        notes = [self._problem] if self._problem else []
        words: Content | str = "its layers cannot be shown"
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
