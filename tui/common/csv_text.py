"""Tables as CSV: the one writer of the whole program."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from tui.common.text import clean

Cell = str | int | float | None
"""None: there is no value, and the cell is empty."""

_FORMULA = ("=", "+", "-", "@", "␉", "␊", "␍", "＝", "＋", "－", "＠")
"""How a text begins that a spreadsheet takes for a formula: tabs and line ends too, which `clean`
has replaced by then."""


def csv_text(head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """Return a table as CSV, a line a row.

    A number stays a number, as long as it has to be to be read back the same. Texts are cleaned,
    and one that a spreadsheet would take for a formula, and carry out, gets an apostrophe.

    Args:
        head: the columns' names.
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
