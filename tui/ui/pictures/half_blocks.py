"""Widgets that draw a picture in half blocks, two pixels in each cell, or as a real picture."""

from __future__ import annotations

from functools import lru_cache

from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.app import ComposeResult
from textual.geometry import Size
from textual.strip import Strip
from textual.widget import Widget

from tui.datasets import RGB, Picture
from tui.inspection.rasters import Raster, fit_size, raster_image, resize
from tui.ui.pictures.graphics import cell_pixels, image_widget, show_image

UPPER_HALF = "▀"


def picture_strips(picture: Picture) -> list[Strip]:
    """Return the rows of a picture: each cell has its upper pixel in front, the lower behind."""
    return [
        Strip(
            [Segment(UPPER_HALF, Style(color=_rgb(up), bgcolor=_rgb(low))) for up, low in row],
            picture.columns,
        ).simplify()
        for row in picture.cells
    ]


def _rgb(color: RGB) -> Color:
    return Color.from_rgb(*color)


class PictureView(Widget):
    """A picture with an optional caption.

    Where the terminal can draw real pictures, one is laid over the half blocks.
    """

    DEFAULT_CSS = """
    PictureView { width: auto; height: auto; }
    """

    def __init__(self, picture: Picture | None = None, caption: str = "") -> None:
        super().__init__()
        self._caption = caption
        self._picture: Picture | None = None
        self._strips: list[Strip] = []
        self._sharp = image_widget()
        self.show(picture)

    def compose(self) -> ComposeResult:
        if self._sharp is not None:
            yield self._sharp

    def show(self, picture: Picture | None) -> None:
        """Show another picture; None for none."""
        self._picture = picture
        self._strips = picture_strips(picture) if picture is not None else []
        if self._sharp is not None:
            sharp = picture.sharp if picture is not None else None
            columns, rows = (picture.columns, picture.rows) if picture is not None else (0, 0)
            show_image(self._sharp, sharp, columns, rows)
        self.refresh(layout=True)

    def get_content_width(self, container: Size, viewport: Size) -> int:
        return self._picture.columns if self._picture is not None else 0

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return len(self._strips) + bool(self._caption)

    def render_line(self, y: int) -> Strip:
        if y < len(self._strips):
            return self._strips[y]
        columns = self.size.width
        if y == len(self._strips) and self._caption:
            text = self._caption[:columns].center(columns)
            return Strip([Segment(text, self.rich_style)], columns)
        return Strip.blank(columns, self.rich_style)


UPPER_HALF = "▀"
_BLACK = (0, 0, 0)
_CURSOR = (255, 64, 160)
"""A colour that is rare in photographs; the rulers show the position without colour."""


@lru_cache(maxsize=16384)
def _style(upper: tuple[int, int, int], lower: tuple[int, int, int]) -> Style:
    return Style(color=Color.from_rgb(*upper), bgcolor=Color.from_rgb(*lower))


def raster_strips(raster: Raster) -> list[Strip]:
    """Return the rows of a raster; an odd last row of pixels is completed with black."""
    strips = []
    for y in range(0, raster.height, 2):
        segments = [
            Segment(
                UPPER_HALF,
                _style(
                    raster.pixel(x, y),
                    raster.pixel(x, y + 1) if y + 1 < raster.height else _BLACK,
                ),
            )
            for x in range(raster.width)
        ]
        strips.append(Strip(segments, raster.width).simplify())
    return strips


class RasterView(Widget):
    """A raster as large as fits; rulers at its edges show a cursor."""

    DEFAULT_CSS = """
    RasterView { width: 1fr; height: 1fr; }
    """

    def __init__(self, *, ruled: bool = False, id: str | None = None) -> None:  # noqa: A002
        """Make the view.

        Args:
            ruled: whether to reserve a row and a column for the rulers.
            id: Textual's.
        """
        super().__init__(id=id)
        self._ruled = ruled
        self._raster: Raster | None = None
        self._cursor: tuple[int, int] | None = None
        self._ruler: tuple[int, int] | None = None
        self._strips: list[Strip] = []
        self._drawn: tuple[int, int] = (0, 0)
        self._sharp = image_widget()

    def compose(self) -> ComposeResult:
        if self._sharp is not None:
            self._sharp.styles.offset = (int(self._ruled), int(self._ruled))
            yield self._sharp

    def show(
        self,
        raster: Raster | None,
        cursor: tuple[int, int] | None = None,
        *,
        ruler: tuple[int, int] | None = None,
    ) -> None:
        """Show another picture; None for none.

        Args:
            raster: the picture.
            cursor: column and row of a pixel that is coloured and shown by the rulers.
            ruler: column and row of a pixel that only the rulers show.
        """
        wanted = raster, cursor, cursor or ruler
        if wanted != (self._raster, self._cursor, self._ruler):
            self._raster, self._cursor, self._ruler = wanted
            self._draw()

    def on_resize(self, event: events.Resize) -> None:
        self._draw()

    def _draw(self) -> None:
        self._strips = []
        columns, rows = self.content_size.width - self._ruled, self.content_size.height
        rows -= self._ruled
        raster = self._raster
        if raster is not None and columns > 0 and rows > 0:
            width, height = fit_size(raster.width, raster.height, columns, rows)
            self._drawn = (width, height)
            shown = resize(raster, width, height)
            if self._cursor is not None:
                shown = _marked(shown, raster, self._cursor)
            self._strips = raster_strips(shown)
            self._lay_over(raster, width, len(self._strips))
            if self._ruled:
                self._strips = self._with_rulers(raster, self._strips)
        elif self._sharp is not None:
            self._sharp.display = False
        self.refresh()

    def _lay_over(self, raster: Raster, columns: int, rows: int) -> None:
        """Draw the real picture over the half blocks if the terminal can."""
        if self._sharp is not None:
            across, down = cell_pixels()
            finer = resize(raster, columns * across, rows * down)
            if self._cursor is not None:
                finer = _marked(finer, raster, self._cursor)
            show_image(self._sharp, raster_image(finer), columns, rows)

    def _with_rulers(self, raster: Raster, strips: list[Strip]) -> list[Strip]:
        style = self.rich_style
        width, height = self._drawn
        top, side = [" "] * width, [" "] * len(strips)
        if self._ruler is not None:
            x, y = self._ruler
            top[min((2 * x + 1) * width // (2 * raster.width), width - 1)] = "▾"
            row = min((2 * y + 1) * height // (2 * raster.height), height - 1) // 2
            side[row] = "▸"
        ruler = Strip([Segment(" " + "".join(top), style)], width + 1)
        return [
            ruler,
            *(
                Strip([Segment(mark, style), *strip], strip.cell_length + 1)
                for mark, strip in zip(side, strips, strict=True)
            ),
        ]

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        if y < len(self._strips):
            strip = self._strips[y]
            return strip.extend_cell_length(width, self.rich_style).crop(0, width)
        return Strip.blank(width, self.rich_style)


def _marked(shown: Raster, raster: Raster, cursor: tuple[int, int]) -> Raster:
    """Colour the pixels to which the cursor's pixel was scaled, at least one."""
    x, y = cursor
    x0, x1 = x * shown.width // raster.width, (x + 1) * shown.width // raster.width
    y0, y1 = y * shown.height // raster.height, (y + 1) * shown.height // raster.height
    rgb = bytearray(shown.rgb)
    for row in range(y0, max(y1, y0 + 1)):
        for column in range(x0, max(x1, x0 + 1)):
            start = 3 * (row * shown.width + column)
            rgb[start : start + 3] = bytes(_CURSOR)
    return Raster(shown.width, shown.height, bytes(rgb))
