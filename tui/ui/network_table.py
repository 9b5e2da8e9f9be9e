"""A sequential network as a table: output, cost and receptive field of each layer."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual import on
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import DataTable

from tui.common.numbers import LEAST_WIDTH, count, percent, tenths
from tui.geometry import Row, Volume, network_totals
from tui.ui.textual_patches.table import Table

BYTES_PER_NUMBER = 4
"""Keras computes in float32 by default."""


def short_number(number: int) -> str:
    """Return a number in few characters.

    >>> [short_number(value) for value in (448, 1234, 9470464, 64128256, 32 * 10**16)]
    ['448', '1,234', '9.47M', '64.1M', '3.2e17']
    """
    if number >= 10**12:
        return count(number, 7)
    if number < 100_000:
        return f"{number:,}"
    for unit, size in (("G", 10**9), ("M", 10**6), ("k", 10**3)):
        if number >= size:
            value = number / size
            return f"{value:.2f}{unit}" if value < 10 else f"{value:.1f}{unit}"
    return str(number)


class NetworkTable(Table):
    """The input and the layers, a row each; the cursor is on the edited layer."""

    DEFAULT_CSS = """
    NetworkTable { height: 1fr; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "select_cursor", "Edit", id="network.edit", tooltip="Edit this layer"),
    ]

    class Moved(Message):
        """The cursor has moved to another layer (-1: the input)."""

        def __init__(self, index: int) -> None:
            super().__init__()
            self.index = index

    def __init__(self, *, wide: bool = True, id: str | None = None) -> None:  # noqa: A002
        """Make the table.

        Args:
            wide: whether to show MACs, memory and receptive field too.
            id: Textual's.
        """
        super().__init__(id=id)
        self._wide = wide
        self._shown: list[tuple[Text, ...]] = []
        self._keys: list[str] = []

    def on_mount(self) -> None:
        names = ["layer", "output", "params"]
        if self._wide:
            names += ["share", "MACs", "MB", "field", "jump", "start"]
        for name in names:
            # No other padding: all columns just fit into 80 cells.
            label = f"{name}  " if name == "layer" else f" {name}"
            self.add_column(label, key=name)
        self._keys = names

    def show(
        self,
        volume: Volume,
        rows: tuple[Row, ...],
        cursor: int,
        batch: int,
        *,
        hidden: bool = False,
    ) -> None:
        """Show a network; only changed cells are updated.

        Args:
            volume: the network's input.
            rows: its traced layers.
            cursor: index of the layer under the cursor; -1: the input.
            batch: images in a batch, for the memory of the outputs.
            hidden: whether to hide the numbers from the cursor's layer on.
        """
        if not self._keys:
            return
        lines = [self._input_line(volume), *(self._line(row, rows, batch) for row in rows)]
        if hidden:
            for number in range(max(cursor, 0) + 1, len(lines)):
                name, *others = lines[number]
                lines[number] = (name, Text(" ?", style="bold"), *(Text("") for _ in others[1:]))
        with self.prevent(DataTable.RowHighlighted):
            if len(lines) != len(self._shown):
                self.clear()
                for number, line in enumerate(lines):
                    self.add_row(*line, key=str(number))
            else:
                for number, (line, old) in enumerate(zip(lines, self._shown, strict=True)):
                    for key, cell, before in zip(self._keys, line, old, strict=True):
                        if cell != before:
                            self.update_cell(str(number), key, cell, update_width=True)
            self._shown = lines
            if self.cursor_row != cursor + 1:
                self.move_cursor(row=cursor + 1)

    def _input_line(self, volume: Volume) -> tuple[Text, ...]:
        line = [Text("input"), Text(f" {volume}", style="bold"), Text("")]
        return tuple(line + [Text("")] * 6) if self._wide else tuple(line)

    def _line(self, row: Row, rows: tuple[Row, ...], batch: int) -> tuple[Text, ...]:
        if row.effect is None:
            mark = "✗ does not fit" if row.error is not None else "… waits"
            line = [
                Text(row.name),
                Text(f" {mark}", style="bold" if row.error else "dim"),
                Text(""),
            ]
            return tuple(line + [Text("")] * 6) if self._wide else tuple(line)
        effect = row.effect
        sign = "" if effect.fits else " !"
        line = [
            Text(row.name),
            Text(f" {effect.output}{sign}"),
            _right(count(effect.parameters, 13)),
        ]
        if not self._wide:
            return tuple(line)
        totals = network_totals(rows)
        share = totals.share(row) if totals.parameters else 0.0
        megabytes = effect.output.size * BYTES_PER_NUMBER * batch / 2**20
        seen = row.receptive_field
        line += [
            _right(percent(share, 1) if effect.parameters else ""),
            _right(short_number(effect.macs) if effect.macs else ""),
            _right(tenths(megabytes, LEAST_WIDTH)),
            _right(seen.size.short if seen else "all"),
            _right(seen.jump.short if seen else ""),
            _right(seen.start.short if seen else ""),
        ]
        return tuple(line)

    @on(DataTable.RowHighlighted)
    def _highlighted(self, event: DataTable.RowHighlighted) -> None:
        event.stop()
        self.post_message(self.Moved(event.cursor_row - 1))


def _right(text: str) -> Text:
    return Text(f" {text}", justify="right")
