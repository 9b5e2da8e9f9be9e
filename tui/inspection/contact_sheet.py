"""Feature maps and heat maps as one image for a file.

Pillow is imported inside the functions, so that importing this module is fast.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from tui.inspection.answers import Channel, Explained, Maps, Prepared
from tui.inspection.rasters import (
    grey_raster,
    heat_raster,
    prepared_raster,
    raster_image,
    resize,
)

if TYPE_CHECKING:
    from PIL import Image

TILE = 96
"""Minimum length of the longer side of a channel, in pixels."""
_GAP = 4
_LINE = 14
_BACKGROUND, _WORDS, _FRAME = 24, 230, 90


def maps_sheet(maps: Maps, *, numbers: bool = True) -> Image.Image:
    """Return the channels of a layer side by side.

    Args:
        maps: of a layer with height and width, at least one channel.
        numbers: whether to write its index above each channel, and whether it is dead or saturated.

    Returns:
        A grayscale image, as close to square as the channels allow.
    """
    from PIL import Image, ImageDraw

    tiles = [_tile(channel) for channel in maps.channels]
    width = max(tile.width for tile in tiles) + _GAP
    height = max(tile.height for tile in tiles) + _GAP + _LINE * numbers
    columns = math.ceil(math.sqrt(len(tiles) * height / width))
    rows = math.ceil(len(tiles) / columns)
    sheet = Image.new("L", (columns * width + _GAP, rows * height + _GAP), _BACKGROUND)
    pen = ImageDraw.Draw(sheet)
    for position, (channel, tile) in enumerate(zip(maps.channels, tiles, strict=True)):
        left = _GAP + position % columns * width
        top = _GAP + position // columns * height
        if numbers:
            words = f"{channel.index}{_state(channel)}"
            pen.text((left, top), words, fill=_WORDS)
            top += _LINE
        sheet.paste(tile, (left, top))
        if channel.dead:
            edge = (left, top, left + tile.width - 1, top + tile.height - 1)
            pen.rectangle(edge, outline=_FRAME)
    return sheet


def _state(channel: Channel) -> str:
    if channel.dead:
        return " dead"
    return " saturated" if channel.saturated else ""


def _tile(channel: Channel) -> Image.Image:
    from PIL import Image

    tile = Image.frombytes("L", (channel.width, channel.height), channel.pixels)
    times = max(1, math.ceil(TILE / max(tile.size)))
    # Each value stays a square: a cell is one output of a filter, not part of a smooth image.
    return tile.resize((tile.width * times, tile.height * times), resample=Image.Resampling.NEAREST)


def heat_sheet(picture: Prepared, explained: Explained) -> Image.Image:
    """Return the image, and next to it the image in the colours of its heat map.

    Args:
        picture: as the network receives it.
        explained: the heat map of the image.
    """
    from PIL import Image

    plain = prepared_raster(picture)
    times = max(1, math.ceil(3 * TILE / max(plain.width, plain.height)))
    size = plain.width * times, plain.height * times
    heat = grey_raster(explained.width, explained.height, explained.heat)
    sheet = Image.new("RGB", (2 * size[0] + 3 * _GAP, size[1] + 2 * _GAP), (_BACKGROUND,) * 3)
    sheet.paste(raster_image(resize(plain, *size)), (_GAP, _GAP))
    sheet.paste(raster_image(heat_raster(plain, heat, *size)), (size[0] + 2 * _GAP, _GAP))
    return sheet
