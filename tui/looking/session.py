"""What is looked into: a network with its weights, a picture, a layer; and how to get there.

The screen wishes (another layer, another epoch, another picture), as quickly as keys are pressed;
`settle` asks the child for what is still missing, and only for the newest wish. What is shown
belongs together at every moment: maps never stand under the title of another layer.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Literal

from tui.looking.client import LookingClient
from tui.looking.errors import ChildGone, RefusedError
from tui.looking.messages import Evaluated, LayerInfo
from tui.looking.rasters import prepared_raster
from tui.looking.requests import LookAt, OpenFile, OpenRun, Prepare
from tui.looking.shown import INPUT, Shown, Wish, graph_of, rows_of
from tui.paths import StateError

Page = Callable[[LayerInfo], tuple[int, int, int]]
"""How many channels of a layer fit, and a tile's height and width in pixels."""
Condition = Literal["off", "loading", "ready", "gone"]


class Session:
    """One child process and what the screens want of it."""

    def __init__(self, page: Page, changed: Callable[[], None]) -> None:
        """Make the session; nothing is started yet.

        Args:
            page: how many channels of a layer the screen has room for.
            changed: called after each answer, and when something went wrong.
        """
        self.client = LookingClient()
        self.condition: Condition = "off"
        self.trouble = ""
        """Why the last wish could not be granted, in a sentence or two; else empty."""
        self.refused_run = ""
        """Path of the run whose weights were refused just now: it may have others."""
        self.wish = Wish()
        self.shown = Shown()
        self.evaluated: dict[tuple[tuple[str, str, str], str], Evaluated] = {}
        """What was predicted of all images, by the network's source and the folder."""
        self._page, self._changed = page, changed
        self._settling = False

    async def start(self) -> None:
        """Start the child and wait until it can be asked."""
        self.condition, self.trouble = "loading", ""
        self.shown = Shown()
        self._changed()
        try:
            await self.client.start()
            await self.client.ready()
        except (ChildGone, StateError) as error:
            self._lost(error)
            return
        self.condition = "ready"
        self._changed()
        await self.settle()

    async def close(self) -> None:
        """End the child."""
        self.condition = "off"
        self.shown = Shown()
        await self.client.close()

    def want(self, **changes: object) -> bool:
        """Change the wish; return whether it is another one now. `settle` is what grants it."""
        before = self.wish
        self.wish = dataclasses.replace(before, **changes)  # type: ignore[arg-type]
        if self.wish != before:
            self.trouble = self.refused_run = ""
        return self.wish != before

    async def settle(self) -> None:
        """Ask until what is shown is what is wished for; the newest wish counts."""
        if self._settling or self.condition != "ready":
            return
        self._settling = True
        try:
            while self.condition == "ready" and await self._step():
                # Weights without their maps are no sight: the old ones stay until both are there.
                if self.shown.maps is not None or self.shown.raster is None:
                    self._changed()
        except ChildGone as error:
            self._lost(error)
        finally:
            self._settling = False
        self._changed()

    async def _step(self) -> bool:
        """Take one step towards the wish; False when there is none to take."""
        wish, shown = self.wish, self.shown
        if not (wish.run or wish.file):
            return False
        if shown.opened is None or shown.wish.source != wish.source:
            return await self._open(wish)
        if wish.picture != shown.wish.picture:
            return await self._prepare(wish)
        layer = min(wish.layer, len(shown.opened.layers) - 1)
        if shown.raster is None or layer == INPUT:
            self.shown = dataclasses.replace(shown, wish=wish, asked=None, maps=None)
            return shown.wish != wish
        request = self._request(wish, shown.opened.layers[layer], layer)
        if request == shown.asked:
            self.shown = dataclasses.replace(shown, wish=wish)
            return shown.wish != wish
        try:
            maps = await self.client.ask(request)
        except RefusedError as error:
            self._refused(wish, error)
            return False
        self.shown = dataclasses.replace(shown, wish=wish, asked=request, maps=maps)
        return True

    def _request(self, wish: Wish, layer: LayerInfo, index: int) -> LookAt:
        count, height, width = self._page(layer)
        position = min(wish.position, max(layer.depth - 1, 0))
        return LookAt(
            picture=wish.picture,
            layer=index,
            order=wish.order,
            first=position // max(count, 1) * max(count, 1),
            count=max(count, 1),
            tile_height=max(height, 1),
            tile_width=max(width, 1),
        )

    async def _open(self, wish: Wish) -> bool:
        request: OpenRun | OpenFile
        if wish.file:
            request = OpenFile(path=wish.file)
        else:
            request = OpenRun(run=wish.run, weights=wish.weights)
        try:
            opened = await self.client.ask(request)
        except RefusedError as error:
            self._refused(wish, error)
            self.refused_run = wish.run
            # What was open before stays open, and is what is wished for again.
            before = self.shown.wish
            if self.wish.source == wish.source and before.source != Wish().source:
                self.wish = dataclasses.replace(
                    self.wish,
                    run=before.run,
                    weights=before.weights,
                    file=before.file,
                    picture=before.picture,
                )
                return self.shown.opened is not None
            return False
        same = self.shown.wish.run == wish.run and self.shown.wish.file == wish.file
        rows = self.shown.rows if same else rows_of(wish)
        graph = self.shown.graph if same else graph_of(wish, opened)
        now = dataclasses.replace(wish, picture=self.shown.wish.picture if same else "")
        self.shown = Shown(now, opened, self.shown.raster if same else None, rows=rows, graph=graph)
        return True

    async def _prepare(self, wish: Wish) -> bool:
        raster = None
        if wish.picture:
            try:
                raster = prepared_raster(await self.client.ask(Prepare(picture=wish.picture)))
            except RefusedError as error:
                self._refused(wish, error)
                if self.wish.picture == wish.picture:  # the picture before stays
                    self.wish = dataclasses.replace(self.wish, picture=self.shown.wish.picture)
                return self.shown.raster is not None
        now = dataclasses.replace(self.shown.wish, picture=wish.picture)
        self.shown = dataclasses.replace(self.shown, wish=now, raster=raster, asked=None, maps=None)
        return True

    def _refused(self, wish: Wish, error: RefusedError) -> None:
        self.trouble = str(error)

    def _lost(self, error: Exception) -> None:
        self.condition = "gone"
        self.trouble = str(error)
        self.shown = Shown()
        self._changed()
