"""The main view of Look inside: the layers, the picture, and a page of channels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Static

from tui.areas.look_inside.layer_list import LayerList
from tui.areas.look_inside.look_text import (
    channel_line,
    layer_line,
    maps_line,
    top_line,
    unit_bars,
)
from tui.inspection.tile_layout import Tiling, lay_out_tiles
from tui.inspection.view import INPUT
from tui.ui.bar_list import BarList
from tui.ui.commands import bindings
from tui.ui.pictures.graphics import cell_pixels
from tui.ui.pictures.half_blocks import RasterView
from tui.ui.pictures.tile_grid import TileGrid, channel_tile
from tui.ui.textual_patches.repaint import repaint

if TYPE_CHECKING:
    from tui.areas.look_inside.look_screen import LookScreen
    from tui.inspection.answers import Channel, LayerInfo, Maps, Opened
    from tui.inspection.requests import LookAt

COUNTS = (1, 2, 4, 6, 12, 24, 48, 96)
"""Numbers of channels that a page can hold; + and − go through them."""


MAPS_COMMANDS = bindings(
    "look",
    ("down,n", "change_layer(1)", "on", "Layer", "Next layer"),
    ("up,p", "change_layer(-1)", "before", "Previous layer", "Previous layer"),
    ("shift+down,N", "change_layer(10)", "far", "Ten on", "Ten layers down"),
    ("shift+up,P", "change_layer(-10)", "far-back", "Ten back", "Ten layers up"),
    ("right", "change_channel(1)", "right", "Channel", "Next channel"),
    ("left", "change_channel(-1)", "left", "Previous channel", "Previous channel"),
    ("pagedown", "turn_page(1)", "page", "Page", "Next page"),
    ("pageup", "turn_page(-1)", "back", "Previous page", "Previous page"),
    ("o", "change_order", "order", "Sort", "Sort by index or activation"),
    ("plus,equals_sign", "zoom(-1)", "larger", "Larger", "Larger maps"),
    ("minus", "zoom(1)", "smaller", "Smaller", "Smaller maps"),
    handler="panel",
)


class MapsPanel(Vertical):
    """Draws what the session has in view; its commands choose layers and channels."""

    def __init__(self, screen: LookScreen) -> None:
        super().__init__(id="look-panel")
        self._look, self._session = screen, screen.session
        self.channel = 0
        """Position of the chosen channel in the current order."""
        self._count = COUNTS.index(12)

    def compose(self) -> ComposeResult:
        yield Static(id="look-top")
        yield Static(id="look-empty")
        with Horizontal(id="look"):
            with Vertical(id="look-side"):
                yield LayerList(id="look-chain")
                yield RasterView(id="look-picture")
            with Vertical(id="look-main"):
                yield Static(id="look-head")
                yield Static(id="look-maps")
                yield TileGrid(id="look-grid")
                yield BarList(id="look-bars")
                yield RasterView(id="look-input")
                yield Static(id="look-said")

    def offers(self, command: str) -> bool:
        """All commands are always available; without a network they do nothing."""
        return True

    # Page size

    def page_size(self, layer: LayerInfo) -> tuple[int, int, int]:
        """Return how many channels of a layer fit, and a tile's height and width in pixels."""
        if not layer.spatial:
            return self.query_one(BarList).page, 1, 1
        page = self._tiling(layer)
        wide, high = cell_pixels()
        return page.count, page.height * high // 2, page.width * wide

    def _tiling(self, of: LayerInfo | Maps, count: int = -1) -> Tiling:
        size = self.query_one("#look-main").size
        rows = max(size.height - 3, 2)
        many = min(COUNTS[self._count if count < 0 else count], of.depth)
        return lay_out_tiles(of.width, of.height, max(size.width, 8), rows, many)

    @on(TileGrid.Resized)
    @on(BarList.Resized)
    def _size_changed(self) -> None:
        self._look.update()
        self._look.redraw()

    # Drawing

    def show_text(self, words: str) -> None:
        """Show a text instead of maps."""
        if self._composed:
            self.add_class("-words")
            self._put("#look-empty", Content(words))

    def show(self, title: str, label: str, *, images_missing: bool) -> None:
        """Show what the session has in view; a network must be open.

        Args:
            title: title of the run or name of the file.
            label: the picture's class; empty if it is not known.
            images_missing: whether the run's images are gone.
        """
        view = self._session.view
        opened, selection = view.opened, view.selection
        if not self._composed or opened is None:
            return
        self.remove_class("-words")
        volume = f"{opened.input_width}×{opened.input_height}×{opened.input_depth}"
        line = top_line(title, opened, selection.picture, label, self.size.width)
        self._put("#look-top", line)
        chain = self.query_one(LayerList)
        chain.show(volume, opened.layers)
        chain.index = self._session.selection.layer
        self.query_one("#look-picture", RasterView).show(view.raster)
        maps, request = view.maps, view.request
        self.set_class(maps is None or request is None, "-input")
        self.set_class(maps is not None and not maps.height, "-units")
        if maps is None or request is None:
            self._show_input(volume, images_missing=images_missing)
            return
        known, room = view.arithmetic(request.layer), self.query_one("#look-main").size.width
        self._put("#look-head", layer_line(opened.layers, request.layer, volume, known, room))
        if maps.height:
            self._show_channels(maps, request)
        else:
            self._show_units(opened, maps, request)

    @property
    def _composed(self) -> bool:
        return bool(self.query("#look-top"))

    def _show_channels(self, maps: Maps, request: LookAt) -> None:
        self._put("#look-maps", maps_line(maps, request.first, request.count, request.order))
        grid = self.query_one(TileGrid)
        grid.show([channel_tile(channel) for channel in maps.channels], self._tiling(maps))
        channel = self.chosen_channel()
        grid.choose(self.channel - request.first if channel is not None else -1)
        line = self._problem_line()
        if channel is not None and not self._session.problem:
            line = channel_line(channel, self.query_one("#look-main").size.width)
        self._put("#look-said", line)

    def _show_units(self, opened: Opened, maps: Maps, request: LookAt) -> None:
        bars = self.query_one(BarList)
        last = request.layer == len(opened.layers) - 1
        count = bars.page
        self._put("#look-maps", maps_line(maps, request.first, count, request.order))
        bars.show(
            unit_bars(maps, request.first, opened.classes, last)[:count],
            whole=1.0 if last and opened.classes else None,
            chosen=self.channel - request.first,
        )
        self._put("#look-said", self._problem_line())

    def _show_input(self, volume: str, *, images_missing: bool) -> None:
        raster = self._session.view.raster
        self._put("#look-head", Content.assemble((" input ", "bold reverse"), f" {volume}"))
        what = " the picture as the network receives it"
        self._put("#look-maps", Content.styled(what, "$text-muted"))
        self.query_one("#look-input", RasterView).show(raster)
        words = ""
        if raster is None:
            why = " The run's images no longer exist:" if images_missing else ""
            words = f"{why} i chooses a picture."
            if self._session.selection.picture:
                words = " Computing the layers' outputs for the picture …"
        self._put("#look-said", self._problem_line() if self._session.problem else Content(words))

    def _problem_line(self) -> Content:
        problem = self._session.problem
        return Content.styled(f" {problem}" if problem else "", "$warning")

    def _put(self, selector: str, content: Content) -> None:
        repaint(self.query_one(selector, Static), content)

    # Commands

    def chosen_channel(self) -> Channel | None:
        """Return the chosen channel if it is on the page."""
        maps, request = self._session.view.maps, self._session.view.request
        if maps is None or request is None:
            return None
        place = self.channel - request.first
        return maps.channels[place] if 0 <= place < len(maps.channels) else None

    def chosen_unit(self) -> int | None:
        """Return the index of the chosen unit of a layer without height and width."""
        maps = self._session.view.maps
        if maps is None or maps.height or not maps.depth:
            return None
        place = min(self.channel, maps.depth - 1)
        return maps.order[place] if maps.order else place

    @property
    def _layer(self) -> LayerInfo | None:
        """The selected layer; None for the input, and before a network is open."""
        opened, layer = self._session.view.opened, self._session.selection.layer
        return None if opened is None or layer == INPUT else opened.layers[layer]

    def change_layer(self, step: int) -> None:
        """Choose another layer, and its first channel."""
        opened, selection = self._session.view.opened, self._session.selection
        if opened is None:
            return
        layer = min(max(selection.layer + step, INPUT), len(opened.layers) - 1)
        if layer != selection.layer:
            self.channel = 0
            self._look.select(layer=layer, position=0)
            self.query_one(LayerList).index = layer

    def change_channel(self, step: int) -> None:
        """Choose another channel."""
        layer = self._layer
        if layer is None or not layer.depth:
            return
        channel = min(max(self.channel + step, 0), layer.depth - 1)
        if channel != self.channel:
            self.channel = channel
            self._look.select(position=channel)
            self._look.redraw()

    def turn_page(self, step: int) -> None:
        """Choose a channel on another page."""
        layer = self._layer
        if layer is not None and layer.depth:
            self.change_channel(step * self.page_size(layer)[0])

    def change_order(self) -> None:
        """Sort the channels by index or by their mean."""
        order = "activation" if self._session.selection.order == "index" else "index"
        self.channel = 0
        self._look.select(order=order, position=0)

    def zoom(self, step: int) -> None:
        """Make the maps larger or smaller, to the next size that differs."""
        maps = self._session.view.maps
        if maps is None or not maps.height:
            return
        before, count = self._tiling(maps), self._count
        while 0 <= count + step < len(COUNTS):
            count += step
            if self._tiling(maps, count) != before:
                self._count = count
                self._look.update()
                self._look.redraw()
                return
