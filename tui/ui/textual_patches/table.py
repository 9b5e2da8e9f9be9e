"""A table that is redrawn when its columns have been measured or its size has changed.

Textual measures columns when the table is next idle: cells that were drawn before stay cut
(Textual's issue 3533). A row that was drawn before the table has its new size, such as when
its scrollbar has gone, ends where the table ended before.

Touches: `textual.widgets._data_table.DataTable._update_dimensions`, `DataTable._clear_caches`,
`DataTable._render_line`. It relies on `DataTable._on_idle` to measure, and does more at a new size
than `DataTable._on_resize`.

Since: Textual 0.48.

Without: cells and rows that were drawn too early stay cut until the table changes again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import ClassVar

from rich.style import Style
from rich.text import Text
from textual import events, on
from textual.binding import Binding, BindingType
from textual.strip import Strip
from textual.widgets import DataTable
from textual.widgets.data_table import RowKey

from tui.ui.textual_patches.switches import is_on
from tui.ui.textual_patches.table_figures import whole_figures
from tui.ui.textual_patches.table_rows import RowsMadeWhenSeen
from tui.ui.textual_patches.table_spans import Span, spanned


class Table(DataTable[Text]):
    """A table that selects whole rows, never cuts numbers, and is fast with many rows."""

    BINDINGS: ClassVar[list[BindingType]] = [
        # Whole rows are selected, so home and end move through the rows, not along one.
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
        """Make a table.

        Args:
            id: Textual's.
            cell_padding: blank columns on either side of each cell.
        """
        super().__init__(cursor_type="row", zebra_stripes=True, id=id, cell_padding=cell_padding)
        self._drawn_in: list[int] = []
        self._lazy_rows = RowsMadeWhenSeen(self)
        self.span: Span | None = None
        """Returns the text of a row that spans all columns."""

    def _update_dimensions(self, new_rows: Iterable[RowKey]) -> None:
        super()._update_dimensions(new_rows)
        widths = [column.get_render_width(self) for column in self.ordered_columns]
        if is_on(__name__) and widths != self._drawn_in:
            self._drawn_in = widths
            self._clear_caches()
            self.refresh()

    def _render_line(self, y: int, x1: int, x2: int, base_style: Style) -> Strip:
        strip = super()._render_line(y, x1, x2, base_style)
        strip = whole_figures(self, strip, (y, x1, x2), base_style)
        return spanned(self, strip, y, self.span) if self.span is not None else strip

    def fill(self, names: Sequence[str], cells: Callable[[str], Sequence[Text]]) -> None:
        """Replace the rows; the columns must have fixed widths, and each row takes one line.

        Args:
            names: keys of the rows.
            cells: returns the cells of a row; called when the row is first visible.
        """
        self._lazy_rows.fill(names, cells)

    def extend(self, names: Sequence[str]) -> None:
        """Append rows to those given to `fill`."""
        self._lazy_rows.extend(names)

    def renew(self, names: Iterable[str] | None = None) -> None:
        """Make the cells of rows again.

        Args:
            names: keys of the rows; None for all.
        """
        self._lazy_rows.renew(names)

    @on(events.Resize)
    def _draw_to_the_end(self) -> None:
        """Redraw the rows at the new width."""
        if is_on(__name__):
            self._clear_caches()
            self.refresh()
