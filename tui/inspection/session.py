"""What is looked into: a network with its weights, a picture, a layer; and how to get there.

The screen requests (another layer, another epoch, another picture), as quickly as keys are pressed;
`settle` asks the child for what is still missing, and only for the newest selection. What is shown
belongs together at every moment: maps never stand under the title of another layer.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Literal

from tui.common.paths import StateError
from tui.inspection.client import LookingClient
from tui.inspection.errors import ChildGone, RefusedError
from tui.inspection.messages import Evaluated, LayerInfo
from tui.inspection.rasters import prepared_raster
from tui.inspection.requests import LookAt, OpenFile, OpenRun, Prepare
from tui.inspection.shown import INPUT, Selection, Shown, graph_of, rows_of

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
        """Why the last selection could not be granted, in a sentence or two; else empty."""
        self.refused_run = ""
        """Path of the run whose weights were refused just now: it may have others."""
        self.selection = Selection()
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
        """Change the selection; return whether it is another one now. `settle` carries it out."""
        before = self.selection
        self.selection = dataclasses.replace(before, **changes)  # type: ignore[arg-type]
        if self.selection != before:
            self.trouble = self.refused_run = ""
        return self.selection != before

    async def settle(self) -> None:
        """Ask until what is shown is what is requested for; the newest selection counts."""
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
        """Take one step towards the selection; False when there is none to take."""
        selection, shown = self.selection, self.shown
        if not (selection.run or selection.file):
            return False
        if shown.opened is None or shown.selection.source != selection.source:
            return await self._open(selection)
        if selection.picture != shown.selection.picture:
            return await self._prepare(selection)
        layer = min(selection.layer, len(shown.opened.layers) - 1)
        if shown.raster is None or layer == INPUT:
            self.shown = dataclasses.replace(shown, selection=selection, asked=None, maps=None)
            return shown.selection != selection
        request = self._request(selection, shown.opened.layers[layer], layer)
        if request == shown.asked:
            self.shown = dataclasses.replace(shown, selection=selection)
            return shown.selection != selection
        try:
            maps = await self.client.ask(request)
        except RefusedError as error:
            self._refused(selection, error)
            return False
        self.shown = dataclasses.replace(shown, selection=selection, asked=request, maps=maps)
        return True

    def _request(self, selection: Selection, layer: LayerInfo, index: int) -> LookAt:
        count, height, width = self._page(layer)
        position = min(selection.position, max(layer.depth - 1, 0))
        return LookAt(
            picture=selection.picture,
            layer=index,
            order=selection.order,
            first=position // max(count, 1) * max(count, 1),
            count=max(count, 1),
            tile_height=max(height, 1),
            tile_width=max(width, 1),
        )

    async def _open(self, selection: Selection) -> bool:
        request: OpenRun | OpenFile
        if selection.file:
            request = OpenFile(path=selection.file)
        else:
            request = OpenRun(run=selection.run, weights=selection.weights)
        try:
            opened = await self.client.ask(request)
        except RefusedError as error:
            self._refused(selection, error)
            self.refused_run = selection.run
            # What was open before stays open, and is what is requested for again.
            before = self.shown.selection
            if self.selection.source == selection.source and before.source != Selection().source:
                self.selection = dataclasses.replace(
                    self.selection,
                    run=before.run,
                    weights=before.weights,
                    file=before.file,
                    picture=before.picture,
                )
                return self.shown.opened is not None
            return False
        same = (
            self.shown.selection.run == selection.run
            and self.shown.selection.file == selection.file
        )
        rows = self.shown.rows if same else rows_of(selection)
        graph = self.shown.graph if same else graph_of(selection, opened)
        now = dataclasses.replace(selection, picture=self.shown.selection.picture if same else "")
        self.shown = Shown(now, opened, self.shown.raster if same else None, rows=rows, graph=graph)
        return True

    async def _prepare(self, selection: Selection) -> bool:
        raster = None
        if selection.picture:
            try:
                raster = prepared_raster(await self.client.ask(Prepare(picture=selection.picture)))
            except RefusedError as error:
                self._refused(selection, error)
                if self.selection.picture == selection.picture:  # the picture before stays
                    self.selection = dataclasses.replace(
                        self.selection, picture=self.shown.selection.picture
                    )
                return self.shown.raster is not None
        now = dataclasses.replace(self.shown.selection, picture=selection.picture)
        self.shown = dataclasses.replace(
            self.shown, selection=now, raster=raster, asked=None, maps=None
        )
        return True

    def _refused(self, selection: Selection, error: RefusedError) -> None:
        self.trouble = str(error)

    def _lost(self, error: Exception) -> None:
        self.condition = "gone"
        self.trouble = str(error)
        self.shown = Shown()
        self._changed()
