"""The layers of a file from elsewhere, read as data; it is run only after a question."""

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
from tui.common.numbers import count
from tui.common.text import clean
from tui.geometry import Graph, GraphRow, ReceptiveField, graph_totals
from tui.ui.dialogs.questions import Question
from tui.ui.dialogs.window import Window
from tui.ui.network_table import short_number


class ArchitectureWindow(Window[bool]):
    """Shapes, parameters and receptive fields; nothing of the file is run."""

    CSS_PATH = "architecture_window.tcss"
    HELP = """
# A file from elsewhere

The file's description was read as data: nothing in it was run, and its weights were not loaded.
Each layer stands after all that it receives. **from** gives the numbers of those layers where it
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


def totals_line(graph: Graph, room: int) -> Content:
    """Return how many layers a network has, what they cost, and what its last maps see.

    Args:
        graph: the network.
        room: columns; what does not fit whole is left out.
    """
    totals = graph_totals(graph)
    least = "" if totals.complete else "≥ "
    layers = f"{totals.layers:,} layer" + "s" * (totals.layers != 1)
    words = [
        layers,
        f"{least}{count(totals.parameters)} parameters",
        f"{least}{short_number(totals.macs)} MACs",
    ]
    if isinstance(totals.field, ReceptiveField):
        words.append(f"field {totals.field.size.short}")
    elif totals.field is not None:
        words.append("field: all" if totals.field == "all" else "field: varies")
    if totals.parameters > totals.trainable:
        words.append(f"{short_number(totals.parameters - totals.trainable)} not trained")
    found = ""
    for word in words:
        if len(found) + len(word) + 3 <= room:
            found += f" · {word}" if found else word
    return Content(found)


def row_line(graph: Graph, row: GraphRow) -> Content:
    """Return a layer in words: its whole name, what it receives, what it sees, what is wrong."""
    parts: list[str | tuple[str, str]] = [(f" {clean(row.name, 60)} ", "bold")]
    parts.append((f"{clean(row.class_name, 40)}   ", "$text-muted"))
    for place, source in enumerate(row.sources[:4]):
        name = "the input" if source < 0 and len(graph.inputs) == 1 else graph.source_name(source)
        shape = graph.source_shape(source)
        parts.append(" + " if place else "")
        parts.append(f"{clean(name, 40)} " if not row.follows else "")
        parts.append(("?" if shape is None else str(shape), "$input-color"))
    if len(row.sources) > 4:
        parts.append(f" + {len(row.sources) - 4} more")
    parts += [" → ", ("?" if row.output is None else str(row.output), "bold $output-color")]
    if row.use:
        parts.append(f"   use {row.use + 1} of the layer: its numbers were counted above")
    if row.problem:
        return Content.assemble(*parts, "\n ", (clean(row.problem, 300), "$warning"))
    return Content.assemble(*parts, "\n ", (_sees(row), "$text-muted"))


def _sees(row: GraphRow) -> str:
    seen = row.receptive_field
    if isinstance(seen, ReceptiveField):
        step = f"{seen.jump.short} pixel" + "s" * (max(seen.jump) > 1)
        return f"one value sees {seen.size} pixels, the next one {step} further"
    if seen == "all":
        return "one value sees the whole picture"
    return "values differ in how much they see" if seen == "varies" else "what it sees is not known"
