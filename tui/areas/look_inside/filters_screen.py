"""The filters of a convolution as pictures, before and after training."""

from __future__ import annotations

from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.reactive import var
from textual.widgets import Static

from tui.common.text import clean
from tui.inspection.answers import Kernel, KernelsShown
from tui.inspection.code_source import CodeSource, source_of_layer
from tui.inspection.inspection_session import InspectionSession
from tui.inspection.inspector_client import InspectionError
from tui.inspection.rasters import Raster, grey_raster, side_by_side
from tui.inspection.requests import Kernels
from tui.inspection.tile_layout import Tiling, lay_out_tiles
from tui.inspection.view_code import kernels_code
from tui.ui.area_screen import AreaScreen
from tui.ui.bar_list import value_text
from tui.ui.commands import bindings
from tui.ui.dialogs.text_windows import CodeWindow
from tui.ui.pictures.tile_grid import Tile, TileGrid
from tui.ui.textual_patches.repaint import repaint

AT_ONCE = 12
"""Filters that a page should hold."""


class FiltersScreen(AreaScreen):
    """A page of filters, each drawn before and after training."""

    AREA = "look"
    CSS_PATH = "filters_screen.tcss"
    HELP = """
# Filters

Each filter of a convolution is drawn twice: on the left **before** training (random numbers), on
the right **after** it. Filters that read three channels are in colour: red, green and blue are the
weights for the three channels. The lowest weight is dark, the highest bright. Deeper filters read
many channels; the first one is shown.

**← →** choose a filter, **page up** and **page down** turn the page, **n p** go to another
convolution. **k** shows the Keras code, **escape** goes back.
"""

    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(
            "filters",
            ("right", "go(1)", "right", "Filter", "Next filter"),
            ("left", "go(-1)", "left", "Previous", "Previous filter"),
            ("down", "row(1)", "down", "Row", "One row down"),
            ("up", "row(-1)", "up", "Row up", "One row up"),
            ("pagedown", "turn(1)", "page", "Page", "Next page"),
            ("pageup", "turn(-1)", "back", "Previous page", "Previous page"),
            ("n", "layer(1)", "next", "Next layer", "Next convolution"),
            ("p", "layer(-1)", "previous", "Previous layer", "Previous convolution"),
            ("k", "code", "code", "Code", "Show the Keras code of this view"),
            ("q,f", "back", "close", "Back", "Back to the maps"),
            footer=(
                "page",
                "next",
                "previous",
                "code",
            ),
        ),
    ]

    index: var[int] = var(0, init=False)
    """Index of the chosen filter."""
    place: var[int] = var(0, init=False)
    """Index of the layer among the convolutions."""

    def __init__(
        self, session: InspectionSession, source: CodeSource, layers: list[int], layer: int
    ) -> None:
        """Make the screen.

        Args:
            session: the open network.
            source: where it comes from, for the Keras code.
            layers: indices of the convolutions in `Opened.layers`.
            layer: the one shown first.
        """
        super().__init__()
        self._session, self._source, self._layers = session, source, layers
        self.set_reactive(FiltersScreen.place, layers.index(layer))
        self._request = Kernels(layer=-1)
        self._answer: KernelsShown | None = None
        self._message = ""

    def compose_body(self) -> ComposeResult:
        yield Static(id="filters-head")
        yield TileGrid(id="filters-grid")
        yield Static(id="filters-said")

    def on_mount(self) -> None:
        self.where = "Look inside · filters"

    @property
    def _layer(self) -> int:
        return self._layers[self.place]

    def _page(self) -> Tiling:
        size = self.query_one(TileGrid).size
        kernels = self._answer.kernels if self._answer is not None else ()
        width, height = 7, 3
        if kernels:
            raster = _raster(kernels[0])
            width, height = raster.width, raster.height
        return lay_out_tiles(width, height, max(size.width, 8), max(size.height, 2), AT_ONCE)

    @work(group="filters", exclusive=True)
    async def _load(self) -> None:
        """Fetch the page with the chosen filter."""
        for _ in range(2):  # how many fit is known only after the first reply
            count = self._page().count
            first = self.index // count * count
            request = Kernels(layer=self._layer, first=first, count=count)
            if request == self._request:
                break
            try:
                self._answer = await self._session.client.ask(request)
            except InspectionError as error:
                self._message, self._answer = str(error), None
                break
            self._request, self._message = request, ""
        self._show()

    def _show(self) -> None:
        opened, answer = self._session.view.opened, self._answer
        if answer is None or opened is None:
            self._put("#filters-head", Content(""))
            self._put("#filters-said", Content.styled(f" {self._message}", "$warning"))
            return
        layer = opened.layers[self._layer]
        known = bool(answer.kernels and answer.kernels[0].before)
        when = "before → after training" if known else "the weights before training are not known"
        colour = bool(answer.kernels and answer.kernels[0].colour)
        reads = "in colour" if colour else "first channel of each"
        first = self._request.first
        head = Content.assemble(
            (f" {clean(layer.name, 30)} ", "bold reverse"),
            (f"  filters {first} to {first + len(answer.kernels) - 1} of {answer.count}", ""),
            (f"   {when}, {reads}", "$filter-color"),
        )
        self._put("#filters-head", head)
        grid = self.query_one(TileGrid)
        grid.show(
            [Tile(f"{kernel.index}", _raster(kernel)) for kernel in answer.kernels], self._page()
        )
        self._mark()

    def _mark(self) -> None:
        answer = self._answer
        place = self.index - self._request.first
        self.query_one(TileGrid).choose(place)
        if answer is not None and 0 <= place < len(answer.kernels):
            kernel = answer.kernels[place]
            self._put(
                "#filters-said",
                Content.assemble(
                    (f" filter {kernel.index}", "bold"),
                    f"  {kernel.width}×{kernel.height}, weights from {value_text(kernel.least)} "
                    f"(dark) to {value_text(kernel.greatest)} (bright)",
                ),
            )

    def _put(self, selector: str, content: Content) -> None:
        repaint(self.query_one(selector, Static), content)

    @on(TileGrid.Resized)
    def _room_changed(self) -> None:
        self._request = Kernels(layer=-1)
        self._load()

    def watch_index(self) -> None:
        count = self._request.count
        if self._request.first <= self.index < self._request.first + count:
            self._mark()
        else:
            self._load()

    def watch_place(self) -> None:
        self.set_reactive(FiltersScreen.index, 0)
        self._load()

    # Commands

    def action_go(self, step: int) -> None:
        if self._answer is not None:
            self.index = min(max(self.index + step, 0), self._answer.count - 1)

    def action_row(self, step: int) -> None:
        self.action_go(step * self._page().across)

    def action_turn(self, step: int) -> None:
        self.action_go(step * self._page().count)

    def action_layer(self, step: int) -> None:
        self.place = (self.place + step) % len(self._layers)

    def action_code(self) -> None:
        """Show the Keras code of this view."""
        opened = self._session.view.opened
        if opened is not None:
            name = opened.layers[self._layer].name
            view = self._session.view
            source = source_of_layer(self._source, view.graph, view.row(self._layer))
            code = kernels_code(source, name)
            self.app.push_screen(CodeWindow(f"The filters of {clean(name, 30)} in Keras", code))


def _raster(kernel: Kernel) -> Raster:
    """Return a filter before and after training, side by side."""
    after = _picture(kernel, kernel.pixels)
    return side_by_side(_picture(kernel, kernel.before), after) if kernel.before else after


def _picture(kernel: Kernel, pixels: bytes) -> Raster:
    if kernel.colour:
        return Raster(kernel.width, kernel.height, pixels)
    return grey_raster(kernel.width, kernel.height, pixels)
