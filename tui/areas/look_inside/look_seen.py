"""What area 6 draws: the layers, the picture, and a page of the chosen layer's channels."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.reactive import var
from textual.widgets import Static

from tui.areas.look_inside.layer_chain import LayerChain
from tui.areas.look_inside.look_text import (
    channel_line,
    layer_line,
    maps_line,
    top_line,
    unit_bars,
)
from tui.areas.look_inside.views import Views
from tui.inspection.choices import has_weights
from tui.inspection.messages import Channel, LayerInfo
from tui.inspection.session import Session
from tui.inspection.tiles import Tiling, tiling
from tui.ui.bar_list import BarList
from tui.ui.pictures.graphics import cell_pixels
from tui.ui.pictures.map_grid import TileGrid, channel_tile
from tui.ui.pictures.raster import RasterView
from tui.ui.textual_patches.repaint import repaint

WANTED = (1, 2, 4, 6, 12, 24, 48, 96)
"""How many channels should be seen at once; + and − go through them."""


class Seen(Views):
    """Shows what the session has; the screen that inherits has the keys and the child process."""

    HELP = "What is seen of a network; the screen that shows it says more."

    channel: var[int] = var(0, init=False)
    """Position of the chosen channel in the order."""
    wanted: var[int] = var(WANTED.index(12), init=False)

    def __init__(self) -> None:
        super().__init__()
        self.session = Session(self._page, self.redraw)
        self._told = ""
        """What was told last that had no room on the screen."""
        self._offered: tuple[str, bool] | None = None

    def compose_body(self) -> ComposeResult:
        yield Static(id="look-top")
        yield Static(id="look-empty")
        with Horizontal(id="look"):
            with Vertical(id="look-side"):
                yield LayerChain(id="look-chain")
                yield RasterView(id="look-picture")
            with Vertical(id="look-main"):
                yield Static(id="look-head")
                yield Static(id="look-maps")
                yield TileGrid(id="look-grid")
                yield BarList(id="look-bars")
                yield RasterView(id="look-input")
                yield Static(id="look-said")

    def settle(self) -> object:
        """Have the session grant the newest selection."""
        raise NotImplementedError

    def _page(self, layer: LayerInfo) -> tuple[int, int, int]:
        """How many channels of a layer fit, and the tiles' height and width."""
        if not layer.spatial:
            return self.query_one(BarList).page, 1, 1
        page = self._tiling(layer.width, layer.height, layer.depth)
        wide, high = cell_pixels()
        return page.count, page.height * high // 2, page.width * wide

    def _tiling(self, width: int, height: int, depth: int, wanted: int = -1) -> Tiling:
        size = self.query_one("#look-main").size
        rows = max(size.height - 3, 2)
        many = WANTED[self.wanted if wanted < 0 else wanted]
        return tiling(width, height, max(size.width, 8), rows, min(many, depth))

    def redraw(self) -> None:
        """Draw what the session has now."""
        if not self.query("#look-top"):
            return
        shown, words = self.session.shown, self._words()
        self.set_class(bool(words), "-words")
        offered = self.session.condition, shown.opened is not None
        if offered != self._offered:  # the footer is made anew: not for each key
            self._offered = offered
            self.refresh_bindings()
        if words:
            self._put("#look-empty", Content(words))
            return
        opened, selection = shown.opened, shown.selection
        assert opened is not None
        volume = f"{opened.input_width}×{opened.input_height}×{opened.input_depth}"
        self._tell(self.session.trouble or opened.note)
        label = self.label_of(selection.picture)
        name = self.title_text
        self._put("#look-top", top_line(name, opened, selection.picture, label, self.size.width))
        chain = self.query_one(LayerChain)
        chain.show(volume, opened.layers)
        chain.index = self.session.selection.layer
        self.query_one("#look-picture", RasterView).show(shown.raster)
        self._show_layer(volume)

    def _tell(self, text: str) -> None:
        """Say something at length, once; the line below the maps has little room."""
        if text and text != self._told:
            self.notify(text, markup=False, timeout=8)
        self._told = text

    def _words(self) -> str:
        """What stands in the place of maps while there are none."""
        session = self.session
        selection = session.selection
        if session.condition == "gone":
            return f"{session.trouble}\n\nr starts it anew. Your runs are not touched by this."
        if session.shown.opened is not None:
            return ""
        if not (selection.run or selection.file):
            if any(has_weights(one.run) for one in self.host.runs):
                # What was asked for has no weights, or is deleted; others have some.
                return "Nothing is open.\n\nc takes a run, a any .keras or .h5 file."
            return (
                "No training has weights to look into yet.\n\n"
                "4 trains a network (d there takes handwritten digits: about a minute); its "
                "layers can be looked into from the first epoch on.\n\n"
                "a opens the layers of any .keras or .h5 file."
            )
        if session.trouble:
            return f"{session.trouble}\n\nc takes another run, w other weights of this one."
        if session.condition == "ready":
            return "Opening the network …"
        return "Keras is being loaded: a few seconds …"

    def _show_layer(self, volume: str) -> None:
        shown = self.session.shown
        opened, maps, asked = shown.opened, shown.maps, shown.asked
        assert opened is not None
        whole = maps is None or asked is None
        self.set_class(whole, "-input")
        self.set_class(maps is not None and not maps.height, "-units")
        if maps is None or asked is None:
            self._show_input(volume)
            return
        index = asked.layer
        known = self.session.shown.arithmetic(index)
        room = self.query_one("#look-main").size.width
        self._put("#look-head", layer_line(opened.layers, index, volume, known, room))
        if not maps.height:
            bars = self.query_one(BarList)
            last = index == len(opened.layers) - 1
            count = bars.page
            self._put("#look-maps", maps_line(maps, asked.first, count, asked.order))
            whole_bar = 1.0 if last and opened.classes else None
            shown_bars = unit_bars(maps, asked.first, opened.classes, last)[:count]
            bars.show(shown_bars, whole=whole_bar, chosen=self.channel - asked.first)
            self._put("#look-said", self._trouble_line())
            return
        page = self._tiling(maps.width, maps.height, maps.depth)
        self._put("#look-maps", maps_line(maps, asked.first, asked.count, asked.order))
        grid = self.query_one(TileGrid)
        grid.show([channel_tile(channel) for channel in maps.channels], page)
        self._mark()

    def _show_input(self, volume: str) -> None:
        shown = self.session.shown
        self._put("#look-head", Content.assemble((" input ", "bold reverse"), f" {volume}"))
        told = " the picture as the network gets it"
        self._put("#look-maps", Content.styled(told, "$text-muted"))
        self.query_one("#look-input", RasterView).show(shown.raster)
        words = ""
        if shown.raster is None:
            gone = self.settings is not None and not self.session.selection.picture
            why = " The run's images are not there any more:" if gone else ""
            words = f"{why} i takes a picture."
            if self.session.selection.picture:
                words = " Computing what the layers make of the picture …"
        self._put(
            "#look-said", Content(words) if not self.session.trouble else self._trouble_line()
        )

    def _mark(self) -> None:
        """Show which channel is chosen, and what it holds."""
        channel = self.chosen_channel()
        asked = self.session.shown.asked
        grid = self.query_one(TileGrid)
        if channel is None or asked is None:
            grid.choose(-1)
            self._put("#look-said", self._trouble_line())
            return
        grid.choose(self.channel - asked.first)
        room = self.query_one("#look-main").size.width
        line = self._trouble_line() if self.session.trouble else channel_line(channel, room)
        self._put("#look-said", line)

    def _trouble_line(self) -> Content:
        return Content.styled(
            f" {self.session.trouble}" if self.session.trouble else "", "$warning"
        )

    def chosen_channel(self) -> Channel | None:
        """Return the chosen channel, if it is among those that are shown."""
        maps, asked = self.session.shown.maps, self.session.shown.asked
        if maps is None or asked is None:
            return None
        place = self.channel - asked.first
        return maps.channels[place] if 0 <= place < len(maps.channels) else None

    def _put(self, selector: str, content: Content) -> None:
        repaint(self.query_one(selector, Static), content)

    @on(TileGrid.Resized)
    @on(BarList.Resized)
    def _room_changed(self) -> None:
        self.settle()
        self.redraw()
