"""A picture drawn with half blocks, two pixels in each cell, or as a real one."""

from __future__ import annotations

from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.app import ComposeResult
from textual.geometry import Size
from textual.strip import Strip
from textual.widget import Widget

from tui.datasets import RGB, Picture
from tui.ui.pictures.graphics import image_widget, show_image

UPPER_HALF = "▀"


def picture_strips(picture: Picture) -> list[Strip]:
    """Return a picture's rows: each cell's upper pixel as its colour, the lower behind it."""
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
    """One picture, perhaps with a caption below.

    A terminal that draws real pictures gets one, laid over the half blocks.
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
