"""How many channels of a layer fit on the screen, and how large each is drawn."""

from __future__ import annotations

from dataclasses import dataclass

from tui.inspection.rasters import room_for

GAP = 1
"""Columns between two tiles."""
CAPTION = 1
"""Rows below a tile."""
NARROWEST = 7
"""Columns that a caption such as `12 dead` takes."""


@dataclass(frozen=True, slots=True)
class Tiling:
    """A page of tiles.

    Args:
        across, down: how many beside and below each other.
        width, height: of one picture in pixels; a cell shows one across and two down.
        columns: of a tile in cells, its caption among them.
        rows: of a tile in cells, its caption among them.
    """

    across: int
    down: int
    width: int
    height: int
    columns: int
    rows: int

    @property
    def count(self) -> int:
        """How many a page has."""
        return self.across * self.down


def tiling(width: int, height: int, columns: int, rows: int, wanted: int) -> Tiling:
    """Make the tiles as large as they can be while so many of them fit.

    Args:
        width, height: of the layer's output.
        columns, rows: the room, in cells.
        wanted: how many should be seen at once, at least 1.

    Returns:
        The page; where so many cannot fit it has as many as can.

    >>> page = tiling(8, 8, columns=51, rows=19, wanted=12)
    >>> page.across, page.down, page.width, page.height
    (5, 3, 8, 8)
    """
    best = (1, 1)
    for across in range(1, max((columns + GAP) // (NARROWEST + GAP), 1) + 1):
        high = -(-wanted // across)
        down = max(min(high, rows // (CAPTION + 1)), 1)
        size = _size(width, height, columns, rows, across, down)
        if (min(across * down, wanted), *size) > (
            min(best[0] * best[1], wanted),
            *_size(width, height, columns, rows, *best),
        ):
            best = (across, down)
    wide, tall = _size(width, height, columns, rows, *best)
    tile_columns, tile_rows = max(wide, NARROWEST), -(-tall // 2) + CAPTION
    return Tiling(
        max((columns + GAP) // (tile_columns + GAP), 1),
        max(rows // tile_rows, 1),
        wide,
        tall,
        tile_columns,
        tile_rows,
    )


def _size(
    width: int, height: int, columns: int, rows: int, across: int, down: int
) -> tuple[int, int]:
    """The pixels of a picture with so many beside and below each other."""
    return room_for(
        width,
        height,
        max((columns + GAP) // across - GAP, 1),
        max(rows // down - CAPTION, 1),
    )
