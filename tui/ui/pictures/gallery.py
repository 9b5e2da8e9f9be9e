"""The images of a folder, class by class; one can be enlarged."""

from __future__ import annotations

import os
from typing import ClassVar

from textual import events, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, Horizontal, Vertical
from textual.content import Content
from textual.reactive import var
from textual.widgets import Static

from tui.common.text import clean
from tui.common.typed_paths import in_thread
from tui.datasets import FolderSummary, LoaderSettings, Picture, PictureError, thumbnail
from tui.datasets.folder.listing import class_images
from tui.ui.commands import bindings
from tui.ui.dialogs.window import Window
from tui.ui.footer import Footer
from tui.ui.pictures.half_blocks import PictureView
from tui.ui.pictures.loader_preview import LoaderPreview
from tui.ui.textual_patches.cancel_workers import CancelsWorkers

COLUMNS, ROWS = 18, 8
"""Size of a thumbnail in cells; its caption takes another row."""


GALLERY_COMMANDS = bindings(
    "gallery",
    ("n", "change_class(1)", "next", "Next class", "Next class"),
    ("p", "change_class(-1)", "previous", "Previous class", "Previous class"),
    ("right", "go(1)", "right", "Right", "Next image"),
    ("left", "go(-1)", "left", "Left", "Previous image"),
    ("down", "change_row(1)", "down", "Down", "One row down"),
    ("up", "change_row(-1)", "up", "Up", "One row up"),
    ("pagedown", "turn(1)", "page", "Page down", "Next page"),
    ("pageup", "turn(-1)", "back", "Page up", "Previous page"),
    ("escape,q,b", "close", "close", "Back", "Go back"),
    handler="gallery",
    footer=("next", "previous", "close"),
)


class Gallery(CancelsWorkers, Vertical):
    """A page of thumbnails, or one of them enlarged. The window handles the keys."""

    group: var[int] = var(0, init=False)
    """Index of the class."""
    cursor: var[int] = var(0, init=False)
    """Index of the image in the class."""
    enlarged: var[bool] = var(False, init=False)

    def __init__(self, summary: FolderSummary, settings: LoaderSettings) -> None:
        """Make the view.

        Args:
            summary: the folder.
            settings: how its images are loaded.
        """
        super().__init__()
        self._summary, self._settings = summary, settings
        self._names: list[str] = []
        self._page = -1
        self._across, self._down = 1, 1

    def compose(self) -> ComposeResult:
        yield Static(id="gallery-head")
        yield Container(id="gallery-grid")
        yield LoaderPreview(id="gallery-large")

    def offers(self, command: str) -> bool:
        """All commands are always available."""
        return True

    def on_mount(self) -> None:
        self.query_one("#gallery-large").display = False
        self._load()

    @property
    def path(self) -> str:
        """Path of the image under the cursor; empty if there is none."""
        name = self._names[self.cursor] if self._names else ""
        return os.path.join(self._summary.train_directory, name) if name else ""

    @work(exclusive=True, group="load")
    async def _load(self) -> None:
        """List the images of the class and show the first page."""
        directory = self._summary.train_directory
        name = self._summary.classes[self.group].name
        self._names = await in_thread(lambda: class_images(directory, name))
        self.set_reactive(Gallery.cursor, 0)
        self._page = -1
        self._show()

    def on_resize(self, event: events.Resize) -> None:
        self._page = -1
        self.call_after_refresh(self._show)

    def watch_group(self) -> None:
        self.enlarged = False
        self._load()

    def watch_cursor(self) -> None:
        self._show()

    def watch_enlarged(self, enlarged: bool) -> None:
        self.query_one("#gallery-large").display = enlarged
        self.query_one("#gallery-grid").display = not enlarged
        self._page = -1
        self.call_after_refresh(self._show)

    def _show(self) -> None:
        self._head()
        if self.enlarged:
            self.query_one(LoaderPreview).show(self.path, self._settings)
            return
        size = self.query_one("#gallery-grid").size
        self._across = max(size.width // (COLUMNS + 1), 1)
        self._down = max(size.height // (ROWS + 1), 1)
        page = self.cursor // (self._across * self._down)
        if page != self._page:
            self._page = page
            self._fill(page)
        else:
            self._mark()

    def _head(self) -> None:
        group = self._summary.classes[self.group]
        at = f"{self.cursor + 1:,} of {len(self._names):,}" if self._names else "no images"
        self.query_one("#gallery-head", Static).update(
            Content.assemble(
                (f" {clean(group.name, 40)} ", "bold reverse"),
                f"  class {self.group + 1} of {len(self._summary.classes)}   {at}   ",
                (clean(os.path.basename(self.path), 50), "$text-muted"),
            )
        )

    @work(exclusive=True, group="fill")
    async def _fill(self, page: int) -> None:
        """Draw the thumbnails of a page."""
        count = self._across * self._down
        names = self._names[page * count : (page + 1) * count]
        directory = self._summary.train_directory
        drawn = await in_thread(lambda: _thumbnails(directory, names))
        grid = self.query_one("#gallery-grid")
        with self.app.batch_update():
            await grid.remove_children()
            for start in range(0, len(drawn), self._across):
                views = [
                    PictureView(picture, caption)
                    for caption, picture in drawn[start : start + self._across]
                ]
                await grid.mount(Horizontal(*views, classes="gallery-row"))
        self._mark()

    def _mark(self) -> None:
        """Mark the image under the cursor."""
        place = self.cursor - self._page * self._across * self._down
        for number, view in enumerate(self.query("#gallery-grid PictureView")):
            view.set_class(number == place, "-chosen")

    # Commands

    def go(self, step: int) -> None:
        if self._names:
            self.cursor = min(max(self.cursor + step, 0), len(self._names) - 1)

    def change_row(self, step: int) -> None:
        self.go(step * (1 if self.enlarged else self._across))

    def turn(self, step: int) -> None:
        self.go(step * self._across * self._down)

    def change_class(self, step: int) -> None:
        self.group = (self.group + step) % len(self._summary.classes)

    def enlarge(self) -> None:
        """Enlarge the image, or go back to the page."""
        if self._names:
            self.enlarged = not self.enlarged

    def close(self) -> None:
        """Go back to the page, or close."""
        if self.enlarged:
            self.enlarged = False
        else:
            self.app.pop_screen()


class GalleryWindow(Window[None]):
    """Shows the images of a folder."""

    CSS_PATH = "gallery.tcss"
    HELP = """
# Images

The arrows move over the images of a class, **page up** and **page down** turn the page, **n** and
**p** go to the next and the previous class. **enter** enlarges an image: on the left the original,
on the right as it is loaded at the target size. **escape** goes back.
"""

    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(
            "gallery",
            ("enter", "enlarge", "enlarge", "Enlarge", "Enlarge the image"),
            handler="gallery",
            footer=("enlarge",),
        ),
        *GALLERY_COMMANDS,
    ]

    def __init__(self, summary: FolderSummary, settings: LoaderSettings) -> None:
        """Make the window.

        Args:
            summary: the folder.
            settings: how its images are loaded.
        """
        super().__init__(classes="gallery-window")
        self.gallery = Gallery(summary, settings)

    def compose(self) -> ComposeResult:
        yield self.gallery
        yield Footer()


def _thumbnails(directory: str, names: list[str]) -> list[tuple[str, Picture | None]]:
    """Return captions and thumbnails (blocking); None for an image that cannot be read."""
    drawn: list[tuple[str, Picture | None]] = []
    for name in names:
        caption = clean(os.path.basename(name), COLUMNS - 2)
        try:
            drawn.append((caption, thumbnail(os.path.join(directory, name), COLUMNS, ROWS)))
        except PictureError:
            drawn.append((f"✗ {caption}", None))
    return drawn
