"""Pictures that are the same, or look alike, side by side."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import ClassVar

from textual import events, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Static

from tui.datasets import Picture, PictureError, thumbnail
from tui.datasets.doctor import ImagePair
from tui.ui.dialogs.window import Window
from tui.ui.footer import Footer
from tui.ui.pictures.half_blocks import PictureView


class SideBySide(Window[None]):
    """Two pictures of a finding at once; the arrows go to the next two."""

    CSS_PATH = "side_by_side.tcss"
    HELP = """
# Side by side

Two pictures that are the same, or look alike, each drawn as large as there is room for. **→ ←** go
to the next two and back; **escape** returns to the findings. Nothing is changed here.
"""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right,n,down", "go(1)", "Next two", id="side.next", tooltip="The next two"),
        Binding(
            "left,p,up", "go(-1)", "Previous two", id="side.before", tooltip="The previous two"
        ),
        Binding("escape,q,s", "close", "Back", id="side.close", tooltip="Back to the findings"),
    ]

    def __init__(self, title: str, pairs: Sequence[ImagePair]) -> None:
        """Make the window.

        Args:
            title: of the finding.
            pairs: at least one.
        """
        super().__init__()
        self._title, self._pairs = title, tuple(pairs)
        self._at = 0

    def compose(self) -> ComposeResult:
        yield Static(id="side-head")
        with Horizontal(id="side-pictures"):
            for side in ("left", "right"):
                with Vertical(id=f"side-{side}"):
                    yield Static(classes="side-name")
                    yield PictureView()
        yield Footer()

    def on_resize(self, event: events.Resize) -> None:
        self.call_after_refresh(self._draw)

    @work(exclusive=True, group="draw")
    async def _draw(self) -> None:
        """Read the two pictures away from the screen's thread, and show them."""
        pair = self._pairs[self._at]
        self.query_one("#side-head", Static).update(
            Content.assemble(
                (f" {self._title} ", "bold reverse"), f"  {self._at + 1:,} of {len(self._pairs):,}"
            )
        )
        columns = max(self.size.width // 2 - 2, 1)
        longest = max(_rows(side.caption, columns) for side in (pair.first, pair.second))
        rows = max(self.size.height - 2 - longest, 1)
        sides = (pair.first, pair.second)
        drawn = await asyncio.gather(
            *(asyncio.to_thread(_picture, side.path, columns, rows) for side in sides)
        )
        for place, side, picture in zip(("left", "right"), sides, drawn, strict=True):
            box = self.query_one(f"#side-{place}")
            said = picture if isinstance(picture, str) else ""
            name = box.query_one(Static)
            name.update(Content("\n".join(filter(None, (side.caption, said)))))
            name.styles.height = longest
            box.query_one(PictureView).show(None if isinstance(picture, str) else picture)

    def action_go(self, step: int) -> None:
        """Show the next two pictures, or the two before."""
        at = min(max(self._at + step, 0), len(self._pairs) - 1)
        if at != self._at:
            self._at = at
            self._draw()

    def action_close(self) -> None:
        self.dismiss(None)


def _rows(words: str, columns: int) -> int:
    return sum(-(-max(len(line), 1) // columns) for line in words.split("\n"))


def _picture(path: str, columns: int, rows: int) -> Picture | str:
    """Draw one picture (blocking), or say why it cannot be."""
    try:
        return thumbnail(path, columns, rows)
    except PictureError as error:
        return str(error)
