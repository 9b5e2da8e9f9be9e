"""The pictures of a run's images, to take one and look at what the network makes of it."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import ClassVar

from textual.binding import Binding, BindingType

from tui.datasets import FolderSummary, LoaderSettings
from tui.datasets.folder.summary import ClassCount
from tui.inspection.choices import typed_picture, unseen_folder
from tui.ui.dialogs.ask_path import AskPath
from tui.ui.pictures.gallery import GalleryScreen

ENDINGS = (".png", ".jpg", ".jpeg", ".bmp", ".ppm", ".tif", ".tiff", ".gif", ".webp")
"""Pillow reads more than Keras takes from a folder."""


Take = Callable[[str], None]


def ask_picture(screen: GalleryScreen | None, push: Callable[..., object], take: Take) -> None:
    """Ask for the path of any picture, and take it."""

    def typed(text: str | None) -> None:
        if text:
            take(typed_picture(text))
            if screen is not None and screen.is_current:
                screen.app.pop_screen()

    push(AskPath("A picture of yours", ENDINGS, "~/cat.jpg"), typed)


class PictureScreen(GalleryScreen):
    """Thumbnails class by class; enter takes one."""

    # A screen that inherits does not inherit its parent's sheet: the selectors name the classes.
    CSS_PATH = "../../ui/pictures/gallery.tcss"
    HELP = """
# A picture

The arrows move over the images of a class, **page up** and **page down** turn the page, **n** and
**p** go to the next class and the one before. **enter** takes an image, **/** asks for the path of
any other, **m** shows the worst mistakes. **space** enlarges, **escape** goes back.
"""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "take", "Take", id="pictures.take", tooltip="Look at this image"),
        Binding("slash", "type", "Any file", id="pictures.type", tooltip="Type the path of a file"),
        Binding("m", "mistakes", "Mistakes", id="pictures.mistakes", tooltip="The worst mistakes"),
        Binding(
            "space", "enlarge", "Enlarge", show=False, id="pictures.enlarge", tooltip="Enlarge it"
        ),
    ]

    def __init__(self, settings: LoaderSettings, take: Take, mistakes: Callable[[], None]) -> None:
        """Make the screen.

        Args:
            settings: how the run loads its images.
            take: called with the path of the image that is taken.
            mistakes: opens the mistakes instead.
        """
        folder = unseen_folder(settings)
        classes = tuple(ClassCount(name, 0) for name in settings.classes)
        super().__init__(FolderSummary(folder, "classes", folder, None, classes), settings)
        self._take_it, self._mistakes = take, mistakes

    def action_take(self) -> None:
        """Take the image under the cursor."""
        path = self._path
        if path and os.path.exists(path):
            self.app.pop_screen()
            self._take_it(path)

    def action_type(self) -> None:
        ask_picture(self, self.app.push_screen, self._take_it)

    def action_mistakes(self) -> None:
        self.app.pop_screen()
        self._mistakes()
