"""A page of small charts, one of which is chosen and can be enlarged."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from textual import events
from textual.app import ComposeResult
from textual.containers import Container, Vertical
from textual.content import Content
from textual.message import Message
from textual.reactive import var
from textual.widgets import Static

from tui.areas.runs.chart_page.chart_tiles import Tile
from tui.common.shorten import cells, shorten_words
from tui.ui.charts.line_chart import Chart

LEAST_WIDTH, LEAST_HEIGHT = 26, 9
"""The smallest chart with its frame: below it axes and values take all the room."""
MOST = 30
"""The most charts on a page: a key redraws them all."""
_ASPECT = 3.2
"""Width by height, in cells, of a chart that is easy to read."""

Draw = Callable[[str, int], Tile]
"""Makes the chart of a name for a width in columns."""


def grid_shape(count: int, width: int, height: int) -> tuple[int, int]:
    """Return the columns and rows of a page, for as many charts as fit.

    Few charts are made larger; the shape with charts of the best proportions is chosen.

    Args:
        count: the number of charts, on all pages.
        width: the width in columns.
        height: the height in rows.

    >>> grid_shape(50, 80, 20), grid_shape(4, 80, 20), grid_shape(2, 80, 20)
    ((3, 2), (2, 2), (2, 1))
    >>> grid_shape(50, 120, 36)
    (4, 4)
    """
    most_columns = max(width // LEAST_WIDTH, 1)
    most_rows = max(height // LEAST_HEIGHT, 1)
    while most_columns * most_rows > MOST:
        most_rows -= 1
    if count >= most_columns * most_rows:
        return most_columns, most_rows
    shapes = [
        (-(-max(count, 1) // rows), rows)
        for rows in range(1, most_rows + 1)
        if -(-max(count, 1) // rows) <= most_columns
    ]

    def badness(shape: tuple[int, int]) -> tuple[int, float]:
        columns, rows = shape
        proportions = (width / columns) / (height / rows)
        return columns * rows - count, abs(math.log(proportions / _ASPECT))

    return min(shapes, key=badness)


def fitting(texts: Sequence[str], room: int) -> str:
    """Return the first text that fits whole; empty if none does."""
    return next((text for text in texts if cells(text) <= room), "")


class SmallChart(Chart):
    """A low chart, whose axis has enough values all the same."""

    LEAST_TICKS = 4


class ChartGrid(Container, can_focus=False):
    """As many charts as fit; a page is chosen by the chart that is chosen."""

    DEFAULT_CSS = """
    ChartGrid { layout: grid; height: 1fr; }
    ChartGrid > Vertical {
        border: round $panel-lighten-2; border-subtitle-color: $text-muted; height: 100%;
    }
    ChartGrid > Vertical.-chosen { border: double $primary; border-title-color: $primary; }
    ChartGrid > Vertical.-free { border: none; }
    ChartGrid > Vertical.-free > * { display: none; }
    ChartGrid > Vertical.-note > Chart { display: none; }
    ChartGrid > Vertical > Static { display: none; color: $text-muted; padding: 1; }
    ChartGrid > Vertical.-note > Static { display: block; }
    """

    class Changed(Message):
        """Another chart is chosen, or another page is shown."""

    large: var[bool] = var(False)
    """Whether only the chosen chart is shown, at full size."""

    def __init__(self, draw: Draw) -> None:
        """Make the grid.

        Args:
            draw: makes the chart of a name, for a width in columns.
        """
        super().__init__(id="chart-grid")
        self._draw = draw
        self._names: Sequence[str] = ()
        self._place = 0
        self._shape = (1, 1)

    def compose(self) -> ComposeResult:
        yield from self._boxes(1)

    @staticmethod
    def _boxes(count: int) -> list[Vertical]:
        return [Vertical(SmallChart(), Static(), classes="-free") for _ in range(count)]

    @property
    def names(self) -> Sequence[str]:
        """The names of all charts, on all pages."""
        return self._names

    @property
    def chosen(self) -> str:
        """The name of the chosen chart; empty without charts."""
        return self._names[self._place] if self._names else ""

    @property
    def page(self) -> tuple[int, int]:
        """The page that is shown, and the number of pages, from 1."""
        on_page = self._shape[0] * self._shape[1]
        pages = max(-(-len(self._names) // on_page), 1)
        return self._place // on_page + 1, pages

    def set_names(self, names: Sequence[str]) -> None:
        """Set which charts there are; the chosen one stays chosen while it is among them."""
        if names == self._names:
            return
        chosen = self.chosen
        self._names = names
        if chosen not in names[self._place : self._place + 1]:
            last = max(len(names) - 1, 0)
            self._place = names.index(chosen) if chosen in names else min(self._place, last)
        self.divide()

    def move(self, columns: int, rows: int) -> None:
        """Choose a chart so many columns and rows away; beyond the page is the next page."""
        self._choose(self._place + columns + rows * self._shape[0])

    def turn(self, pages: int) -> None:
        """Show another page."""
        on_page = self._shape[0] * self._shape[1]
        self._choose(self._place + pages * on_page)

    def end(self, last: bool) -> None:
        """Choose the first or the last chart."""
        self._choose(len(self._names) - 1 if last else 0)

    def _choose(self, place: int) -> None:
        place = min(max(place, 0), max(len(self._names) - 1, 0))
        if place != self._place:
            self._place = place
            self.redraw()
            self.post_message(self.Changed())

    def watch_large(self) -> None:
        if self.is_mounted:
            self.divide()

    def on_resize(self, event: events.Resize) -> None:
        self.divide()

    def divide(self) -> None:
        """Divide the room among the charts, and draw them once they are laid out."""
        width, height = self.size
        if not width or not height:
            return
        self._shape = (1, 1) if self.large else grid_shape(len(self._names), width, height)
        columns, rows = self._shape
        self.styles.grid_size_columns, self.styles.grid_size_rows = columns, rows
        for place, box in enumerate(self.boxes):
            box.display = place < columns * rows
        self.call_later(self._fill, columns * rows)
        self.post_message(self.Changed())

    async def _fill(self, count: int) -> None:
        """Mount the boxes that are missing, and draw all once they are laid out."""
        missing = count - len(self.boxes)
        if missing > 0:
            await self.mount_all(self._boxes(missing))
        self.call_after_refresh(self.redraw)

    @property
    def boxes(self) -> list[Vertical]:
        """The boxes of the charts, also of those that are hidden."""
        return [child for child in self.children if isinstance(child, Vertical)]

    def names_in_sight(self) -> list[str]:
        """Return the names of the charts on the page."""
        on_page = self._shape[0] * self._shape[1]
        first = self._place // on_page * on_page
        return list(self._names[first : first + on_page])

    def redraw(self) -> None:
        """Draw the charts on the page; rows that do not change are not sent again."""
        names = self.names_in_sight()
        for place, box in enumerate(self.boxes):
            name = names[place] if place < len(names) else None
            box.set_class(name is None, "-free")
            box.set_class(name == self.chosen and not self.large and len(names) > 1, "-chosen")
            if name is None:
                box.border_title = box.border_subtitle = ""
            elif box.display and box.size.width:
                self._show(box, name)

    def _show(self, box: Vertical, name: str) -> None:
        chart = box.query_one(Chart)
        width = box.size.width
        tile = self._draw(name, width)
        box.set_class(bool(tile.note), "-note")
        room = width - 4  # a line and a blank at each side
        title = fitting(tile.titles, room) or shorten_words(tile.titles[-1], room)
        box.border_title = Content.styled(title, "bold $text")
        box.border_subtitle = Content(fitting(tile.values, room))
        if tile.note:
            box.query_one(Static).update(Content(tile.note))
        else:
            chart.show(tile.series, tile.window, marks=tile.marks, cursor_at=tile.cursor)
