"""How many channels of a layer fit on the screen, how large each is drawn, and a row of them.

A row of tiles is one image in the pixels of the terminal: the captions between the rows stay text.
Pillow is imported inside the functions.
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
"""Rows below a tile, if its caption has one line."""
NARROWEST = 7
"""Columns that a caption such as `12 dead` takes."""


@dataclass(frozen=True, slots=True)
class Tiling:
    """A page of tiles.

    Args:
        across, down: number of tiles per row, and of rows.
        width, height: of one image in pixels; a cell has 1×2 pixels.
        columns: width of a tile with its caption, in cells.
        rows: height of a tile with its caption, in cells.
        caption: rows of the caption.
    """

    across: int
    down: int
    width: int
    height: int
    columns: int
    rows: int
    caption: int = CAPTION

    @property
    def count(self) -> int:
        """Number of tiles on a page."""
        return self.across * self.down


def lay_out_tiles(
    width: int, height: int, columns: int, rows: int, count: int, caption: int = CAPTION
) -> Tiling:
    """Return the layout with the largest tiles of which a given number fits.

    Args:
        width, height: of the layer's output.
        columns, rows: available size, in cells.
        count: how many should fit on a page, at least 1.
        caption: rows of a caption.

    Returns:
        The layout; with as many tiles as possible if so many do not fit.

    >>> page = lay_out_tiles(8, 8, columns=51, rows=19, count=12)
    >>> page.across, page.down, page.width, page.height
    (5, 3, 8, 8)
    """
    best = (1, 1)
    for across in range(1, max((columns + GAP) // (NARROWEST + GAP), 1) + 1):
        high = -(-count // across)
        down = max(min(high, rows // (caption + 1)), 1)
        size = _size(width, height, columns, rows, across, down, caption)
        if (min(across * down, count), *size) > (
            min(best[0] * best[1], count),
            *_size(width, height, columns, rows, *best, caption),
        ):
            best = (across, down)
    wide, tall = _size(width, height, columns, rows, *best, caption)
    tile_columns, tile_rows = max(wide, NARROWEST), -(-tall // 2) + caption
    return Tiling(
        max((columns + GAP) // (tile_columns + GAP), 1),
        max(rows // tile_rows, 1),
        wide,
        tall,
        tile_columns,
        tile_rows,
        caption,
    )


def _size(
    width: int, height: int, columns: int, rows: int, across: int, down: int, caption: int
) -> tuple[int, int]:
    """Return the size of an image in pixels, with so many tiles per row and rows."""
    return fit_size(
        width,
        height,
        max((columns + GAP) // across - GAP, 1),
        max(rows // down - caption, 1),
    )


def tile_row(
    rasters: Sequence[Raster | None], tiling: Tiling, cell: tuple[int, int]
) -> Image.Image | None:
    """Return a row of tiles as one image.

    Args:
        rasters: the images from left to right; None leaves a gap.
        tiling: the layout.
        cell: width and height of a cell in pixels.

    Returns:
        An image of whole cells, transparent between the tiles; grayscale if no tile has colours,
        which halves its bytes. None if there is no tile.
    """
    from PIL import Image

    wide, high = cell
    if not any(rasters):
        return None
    step = (tiling.columns + GAP) * wide
    size = len(rasters) * step - GAP * wide, (tiling.rows - tiling.caption) * high
    row = Image.new("RGBA", size)
    for number, raster in enumerate(rasters):
        if raster is not None:
            width, height = tile_size(raster, tiling, cell)
            row.paste(raster_image(resize(raster, width, height)), (number * step, 0))
    return row.convert("LA") if all(raster is None or _grey(raster) for raster in rasters) else row


def _grey(raster: Raster) -> bool:
    return raster.rgb[0::3] == raster.rgb[1::3] == raster.rgb[2::3]


def tile_size(raster: Raster, tiling: Tiling, cell: tuple[int, int] = (1, 2)) -> tuple[int, int]:
    """Return the size of an image in a tile, with its aspect ratio.

    With half blocks all pixels have the same size; with real pixels the tile is filled.

    >>> tile_size(Raster(8, 8, bytes(192)), lay_out_tiles(8, 8, 51, 19, 12), cell=(10, 20))
    (80, 80)
    """
    width, height = tiling.width * cell[0], tiling.height * cell[1] // 2
    scale = min(width / raster.width, height / raster.height)
    if cell == (1, 2) and scale > 1:
        scale = int(scale)
    return max(round(raster.width * scale), 1), max(round(raster.height * scale), 1)
