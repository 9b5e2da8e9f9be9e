"""Area 6: what the layers of a trained network make of a picture."""

from __future__ import annotations

import asyncio
from typing import ClassVar

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.reactive import var
from textual.widgets import Static

from tui.looking.choices import newest_with_weights
from tui.looking.messages import Channel, LayerInfo
from tui.looking.session import INPUT, Session
from tui.looking.tiles import Tiling, tiling
from tui.screens.look_views import Views
from tui.training.run_list import RunSummary
from tui.widgets.bar_list import BarList
from tui.widgets.graphics import cell_pixels
from tui.widgets.layer_chain import LayerChain
from tui.widgets.look_text import (
    channel_line,
    layer_line,
    maps_line,
    top_line,
    unit_bars,
)
from tui.widgets.map_grid import TileGrid, channel_tile
from tui.widgets.raster import RasterView
from tui.widgets.repaint import repaint

WANTED = (1, 2, 4, 6, 12, 24, 48, 96)
"""How many channels should be seen at once; + and − go through them."""
KEPT_SECONDS = 120.0
"""How long the child is kept when the learner is in another area."""


class LookScreen(Views):
    """The layers on the left, the channels of the chosen one on the right."""

    AREA = "look"
    CSS_PATH = "look.tcss"
    HELP = """
# Look inside

What every layer of a trained network makes of a picture. At the left the layers with the volume
that each puts out, below them the picture as the network gets it; at the right the channels of the
chosen layer, black at a channel's least value and white at its greatest.

**↑ ↓** (or **p n**; with **shift** by ten) walk through the layers: see W×H×D shrink and deepen.
**← →** go to another channel, **page up** and **page down** turn the page, **enter** enlarges a
channel: there a cursor tells the values and lights the pixels that a value sees. **o** sorts by
index or by activation (the greatest mean first), **+ −** make the maps larger or smaller. *dead*:
the same value everywhere; *sat* (saturated): nine tenths at the greatest value.

**c** takes another run, **w** other weights of it, **[ ]** scrub through the kept epochs, also
while the run still goes on. **i** takes another picture, **< >** the one before and after it in its
folder.

**e** shows what the network predicts and why, **f** the filters, **k** the Keras code of what is on
screen, **a** the layers of any `.keras` file. The work is done by a process of its own, which ends
when you leave.
"""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,n", "layer(1)", "Layer", show=False, id="look.on", tooltip="The next layer"),
        Binding(
            "up,p",
            "layer(-1)",
            "Layer before",
            show=False,
            id="look.before",
            tooltip="Layer before",
        ),
        Binding(
            "shift+down,N",
            "layer(10)",
            "Ten on",
            show=False,
            id="look.far",
            tooltip="Ten layers on",
        ),
        Binding(
            "shift+up,P",
            "layer(-10)",
            "Ten back",
            show=False,
            id="look.far-back",
            tooltip="Ten layers back",
        ),
        Binding("right", "go(1)", "Channel", show=False, id="look.right", tooltip="Next channel"),
        Binding(
            "left", "go(-1)", "Channel before", show=False, id="look.left", tooltip="Channel before"
        ),
        Binding("pagedown", "turn(1)", "Page", show=False, id="look.page", tooltip="Next page"),
        Binding(
            "pageup", "turn(-1)", "Page before", show=False, id="look.back", tooltip="Page before"
        ),
        Binding("o", "order", "Sort", show=False, id="look.order", tooltip="By index, activation"),
        Binding(
            "plus,equals_sign", "zoom(-1)", "Larger", show=False, id="look.larger", tooltip="Larger"
        ),
        Binding("minus", "zoom(1)", "Smaller", show=False, id="look.smaller", tooltip="Smaller"),
        Binding("r", "restart", "Start anew", id="look.restart", tooltip="Start Keras anew"),
    ]

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

    def on_mount(self) -> None:
        self.where = "Look inside"
        self.redraw()
        self.set_interval(2.0, self.look_for_epochs)

    # The child lives as long as the area is in sight, and a little longer

    @on(events.ScreenResume)
    def _resumed(self) -> None:
        wanted = self.host.look_run
        if wanted is not None:
            self.host.look_run, self.asked_for = None, wanted
            self.open_run(wanted)
        # Ahead of the first wish, but not where there is nothing to look into.
        if self.session.condition == "off" and (self.host.runs or self.session.wish.source[0]):
            self._start()
        self.redraw()

    @on(events.ScreenSuspend)
    def _suspended(self) -> None:
        self.set_timer(KEPT_SECONDS, self._leave)

    async def _leave(self) -> None:
        if self.app.current_mode != self.AREA and self.session.condition != "off":
            await self.session.close()

    async def on_unmount(self) -> None:
        await self.session.close()

    def action_back(self) -> None:
        """Go back to the run that was looked into from its own screen, else to Home."""
        area, self.host.look_from = self.host.look_from, ""
        if area and len(self.app.screen_stack) == 1:
            self.host.action_area(area)
        else:
            super().action_back()

    def action_restart(self) -> None:
        """Start the child anew after it died."""
        self._start()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "restart":
            return self.session.condition == "gone"
        if action == "epoch":  # with nothing open [ and ] go to the next area, as everywhere
            return self.session.shown.opened is not None
        return True

    @work(group="child", exclusive=True)
    async def _start(self) -> None:
        await self.session.start()

    def _runs_changed(self, runs: tuple[RunSummary, ...]) -> None:
        super()._runs_changed(runs)
        if self._nothing_wanted:
            self._begin(runs)

    @property
    def _nothing_wanted(self) -> bool:
        """Whether nothing is open, and nothing is on its way."""
        wish = self.session.wish
        return not (wish.run or wish.file or self.asked_for or self.host.look_run)

    @work(group="begin", exclusive=True)
    async def _begin(self, runs: tuple[RunSummary, ...]) -> None:
        """Open the newest run that has weights, unless something is open."""
        run = await asyncio.to_thread(newest_with_weights, runs)
        if run is not None and self._nothing_wanted:
            self.open_run(run)
        else:
            self.redraw()

    @work(group="settle")
    async def settle(self) -> None:
        """Have the session grant the newest wish."""
        await self.session.settle()

    def want(self, **changes: object) -> None:
        """Wish for something else to be seen."""
        if self.session.want(**changes):
            if self.session.condition == "off":
                self._start()
            else:
                self.settle()
            if self.session.shown.opened is None:
                self.redraw()  # what is waited for now: loading Keras takes its time

    # What is seen

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
        opened, wish = shown.opened, shown.wish
        assert opened is not None
        volume = f"{opened.input_width}×{opened.input_height}×{opened.input_depth}"
        self._tell(self.session.trouble or opened.note)
        label = self.label_of(wish.picture)
        name = self.title_text
        self._put("#look-top", top_line(name, opened, wish.picture, label, self.size.width))
        chain = self.query_one(LayerChain)
        chain.show(volume, opened.layers)
        chain.index = self.session.wish.layer
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
        wish = session.wish
        if session.condition == "gone":
            return f"{session.trouble}\n\nr starts it anew. Your runs are not touched by this."
        if session.shown.opened is not None:
            return ""
        if not (wish.run or wish.file):
            return (
                "No training has weights to look into yet.\n\n"
                "4 trains a network (d there takes handwritten digits: about a minute); its "
                "layers can be looked into from the first epoch on.\n\n"
                "a opens the layers of any .keras file."
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
        known = self.session.arithmetic(index)
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
            gone = self.settings is not None and not self.session.wish.picture
            why = " The run's images are not there any more:" if gone else ""
            words = f"{why} i takes a picture."
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
        line = self._trouble_line() if self.session.trouble else channel_line(channel)
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

    # Commands

    def _depth(self) -> int:
        opened, layer = self.session.shown.opened, self.session.wish.layer
        if opened is None or layer == INPUT:
            return 0
        return opened.layers[layer].depth

    def watch_channel(self, channel: int) -> None:
        self.want(position=channel)
        self.redraw()

    def watch_wanted(self) -> None:
        self.settle()
        self.redraw()

    def action_layer(self, step: int) -> None:
        """Go to another layer; its first channel is chosen."""
        opened = self.session.shown.opened
        if opened is None:
            return
        layer = min(max(self.session.wish.layer + step, INPUT), len(opened.layers) - 1)
        if layer != self.session.wish.layer:
            self.set_reactive(LookScreen.channel, 0)
            self.want(layer=layer, position=0)
            self.query_one(LayerChain).index = layer

    def action_go(self, step: int) -> None:
        depth = self._depth()
        if depth:
            self.channel = min(max(self.channel + step, 0), depth - 1)

    def action_turn(self, step: int) -> None:
        opened = self.session.shown.opened
        if opened is not None and self._depth():
            self.action_go(step * self._page(opened.layers[self.session.wish.layer])[0])

    def action_order(self) -> None:
        """Sort the channels by index, or by their mean."""
        order = "activation" if self.session.wish.order == "index" else "index"
        self.set_reactive(LookScreen.channel, 0)
        self.want(order=order, position=0)

    def action_zoom(self, step: int) -> None:
        """Make the maps larger or smaller, by as much as makes a difference."""
        maps = self.session.shown.maps
        if maps is None or not maps.height:
            return
        before = self._tiling(maps.width, maps.height, maps.depth)
        wanted = self.wanted
        while 0 <= wanted + step < len(WANTED):
            wanted += step
            if self._tiling(maps.width, maps.height, maps.depth, wanted) != before:
                self.wanted = wanted
                return
