"""A table whose cells are drawn anew when its columns have found their widths."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, ClassVar

from rich.text import Text
from textual import events, on
from textual._two_way_dict import TwoWayDict
from textual.binding import Binding, BindingType
from textual.widgets import DataTable
from textual.widgets.data_table import ColumnKey, Row, RowKey


class _MadeWhenSeen(dict[RowKey, dict[ColumnKey, Text]]):
    """The cells of a table's rows, made when they are first asked for."""

    def __init__(self, table: DataTable[Text], cells: Callable[[str], Sequence[Text]]) -> None:
        super().__init__()
        self._table = table
        self._cells = cells

    def __missing__(self, key: RowKey | str) -> dict[ColumnKey, Text]:
        name = key.value if isinstance(key, RowKey) else key  # Textual takes either
        if name is None or name not in self._table.rows:
            raise KeyError(key)
        columns = (column.key for column in self._table.ordered_columns)
        made = dict(zip(columns, self._cells(name), strict=True))
        self[RowKey(name)] = made
        return made

    def get(self, key: RowKey, default: Any = None) -> Any:
        """Return a row's cells; the default where there is no such row."""
        try:
            return self[key]
        except KeyError:
            return default


class Table(DataTable[Text]):
    """Textual's table without its two races: it keeps what it drew, and goes on showing it.

    Columns are measured when the table next has nothing to do: drawn before that, their cells stay
    cut (Textual's issue 3533). And a row ends where the table ended when it was drawn, such as
    before its scrollbar went, where it is drawn before word of the new size has come.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        # Whole rows are chosen: home and end go through them, not along one of them.
        Binding(
            "home,ctrl+home",
            "scroll_top",
            "First",
            show=False,
            id="table.first",
            tooltip="First row",
        ),
        Binding(
            "end,ctrl+end", "scroll_bottom", "Last", show=False, id="table.last", tooltip="Last row"
        ),
    ]

    def __init__(self, *, id: str | None = None, cell_padding: int = 0) -> None:  # noqa: A002
        """Make a table in which whole rows are chosen.

        Args:
            id: Textual's.
            cell_padding: blank cells on either side of each cell.
        """
        super().__init__(cursor_type="row", zebra_stripes=True, id=id, cell_padding=cell_padding)
        self._drawn_in: list[int] = []

    def _update_dimensions(self, new_rows: Iterable[RowKey]) -> None:
        super()._update_dimensions(new_rows)
        widths = [column.get_render_width(self) for column in self.ordered_columns]
        if widths != self._drawn_in:
            self._drawn_in = widths
            self._clear_caches()
            self.refresh()

    def fill(self, names: Sequence[str], cells: Callable[[str], Sequence[Text]]) -> None:
        """Show other rows, all of one line; the columns have to have widths of their own.

        Adding rows one by one, Textual measures each cell: five seconds for ten thousand rows. Here
        a row's cells are made when it is first seen.

        Args:
            names: the keys of the rows.
            cells: returns what a row shows, a cell for each column.
        """
        self.clear()
        self._data = _MadeWhenSeen(self, cells)
        self._row_locations = TwoWayDict({})
        self.extend(names)

    def extend(self, names: Sequence[str]) -> None:
        """Show more rows below those that `fill` was given."""
        before = self.row_count
        for number, name in enumerate(names, before):
            key = RowKey(name)
            self.rows[key] = Row(key, 1)
            self._row_locations[key] = number
        self._update_count += 1
        self._require_update_dimensions = True
        if names and not before:
            self._highlight_cursor()
        self.check_idle()

    def renew(self, names: Iterable[str] | None = None) -> None:
        """Show rows as they are now; what was made of them is made anew.

        Args:
            names: which; None: all.
        """
        if names is None:
            self._data.clear()
        for name in names or ():
            self._data.pop(RowKey(name), None)
        self._row_render_cache.clear()
        self._cell_render_cache.clear()
        self._row_renderable_cache.clear()
        self._line_cache.clear()
        self.refresh()

    @on(events.Resize)
    def _draw_to_the_end(self) -> None:
        """Draw the rows to the new end."""
        self._clear_caches()
        self.refresh()
