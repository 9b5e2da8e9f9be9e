"""A grid of small pictures with captions, such as the channels of a layer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from tui.inspection.answers import Channel
from tui.inspection.rasters import Raster, grey_raster, resize
from tui.inspection.tile_layout import GAP, Tiling, tile_row, tile_size
from tui.ui.pictures.graphics import cell_pixels, image_widget, show_image
from tui.ui.pictures.half_blocks import raster_strips


@dataclass(frozen=True, slots=True)
class Tile:
    """A picture with a caption.

    Args:
        caption: safe to show; a line for each row of the tiling's caption.
        raster: the picture; None if it cannot be shown.
    """

    caption: str
    raster: Raster | None


def channel_tile(channel: Channel) -> Tile:
    """Return a channel as a tile; the caption says whether it is dead or saturated."""
    words = f"{channel.index}"
    if channel.dead:
        words += " dead"
    elif channel.saturated:
        words += " sat"
    raster = None
    if channel.pixels:
        raster = grey_raster(channel.width, channel.height, brightened(channel.pixels))
    return Tile(words, raster)


def brightened(grey: bytes) -> bytes:
    """Return grey values scaled so that the highest is white; averaging has darkened them.

    >>> list(brightened(bytes([0, 51, 102])))
    [0, 128, 255]
    """
    most = max(grey, default=0)
    if not most:
        return grey
    return grey.translate(bytes(min(round(255 * value / most), 255) for value in range(256)))


class TileGrid(Widget):
    """Tiles in rows, with the chosen caption marked. The screen handles the keys.

    The pictures are drawn in half blocks, or as one real picture for each row.
    """

    DEFAULT_CSS = """
    TileGrid { width: 1fr; height: 1fr; }
    """

    class Resized(Message):
        """The widget's size has changed."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._tiles: list[Tile] = []
        self._tiling: Tiling | None = None
        self._drawn: list[list[Strip]] = []
        self._chosen = -1
        self._sharp: list[Widget] = []

    def on_resize(self, event: events.Resize) -> None:
        self.post_message(self.Resized())

    def show(self, tiles: Sequence[Tile], tiling: Tiling) -> None:
        """Show other tiles; nothing is redrawn if they are the same.

        Args:
            tiles: at most as many as fit on the page.
            tiling: the layout.
        """
        tiles = list(tiles)
        if (tiles, tiling) == (self._tiles, self._tiling):
            return
        self._tiles, self._tiling, self._drawn = tiles, tiling, []
        if not self._lay_over():
            for tile in tiles:
                raster = tile.raster
                if raster is not None:
                    raster = resize(raster, *tile_size(raster, tiling))
                self._drawn.append(raster_strips(raster) if raster is not None else [])
        self.refresh()

    def _lay_over(self) -> bool:
        """Draw a real picture for each row of tiles; False if the terminal cannot."""
        tiling = self._tiling
        if tiling is None or (one := image_widget()) is None:
            return False
        while len(self._sharp) < tiling.down:
            one.styles.position = "absolute"
            self._sharp.append(one)
            self.mount(one)
            one = image_widget() or one
        for row, widget in enumerate(self._sharp):
            tiles = self._tiles[row * tiling.across : (row + 1) * tiling.across]
            picture = tile_row([tile.raster for tile in tiles], tiling, cell_pixels())
            widget.styles.offset = (0, row * tiling.rows)
            columns = len(tiles) * (tiling.columns + GAP) - GAP
            show_image(widget, picture, columns, tiling.rows - tiling.caption)
        return True

    def choose(self, number: int) -> None:
        """Mark the tile with an index on this page; -1 for none."""
        if number != self._chosen:
            before, self._chosen = self._chosen, number
            for one in (before, number):
                self._refresh_caption(one)

    def _refresh_caption(self, number: int) -> None:
        """Redraw a caption without the pictures."""
        tiling = self._tiling
        if tiling is not None and 0 <= number < len(self._tiles):
            row, column = divmod(number, tiling.across)
            x, y = column * (tiling.columns + GAP), (row + 1) * tiling.rows - tiling.caption
            self.refresh(Region(x, y, tiling.columns, tiling.caption))

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        tiling = self._tiling
        if tiling is None:
            return Strip.blank(width, self.rich_style)
        row, line = divmod(y, tiling.rows)
        first = row * tiling.across
        segments: list[Segment] = []
        plain = self.rich_style
        for number in range(first, min(first + tiling.across, len(self._tiles))):
            if segments:
                segments.append(Segment(" " * GAP, plain))
            segments += self._tile_line(number, line, tiling, plain)
        if not segments or row >= tiling.down:
            return Strip.blank(width, plain)
        strip = Strip(segments)
        return strip.extend_cell_length(width, plain).crop(0, width)

    def _tile_line(self, number: int, line: int, tiling: Tiling, plain: Style) -> list[Segment]:
        """Return one tile's part of a line, exactly as wide as a tile."""
        columns = tiling.columns
        if line < tiling.rows - tiling.caption:
            drawn = self._drawn[number] if self._drawn else []
            if line >= len(drawn):
                return [Segment(" " * columns, plain)]
            strip = drawn[line]
            return [*strip, Segment(" " * (columns - strip.cell_length), plain)]
        lines = self._tiles[number].caption.splitlines()
        place = line - (tiling.rows - tiling.caption)
        caption = lines[place] if place < len(lines) else ""
        if number == self._chosen:
            mark = " " if place else "▸"
            marked = f"{mark}{caption}"[:columns].ljust(min(len(caption) + 2, columns))
            rest = columns - len(marked)
            return [
                Segment(marked, plain + Style(bold=True, reverse=True)),
                Segment(" " * rest, plain),
            ]
        return [Segment(f" {caption}"[:columns].ljust(columns), plain)]
