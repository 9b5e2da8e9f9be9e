"""A table whose cells are drawn anew when its columns have found their widths."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual import events, on
from textual._two_way_dict import TwoWayDict
from textual.binding import Binding, BindingType
from textual.strip import Strip
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


_FIGURE = re.compile(r"\S*\d\S*")
BEFORE, BEYOND = "‹", "›"
"""In the place of a figure that the table's edge would cut."""


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

    def _render_line(self, y: int, x1: int, x2: int, base_style: Style) -> Strip:
        strip = super()._render_line(y, x1, x2, base_style)
        for start, end, sign in self._cut_figures(y, x1, x2):
            shown = strip.crop(start, end)
            style = shown._segments[0].style if shown._segments else base_style
            blank = " " * (end - start - 1)
            text = blank + sign if sign == BEYOND else sign + blank
            strip = Strip.join(
                [strip.crop(0, start), Strip([Segment(text, style)]), strip.crop(end)]
            )
        return strip

    def _cut_figures(self, y: int, x1: int, x2: int) -> Iterator[tuple[int, int, str]]:
        """Yield where the edge of the table would show a part of a figure, as columns of the table.

        A part of a figure reads as another figure: its place stays blank, with a sign.
        """
        try:
            row, _ = self._get_offsets(y)
        except LookupError:
            return
        cells = self._data.get(row)
        if cells is None:
            return  # the heads are words
        columns = self.ordered_columns
        fixed = sum(column.get_render_width(self) for column in columns[: self.fixed_columns])
        at = 0
        for number, column in enumerate(columns):
            stays = number < self.fixed_columns
            left, right, shift = (0, x2 - x1, 0) if stays else (x1 + fixed, x2, x1)
            width = column.get_render_width(self)
            room = width - 2 * self.cell_padding
            text = cells.get(column.key)
            if isinstance(text, Text) and at < right and at + width > left:
                begin = at + self.cell_padding
                if text.justify == "right":
                    begin += max(room - text.cell_len, 0)
                # A column of a width of its own cuts too.
                end = min(right, at + self.cell_padding + room)
                for word in _FIGURE.finditer(text.plain):
                    first = begin + cell_len(text.plain[: word.start()])
                    last = first + cell_len(word[0])
                    if first < end < last and end > left:
                        yield max(first, left) - shift, end - shift, BEYOND
                    elif first < left < last:
                        yield left - shift, last - shift, BEFORE
            at += width

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
