"""What the terminal shows by now, so that only what changed is sent to it.

Textual sends each row of whatever may have changed, a whole screen at times; over a slow link that
is felt at every key. Here each cell is remembered as it was sent, and only others go out.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, repeat

from rich.cells import cell_len
from rich.console import Console
from rich.style import Style
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.strip import Strip

Cell = tuple[str, Style | None]

NEAR = 4
"""Cells that stayed the same between two changes are sent along up to so many: to step over them
costs as much."""


class ShownSoFar:
    """Remembers what was sent, cell by cell."""

    def __init__(self) -> None:
        self._cells: dict[int, list[Cell | None]] = {}
        """A row's cells; None where it is not known what the terminal shows."""
        self._codes: dict[tuple[int, int], str] = {}
        """The code of a whole strip by row and column, while all of it still stands there."""
        self._starts: dict[int, dict[int, int]] = {}
        """Where the strips of a row that have a code begin and end."""

    def forget(self) -> None:
        """Send everything anew from now on: something else may have written to the terminal."""
        self._cells.clear()
        self._codes.clear()
        self._starts.clear()

    def only_changes(self, update: CompositorUpdate | None) -> CompositorUpdate | None:
        """Return an update that sends only what the terminal does not show yet.

        Args:
            update: what Textual would send; kinds that are not known go through as they are.
        """
        if isinstance(update, (LayoutUpdate, ChopsUpdate)):
            return _OnlyChanges(self, update)
        return update

    def put(self, x: int, y: int, strip: Strip, console: Console) -> str:
        """Return what has to be sent so that a strip stands at a place, which is taken as sent."""
        if any(segment.control for segment in strip):  # a picture: whether it stands, who knows
            self._unknown(x, y, strip.cell_length)
            return f"{_at(x, y)}{strip.render(console)}"
        code = strip.render(console)
        end = x + strip.cell_length
        starts = self._starts.setdefault(y, {})
        if starts.get(x) == end and self._codes[x, y] == code:
            return ""
        self._unknown(x, y, strip.cell_length, keep_cells=True)
        starts[x], self._codes[x, y] = end, code
        row = self._row(y, end)
        whole = f"{_at(x, y)}{code}"
        if any(cell_len(text) != len(text) for text, _, _ in strip):
            row[x:end] = repeat(None, end - x)  # wide letters: terminals differ in what they cover
            return whole
        cells: list[Cell] = [(letter, style) for text, style, _ in strip for letter in text]
        parts = [
            f"{_at(x + first, y)}{strip.crop(first, last).render(console)}"
            for first, last in _changed(row[x:end], cells)
        ]
        row[x:end] = cells
        return min("".join(parts), whole, key=len)

    def _row(self, y: int, end: int) -> list[Cell | None]:
        row = self._cells.setdefault(y, [])
        row.extend(repeat(None, end - len(row)))
        return row

    def _unknown(self, x: int, y: int, width: int, *, keep_cells: bool = False) -> None:
        starts = self._starts.setdefault(y, {})
        for start in [one for one, end in starts.items() if one < x + width and end > x]:
            del starts[start], self._codes[start, y]
        if not keep_cells:
            self._row(y, x + width)[x : x + width] = repeat(None, width)


class _OnlyChanges(CompositorUpdate):
    """An update of the screen, cut down at the moment it is sent."""

    def __init__(self, shown: ShownSoFar, update: LayoutUpdate | ChopsUpdate) -> None:
        self._shown = shown
        self._update = update

    def render_segments(self, console: Console) -> str:
        put = self._shown.put
        return "".join(put(x, y, strip, console) for x, y, strip in _strips(self._update))


def _strips(update: LayoutUpdate | ChopsUpdate) -> Iterator[tuple[int, int, Strip]]:
    """Yield the strips that an update sends, with the column and row each begins at."""
    if isinstance(update, LayoutUpdate):
        for y, strips in enumerate(update.strips, update.region.y):
            x = update.region.x
            for strip in strips:
                yield x, y, strip
                x += strip.cell_length
        return
    for y, x1, x2 in update.spans:
        for end, (x, part) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
            if part is not None and x <= x2 and end > x1:
                inside = x1 <= x < x2 and end <= x2
                yield x, y, part if inside else part.crop(0, min(end, x2) - x)


def _changed(before: list[Cell | None], after: list[Cell]) -> list[tuple[int, int]]:
    """Return the stretches in which cells differ, each from its first cell to behind its last.

    >>> old, new = [list(zip(text, repeat(None))) for text in ("abcdefghij", "Abcdefghi!")]
    >>> _changed(old, new)
    [(0, 1), (9, 10)]
    >>> _changed(new, new)
    []
    """
    stretches: list[tuple[int, int]] = []
    first, last = -1, -1
    places = (n for n, (one, other) in enumerate(zip(before, after, strict=True)) if one != other)
    for place in chain(places, [len(after) + NEAR + 1]):
        if first >= 0 and place - last > NEAR:
            stretches.append((first, last))
            first = -1
        if first < 0:
            first = place
        last = place + 1
    return stretches


def _at(x: int, y: int) -> str:
    """Return the code that puts the cursor at a cell."""
    return f"\x1b[{y + 1};{x + 1}H"
