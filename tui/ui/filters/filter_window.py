"""A window with filters on a real picture."""

from __future__ import annotations

from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from tui.common.text import clean
from tui.common.typed_paths import in_thread
from tui.datasets import FolderSummary, sample_paths
from tui.datasets.images.planes import picture_names
from tui.ui.dialogs.input_windows import PickWindow
from tui.ui.dialogs.window import Window
from tui.ui.filters.filtered_picture import FilteredPicture
from tui.ui.footer import Footer

PER_CLASS = 8
"""Images offered of each class of the learner's folder."""


class FilterWindow(Window[None]):
    """Shows a picture on the left, and its filtered map on the right."""

    CSS_PATH = "filter_window.tcss"
    HELP = f"""
# Filters on a picture
{FilteredPicture.HELP}
**o** chooses another picture: one that comes with the app, or one of the folder chosen under Data.
"""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("o", "open", "Picture", id="filtering.open", tooltip="Choose another picture"),
        Binding("escape,q,p,z", "app.pop_screen", "Close", id="filtering.close", tooltip="Close"),
    ]

    def __init__(
        self, folder: FolderSummary | None = None, view: FilteredPicture | None = None
    ) -> None:
        """Make the screen.

        Args:
            folder: the chosen folder of images, if any.
            view: the picture and its filters; by default a new one with all ready-made filters.
        """
        super().__init__()
        self._folder = folder
        self._view = view or FilteredPicture()

    def compose(self) -> ComposeResult:
        with Vertical(classes="filtering"):
            yield self._view
        yield Footer()

    def on_mount(self) -> None:
        self.query_one(FilteredPicture).focus()

    @work(exclusive=True)
    async def action_open(self) -> None:
        """Choose a picture from those of the app and those of the folder."""
        options = [(name, f"{name:<8} {words}") for name, words in picture_names().items()]
        if self._folder is not None:
            folder = self._folder
            samples = await in_thread(lambda: sample_paths(folder, PER_CLASS))
            options += [
                (path, clean(f"{name}: {path.rpartition('/')[2]}", 70))
                for name, paths in samples.items()
                for path in paths
            ]
        chosen = await self.app.push_screen_wait(PickWindow("Choose a picture", options))
        if chosen is not None:
            self.query_one(FilteredPicture).picture = chosen
