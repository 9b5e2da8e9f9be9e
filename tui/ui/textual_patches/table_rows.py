"""Make the cells of a table's rows when they are first visible.

Textual measures each cell of an added row: five seconds for ten thousand rows.

Touches: of `textual.widgets._data_table.DataTable`: `DataTable._data`, `DataTable._row_locations`,
`DataTable._update_count`, `DataTable._require_update_dimensions`, `DataTable._highlight_cursor`,
`DataTable._row_render_cache`, `DataTable._cell_render_cache`, `DataTable._row_renderable_cache`,
`DataTable._line_cache`; `textual._two_way_dict.TwoWayDict`. It does what `DataTable.add_row` does,
except for measuring.

Since: Textual 5.0 (`_row_renderable_cache` is not in 4.0; the others are in 0.48).

Without: rows are added one by one, and all their cells are made and measured at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from rich.text import Text
from textual._two_way_dict import TwoWayDict
from textual.widgets import DataTable
from textual.widgets.data_table import ColumnKey, Row, RowKey

from tui.ui.textual_patches.switches import is_on

MakeCells = Callable[[str], Sequence[Text]]
"""Returns the cells of the row with a key, one for each column."""


class RowsMadeWhenSeen:
    """The rows of a table whose columns have fixed widths."""

    def __init__(self, table: DataTable[Text]) -> None:
        self._table = table
        self._make: MakeCells = lambda name: ()

    def fill(self, names: Sequence[str], make: MakeCells) -> None:
        """Replace all rows."""
        self._make = make
        self._table.clear()
        if is_on(__name__):
            self._table._data = _MadeWhenSeen(self._table, make)
            self._table._row_locations = TwoWayDict({})
        self.extend(names)

    def extend(self, names: Sequence[str]) -> None:
        """Append rows."""
        table = self._table
        if not is_on(__name__):
            for name in names:
                table.add_row(*self._make(name), key=name)
            return
        before = table.row_count
        for number, name in enumerate(names, before):
            key = RowKey(name)
            table.rows[key] = Row(key, 1)
            table._row_locations[key] = number
        table._update_count += 1
        table._require_update_dimensions = True
        if names and not before:
            table._highlight_cursor()
        table.check_idle()

    def renew(self, names: Iterable[str] | None) -> None:
        """Make the cells of rows again; None: of all rows."""
        table = self._table
        if not is_on(__name__):
            for key in [RowKey(name) for name in names] if names is not None else [*table.rows]:
                cells = self._make(key.value or "")
                for column, cell in zip(table.ordered_columns, cells, strict=True):
                    table.update_cell(key, column.key, cell)
            return
        if names is None:
            table._data.clear()
        for name in names or ():
            table._data.pop(RowKey(name), None)
        table._row_render_cache.clear()
        table._cell_render_cache.clear()
        table._row_renderable_cache.clear()
        table._line_cache.clear()
        table.refresh()


class _MadeWhenSeen(dict[RowKey, dict[ColumnKey, Text]]):
    """The cells of a table's rows, made on first access."""

    def __init__(self, table: DataTable[Text], make: MakeCells) -> None:
        super().__init__()
        self._table = table
        self._make = make

    def __missing__(self, key: RowKey | str) -> dict[ColumnKey, Text]:
        name = key.value if isinstance(key, RowKey) else key  # Textual uses both
        if name is None or name not in self._table.rows:
            raise KeyError(key)
        columns = (column.key for column in self._table.ordered_columns)
        made = dict(zip(columns, self._make(name), strict=True))
        self[RowKey(name)] = made
        return made

    def get(self, key: RowKey, default: Any = None) -> Any:
        """Return the cells of a row; the default if there is no such row."""
        try:
            return self[key]
        except KeyError:
            return default
