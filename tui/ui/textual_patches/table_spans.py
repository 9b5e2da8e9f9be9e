"""Draw a row of a table as one text over all its columns.

Textual's table has no cell that spans several columns.

Touches: `textual.widgets._data_table.DataTable._get_offsets`. Called from `Table._render_line`
(`table.py`).

Since: Textual 0.48.

Without: such a row is empty.
"""

from __future__ import annotations

from collections.abc import Callable

from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.strip import Strip
from textual.widgets import DataTable

from tui.ui.textual_patches.switches import is_on

Span = Callable[[str], str | None]
"""Returns the text of the row with a key; None for a row of cells."""
_BOLD = Style(bold=True)


def spanned(table: DataTable[Text], strip: Strip, y: int, span: Span) -> Strip:
    """Return a line of a table, with the text of its row if that spans the columns.

    Args:
        table: the table.
        strip: the line as drawn by Textual, whose style is kept.
        y: row on the screen.
        span: returns the text of a row.
    """
    if not is_on(__name__):
        return strip
    try:
        row, _ = table._get_offsets(y)
    except LookupError:
        return strip
    text = span(row.value) if row.value is not None else None
    if text is None:
        return strip
    drawn = next(iter(strip), None)
    style = (drawn.style if drawn is not None else None) or Style()
    return Strip([Segment(text, style + _BOLD)]).adjust_cell_length(strip.cell_length, style)
