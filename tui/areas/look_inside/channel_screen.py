"""One channel enlarged, with a cursor over its values and the receptive field of each."""

from __future__ import annotations

import asyncio
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.reactive import var
from textual.widgets import Static

from tui.areas.look_inside.value_screen import ValueScreen
from tui.common.text import clean
from tui.geometry import Box
from tui.inspection.inspection_session import InspectionSession
from tui.inspection.inspector_client import InspectionError
from tui.inspection.rasters import ChannelValues, Raster, channel_values, crop, highlight_box
from tui.inspection.requests import Values
from tui.ui.area_screen import AreaScreen
from tui.ui.bar_list import value_text
from tui.ui.commands import bindings
from tui.ui.pictures.half_blocks import RasterView
from tui.ui.textual_patches.repaint import repaint


class ChannelScreen(AreaScreen):
    """Shows the channel on the left, and on the right the picture with the field lit."""

    AREA = "look"
    NAME = "Channel"
    CSS_PATH = "channel_screen.tcss"
    HELP = """
# One channel

The channel is on the left, black at its lowest value and white at its highest; the marks ▾ and ▸ at
its edges show the cursor. On the right is the picture as the network receives it: what the value
under the cursor depends on, its **receptive field**, stays bright, the rest is dimmed.

The arrows move the cursor, with **shift** (or **H J K L**) by eight; **m** goes to the highest
value. **n p** go to the next and the previous channel. **z** enlarges the area around the cursor.
**enter** shows what the value under the cursor is computed from: the products of its window.
**escape** goes back.
"""

    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            Binding(
                f"{key},{letter}",
                f"move({x},{y})",
                key.title(),
                show=False,
                id=f"channel.{key}",
                tooltip=f"Move the cursor {key}",
            )
            for key, letter, x, y in (
                ("right", "l", 1, 0),
                ("left", "h", -1, 0),
                ("down", "j", 0, 1),
                ("up", "k", 0, -1),
            )
        ),
        *(
            Binding(
                f"shift+{key},{letter}",
                f"move({8 * x},{8 * y})",
                f"Far {key}",
                show=False,
                id=f"channel.far-{key}",
                tooltip=f"Move the cursor {key} by eight",
            )
            for key, letter, x, y in (
                ("right", "L", 1, 0),
                ("left", "H", -1, 0),
                ("down", "J", 0, 1),
                ("up", "K", 0, -1),
            )
        ),
        *bindings(
            "channel",
            ("n", "channel(1)", "next", "Next channel", "The next channel"),
            ("p", "channel(-1)", "before", "Previous", "The previous channel"),
            ("m", "strongest", "greatest", "Highest", "Go to the highest value"),
            ("z", "zoom", "zoom", "Zoom", "Enlarge around the cursor"),
            ("enter", "trace", "trace", "One value", "Show what this value is computed from"),
            ("q", "back", "close", "Back", "Back to the maps"),
            footer=(
                "next",
                "before",
                "greatest",
                "zoom",
                "trace",
            ),
        ),
    ]

    channel: var[int] = var(0, init=False)
    cursor: var[tuple[int, int]] = var((0, 0), init=False)
    zoomed: var[bool] = var(False, init=False)

    def __init__(self, session: InspectionSession, layer: int, channel: int) -> None:
        """Make the screen.

        Args:
            session: the open network and picture.
            layer: index in `Opened.layers`; its output has height and width.
            channel: index of the channel.
        """
        super().__init__()
        self._session, self._layer = session, layer
        self.set_reactive(ChannelScreen.channel, channel)
        opened = session.view.opened
        assert opened is not None
        self._info = opened.layers[layer]
        self._picture = session.view.raster
        self._path = session.view.selection.picture
        self._values: ChannelValues | None = None
        self._raster: Raster | None = None
        self._message = ""

    def compose_body(self) -> ComposeResult:
        yield Static(id="channel-head")
        with Horizontal(id="channel-both"):
            with Vertical():
                yield RasterView(ruled=True, id="channel-map")
            with Vertical():
                yield RasterView(ruled=True, id="channel-picture")
        yield Static(id="channel-value")
        yield Static(id="channel-field")

    def on_mount(self) -> None:
        self.where = f"Look inside · {clean(self._info.name, 30)}"
        self._load()

    @work(exclusive=True, group="load")
    async def _load(self) -> None:
        """Fetch the channel's values; a newer selection cancels this."""
        channel = self.channel
        try:
            numbers = await self._session.client.ask(
                Values(picture=self._path, layer=self._layer, channel=channel)
            )
        except InspectionError as error:
            self._message = str(error)
            self._show()
            return
        info = self._info
        values = await asyncio.to_thread(channel_values, numbers, info.height, info.width)
        raster = await asyncio.to_thread(values.raster)
        first = self._values is None
        self._values, self._raster, self._message = values, raster, ""
        if first:
            self.set_reactive(ChannelScreen.cursor, values.strongest)
        self._show()

    def watch_channel(self) -> None:
        self._load()

    def watch_cursor(self) -> None:
        self._show()

    def watch_zoomed(self) -> None:
        self._show()

    def _show(self) -> None:
        info, values = self._info, self._values
        head = Content.assemble(
            (f" {clean(info.name, 30)} ", "bold reverse"),
            f"  channel {self.channel} (0 to {info.depth - 1})",
            (f"   {info.width}×{info.height}", "$output-color"),
            ("   its field on the picture ", "$text-muted") if values else "",
            ("  zoomed", "bold") if self.zoomed else "",
        )
        self._put("#channel-head", head)
        if values is None or self._raster is None:
            self._put("#channel-value", Content.styled(f" {self._message}", "$warning"))
            return
        x, y = self.cursor
        map_view = self.query_one("#channel-map", RasterView)
        picture_view = self.query_one("#channel-picture", RasterView)
        field = self._session.view.field(self._layer, x, y)
        if self.zoomed:
            part, left, top = crop_around(self._raster, x, y, map_view)
            map_view.show(part, (x - left, y - top))
        else:
            map_view.show(self._raster, (x, y))
        self._show_picture(picture_view, field)
        self._put("#channel-value", self._value_line(values))
        line = (
            Content.styled(f" {self._message}", "$warning")
            if self._message
            else self._field_line(field)
        )
        self._put("#channel-field", line)

    def _show_picture(self, view: RasterView, field: tuple[Box, Box] | None) -> None:
        picture = self._picture
        if picture is None or field is None:
            view.show(picture)
            return
        box = field[0]
        bright = picture if box.empty else highlight_box(picture, box.x0, box.y0, box.x1, box.y1)
        middle = (
            min(max((box.x0 + box.x1) // 2, 0), picture.width - 1),
            min(max((box.y0 + box.y1) // 2, 0), picture.height - 1),
        )
        if self.zoomed:
            part, left, top = crop_around(bright, *middle, view, box.width, box.height)
            view.show(part, ruler=(middle[0] - left, middle[1] - top))
        else:
            view.show(bright, ruler=middle)

    def _value_line(self, values: ChannelValues) -> Content:
        x, y = self.cursor
        extent = f"{value_text(values.least)} (black) to {value_text(values.greatest)} (white)"
        if values.least == values.greatest:
            extent = f"dead: {value_text(values.least)} everywhere"
        return Content.assemble(
            f" column {x + 1}, row {y + 1}: ",
            (value_text(values.at(x, y)), "bold $output-color"),
            (f"   the channel: {extent}", "$text-muted"),
        )

    def _field_line(self, field: tuple[Box, Box] | None) -> Content:
        if field is None:
            return Content.styled(" Its receptive field is not known.", "$text-muted")
        box, whole = field
        if box.empty:
            return Content(" It sees only padding, nothing of the picture.")
        text = (
            f" sees columns {box.x0 + 1} to {box.x1 + 1}, rows {box.y0 + 1} to {box.y1 + 1}: "
            f"{box.width}×{box.height} pixels"
        )
        if (whole.width, whole.height) != (box.width, box.height):
            text += f"; with the padding {whole.width}×{whole.height}"
        return Content.styled(text, "$input-color")

    def _put(self, selector: str, content: Content) -> None:
        repaint(self.query_one(selector, Static), content)

    # Commands

    def action_move(self, across: int, down: int) -> None:
        x, y = self.cursor
        self.cursor = (
            min(max(x + across, 0), self._info.width - 1),
            min(max(y + down, 0), self._info.height - 1),
        )

    def action_channel(self, step: int) -> None:
        self.channel = (self.channel + step) % self._info.depth

    def action_strongest(self) -> None:
        """Put the cursor on the highest value."""
        if self._values is None:
            return
        if self.cursor == self._values.strongest:
            self.notify("The cursor is on the highest value.")
        self.cursor = self._values.strongest

    def action_trace(self) -> None:
        """Show what the value under the cursor is computed from."""
        if self._values is not None:
            x, y = self.cursor
            self.app.push_screen(ValueScreen(self._session, self._layer, self.channel, x, y))

    def action_zoom(self) -> None:
        self.zoomed = not self.zoomed


MINIMUM_ZOOMED = 24
"""Lowest number of pixels across when zoomed."""


def crop_around(
    raster: Raster, x: int, y: int, view: RasterView, width: int = 0, height: int = 0
) -> tuple[Raster, int, int]:
    """Return the part of a picture around a pixel, and the part's first column and row.

    Args:
        raster: the picture.
        x, y: column and row of the pixel.
        view: the widget that shows it; the part has its proportions.
        width, height: size in pixels that the part must contain.
    """
    columns, rows = max(view.size.width - 1, 1), max(2 * (view.size.height - 1), 1)
    scale = max(min(columns, rows) // MINIMUM_ZOOMED, 1)
    wide = min(max(columns // scale, width + 4), raster.width)
    high = min(max(rows // scale, height + 4), raster.height)
    left = min(max(x - wide // 2, 0), raster.width - wide)
    top = min(max(y - high // 2, 0), raster.height - high)
    return crop(raster, left, top, wide, high), left, top
