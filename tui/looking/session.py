"""What is looked into: a network with its weights, a picture, a layer; and how to get there.

The screen wishes (another layer, another epoch, another picture), as quickly as keys are pressed;
`settle` asks the child for what is still missing, and only for the newest wish. What is shown
belongs together at every moment: maps never stand under the title of another layer.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tui.geometry import (
    Box,
    Effect,
    GeometryError,
    Graph,
    GraphRow,
    Network,
    Receptive,
    Row,
    field_of,
    graph_field,
    parse_network,
    trace_network,
)
from tui.looking.client import LookingClient
from tui.looking.errors import ChildGone, RefusedError
from tui.looking.messages import (
    Evaluated,
    LayerInfo,
    LookAt,
    Maps,
    Opened,
    OpenFile,
    OpenRun,
    Prepare,
)
from tui.looking.rasters import Raster, prepared_raster
from tui.networks import graph_from_file, network_from_file
from tui.paths import StateError
from tui.training.runs import RunError, RunFolder

INPUT = -1
"""The layer of a wish that stands for the picture itself."""

Order = Literal["index", "activation"]
Page = Callable[[LayerInfo], tuple[int, int, int]]
"""How many channels of a layer fit, and a tile's height and width in pixels."""
Condition = Literal["off", "loading", "ready", "gone"]


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be seen.

    Args:
        run: path of a run's folder; empty for a file.
        weights: of the run, as in `OpenRun`.
        file: path of a foreign `.keras` file; empty for a run.
        picture: path of an image file; empty for none.
        layer: position in `Opened.layers`; -1 for the picture itself.
        position: of the chosen channel in the order, from 0.
        order: of the channels.
    """

    run: str = ""
    weights: str = "best"
    file: str = ""
    picture: str = ""
    layer: int = 0
    position: int = 0
    order: Order = "index"

    @property
    def source(self) -> tuple[str, str, str]:
        """The network and its weights."""
        return self.run, self.weights, self.file


@dataclass(frozen=True, slots=True)
class Shown:
    """What was answered; every part belongs to the same wish.

    Args:
        wish: the wish that it answers.
        opened: the network.
        raster: the picture as the network gets it; None before there is one.
        asked: the question that `maps` answers.
        maps: the channels.
        rows: a run's network as the geometry knows it; empty where it cannot say.
        graph: the same of a file from elsewhere: a row a layer; else None.
    """

    wish: Wish = Wish()
    opened: Opened | None = None
    raster: Raster | None = None
    asked: LookAt | None = None
    maps: Maps | None = None
    rows: tuple[Row, ...] = ()
    graph: Graph | None = None


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
            self.trouble = ""
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
        rows = self.shown.rows if same else _rows(wish)
        graph = self.shown.graph if same else _graph(wish, opened)
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

    def field(self, layer: int, x: int, y: int) -> tuple[Box, Box] | None:
        """Return the input columns and rows that one value of a layer depends on.

        Args:
            layer: position in `Opened.layers`.
            x, y: column and row of the value, from 0.

        Returns:
            The part inside the picture, and the whole with what lies in the padding; None where
            the geometry cannot say.
        """
        opened = self.shown.opened
        if opened is None:
            return None
        graph = self.shown.graph
        row = matched(opened.layers, self.shown.rows)[layer] if graph is None else None
        try:
            if graph is not None:
                return graph_field(graph, layer, x, y)
            if row is None:
                return None
            last = field_of(self.shown.rows, row, x, y)[-1]
        except GeometryError:
            return None
        return last.box, last.unclipped

    def arithmetic(self, layer: int) -> tuple[Effect | None, Receptive | None]:
        """Return what the geometry knows of a layer: its arithmetic, and what one value sees.

        Args:
            layer: position in `Opened.layers`.
        """
        shown = self.shown
        if shown.opened is None:
            return None, None
        one = self.row(layer)
        if one is not None:
            return one.effect, one.seen if isinstance(one.seen, Receptive) else None
        row = matched(shown.opened.layers, shown.rows)[layer]
        return (None, None) if row is None else (shown.rows[row].effect, shown.rows[row].receptive)

    def row(self, layer: int | str) -> GraphRow | None:
        """Return a layer of a file from elsewhere as the geometry knows it.

        Args:
            layer: position in `Opened.layers`, or a name.
        """
        graph = self.shown.graph
        if graph is None:
            return None
        if isinstance(layer, int):
            return graph.rows[layer]
        return next((row for row in graph.rows if row.name == layer), None)


def matched(layers: tuple[LayerInfo, ...], rows: tuple[Row, ...]) -> list[int | None]:
    """Return for each layer of a Keras model which row of the geometry it is.

    Keras may have layers that the geometry counts as a part of the next one (a padding), or not
    at all (the input): those have none.
    """
    found: list[int | None] = []
    position = 0
    for layer in layers:
        row = rows[position] if position < len(rows) else None
        if row is not None and row.effect is not None and row.layer.keras_name == layer.kind:
            found.append(position)
            position += 1
        else:
            found.append(None)
    return found


def _rows(wish: Wish) -> tuple[Row, ...]:
    """A run's network as the geometry knows it."""
    if wish.file:
        return ()
    try:
        return trace_network(network_of(wish))
    except (GeometryError, RunError):
        return ()


def _graph(wish: Wish, opened: Opened) -> Graph | None:
    """A file from elsewhere as the geometry knows it; None where it is another one by now."""
    if not wish.file:
        return None
    try:
        graph = graph_from_file(Path(wish.file))
    except GeometryError:
        return None
    same = [row.name for row in graph.rows] == [layer.name for layer in opened.layers]
    return graph if same else None


def network_of(wish: Wish) -> Network:
    """Return the network of a wish, read as data.

    Raises:
        GeometryError: when it cannot be expressed.
        RunError: when the run's spec cannot be read.
    """
    if wish.file:
        return network_from_file(Path(wish.file)).network
    return parse_network(RunFolder(Path(wish.run)).spec().network)
