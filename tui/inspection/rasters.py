"""Images as rows of red, green and blue bytes, one channel's values among them.

Pillow is imported inside the functions: the first frame does not wait for it.
"""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui.inspection.answers import Numbers, Prepared

if TYPE_CHECKING:
    from PIL import Image

DIMMED = 0.28
"""Brightness of an image outside the highlighted box."""
HEAT_COLOURS = ((0, 34, 78), (66, 78, 108), (124, 123, 120), (186, 172, 108), (254, 232, 56))
"""Colours of a heat map, from cold to hot, ever brighter: close to those of `cividis` (J. Nunez and
others, "Optimizing colormaps with consideration for color vision deficiency", 2018)."""
_PICTURE = 0.25
"""Share of the image in the colours of its heat map."""


@dataclass(frozen=True, slots=True)
class Raster:
    """An image.

    Args:
        width, height: in pixels.
        rgb: `height`·`width`·3 bytes, row by row.
    """

    width: int
    height: int
    rgb: bytes

    def pixel(self, x: int, y: int) -> tuple[int, int, int]:
        """Return the colour of a pixel, red, green and blue from 0 to 255."""
        start = 3 * (y * self.width + x)
        red, green, blue = self.rgb[start : start + 3]
        return red, green, blue


def grey_raster(width: int, height: int, grey: bytes) -> Raster:
    """Return a grayscale image of one byte per pixel.

    Raises:
        ValueError: if the number of bytes is wrong.
    """
    if len(grey) != width * height:
        raise ValueError(f"{len(grey)} bytes do not make an image of {width}×{height} pixels.")
    rgb = bytearray(3 * len(grey))
    rgb[0::3] = rgb[1::3] = rgb[2::3] = grey
    return Raster(width, height, bytes(rgb))


def raster_image(raster: Raster) -> Image.Image:
    """Return an image as a Pillow image."""
    from PIL import Image

    return Image.frombytes("RGB", (raster.width, raster.height), raster.rgb)


def fit_size(width: int, height: int, columns: int, rows: int) -> tuple[int, int]:
    """Return the largest size of an image in a box of half blocks, with its aspect ratio.

    Images are enlarged by whole factors, so that all pixels have the same size.

    Args:
        width, height: of the image, in pixels.
        columns, rows: of the box in cells, each 1 pixel wide and 2 pixels high.

    >>> fit_size(8, 8, columns=20, rows=20), fit_size(150, 100, columns=30, rows=20)
    ((16, 16), (30, 20))
    """
    scale = min(columns / width, 2 * rows / height)
    if scale >= 1:
        return width * int(scale), height * int(scale)
    return max(round(width * scale), 1), max(round(height * scale), 1)


def resize(raster: Raster, width: int, height: int) -> Raster:
    """Resize an image: enlarged pixels stay sharp, reduced ones are averaged."""
    from PIL import Image

    if (raster.width, raster.height) == (width, height):
        return raster
    grows = width >= raster.width and height >= raster.height
    method = Image.Resampling.NEAREST if grows else Image.Resampling.BOX
    image = Image.frombytes("RGB", (raster.width, raster.height), raster.rgb)
    return Raster(width, height, image.resize((width, height), method).tobytes())


def crop(raster: Raster, x0: int, y0: int, width: int, height: int) -> Raster:
    """Return a part of an image, which must be inside it."""
    stride = 3 * raster.width
    rows = (
        raster.rgb[row * stride + 3 * x0 : row * stride + 3 * (x0 + width)]
        for row in range(y0, y0 + height)
    )
    return Raster(width, height, b"".join(rows))


def highlight_box(raster: Raster, x0: int, y0: int, x1: int, y1: int) -> Raster:
    """Return an image that is dimmed outside one box.

    Args:
        raster: the image.
        x0, y0, x1, y1: first and last column and row of the box; clipped to the image.
    """
    table = bytes(round(DIMMED * value) for value in range(256))
    dim = bytearray(raster.rgb.translate(table))
    first, last = max(x0, 0), min(x1, raster.width - 1)
    if first <= last:
        for row in range(max(y0, 0), min(y1, raster.height - 1) + 1):
            start = 3 * (row * raster.width + first)
            end = 3 * (row * raster.width + last + 1)
            dim[start:end] = raster.rgb[start:end]
    return Raster(raster.width, raster.height, bytes(dim))


def heat_raster(raster: Raster, heat: Raster, width: int, height: int) -> Raster:
    """Return an image under a heat map in colour, from dark blue (cold) to yellow (hot).

    The colours grow brighter with the heat, and a black line surrounds what is at least half as hot
    as the hottest part, so that the map is legible without colour.

    Args:
        raster: the image.
        heat: grayscale, of any size; it covers the whole image, and 255 is the hottest.
        width, height: of the result. The line is one pixel wide in it.
    """
    import numpy as np
    from PIL import Image

    smooth = raster_image(heat).convert("L").resize((width, height), Image.Resampling.BILINEAR)
    hot = np.asarray(smooth, dtype=np.float32) / 255
    stops = np.linspace(0, 1, len(HEAT_COLOURS))
    colours = np.array(HEAT_COLOURS, np.float32)
    colour = np.stack([np.interp(hot, stops, colours[:, one]) for one in range(3)], axis=-1)
    plain = resize(raster, width, height)
    pixels = np.frombuffer(plain.rgb, np.uint8).reshape(height, width, 3)
    grey = pixels.mean(axis=2, keepdims=True, dtype=np.float32)
    made = (1 - _PICTURE) * colour + _PICTURE * grey
    inside = hot >= 0.5
    around = np.pad(inside, 1, mode="edge")
    whole = around[:-2, 1:-1] & around[2:, 1:-1] & around[1:-1, :-2] & around[1:-1, 2:]
    made[inside & ~whole] = 0
    return Raster(width, height, np.clip(np.rint(made), 0, 255).astype(np.uint8).tobytes())


def prepared_raster(prepared: Prepared) -> Raster:
    """Return an image as the network receives it, without an opacity channel."""
    if prepared.depth == 1:
        return grey_raster(prepared.width, prepared.height, prepared.pixels)
    if prepared.depth == 3:
        return Raster(prepared.width, prepared.height, prepared.pixels)
    rgb = bytearray(3 * prepared.width * prepared.height)
    for channel in range(3):
        rgb[channel::3] = prepared.pixels[channel :: prepared.depth]
    return Raster(prepared.width, prepared.height, bytes(rgb))


BACKGROUND = (16, 20, 27)
"""Colour of the gap between two images: the background of the screen."""


def side_by_side(left: Raster, right: Raster, gap: int = 1) -> Raster:
    """Return two images of the same height as one, with a gap between them."""
    between = bytes(BACKGROUND) * gap
    a, b = 3 * left.width, 3 * right.width
    rows = (
        left.rgb[row * a : (row + 1) * a] + between + right.rgb[row * b : (row + 1) * b]
        for row in range(left.height)
    )
    return Raster(left.width + gap + right.width, left.height, b"".join(rows))


@dataclass(frozen=True, slots=True)
class ChannelValues:
    """The values of a channel at full size.

    Args:
        width, height: of the layer's output.
        values: row by row.
        least, greatest: minimum and maximum of the finite values; 0 if there are none.
    """

    width: int
    height: int
    values: tuple[float, ...]
    least: float
    greatest: float

    def at(self, x: int, y: int) -> float:
        """Return the value of column x and row y, from 0."""
        return self.values[y * self.width + x]

    @property
    def strongest(self) -> tuple[int, int]:
        """Column and row of the maximum."""
        place = self.values.index(self.greatest) if self.greatest in self.values else 0
        return place % self.width, place // self.width

    def raster(self) -> Raster:
        """Return it as an image: minimum black, maximum white; a dead channel all black."""
        spread = self.greatest - self.least
        scale = 255 / spread if spread > 0 and math.isfinite(spread) else 0.0
        least = self.least
        grey = bytes(
            int((value - least) * scale + 0.5) if math.isfinite(value) else 0
            for value in self.values
        )
        return grey_raster(self.width, self.height, grey)


def channel_values(numbers: Numbers, height: int, width: int) -> ChannelValues:
    """Return the values in an answer.

    Args:
        numbers: the answer.
        height, width: of the layer's output.

    Raises:
        ValueError: if the number of values is wrong.
    """
    if len(numbers.values) != 4 * height * width:
        raise ValueError(f"{len(numbers.values)} bytes do not make {width}×{height} values.")
    values = struct.unpack(f"<{height * width}f", numbers.values)
    finite = [value for value in values if math.isfinite(value)]
    return ChannelValues(width, height, values, min(finite, default=0.0), max(finite, default=0.0))
