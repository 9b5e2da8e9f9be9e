"""A widget that draws a picture in sixels, among widgets that write text.

textual-image has one too, but its rows do not move the terminal's cursor: when the whole screen is
written, everything to the right of a picture shifts to the left. Here each row steps over the cells
of the picture.

Textual redraws far more often than a picture changes. A picture that is still on the terminal is
stepped over, and not sent again, which matters over a slow link.

Sixels encode bands of six rows of pixels, one colour of a band after the other. Colours are
defined and then selected, as some terminals (xterm) do not select a colour that they define. The
height is cut to whole bands, as some terminals would draw a partial band into the text below.
Pillow and NumPy are imported inside the functions.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from rich.segment import ControlType, Segment
from rich.style import Style
from textual import events
from textual.dom import NoScreen
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from tui.ui.textual_patches.stacking import place_on_screen

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL import Image
    from rich.console import Console


BAND = 6
"""Height of a band in pixels."""
GREYS = 32
"""Grey levels of a picture without colour: more are hardly visible, and take longer to send."""
COLOURS = 256
"""Colours of any other picture: terminals have as many registers."""
_AT_ONCE = 2_000_000
"""Elements (band, colour, column) processed at a time."""
_RUN = re.compile(rb"(.)\1{3,}", re.DOTALL)


def sixels(image: Image.Image) -> str:
    """Return the sequence that draws a picture with its upper left corner at the cursor.

    Args:
        image: RGB or grey, one pixel for each of the terminal's; transparent pixels are not drawn.
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
    """Return the colour index of each pixel, -1 for transparent ones, and the palette."""
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
    """Return, for each band, colour and column, the bits of the six rows with that colour."""
    import numpy as np

    height, width = numbers.shape
    rows, columns = np.nonzero(numbers >= 0)
    places = (rows // BAND * colours + numbers[rows, columns]) * width + columns
    size = height // BAND * colours * width
    found = np.bincount(places, weights=1 << rows % BAND, minlength=size)
    return found.astype(np.uint8).reshape(-1, colours, width)


def _shortened(line: bytes) -> bytes:
    """Return a line of sixels, run-length encoded and without trailing empty ones."""
    return _RUN.sub(lambda run: b"!%d%s" % (len(run[0]), run[1]), line.rstrip(b"?"))


CellSize = Callable[[], tuple[int, int]]
"""Returns the width and height of a cell in pixels."""


class SixelPicture(Widget):
    """A picture that fills the widget."""

    def __init__(self, cell_size: CellSize) -> None:
        """Make the widget, without a picture."""
        super().__init__()
        self._cell_size = cell_size
        self._image: Image.Image | None = None
        self._code: tuple[object, str] = (None, "")
        self._standing: object = None
        """What the terminal shows now, and where; None if that is not known."""
        self._above: frozenset[Region] = frozenset()
        """The cells that other widgets cover."""
        self._redrawing = False

    @property
    def image(self) -> Image.Image | None:
        """The picture."""
        return self._image

    @image.setter
    def image(self, image: Image.Image | None) -> None:
        self._image = image
        self._code = (None, "")
        self._standing = None
        self.refresh()

    def on_mount(self, event: events.Mount) -> None:
        # A hidden picture may return to the same cells after others have used them.
        self.screen.screen_layout_refresh_signal.subscribe(self, self._laid_out, immediate=True)
        self.app.app_resume_signal.subscribe(self, self._forget, immediate=True)

    def _laid_out(self, _: object) -> None:
        if place_on_screen(self) is None:
            self._standing = None

    def _forget(self, _: object) -> None:
        self._standing = None

    def render_lines(self, crop: Region) -> list[Strip]:
        # Bold or reverse styles around the picture do not apply to it.
        ground = Style(bgcolor=self.rich_style.bgcolor)
        blank = Strip.blank(crop.width, ground)
        try:
            place = place_on_screen(self) if self.screen.is_active else None
        except NoScreen:
            place = None
        if self._image is None or place is None or not crop.area:
            self._standing = None
            return [blank] * crop.height
        (x, y, width, height), above = place
        if not self._above <= above:  # a widget that covered it is gone
            self._standing = None
        self._above = above
        screen = self.screen.size, self.screen.stack_updates
        wanted = (x, y, crop, self.size, self._cell_size(), ground, screen)
        image = self._image

        def draw(console: Console) -> str:
            if self._standing == wanted:
                return ""
            self._standing, self._redrawing = wanted, False
            # Writing blanks removes an older picture, and fills what this one leaves free.
            free = blank.render(console)
            code = self._sixels(image, crop)
            return "".join(_at(x, y + row) + free for row in range(height)) + _at(x, y) + code

        def passed(_: Console) -> str:
            # A widget that covered the picture left a hole, and only some rows are rewritten.
            if self._standing != wanted and not self._redrawing:
                self._redrawing = True
                self.call_later(self.refresh)
            return ""

        return [
            _Line(x, y, width, draw, passed),
            *(_Line(x, y + row, width, passed, passed) for row in range(1, crop.height)),
        ]

    def _sixels(self, image: Image.Image, crop: Region) -> str:
        """Return the cached sixels of a part of the picture."""
        wide, high = self._cell_size()
        key = (crop, self.size, wide, high)
        if self._code[0] != key:
            whole = self.size.width * wide, self.size.height * high
            if image.size != whole:
                image = image.resize(whole)
            box = (crop.x * wide, crop.y * high, crop.right * wide, crop.bottom * high)
            self._code = (key, sixels(image.crop(box)))
        return self._code[1]


Written = Callable[["Console"], str]


class _Line(Strip):
    """A row of a picture: it may draw the picture, then steps over its cells."""

    def __init__(self, x: int, y: int, width: int, first: Written, rest: Written) -> None:
        """Make the row.

        Args:
            x, y, width: its cells on the screen.
            first: returns the code to send when the first cell is written.
            rest: the same for a part that begins further to the right.
        """
        control = [
            (ControlType.CURSOR_FORWARD, 0)
        ]  # any control: such a segment has no width of its own
        super().__init__([Segment("", None, control)], width)
        self._parts = x, y, width, first, rest

    def render(self, console: Console) -> str:
        x, y, width, first, _ = self._parts
        return first(console) + _at(x + width, y)

    def crop(self, start: int, end: int | None = None) -> Strip:
        x, y, width, first, rest = self._parts
        end = width if end is None else min(end, width)
        if (start, end) == (0, width):
            return self
        return _Line(x + start, y, max(end - start, 0), rest if start else first, rest)

    def divide(self, cuts: Iterable[int]) -> Sequence[Strip]:
        places = [0, *(cut for cut in cuts if cut <= self._parts[2])]
        return [self.crop(*pair) for pair in pairwise(places)]


def _at(x: int, y: int) -> str:
    return f"\x1b[{y + 1};{x + 1}H"
