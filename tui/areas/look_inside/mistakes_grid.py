"""Thumbnails of the most confident mistakes."""

from __future__ import annotations

import os

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.reactive import var
from textual.widgets import Static

from tui.common.numbers import percent
from tui.common.text import clean
from tui.inspection.answers import Evaluated, Prediction
from tui.inspection.inspection_session import InspectionSession
from tui.inspection.inspector_client import InspectionError
from tui.inspection.rasters import Raster, prepared_raster
from tui.inspection.requests import Prepare
from tui.inspection.tile_layout import Tiling, lay_out_tiles
from tui.ui.pictures.tile_grid import Tile, TileGrid
from tui.ui.textual_patches.cancel_workers import CancelsWorkers
from tui.ui.textual_patches.repaint import repaint

AT_ONCE = 8
"""Mistakes that a page should hold."""


class MistakesGrid(CancelsWorkers, Vertical):
    """A page of thumbnails, the chosen one described below. The screen handles the keys."""

    DEFAULT_CSS = """
    MistakesGrid { height: 1fr; padding: 1 0 0 1; }
    MistakesGrid > Static { height: 2; }
    """

    index: var[int] = var(0, init=False)

    def __init__(self, session: InspectionSession, *, id: str | None = None) -> None:  # noqa: A002
        """Make the view.

        Args:
            session: the open network.
            id: Textual's.
        """
        super().__init__(id=id)
        self._session = session
        self._evaluated: Evaluated | None = None
        self._rasters: dict[str, Raster | None] = {}
        self._first = -1
        self._pair: tuple[int, int] | None = None

    def compose(self) -> ComposeResult:
        yield TileGrid()
        yield Static()

    def show(self, evaluated: Evaluated, pair: tuple[int, int] | None = None) -> None:
        """Show the mistakes of an evaluation.

        Args:
            evaluated: the predictions.
            pair: true and predicted class of the images to show; None for all mistakes.
        """
        if evaluated is not self._evaluated or pair != self._pair:
            self._evaluated, self._pair, self._first = evaluated, pair, -1
            self.set_reactive(MistakesGrid.index, 0)
        self._show()

    def show_text(self, words: Content) -> None:
        """Show a text instead of mistakes."""
        self._evaluated = None
        self.query_one(TileGrid).show([], self._page())
        repaint(self.query_one(Static), words)

    @property
    def _mistakes(self) -> tuple[Prediction, ...]:
        if self._evaluated is None:
            return ()
        return mistakes_of(self._evaluated, self._pair)

    @property
    def _in_all(self) -> str:
        """Which mistakes these are, and how many there are if only the most confident were kept."""
        evaluated, pair = self._evaluated, self._pair
        if evaluated is None:
            return ""
        wrong = evaluated.images - evaluated.right
        if pair is not None:
            wrong = evaluated.confusion[pair[0]][pair[1]]
        kept = f" (the most confident of {wrong:,})" if wrong > len(self._mistakes) else ""
        return kept if pair is None else f" of this pair{kept}"

    @property
    def picture(self) -> str:
        """Path of the chosen image; empty if there is none."""
        return self._mistakes[self.index].picture if self._mistakes else ""

    def _page(self) -> Tiling:
        opened = self._session.view.opened
        width, height = (opened.input_width, opened.input_height) if opened else (1, 1)
        size = self.query_one(TileGrid).size
        columns, rows = max(size.width, 16), max(size.height, 4)
        return lay_out_tiles(width, height, columns, rows, AT_ONCE, caption=2)

    @on(TileGrid.Resized)
    def _room_changed(self) -> None:
        self._first = -1
        if self._evaluated is not None:
            self._show()

    def watch_index(self) -> None:
        self._show()

    def _show(self) -> None:
        mistakes = self._mistakes
        if not mistakes:
            repaint(self.query_one(Static), Content("There are no mistakes."))
            return
        page = self._page()
        first = self.index // page.count * page.count
        if first != self._first:
            self._first = first
            self._load(first, page)
        self.query_one(TileGrid).choose(self.index - first)
        chosen = mistakes[self.index]
        shares = ", ".join(
            f"{self._class(number)} {percent(share, 1)}"
            for number, share in sorted(enumerate(chosen.probabilities), key=lambda pair: -pair[1])[
                :3
            ]
        )
        line = Content.assemble(
            (f" {self.index + 1} of {len(mistakes)}{self._in_all}  ", "$text-muted"),
            (clean(os.path.basename(chosen.picture), 40), "bold"),
            f"  is {self._class(chosen.truth)}, predicted as {self._class(chosen.predicted)}",
            (f"\n {shares}", "$text-muted"),
        )
        repaint(self.query_one(Static), line)

    @work(group="thumbnails", exclusive=True)
    async def _load(self, first: int, page: Tiling) -> None:
        """Fetch the pictures of a page, each as the network receives it."""
        on_page = self._mistakes[first : first + page.count]
        self._draw(on_page, page)
        for one in on_page:
            if one.picture not in self._rasters:
                try:
                    answer = await self._session.client.ask(Prepare(picture=one.picture))
                    self._rasters[one.picture] = prepared_raster(answer)
                except InspectionError:
                    self._rasters[one.picture] = None
        self._draw(on_page, page)

    def _draw(self, mistakes: tuple[Prediction, ...], page: Tiling) -> None:
        tiles = [
            Tile(
                f"{percent(max(one.probabilities))} {self._class(one.predicted)}\n"
                f"is {self._class(one.truth)}",
                self._rasters.get(one.picture),
            )
            for one in mistakes
        ]
        self.query_one(TileGrid).show(tiles, page)

    def _class(self, label: int) -> str:
        classes = self._evaluated.classes if self._evaluated is not None else ()
        return clean(classes[label], 20) if 0 <= label < len(classes) else f"class {label}"

    def move(self, across: int, down: int) -> None:
        """Move to another mistake."""
        step = across + down * self._page().across
        self.index = min(max(self.index + step, 0), max(len(self._mistakes) - 1, 0))


def mistakes_of(evaluated: Evaluated, pair: tuple[int, int] | None) -> tuple[Prediction, ...]:
    """Return the recorded mistakes: the most confident of all, or those of a pair of classes.

    Args:
        evaluated: the predictions.
        pair: the true and the predicted class; None for all.
    """
    if pair is None:
        return evaluated.mistakes
    return tuple(
        one
        for one in (*evaluated.mistakes, *evaluated.examples)
        if (one.truth, one.predicted) == pair
    )
