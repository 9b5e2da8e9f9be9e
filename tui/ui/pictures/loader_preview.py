"""One image of the folder: the original, as loaded, and augmented."""

from __future__ import annotations

from pathlib import Path

from textual import events, work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Static

from tui.common.text import clean
from tui.common.typed_paths import in_thread
from tui.datasets import LoaderSettings, Picture, PictureError, thumbnail
from tui.datasets.loader.augmentation_preview import preview_pictures
from tui.ui.pictures.half_blocks import PictureView
from tui.ui.textual_patches.cancel_workers import CancelsWorkers

GAP = 1
MOST = 6


class LoaderPreview(CancelsWorkers, Vertical):
    """Shows an image, redrawn at every change of the settings."""

    DEFAULT_CSS = """
    LoaderPreview { height: 1fr; min-height: 7; }
    LoaderPreview #preview-row { height: 1fr; }
    LoaderPreview PictureView { margin: 0 1 0 0; }
    LoaderPreview #preview-said { height: 1; color: $text-muted; }
    """

    def __init__(self, *, augmented: bool = False, id: str | None = None) -> None:  # noqa: A002
        """Make the preview.

        Args:
            augmented: whether to show augmented images; else the original and the loaded one.
            id: Textual's.
        """
        super().__init__(id=id)
        self._augmented = augmented
        self._path = ""
        self._settings: LoaderSettings | None = None
        self._seed = 0

    def compose(self) -> ComposeResult:
        yield Horizontal(id="preview-row")
        yield Static(id="preview-said")

    def show(self, path: str, settings: LoaderSettings) -> None:
        """Show an image as these settings load it."""
        self._path, self._settings = path, settings
        self._draw()

    def reroll(self) -> None:
        """Redraw with other random numbers."""
        self._seed += MOST
        self._draw()

    def on_resize(self, event: events.Resize) -> None:
        self._draw()

    @work(exclusive=True)
    async def _draw(self) -> None:
        row = self.query_one("#preview-row", Horizontal)
        rows = row.size.height - 1
        if self._settings is None or not self._path or rows < 3 or row.size.width < 12:
            return
        caption_line, settings = self.query_one("#preview-said", Static), self._settings
        try:
            shown = await in_thread(lambda: self._pictures(settings, row.size.width, rows))
        except PictureError as error:
            await row.remove_children()
            caption_line.update(Content.styled(str(error), "$text-error"))
            return
        with self.app.batch_update():
            await row.remove_children()
            await row.mount(*(PictureView(picture, caption) for caption, picture in shown))
        caption_line.update(Content(clean(Path(self._path).name, 60)))

    def _pictures(
        self, settings: LoaderSettings, width: int, rows: int
    ) -> list[tuple[str, Picture]]:
        """Return captions and pictures (blocking)."""
        high, wide = settings.target_size
        if not self._augmented:
            columns = max(width // 2 - GAP, 4)
            (loaded,) = preview_pictures(self._path, settings, columns, rows, 0)
            original = thumbnail(self._path, columns, rows)
            return [("original", original), (f"{wide}×{high}", loaded)]
        across = max(min(2 * rows * wide // high, width // 3 - GAP), 4)
        count = max(min(width // (across + GAP) - 1, MOST), 2)
        loaded, *changed = preview_pictures(self._path, settings, across, rows, count, self._seed)
        return [("as loaded", loaded), *(("at random", picture) for picture in changed)]
