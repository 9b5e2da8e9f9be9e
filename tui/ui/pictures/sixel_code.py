"""A picture as sixels: bands of six rows of pixels, one colour of a band after the other.

Colours are defined and then selected: some terminals (xterm) take a definition for no selection.
The height is cut to whole bands, so that no terminal lets the last one hang over into the row of
letters below. Pillow and numpy are imported inside the functions.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL import Image

BAND = 6
"""Rows of pixels of a band."""
GREYS = 32
"""Levels of a picture without colour: more are hardly seen, and take longer to tell."""
COLOURS = 256
"""Of any other; terminals have as many registers."""
_AT_ONCE = 2_000_000
"""Places of (band, colour, column) that are worked on at a time."""
_RUN = re.compile(rb"(.)\1{3,}", re.DOTALL)


def sixels(image: Image.Image) -> str:
    """Return the sequence that draws a picture with its upper left corner at the cursor.

    Args:
        image: RGB or grey, at the terminal's pixels; what is quite transparent is left as it was.
    """
    import numpy as np

    numbers, palette = _paletted(image)
    height, width = numbers.shape
    parts = [f'\x1bP0;1;0q"1;1;{width};{height}'.encode()]
    parts += [
        f"#{number};2;{red};{green};{blue}".encode()
        for number, (red, green, blue) in enumerate((palette * 100 + 127) // 255)
    ]
    bands = max(_AT_ONCE // max(len(palette) * width, 1), 1)
    for first in range(0, height, bands * BAND):
        for band in _bits(numbers[first : first + bands * BAND], len(palette)):
            lines = [
                b"#%d%s" % (colour, _shortened((band[colour] + 63).tobytes()))
                for colour in np.flatnonzero(band.any(axis=1))
            ]
            parts.append(b"$".join(lines) + b"-")
    return (b"".join(parts) + b"\x1b\\").decode("ascii")


def _paletted(image: Image.Image) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the numbers of the pixels' colours, -1 where there is none, and the colours."""
    import numpy as np
    from PIL import Image

    width, height = image.width, image.height // BAND * BAND
    image = image.crop((0, 0, width, height))
    opaque = np.asarray(image.getchannel("A")) > 0 if "A" in image.getbands() else None
    plain = image.convert("RGB")
    pixels = np.asarray(plain)
    if (pixels == pixels[..., :1]).all():
        numbers = np.rint(pixels[..., 0] * ((GREYS - 1) / 255)).astype(np.int64)
        palette = np.rint(np.arange(GREYS) * (255 / (GREYS - 1))).astype(np.int64)
        palette = np.repeat(palette[:, None], 3, axis=1)
    else:
        few = plain.quantize(COLOURS, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
        numbers = np.asarray(few).astype(np.int64)
        palette = np.array(few.getpalette(), np.int64).reshape(-1, 3)
    if opaque is not None:
        numbers = np.where(opaque, numbers, -1)
    return numbers, palette


def _bits(numbers: NDArray[np.int64], colours: int) -> NDArray[np.uint8]:
    """Return for each band, colour and column which of the six rows have the colour."""
    import numpy as np

    height, width = numbers.shape
    rows, columns = np.nonzero(numbers >= 0)
    places = (rows // BAND * colours + numbers[rows, columns]) * width + columns
    size = height // BAND * colours * width
    found = np.bincount(places, weights=1 << rows % BAND, minlength=size)
    return found.astype(np.uint8).reshape(-1, colours, width)


def _shortened(line: bytes) -> bytes:
    """Return a line of sixels with its repetitions counted, without the empty ones at its end."""
    return _RUN.sub(lambda run: b"!%d%s" % (len(run[0]), run[1]), line.rstrip(b"?"))
