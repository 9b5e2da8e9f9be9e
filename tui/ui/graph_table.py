"""A network with any branches as a table: a row for each layer, with its inputs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.text import Text
from textual import events, on
from textual.message import Message
from textual.widgets import DataTable

from tui.common.numbers import count, percent, sides
from tui.common.text import clean
from tui.geometry import Graph, GraphRow, ReceptiveField, Vector, graph_totals
from tui.ui.network_table import short_number
from tui.ui.textual_patches.table import Table

COLUMNS = (
    ("number", "", 4, 4),
    ("layer", "layer", 17, 28),
    ("class", "class", 11, 20),
    ("output", "output", 12, 13),
    ("parameters", " parameters", 11, 12),
    ("share", "  share", 0, 7),
    ("macs", "   MACs", 8, 8),
    ("field", " field", 6, 7),
    ("jump", " jump", 0, 5),
    ("from", " from", 8, 14),
)
"""Key, heading, and width in cells on a screen of 80 and of 118 columns; 0: left out."""
_WIDE_FROM = 116
_SCROLLBAR = 2
_RIGHT = frozenset({"parameters", "share", "macs", "field", "jump"})
_GAP = frozenset({"layer", "class", "output"})
_FIGURES = ("output", "field", "jump")
_WIDEST = {"output": 22, "field": 12, "jump": 9}
"""Widest columns of figures, in cells; longer figures are shortened."""
_NARROWEST = {"layer": 12, "class": 7, "output": 13, "field": 8, "jump": 5, "from": 7}
"""Narrowest columns, in cells; the first ones are narrowed first."""
_NESTING = "│"


class GraphTable(Table):
    """Lists the inputs, then the layers; a nested model has a line of its own."""

    DEFAULT_CSS = """
    GraphTable { height: 1fr; overflow-x: hidden; }
    """

    class Moved(Message):
        """The cursor has moved to another line.

        Args:
            row: the layer; None for an input or the line of a nested model.
        """

        def __init__(self, row: GraphRow | None) -> None:
            super().__init__()
            self.row = row

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._graph: Graph | None = None
        self._rows: list[GraphRow | None] = []
        self._wide: bool | None = None

    def show(self, graph: Graph) -> None:
        """Show a network."""
        self._graph = graph
        self._fill()

    def on_resize(self, event: events.Resize) -> None:
        wide = event.size.width >= _WIDE_FROM
        if wide is not self._wide:
            self._wide = wide
            self._fill()

    def _fill(self) -> None:
        if self._graph is None or self._wide is None:
            return
        kept = self.cursor_row
        self.clear(columns=True)
        lines = list(self._lines(self._graph))
        widths = _widths([line for _, line in lines], self.size.width - _SCROLLBAR, self._wide)
        for key, heading, *_ in COLUMNS:
            if widths[key]:
                self.add_column(heading, key=key, width=widths[key])
        self._rows = []
        for row, line in lines:
            self.add_row(
                *(
                    _cell(key, line.get(key, Text()), width)
                    for key, width in widths.items()
                    if width
                )
            )
            self._rows.append(row)
        self.move_cursor(row=kept)

    def _lines(self, graph: Graph) -> Iterator[tuple[GraphRow | None, dict[str, Text]]]:
        for source in graph.inputs:
            name = "input" if len(graph.inputs) == 1 else clean(source.name)
            free = (
                "any size"
                if len(source.free) > 1
                else f"any {source.free[0]}"
                if source.free
                else ""
            )
            shape = self._coloured("input", str(source.shape))
            yield None, {"layer": Text(name), "class": Text(free), "output": shape}
        total = graph_totals(graph).parameters
        before: tuple[str, ...] = ()
        for row in graph.rows:
            for depth in range(len(row.models)):
                if row.models[: depth + 1] != before[: depth + 1]:
                    name = f"{_NESTING * depth}▾ {clean(row.models[depth])}"
                    yield None, {"layer": Text(name, style="bold"), "class": Text("model")}
            before = row.models
            yield row, self._line(graph, row, total)

    def _line(self, graph: Graph, row: GraphRow, total: int) -> dict[str, Text]:
        name = Text()
        name.append(_NESTING * len(row.models), style="dim")
        name.append_text(
            self._coloured("filter", clean(row.name)) if row.parameters else Text(clean(row.name))
        )
        output = Text("?", style="bold") if row.output is None else Text(str(row.output))
        if row.output is not None and not isinstance(row.output, Vector):
            output = self._coloured("output", str(row.output))
        waits = any(graph.source_shape(source) is None for source in row.sources)
        sign = "✗" if row.problem and row.known and not waits else "?" if row.problem else ""
        share = row.parameters / total if row.parameters and total else 0.0
        field = row.receptive_field
        return {
            "number": Text(f"{row.index + 1:>3} ", style="dim"),
            "layer": name,
            "class": Text(f"{sign} {clean(row.class_name)}".strip()),
            "output": output,
            "parameters": Text(_number(row.parameters)),
            "share": Text(percent(share, 1) if share else ""),
            "macs": Text("?" if row.macs is None else short_number(row.macs) if row.macs else ""),
            "field": Text(seen_text(row)),
            "jump": Text(field.jump.short if isinstance(field, ReceptiveField) else ""),
            "from": self._coloured("input", f" {from_text(graph, row)}"),
        }

    def _coloured(self, what: str, text: str) -> Text:
        return Text(text, style=self.app.theme_variables.get(f"{what}-color", ""))

    @on(DataTable.RowHighlighted)
    def _highlighted(self, event: DataTable.RowHighlighted) -> None:
        event.stop()
        if event.cursor_row < len(self._rows):
            self.post_message(self.Moved(self._rows[event.cursor_row]))


def _widths(lines: Sequence[dict[str, Text]], width: int, wide: bool) -> dict[str, int]:
    """Return the width of each column: figures get the cells that they need, names the rest.

    Args:
        lines: the cells of each row.
        width: width of the table.
        wide: whether the optional columns are shown.
    """
    widths = {key: cells[wide] for key, _, *cells in COLUMNS}
    for key in _FIGURES:
        needed = max((line[key].cell_len for line in lines if key in line), default=0)
        if widths[key]:
            widths[key] = max(widths[key], min(needed + 1, _WIDEST[key]))
    rest = width - sum(widths.values())
    if rest >= 0:
        return {**widths, "layer": widths["layer"] + rest}
    for key, narrowest in _NARROWEST.items():
        taken = min(max(widths[key] - narrowest, 0), -rest)
        widths[key] -= taken
        rest += taken
    return widths


def _cell(key: str, text: Text, width: int) -> Text:
    room = width - (key in _GAP)
    if key == "layer" and text.cell_len > room:
        # Layers of a block differ at the end of their names.
        tail = room // 3
        text = Text.assemble(text[: room - tail - 1], "…", text[-tail:])
    if key == "from":
        text = Text(_whole_words(text.plain, room), style=text.style)
    elif key in _FIGURES and text.cell_len > room:
        text = Text(sides(text.plain, room), style=text.style)
    text.truncate(room, overflow="ellipsis")
    text.justify = "right" if key in _RIGHT else "left"
    return text


def _number(number: int | None) -> str:
    return "?" if number is None else count(number, 11) if number else ""


def _whole_words(text: str, room: int) -> str:
    """Return as many row numbers as fit, none of them cut.

    >>> _whole_words(" 101+102+103", 10)
    ' 101+102+…'
    """
    while len(text) > room and "+" in text:
        text = f"{text.removesuffix('+…').rpartition('+')[0]}+…".removeprefix("+…") or "…"
    return text


def seen_text(row: GraphRow) -> str:
    """Return the receptive field in few characters."""
    field = row.receptive_field
    if isinstance(field, ReceptiveField):
        return field.size.short
    return "all" if field == "all" else "~" if field == "varies" else "?"


def from_text(graph: Graph, row: GraphRow) -> str:
    """Return the numbers of a row's inputs; empty if it is just the previous row."""
    if row.follows:
        return ""
    one = len(graph.inputs) == 1
    words = [str(at + 1) if at >= 0 else "in" if one else f"in{-at}" for at in row.sources[:5]]
    return "+".join(words) + ("+…" if len(row.sources) > len(words) else "")
