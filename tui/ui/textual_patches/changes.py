"""What the terminal shows by now, so that only what changed is sent to it.

Textual sends each row of whatever may have changed, a whole screen at times; over a slow link that
is felt at every key. Here each cell is remembered as it was sent, and only others go out.

Touches: `textual.app.App._display`, through which all goes to the terminal;
`textual._compositor.CompositorUpdate`, `textual._compositor.LayoutUpdate` (its `strips` and
`region`), `textual._compositor.ChopsUpdate` (its `spans`, `chops` and `chop_ends`).

Since: Textual 0.48.

Without: each update is sent as Textual makes it.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, repeat

from rich.cells import cell_len
from rich.console import Console, RenderableType
from rich.style import Style
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.screen import Screen
from textual.strip import Strip

from tui.ui.textual_patches.switches import is_on

Cell = tuple[str, Style | None]

NEAR = 4
"""Cells that stayed the same between two changes are sent along up to so many: to step over them
costs as much."""


class SendsChanges:
    """An app that sends only what changed. No App itself: it goes before one among the bases."""

    shown: SentCells
    """What the terminal shows; the app makes it, and lets it forget."""

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        if isinstance(renderable, CompositorUpdate) and is_on(__name__):
            renderable = self.shown.only_changes(renderable)
        super()._display(screen, renderable)  # type: ignore[misc]


class SentCells:
    """Remembers what was sent, cell by cell."""

    def __init__(self) -> None:
        self._cells: dict[int, list[Cell | None]] = {}
        """A row's cells; None where it is not known what the terminal shows."""
        self._strips: dict[int, dict[int, tuple[int, str]]] = {}
        """A row's strips by where they begin: their end and code, while all of them stands."""

    def forget(self) -> None:
        """Send everything anew from now on: something else may have written to the terminal."""
        self._cells.clear()
        self._strips.clear()

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
        picture = any(segment.control for segment in strip)
        code, end = strip.render(console), x + strip.cell_length
        strips = self._strips.setdefault(y, {})
        if not picture and strips.get(x) == (end, code):
            return ""
        for start in [one for one, (last, _) in strips.items() if one < end and last > x]:
            del strips[start]
        if not picture:  # whether that still stands, who knows
            strips[x] = end, code
        row = self._cells.setdefault(y, [])
        row.extend(repeat(None, end - len(row)))
        whole = f"{_at(x, y)}{code}"
        if picture or any(cell_len(text) != len(text) for text, _, _ in strip):
            row[x:end] = repeat(None, end - x)  # of wide letters: terminals differ in their width
            return whole
        cells: list[Cell] = [(letter, style) for text, style, _ in strip for letter in text]
        parts = [
            f"{_at(x + first, y)}{strip.crop(first, last).render(console)}"
            for first, last in _changed(row[x:end], cells)
        ]
        row[x:end] = cells
        return min("".join(parts), whole, key=len)


class _OnlyChanges(CompositorUpdate):
    """An update of the screen, cut down at the moment it is sent."""

    def __init__(self, shown: SentCells, update: LayoutUpdate | ChopsUpdate) -> None:
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
