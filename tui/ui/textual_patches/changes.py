"""Send only cells that have changed to the terminal.

Textual sends all rows of a region that may have changed, sometimes the whole screen; over a slow
link that delays every key. This patch remembers each cell as it was sent, and sends only others.

Touches: `textual.app.App._display`, through which all output goes;
`textual._compositor.CompositorUpdate`, `textual._compositor.LayoutUpdate` (its `strips` and
`region`), `textual._compositor.ChopsUpdate` (its `spans`, `chops` and `chop_ends`).

Since: Textual 0.48.

Without: updates are sent as Textual makes them.
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
"""Most unchanged cells between two changes that are sent too: moving the cursor costs as much."""


class SendsChanges:
    """A mixin for an App that sends only changed cells; it precedes App among the bases."""

    shown: SentCells
    """The cells that the terminal shows; set by the app, which also clears it."""

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        if isinstance(renderable, CompositorUpdate) and is_on(__name__):
            renderable = self.shown.only_changes(renderable)
        super()._display(screen, renderable)  # type: ignore[misc]


class SentCells:
    """The cells that were sent to the terminal."""

    def __init__(self) -> None:
        self._cells: dict[int, list[Cell | None]] = {}
        """Cells by row; None where the content of the terminal is not known."""
        self._strips: dict[int, dict[int, tuple[int, str]]] = {}
        """Strips by row and first column: end column and code, as long as they are unchanged."""

    def forget(self) -> None:
        """Forget all cells, as something else may have written to the terminal."""
        self._cells.clear()
        self._strips.clear()

    def only_changes(self, update: CompositorUpdate | None) -> CompositorUpdate | None:
        """Return an update that sends only what the terminal does not show yet.

        Args:
            update: an update of Textual; unknown kinds are returned unchanged.
        """
        if isinstance(update, (LayoutUpdate, ChopsUpdate)):
            return _OnlyChanges(self, update)
        return update

    def put(self, x: int, y: int, strip: Strip, console: Console) -> str:
        """Return the code that shows a strip at a position, and record it as sent."""
        picture = any(segment.control for segment in strip)
        code, end = strip.render(console), x + strip.cell_length
        strips = self._strips.setdefault(y, {})
        if not picture and strips.get(x) == (end, code):
            return ""
        for start in [one for one, (last, _) in strips.items() if one < end and last > x]:
            del strips[start]
        if not picture:  # a picture may be overwritten without notice
            strips[x] = end, code
        row = self._cells.setdefault(y, [])
        row.extend(repeat(None, end - len(row)))
        whole = f"{_at(x, y)}{code}"
        if picture or any(cell_len(text) != len(text) for text, _, _ in strip):
            row[x:end] = repeat(None, end - x)  # terminals differ in the width of wide characters
            return whole
        cells: list[Cell] = [(letter, style) for text, style, _ in strip for letter in text]
        parts = [
            f"{_at(x + first, y)}{strip.crop(first, last).render(console)}"
            for first, last in _changed(row[x:end], cells)
        ]
        row[x:end] = cells
        return min("".join(parts), whole, key=len)


class _OnlyChanges(CompositorUpdate):
    """An update of the screen that is reduced to changes when it is sent."""

    def __init__(self, shown: SentCells, update: LayoutUpdate | ChopsUpdate) -> None:
        self._shown = shown
        self._update = update

    def render_segments(self, console: Console) -> str:
        put = self._shown.put
        return "".join(put(x, y, strip, console) for x, y, strip in _strips(self._update))


def _strips(update: LayoutUpdate | ChopsUpdate) -> Iterator[tuple[int, int, Strip]]:
    """Yield the strips of an update, each with its first column and its row."""
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
    """Return the ranges in which cells differ, each as (start, stop).

    >>> old, new = [list(zip(text, repeat(None))) for text in ("abcdefghij", "Abcdefghi!")]
    >>> _changed(old, new)
    [(0, 1), (9, 10)]
    >>> _changed(new, new)
    []
    """
    ranges: list[tuple[int, int]] = []
    first, last = -1, -1
    places = (n for n, (one, other) in enumerate(zip(before, after, strict=True)) if one != other)
    for place in chain(places, [len(after) + NEAR + 1]):
        if first >= 0 and place - last > NEAR:
            ranges.append((first, last))
            first = -1
        if first < 0:
            first = place
        last = place + 1
    return ranges


def _at(x: int, y: int) -> str:
    """Return the code that moves the cursor to a cell."""
    return f"\x1b[{y + 1};{x + 1}H"
