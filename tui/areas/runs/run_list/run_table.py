"""The table of the list of runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType

from tui.areas.runs.run_list.run_cells import (
    cells,
    chosen_cells,
    chosen_widths,
    headers,
    room_for_columns,
    widths,
)
from tui.runs.queue.waiting_runs import queue_places
from tui.runs.selection.arrangement import RunGroup
from tui.runs.selection.columns import Column, aligned
from tui.runs.selection.run_view import Row, RunView, group_line, page_of, row_key
from tui.runs.store.run_folder import RunFolder
from tui.ui.textual_patches.table import Table

FIXED_NAMES = ("mark", "sign", "name")
"""The columns before those that were chosen."""


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
        self._by_key: dict[str, Row] = {}
        self._titles: Mapping[RunFolder, tuple[str, str]] = {}
        self._marks: Mapping[RunFolder, int] = {}
        self._places: Mapping[RunFolder, int] = {}
        self._layout: object = None
        """What the columns were made for."""
        self._columns: tuple[Column, ...] = ()
        """The chosen columns on screen; none where the list has its usual ones."""
        self.span = self._group_line

    @property
    def row_at_cursor(self) -> Row | None:
        """The run or group under the cursor."""
        row = self.cursor_row
        return self.rows_shown[row] if 0 <= row < len(self.rows_shown) else None

    def place_of(self, run: RunFolder) -> int:
        """Return a run's place in the queue, from 1; 0 if it is not queued."""
        return self._places.get(run, 0)

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
        page: int,
    ) -> int:
        """Bring the table up to date; the cursor stays on its run.

        Args:
            view: the runs to show, in their order.
            titles: of all runs, see `numbered_titles`.
            marks: the places of the marked runs.
            page: the page of columns.

        Returns:
            The number of pages of columns.
        """
        under = self.row_at_cursor
        places = queue_places(view.runs)
        by_key = {row_key(row): row for row in view.rows}
        before, self._by_key = self._by_key, by_key
        other_signs = _different(self._marks, marks) | _different(self._places, places)
        self._view, self.rows_shown = view, view.rows
        self._titles, self._marks, self._places = titles, marks, places
        pages, anew = self._lay_out(page)
        if anew or list(before) != list(by_key):
            self.fill(list(by_key), self._cells)
            key = row_key(under) if under is not None else ""
            if key in by_key:
                self.move_cursor(row=list(by_key).index(key), animate=False)
        else:
            # The same object as before where nothing has changed.
            changed = {key for key, row in by_key.items() if row is not before[key]}
            changed |= {run.name for run in other_signs if run.name in by_key}
            if changed:
                self.renew(changed)
        return pages

    def _lay_out(self, page: int) -> tuple[int, bool]:
        """Make the columns of a page, if others are there; return the pages and whether it did."""
        width, usual = self._width, self._view.choices.usual_columns
        every = [] if usual else self._view.columns()
        self.columns_shown, pages = page_of(every, room_for_columns(width), page)
        self._columns = tuple(every[number] for number in self.columns_shown)
        layout = (width, usual, self._columns, self._view.sorted_metric)
        if layout == self._layout:
            return pages, False
        self._layout = layout
        self.clear(columns=True)
        if usual:
            columns = widths(width)
            for name, header in headers(columns, self._view.sorted_metric).items():
                self.add_column(header, key=name, width=columns[name])
            return pages, True
        fixed = chosen_widths(self._columns, width)
        for name, header, size in zip(FIXED_NAMES, ("", "", "name"), fixed, strict=True):
            self.add_column(header, key=name, width=size)
        for column in self._columns:
            self.add_column(Text(aligned(column.head, column)), width=column.width + 1)
        return pages, True

    def _cells(self, key: str) -> tuple[Text, ...]:
        """Return the cells of a row."""
        row = self._by_key[key]
        if isinstance(row, RunGroup):  # drawn over all columns
            return tuple(Text() for _ in self.columns)
        title, mark = self._titles[row.run], self._marks.get(row.run, 0)
        if self._view.choices.usual_columns:
            place = self.place_of(row.run)
            metric, columns = self._view.sorted_metric, widths(self._width)
            return cells(row, columns, title=title, mark=mark, place=place, metric=metric)
        name = chosen_widths(self._columns, self._width)[2]
        return chosen_cells(row, self._columns, name, title=title, mark=mark)

    def _group_line(self, key: str) -> str | None:
        """Return the text of a group's row; None for a run's."""
        row = self._by_key.get(key)
        if not isinstance(row, RunGroup):
            return None
        folded = key in self._view.choices.folded
        return group_line(self._view.group_fields, row, self._width - 2, folded=folded)


def _different(one: Mapping[RunFolder, int], other: Mapping[RunFolder, int]) -> set[RunFolder]:
    """Return the runs that have another number, or one in only one of two."""
    return {run for run, _ in one.items() ^ other.items()}
