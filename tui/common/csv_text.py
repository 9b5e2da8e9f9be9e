"""Tables as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from tui.common.text import clean

Cell = str | int | float | None
"""The value of a cell; None makes an empty one."""

_FORMULA = ("=", "+", "-", "@", "␉", "␊", "␍", "＝", "＋", "－", "＠")
"""The beginnings of a text that a spreadsheet reads as a formula. Tabs and line ends are signs
here, as `clean` returns them."""


def csv_text(head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """Return a table as CSV, one line for each row.

    Numbers are written with all digits. Texts are cleaned, and one that a spreadsheet would run as
    a formula gets an apostrophe.

    Args:
        head: the names of the columns.
        rows: as many cells each.

    >>> print(csv_text(["class", "change"], [["cats", -0.5], ["=1+1", None]]), end="")
    class,change
    cats,-0.5
    '=1+1,
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(map(_cell, head))
    writer.writerows(map(_cell, row) for row in rows)
    return out.getvalue()


def _cell(value: Cell) -> str:
    match value:
        case None:
            return ""
        case str():
            text = clean(value)
            return f"'{text}" if text.lstrip().startswith(_FORMULA) else text
        case float():
            return repr(float(value))
        case _:
            return str(int(value))
