"""A table whose cells are drawn anew when its columns have found their widths."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from rich.text import Text
from textual import events, on
from textual.binding import Binding, BindingType
from textual.widgets import DataTable
from textual.widgets.data_table import RowKey


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

    @on(events.Resize)
    def _draw_to_the_end(self) -> None:
        """Draw the rows to the new end."""
        self._clear_caches()
        self.refresh()
