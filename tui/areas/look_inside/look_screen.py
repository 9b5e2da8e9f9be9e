"""Area 6: what the layers of a trained network make of a picture."""

from __future__ import annotations

import asyncio
from typing import ClassVar

from textual import events, on, work
from textual.binding import Binding, BindingType
from textual.timer import Timer

from tui.areas.look_inside.layer_chain import LayerChain
from tui.areas.look_inside.look_seen import WANTED, Seen
from tui.inspection.choices import newest_with_weights
from tui.inspection.shown import INPUT
from tui.runs.store.run_folder import RunFolder
from tui.runs.store.run_list import RunSummary

KEPT_SECONDS = 120.0
"""How long the child is kept when the learner is in another area."""


_OF_A_NETWORK = {"picture", "enlarge", "predictions", "filters", "code", "epoch"}
"""Commands that want one to be open; without, [ and ] go to the next area, as everywhere."""


class LookScreen(Seen):
    """The layers on the left, the channels of the chosen one on the right."""

    AREA = "look"
    CSS_PATH = "look_screen.tcss"
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
screen, **a** the layers of any `.keras` or `.h5` file. The work is done by a process of its own,
which ends when you leave.
"""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,n", "layer(1)", "Layer", show=False, id="look.on", tooltip="The next layer"),
        Binding(
            "up,p",
            "layer(-1)",
            "Previous layer",
            show=False,
            id="look.before",
            tooltip="Previous layer",
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
            "left",
            "go(-1)",
            "Previous channel",
            show=False,
            id="look.left",
            tooltip="Previous channel",
        ),
        Binding("pagedown", "turn(1)", "Page", show=False, id="look.page", tooltip="Next page"),
        Binding(
            "pageup",
            "turn(-1)",
            "Previous page",
            show=False,
            id="look.back",
            tooltip="Previous page",
        ),
        Binding("o", "order", "Sort", show=False, id="look.order", tooltip="By index, activation"),
        Binding(
            "plus,equals_sign", "zoom(-1)", "Larger", show=False, id="look.larger", tooltip="Larger"
        ),
        Binding("minus", "zoom(1)", "Smaller", show=False, id="look.smaller", tooltip="Smaller"),
        Binding("r", "restart", "Restart", id="look.restart", tooltip="Start Keras again"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._leaving: Timer | None = None
        self._last_trained: RunFolder | None = None
        """The run that was trained last, when this area was last come to."""
        self._looked = False
        """Whether that is known yet."""

    def on_mount(self) -> None:
        self.where = "Look inside"
        self.app.mode_change_signal.subscribe(self, self._mode_changed, immediate=True)
        self._look_for_newer(self.host.runs, opens=False)
        self.redraw()
        self.set_interval(2.0, self.look_for_epochs)

    # The child lives as long as the area is in sight, and a little longer

    @on(events.ScreenResume)
    def _resumed(self) -> None:
        self._stay()
        wanted = self.host.look_run
        if wanted is not None:
            self.host.look_run, self.asked_for = None, wanted
            self.open_run(wanted)
        # Ahead of the first selection, but not where there is nothing to look into.
        if self.session.condition == "off" and (self.host.runs or self.session.selection.source[0]):
            self._start()
        self.redraw()

    @on(events.ScreenSuspend)
    def _suspended(self) -> None:
        self._stay()
        self._leaving = self.set_timer(KEPT_SECONDS, self._leave)

    def _stay(self) -> None:
        """The child is needed again: it is not ended when it would have been."""
        if self._leaving is not None:
            self._leaving.stop()
            self._leaving = None

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
        if action in _OF_A_NETWORK:
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
        selection = self.session.selection
        return not (selection.run or selection.file or self.asked_for or self.host.look_run)

    @work(group="begin", exclusive=True)
    async def _begin(self, runs: tuple[RunSummary, ...]) -> None:
        """Open the run that was trained last, unless something is open."""
        run = await asyncio.to_thread(newest_with_weights, runs)
        if run is not None and self._nothing_wanted:
            self.open_run(run)
        else:
            self.redraw()

    def _mode_changed(self, mode: str) -> None:
        if mode == self.AREA:
            # A run that another screen asks for goes before the one that was trained last.
            asked = self.host.look_run is not None or self.asked_for is not None
            self._look_for_newer(self.host.runs, opens=self._looked and not asked)

    @work(group="newer", exclusive=True)
    async def _look_for_newer(self, runs: tuple[RunSummary, ...], *, opens: bool) -> None:
        """See which run was trained last, and open it where another one was when the area was left.

        What the learner has chosen stays open until another run is trained.
        """
        run = await asyncio.to_thread(newest_with_weights, runs)
        before, self._last_trained, self._looked = self._last_trained, run, True
        if opens and run is not None and run != before and self.asked_for is None:
            self.open_run(run)

    @work(group="settle")
    async def settle(self) -> None:
        """Have the session grant the newest selection."""
        await self.session.settle()

    def want(self, **changes: object) -> None:
        """Selection for something else to be seen."""
        if self.session.want(**changes):
            if self.session.condition == "off":
                self._start()
            else:
                self.settle()
            if self.session.shown.opened is None:
                self.redraw()  # what is waited for now: loading Keras takes its time

    # Commands

    def _depth(self) -> int:
        opened, layer = self.session.shown.opened, self.session.selection.layer
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
        layer = min(max(self.session.selection.layer + step, INPUT), len(opened.layers) - 1)
        if layer != self.session.selection.layer:
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
            self.action_go(step * self._page(opened.layers[self.session.selection.layer])[0])

    def action_order(self) -> None:
        """Sort the channels by index, or by their mean."""
        order = "activation" if self.session.selection.order == "index" else "index"
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
