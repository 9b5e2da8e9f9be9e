"""The values that were traced one after the other, and what the inspector said of the last one."""

from __future__ import annotations

import asyncio

from tui.areas.look_inside.look_text import unit_bars
from tui.inspection.answers import Maps, Traced
from tui.inspection.inspection_session import InspectionSession
from tui.inspection.rasters import ChannelValues, Raster, channel_values
from tui.inspection.requests import LookAt, Trace, Values
from tui.inspection.traced_text import TracedWindow, first_choice, shape_of, traced_window
from tui.ui.bar_list import Bar

Step = tuple[int, int, int, int]
"""Layer, column, row and channel of a value, from 0."""

UNITS = 2048
"""Units from one index on that can be drawn without another request."""


class TracedSteps:
    """The current value with its map, and the values before it.

    Args:
        session: the open network and picture.
    """

    def __init__(self, session: InspectionSession) -> None:
        opened = session.view.opened
        assert opened is not None
        self.opened = opened
        self.before: list[Step] = []
        """The values that were gone back from."""
        self.traced: Traced | None = None
        self.window: TracedWindow | None = None
        """Of `traced`; None where its value is computed from single terms."""
        self.map: tuple[ChannelValues, Raster] | None = None
        """The map that the value is on."""
        self.units: Maps | None = None
        """The units of a layer without height and width."""
        self.first_unit = 0
        """Index of the first of them that is loaded."""
        self._highest_unit = 0
        self._client = session.client
        self._picture = session.view.selection.picture
        self._indices: list[int] = []
        self._kept: int | None = None
        self._mapped = (-1, -1)

    async def load(self, step: Step, index: int) -> int:
        """Fetch what a value is computed from, and its map.

        Args:
            step: the value.
            index: what is marked in the present window.

        Returns:
            What to mark now: what was marked there before, the same place as in the window of a
            neighbour, or the largest product.

        Raises:
            InspectionError: if the inspector refuses or has ended.
        """
        layer, x, y, channel = step
        traced = await self._client.ask(
            Trace(picture=self._picture, layer=layer, channel=channel, x=x, y=y)
        )
        if not self.opened.layers[layer].spatial:
            await self._load_units(layer, channel)
        elif self._mapped != (layer, channel):
            await self._load_map(layer, channel)
        window = traced_window(traced)
        found = first_choice(traced, window)
        if self._kept is not None:
            found = self._kept
        elif self._is_like_before(traced, window):
            found = index
        self.traced, self.window, self._kept = traced, window, None
        return found

    async def _load_units(self, layer: int, unit: int) -> None:
        """Fetch the units around one, and which of all is the highest."""
        units, first = self.units, self.first_unit
        if units is not None and units.layer == layer and 0 <= unit - first < len(units.units):
            return
        request = LookAt(picture=self._picture, layer=layer, order="activation")
        order = (await self._client.ask(request)).order
        first = unit // UNITS * UNITS
        request = LookAt(picture=self._picture, layer=layer, first=first)
        self.units = await self._client.ask(request)
        self.first_unit, self._highest_unit = first, order[0]

    async def _load_map(self, layer: int, channel: int) -> None:
        numbers = await self._client.ask(
            Values(picture=self._picture, layer=layer, channel=channel)
        )
        info = self.opened.layers[layer]
        values = await asyncio.to_thread(channel_values, numbers, info.height, info.width)
        self.map = values, await asyncio.to_thread(values.raster)
        self._mapped = layer, channel

    def _is_like_before(self, traced: Traced, window: TracedWindow | None) -> bool:
        """Return whether the window is another place of the same one, to compare the two."""
        old = self.traced
        return (
            old is not None
            and old.layer == traced.layer
            and bool(traced.weights)
            and window is not None
            and self.window is not None
            and len(window.values) == len(self.window.values)
        )

    def marked(self, index: int) -> Step | None:
        """Return the marked value of the input; None in the padding and where there is none."""
        traced, window = self.traced, self.window
        if traced is None:
            return None
        if window is None:
            if not traced.terms:
                return None
            term = traced.terms[min(index, len(traced.terms) - 1)]
            return term.source, term.x, term.y, term.channel
        channel, row, column = window.place(index)
        x, y = window.columns[column], window.rows[row]
        width, height, _ = shape_of(self.opened, traced.sources[0])
        if not (0 <= x < width and 0 <= y < height):
            return None
        return traced.sources[0], x, y, window.channels[channel]

    def strongest(self, step: Step) -> Step:
        """Return the highest value of the map, or of the units."""
        layer, x, y, channel = step
        if self.opened.layers[layer].spatial:
            if self.map is not None and self._mapped == (layer, channel):
                x, y = self.map[0].strongest
        elif self.units is not None and self.units.layer == layer:
            channel = self._highest_unit
        return layer, x, y, channel

    def units_around(self, traced: Traced, room: int) -> tuple[list[Bar], int]:
        """Return the units on the page with the traced one as bars, and its place among them.

        Args:
            traced: a value of a layer without height and width.
            room: how many bars fit.
        """
        units, room = self.units, max(room, 1)
        if units is None or units.layer != traced.layer:
            return [], -1
        last = traced.layer == len(self.opened.layers) - 1
        bars = unit_bars(units, self.first_unit, self.opened.classes, last)
        place = traced.channel - self.first_unit
        if units.depth == 1:
            place = len(bars) - 1  # a sigmoid has two bars: its own is the second
        first = place // room * room
        return bars[first : first + room], place - first

    def leave(self, step: Step, index: int) -> None:
        """Keep a value and what is marked of it, to come forward to it again."""
        self.before.append(step)
        self._indices.append(index)

    def forward(self) -> Step | None:
        """Return the value that was gone back from last; None if there is none."""
        if not self.before:
            return None
        self._kept = self._indices.pop()
        return self.before.pop()

    def moved(self, index: int, across: int, down: int) -> int:
        """Return what is marked after moving in the window, or along the terms."""
        window, traced = self.window, self.traced
        if traced is None:
            return index
        if window is None:
            return min(max(index + across + down, 0), max(len(traced.terms) - 1, 0))
        channel, row, column = window.place(index)
        return window.index(
            channel,
            min(max(row + down, 0), len(window.rows) - 1),
            min(max(column + across, 0), len(window.columns) - 1),
        )
