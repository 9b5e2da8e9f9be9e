"""A session with the inspector: a selected network, weights, image and layer, and their view.

A screen changes the selection (another layer, epoch or image) as quickly as keys are pressed;
`update` requests what is still missing, for the newest selection only. The view is always
consistent: maps are never shown under the title of another layer.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Literal

from tui.common.paths import StateError
from tui.inspection.answers import Evaluated, LayerInfo
from tui.inspection.inspector_client import InspectorClient, InspectorEnded, RefusedError
from tui.inspection.rasters import prepared_raster
from tui.inspection.requests import LookAt, OpenFile, OpenRun, Prepare
from tui.inspection.view import INPUT, Selection, View, file_graph, run_rows

PageSize = Callable[[LayerInfo], tuple[int, int, int]]
"""How many channels of a layer fit, and a tile's height and width in pixels."""
Status = Literal["off", "loading", "ready", "ended"]


class InspectionSession:
    """An inspector, the selection, and the view."""

    def __init__(self, page: PageSize, changed: Callable[[], None]) -> None:
        """Create the session without starting the inspector.

        Args:
            page: returns how many channels of a layer fit on the screen.
            changed: called after each answer, and after an error.
        """
        self.client = InspectorClient()
        self.status: Status = "off"
        self.problem = ""
        """Why the last selection cannot be shown; else empty."""
        self.refused_run = ""
        """Path of the run whose weights were refused last: it may have others."""
        self.selection = Selection()
        self.view = View()
        self.evaluated: dict[tuple[tuple[str, str, str], str], Evaluated] = {}
        """The predictions of all images, by the source of the network and the folder."""
        self._page, self._changed = page, changed
        self._updating = False

    async def start(self) -> None:
        """Start the inspector and wait until it is ready."""
        self.status, self.problem = "loading", ""
        self.view = View()
        self._changed()
        try:
            await self.client.start()
            await self.client.ready()
        except (InspectorEnded, StateError) as error:
            self._lost(error)
            return
        self.status = "ready"
        self._changed()
        await self.update()

    async def close(self) -> None:
        """End the inspector."""
        self.status = "off"
        self.view = View()
        await self.client.close()

    def select(self, **changes: object) -> bool:
        """Change the selection; return whether it differs now. Call `update` to show it."""
        before = self.selection
        self.selection = dataclasses.replace(before, **changes)  # type: ignore[arg-type]
        # Why the inspector has ended holds whatever is selected.
        if self.selection != before and self.status != "ended":
            self.problem = self.refused_run = ""
        return self.selection != before

    async def update(self) -> None:
        """Send requests until the view matches the newest selection."""
        if self._updating or self.status != "ready":
            return
        self._updating = True
        try:
            while self.status == "ready" and await self._step():
                # Show new weights only with their maps: until then the old ones stay.
                if self.view.maps is not None or self.view.raster is None:
                    self._changed()
        except InspectorEnded as error:
            self._lost(error)
        finally:
            self._updating = False
        self._changed()

    async def _step(self) -> bool:
        """Send the next request for the selection; return False if nothing is left to do."""
        selection, view = self.selection, self.view
        if not (selection.run or selection.file):
            return False
        if view.opened is None or view.selection.source != selection.source:
            return await self._open(selection)
        if selection.picture != view.selection.picture:
            return await self._prepare(selection)
        layer = min(selection.layer, len(view.opened.layers) - 1)
        if view.raster is None or layer == INPUT:
            self.view = dataclasses.replace(view, selection=selection, request=None, maps=None)
            return view.selection != selection
        request = self._request(selection, view.opened.layers[layer], layer)
        if request == view.request:
            self.view = dataclasses.replace(view, selection=selection)
            return view.selection != selection
        try:
            maps = await self.client.ask(request)
        except RefusedError as error:
            self._refused(selection, error)
            return False
        self.view = dataclasses.replace(view, selection=selection, request=request, maps=maps)
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
            # What was open before stays open, and is selected again.
            before = self.view.selection
            if self.selection.source == selection.source and before.source != Selection().source:
                self.selection = dataclasses.replace(
                    self.selection,
                    run=before.run,
                    weights=before.weights,
                    file=before.file,
                    picture=before.picture,
                )
                return self.view.opened is not None
            return False
        same = (
            self.view.selection.run == selection.run and self.view.selection.file == selection.file
        )
        rows = self.view.rows if same else run_rows(selection)
        graph = self.view.graph if same else file_graph(selection, opened)
        now = dataclasses.replace(selection, picture=self.view.selection.picture if same else "")
        self.view = View(now, opened, self.view.raster if same else None, rows=rows, graph=graph)
        return True

    async def _prepare(self, selection: Selection) -> bool:
        raster = None
        if selection.picture:
            try:
                raster = prepared_raster(await self.client.ask(Prepare(picture=selection.picture)))
            except RefusedError as error:
                self._refused(selection, error)
                if self.selection.picture == selection.picture:  # keep the image before
                    self.selection = dataclasses.replace(
                        self.selection, picture=self.view.selection.picture
                    )
                return self.view.raster is not None
        now = dataclasses.replace(self.view.selection, picture=selection.picture)
        self.view = dataclasses.replace(
            self.view, selection=now, raster=raster, request=None, maps=None
        )
        return True

    def _refused(self, selection: Selection, error: RefusedError) -> None:
        self.problem = str(error)

    def _lost(self, error: Exception) -> None:
        self.status = "ended"
        self.problem = str(error)
        self.view = View()
        self._changed()
