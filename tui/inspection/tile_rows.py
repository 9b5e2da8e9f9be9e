"""A row of tiles as one picture, at the pixels that the terminal has.

One picture a row leaves the captions between the rows as letters. Pillow is imported inside the
functions.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tui.inspection.rasters import Raster, raster_image, resized
from tui.inspection.tiles import CAPTION, GAP, Tiling

if TYPE_CHECKING:
    from PIL import Image


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
            row.paste(raster_image(resized(raster, width, height)), (number * step, 0))
    return row.convert("LA") if all(raster is None or _grey(raster) for raster in rasters) else row


def _grey(raster: Raster) -> bool:
    return raster.rgb[0::3] == raster.rgb[1::3] == raster.rgb[2::3]


def tile_size(raster: Raster, tiling: Tiling, cell: tuple[int, int] = (1, 2)) -> tuple[int, int]:
    """Return the size of a picture in a tile, its proportions kept.

    Of half blocks all pixels are enlarged alike; of finer ones the tile is filled.

    >>> from tui.inspection.tiles import tiling
    >>> tile_size(Raster(8, 8, bytes(192)), tiling(8, 8, 51, 19, 12), cell=(10, 20))
    (80, 80)
    """
    width, height = tiling.width * cell[0], tiling.height * cell[1] // 2
    scale = min(width / raster.width, height / raster.height)
    if cell == (1, 2) and scale > 1:
        scale = int(scale)
    return max(round(raster.width * scale), 1), max(round(raster.height * scale), 1)
