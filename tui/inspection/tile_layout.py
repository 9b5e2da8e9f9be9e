"""How many channels of a layer fit on the screen, how large each is drawn, and a row of them.

A row of tiles is one picture, at the pixels that the terminal has: that leaves the captions between
the rows as letters. Pillow is imported inside the functions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui.inspection.rasters import Raster, fit_size, raster_image, resize

if TYPE_CHECKING:
    from PIL import Image

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


def lay_out_tiles(width: int, height: int, columns: int, rows: int, count: int) -> Tiling:
    """Make the tiles as large as they can be while so many of them fit.

    Args:
        width, height: of the layer's output.
        columns, rows: the room, in cells.
        count: how many should fit on a page, at least 1.

    Returns:
        The page; where so many cannot fit it has as many as can.

    >>> page = lay_out_tiles(8, 8, columns=51, rows=19, count=12)
    >>> page.across, page.down, page.width, page.height
    (5, 3, 8, 8)
    """
    best = (1, 1)
    for across in range(1, max((columns + GAP) // (NARROWEST + GAP), 1) + 1):
        high = -(-count // across)
        down = max(min(high, rows // (CAPTION + 1)), 1)
        size = _size(width, height, columns, rows, across, down)
        if (min(across * down, count), *size) > (
            min(best[0] * best[1], count),
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
    return fit_size(
        width,
        height,
        max((columns + GAP) // across - GAP, 1),
        max(rows // down - CAPTION, 1),
    )


def tile_row(
    rasters: Sequence[Raster | None], tiling: Tiling, cell: tuple[int, int]
) -> Image.Image | None:
    """Return a row of tiles, each where its cells are.

    Args:
        rasters: the pictures from left to right; None leaves a place free.
        tiling: how tiles stand.
        cell: width and height of a cell in pixels.

    Returns:
        A picture of whole cells, transparent between the tiles, without colours where no tile has
        any: that is sent in half the bytes. None where there is no tile.
    """
    from PIL import Image

    wide, high = cell
    if not any(rasters):
        return None
    step = (tiling.columns + GAP) * wide
    size = len(rasters) * step - GAP * wide, (tiling.rows - CAPTION) * high
    row = Image.new("RGBA", size)
    for number, raster in enumerate(rasters):
        if raster is not None:
            width, height = tile_size(raster, tiling, cell)
            row.paste(raster_image(resize(raster, width, height)), (number * step, 0))
    return row.convert("LA") if all(raster is None or _grey(raster) for raster in rasters) else row


def _grey(raster: Raster) -> bool:
    return raster.rgb[0::3] == raster.rgb[1::3] == raster.rgb[2::3]


def tile_size(raster: Raster, tiling: Tiling, cell: tuple[int, int] = (1, 2)) -> tuple[int, int]:
    """Return the size of a picture in a tile, its proportions kept.

    Of half blocks all pixels are enlarged alike; of finer ones the tile is filled.

    >>> tile_size(Raster(8, 8, bytes(192)), lay_out_tiles(8, 8, 51, 19, 12), cell=(10, 20))
    (80, 80)
    """
    width, height = tiling.width * cell[0], tiling.height * cell[1] // 2
    scale = min(width / raster.width, height / raster.height)
    if cell == (1, 2) and scale > 1:
        scale = int(scale)
    return max(round(raster.width * scale), 1), max(round(raster.height * scale), 1)
