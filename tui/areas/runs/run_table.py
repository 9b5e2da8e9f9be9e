"""The table of the list of runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, NamedTuple

from rich.text import Text
from textual.binding import Binding, BindingType

from tui.areas.runs.run_cells import (
    aligned,
    cells,
    chosen_cells,
    chosen_widths,
    headers,
    room_for_columns,
    widths,
)
from tui.runs.queue.waiting_runs import queue_places
from tui.runs.selection.arrangement import RunGroup
from tui.runs.selection.columns import Column
from tui.runs.selection.run_view import Row, RunView, group_line, page_of, row_key
from tui.runs.store.run_folder import RunFolder
from tui.runs.store.run_summary import RunSummary
from tui.ui.textual_patches.table import Table

FIXED_NAMES = ("mark", "sign", "name")
"""The columns before those that were chosen."""


class _Line(NamedTuple):
    """What a row shows: a run, its title, its mark and its place in the queue; or a group."""

    row: Row
    title: tuple[str, str] = ("", "")
    mark: int = 0
    place: int = 0


class RunTable(Table):
    """The runs, one a row; a group of them has a row that spans all columns."""

    BINDINGS: ClassVar[list[BindingType]] = [
        # DataTable's own enter is not shown in the footer.
        Binding("enter", "select_cursor", "Open", id="runs.select", tooltip="Open the run"),
        Binding(
            "left",
            "screen.delegate('view_controls', 'turn', -1)",
            "Columns before",
            show=False,
            id="runs.columns-before",
            tooltip="The columns before those on screen",
        ),
        Binding(
            "right",
            "screen.delegate('view_controls', 'turn', 1)",
            "More columns",
            show=False,
            id="runs.columns-after",
            tooltip="The columns after those on screen",
        ),
    ]

    def __init__(self) -> None:
        super().__init__(id="runs")
        self.rows_shown: list[Row] = []
        """Runs, and before those of a group the group."""
        self.columns_shown = range(0)
        """The positions, among the chosen columns, of those on screen."""
        self._view = RunView()
        self._lines: dict[str, _Line] = {}
        self._columns: tuple[Column, ...] = ()
        """The chosen columns on screen; none where the list has its usual ones."""
        self.span = self._group_line

    @property
    def row_at_cursor(self) -> Row | None:
        """The run or group under the cursor."""
        row = self.cursor_row
        return self.rows_shown[row] if 0 <= row < len(self.rows_shown) else None

    @property
    def _width(self) -> int:
        """The width in cells; a table that was just resized does not know its own yet."""
        return self.screen.size.width

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer enter only where there is a row to open."""
        return action != "select_cursor" or self.row_count > 0

    def show(
        self,
        view: RunView,
        titles: Mapping[RunFolder, tuple[str, str]],
        marks: Mapping[RunFolder, int],
        *,
        page: int | None = None,
    ) -> int:
        """Bring the table up to date; the cursor stays on its run.

        Args:
            view: the runs to show, in their order.
            titles: of all runs, see `numbered_titles`.
            marks: the places of the marked runs.
            page: the page of columns to make anew; None: the columns stay as they are.

        Returns:
            The number of pages of columns.
        """
        under = self.row_at_cursor
        self._view, pages = view, 1
        places = queue_places(view.runs)
        lines = {
            row_key(row): _Line(row, titles[row.run], marks.get(row.run, 0), places.get(row.run, 0))
            if isinstance(row, RunSummary)
            else _Line(row)
            for row in view.rows
        }
        before, self._lines = self._lines, lines
        self.rows_shown = view.rows
        if page is not None:
            pages = self._make_columns(page)
        if page is not None or list(before) != list(lines):
            self.fill(list(lines), self._cells)
            key = row_key(under) if under is not None else ""
            if key in lines:
                self.move_cursor(row=list(lines).index(key), animate=False)
        elif changed := [name for name, line in lines.items() if line != before.get(name)]:
            self.renew(changed)
        return pages

    def _make_columns(self, page: int) -> int:
        """Make the columns, or those of a page; return the number of pages."""
        self.clear(columns=True)
        if self._view.choices.usual_columns:
            self._columns, self.columns_shown = (), range(0)
            columns = widths(self._width)
            for name, header in headers(columns).items():
                self.add_column(header, key=name, width=columns[name])
            return 1
        every = self._view.columns()
        self.columns_shown, pages = page_of(every, room_for_columns(self._width), page)
        self._columns = tuple(every[number] for number in self.columns_shown)
        fixed = chosen_widths(self._columns, self._width)
        for name, header, size in zip(FIXED_NAMES, ("", "", "name"), fixed, strict=True):
            self.add_column(header, key=name, width=size)
        for column in self._columns:
            self.add_column(Text(aligned(column.head, column)), width=column.width + 1)
        return pages

    def _cells(self, key: str) -> tuple[Text, ...]:
        """Return the cells of a row."""
        line = self._lines[key]
        if isinstance(line.row, RunGroup):  # drawn over all columns
            return tuple(Text() for _ in self.columns)
        if self._view.choices.usual_columns:
            columns = widths(self._width)
            return cells(line.row, columns, title=line.title, mark=line.mark, place=line.place)
        name = chosen_widths(self._columns, self._width)[2]
        return chosen_cells(line.row, self._columns, name, title=line.title, mark=line.mark)

    def _group_line(self, key: str) -> str | None:
        """Return the text of a group's row; None for a run's."""
        line = self._lines.get(key)
        if line is None or not isinstance(line.row, RunGroup):
            return None
        folded = key in self._view.choices.folded
        return group_line(self._view.group_fields, line.row, self._width - 2, folded=folded)
