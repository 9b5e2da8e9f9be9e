"""Replace numbers that the edge of a table would cut by a sign.

Touches: `textual.widgets._data_table.DataTable._get_offsets`, `DataTable._data`. Called from
`Table._render_line` (`table.py`).

Since: Textual 0.48.

Without: a part of a number is shown at the edge, and reads as another number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.strip import Strip
from textual.widgets import DataTable

from tui.ui.textual_patches.switches import is_on

_FIGURE = re.compile(r"\S*\d\S*")
BEFORE, BEYOND = "‹", "›"
"""Signs that replace a number that would be cut."""


def whole_figures(
    table: DataTable[Text], strip: Strip, line: tuple[int, int, int], base: Style
) -> Strip:
    """Return a line of a table with each number either whole or left out.

    Args:
        table: the table.
        strip: the line as drawn by Textual.
        line: row on the screen, and first and last column of the visible part of the table.
        base: style for cells that have none.
    """
    if not is_on(__name__):
        return strip
    for start, end, sign in _cut_figures(table, *line):
        shown = next(iter(strip.crop(start, end)), None)
        style = base if shown is None else shown.style
        blank = " " * (end - start - 1)
        text = blank + sign if sign == BEYOND else sign + blank
        strip = Strip.join([strip.crop(0, start), Strip([Segment(text, style)]), strip.crop(end)])
    return strip


def _cut_figures(
    table: DataTable[Text], y: int, x1: int, x2: int
) -> Iterator[tuple[int, int, str]]:
    """Yield the columns at which the edge of the table would cut a number, with the sign."""
    try:
        row, _ = table._get_offsets(y)
    except LookupError:
        return
    cells = table._data.get(row)
    if cells is None:
        return  # column headings are words
    columns = table.ordered_columns
    fixed = sum(column.get_render_width(table) for column in columns[: table.fixed_columns])
    at = 0
    for number, column in enumerate(columns):
        stays = number < table.fixed_columns
        left, right, shift = (0, x2 - x1, 0) if stays else (x1 + fixed, x2, x1)
        width = column.get_render_width(table)
        inner = width - 2 * table.cell_padding
        text = cells.get(column.key)
        if isinstance(text, Text) and at < right and at + width > left:
            begin = at + table.cell_padding
            if text.justify == "right":
                begin += max(inner - text.cell_len, 0)
            # A column of fixed width cuts too.
            end = min(right, at + table.cell_padding + inner)
            for word in _FIGURE.finditer(text.plain):
                first = begin + cell_len(text.plain[: word.start()])
                last = first + cell_len(word[0])
                if first < end < last and end > left:
                    yield max(first, left) - shift, end - shift, BEYOND
                elif first < left < last:
                    yield left - shift, last - shift, BEFORE
        at += width
