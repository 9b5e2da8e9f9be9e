"""A widget that draws a picture with sixels, among widgets that write letters.

textual-image has one too, but its rows tell the terminal nothing: when the whole screen is written,
whatever stands to the right of it moves to the left. Here each row steps over the picture's cells.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from rich.segment import ControlType, Segment
from textual.dom import NoScreen
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from tui.widgets.sixel_code import sixels

if TYPE_CHECKING:
    from PIL import Image
    from rich.console import Console

CellSize = Callable[[], tuple[int, int]]
"""Says how wide and high a cell is, in pixels."""


class SixelPicture(Widget):
    """One picture, drawn into all of the widget's cells."""

    def __init__(self, cell_size: CellSize) -> None:
        """Make the widget; it shows nothing yet."""
        super().__init__()
        self._cell_size = cell_size
        self._image: Image.Image | None = None
        self._code: tuple[object, str] = (None, "")
        self._drawing = self._mending = False

    @property
    def image(self) -> Image.Image | None:
        """What is drawn."""
        return self._image

    @image.setter
    def image(self, image: Image.Image | None) -> None:
        self._image = image
        self._code = (None, "")
        self.refresh()

    def render_lines(self, crop: Region) -> list[Strip]:
        blank = Strip.blank(crop.width, self.rich_style)
        try:
            active = self.screen.is_active
        except NoScreen:
            active = False
        if self._image is None or not active or not crop.area:
            return [blank] * crop.height
        x, y, width, height = self.screen.find_widget(self).visible_region
        code = self._sixels(self._image, crop)

        def draw(console: Console) -> str:
            # Written over, an older picture is gone, and what this one leaves free is the ground.
            free = blank.render(console)
            return "".join(_at(x, y + row) + free for row in range(height)) + _at(x, y) + code

        return [
            _Line(x, y, width, draw, self._drawn),
            *(_Line(x, y + row, width, None, self._passed) for row in range(1, crop.height)),
        ]

    def _sixels(self, image: Image.Image, crop: Region) -> str:
        """Return the code of a part of the picture, which takes a while to make."""
        wide, high = self._cell_size()
        key = (crop, self.size, wide, high)
        if self._code[0] != key:
            whole = self.size.width * wide, self.size.height * high
            if image.size != whole:
                image = image.resize(whole)
            box = (crop.x * wide, crop.y * high, crop.right * wide, crop.bottom * high)
            self._code = (key, sixels(image.crop(box)))
        return self._code[1]

    # A message that stood over the picture leaves a hole, and only its own rows are written anew

    def _drawn(self) -> None:
        self._mending = False
        if not self._drawing:
            self._drawing = True
            self.call_later(self._after)

    def _after(self) -> None:
        self._drawing = False

    def _passed(self) -> None:
        if not (self._drawing or self._mending):
            self._mending = True
            self.call_later(self.refresh)


class _Line(Strip):
    """A row of a picture: perhaps it draws something, then it steps over its cells."""

    def __init__(
        self,
        x: int,
        y: int,
        width: int,
        draw: Callable[[Console], str] | None,
        written: Callable[[], None],
    ) -> None:
        """Make it.

        Args:
            x, y, width: which cells of the screen it takes.
            draw: returns what goes to the terminal first.
            written: called each time that this goes to the terminal.
        """
        control = [(ControlType.CURSOR_FORWARD, 0)]  # any: such a segment has no width of its own
        super().__init__([Segment("", None, control)], width)
        self._parts = x, y, width, draw, written

    def render(self, console: Console) -> str:
        x, y, width, draw, written = self._parts
        written()
        return (draw(console) if draw is not None else "") + _at(x + width, y)

    def crop(self, start: int, end: int | None = None) -> Strip:
        x, y, width, draw, written = self._parts
        end = width if end is None else min(end, width)
        if (start, end) == (0, width):
            return self
        return _Line(x + start, y, max(end - start, 0), None if start else draw, written)

    def divide(self, cuts: Iterable[int]) -> Sequence[Strip]:
        places = [0, *(cut for cut in cuts if cut <= self._parts[2])]
        return [self.crop(*pair) for pair in pairwise(places)]


def _at(x: int, y: int) -> str:
    return f"\x1b[{y + 1};{x + 1}H"
