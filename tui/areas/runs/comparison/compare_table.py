"""The table of a comparison: whole columns, page by page."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from tui.common.shorten import cells, shorten_distinctly
from tui.runs.export.comparison import Row
from tui.ui.textual_patches.table import Table


class CompareTable(Table):
    """The runs, one a row, with the settings that differ and the results.

    It is paged rather than scrolled: each page holds whole columns, so that no word is cut.
    """

    pages = 1
    room = 0
    """The width of a page, beside the column of the runs' names."""

    def show(
        self, names: Sequence[str], rows: Sequence[Row], width: int, head: str = "run"
    ) -> None:
        """Show the runs.

        Args:
            names: of the runs, which stay in sight.
            rows: what the columns show.
            width: of the table, in cells.
            head: of the first column.
        """
        padding = 2 * self.cell_padding
        self.room = width - max(map(cells, (head, *names))) - padding
        values = [shorten_distinctly(row.values, self.room - padding) for row in rows]
        needed = [
            max(map(cells, (row.name, *column))) + padding
            for row, column in zip(rows, values, strict=True)
        ]
        widths = paged_widths(needed, self.room)
        self.pages = sum(widths) // self.room
        columns = [
            (head, width - self.room),
            *zip([row.name for row in rows], widths, strict=True),
        ]
        before = [(str(one.label), one.get_render_width(self)) for one in self.columns.values()]
        row_at, page = self.cursor_row, self.page
        if before != columns:
            self.clear(columns=True)
            for label, wide in columns:
                self.add_column(Text(label), width=wide - padding)
        else:
            self.clear()
        for place, name in enumerate(names):
            self.add_row(Text(name), *(Text(column[place]) for column in values))
        self.move_cursor(row=row_at)
        self.go_to_page(page)

    @property
    def page(self) -> int:
        """The page in sight, from 0."""
        return round(self.scroll_x / self.room) if self.room else 0

    def go_to_page(self, page: int) -> None:
        """Show another page, if there is one."""
        page = min(max(page, 0), self.pages - 1)
        self.scroll_to(x=page * self.room, animate=False, force=True)

    def action_cursor_right(self) -> None:
        """Show the next columns."""
        self.go_to_page(self.page + 1)

    def action_cursor_left(self) -> None:
        """Show the columns before."""
        self.go_to_page(self.page - 1)


def paged_widths(needed: Sequence[int], room: int) -> list[int]:
    """Return the widths of columns of which whole ones fill each page.

    Args:
        needed: the width that each column needs.
        room: the width of a page.

    >>> paged_widths([10, 20, 15], 40)
    [10, 30, 40]
    """
    pages: list[list[int]] = [[]]
    for width in needed:
        if pages[-1] and sum(pages[-1]) + width > room:
            pages.append([])
        pages[-1].append(min(width, room))
    for page in pages:
        if page:
            page[-1] += room - sum(page)
    return [width for page in pages for width in page]
