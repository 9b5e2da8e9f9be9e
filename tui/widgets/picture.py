"""A picture drawn with half blocks: two pixels in each cell."""

from __future__ import annotations

from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Size
from textual.strip import Strip
from textual.widget import Widget

from tui.datasets import RGB, Picture

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
    """One picture with its caption below."""

    DEFAULT_CSS = """
    PictureView { width: auto; height: auto; }
    """

    def __init__(self, picture: Picture, caption: str) -> None:
        super().__init__()
        self._strips = picture_strips(picture)
        self._picture = picture
        self._caption = caption

    def get_content_width(self, container: Size, viewport: Size) -> int:
        return self._picture.columns

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return self._picture.rows + 1

    def render_line(self, y: int) -> Strip:
        if y < len(self._strips):
            return self._strips[y]
        text = self._caption[: self._picture.columns].center(self._picture.columns)
        return Strip([Segment(text, self.rich_style)], self._picture.columns)
