"""Choose the network's input picture: one of the run's images, or any file."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from tui.datasets import FolderSummary, LoaderSettings
from tui.datasets.folder.folder_summary import ClassCount
from tui.inspection.choices import neighbouring_image, typed_image_path, validation_folder
from tui.ui.commands import bindings
from tui.ui.dialogs.input_windows import PathWindow
from tui.ui.dialogs.window import Window
from tui.ui.footer import Footer
from tui.ui.pictures.gallery import GALLERY_COMMANDS, Gallery

if TYPE_CHECKING:
    from textual.app import App
    from textual.screen import Screen

    from tui.areas.look_inside.look_screen import LookScreen
    from tui.areas.look_inside.run_choice import RunChoice

ENDINGS = (".png", ".jpg", ".jpeg", ".bmp", ".ppm", ".tif", ".tiff", ".gif", ".webp")
"""Pillow reads more formats than Keras's loaders accept in a folder."""


PICTURE_COMMANDS = bindings(
    "look",
    ("i", "choose", "picture", "Picture", "Choose another picture"),
    (
        "full_stop,greater_than_sign",
        "neighbour(1)",
        "picture-on",
        "Next picture",
        "Next picture of the folder",
    ),
    (
        "comma,less_than_sign",
        "neighbour(-1)",
        "picture-before",
        "Previous picture",
        "Previous picture of the folder",
    ),
    handler="pictures",
    footer=("picture",),
)


class PictureChoice:
    """Chooses the picture; the screen holds it as `pictures`."""

    def __init__(self, screen: LookScreen, runs: RunChoice, mistakes: Callable[[], None]) -> None:
        """Make the handler.

        Args:
            screen: the screen of the area.
            runs: knows the open run.
            mistakes: shows the most confident mistakes.
        """
        self._screen, self._runs, self._mistakes = screen, runs, mistakes

    def offers(self, command: str) -> bool:
        """Whether a command is available: without a network no picture can be chosen."""
        return command != "choose" or self._screen.session.view.opened is not None

    def take(self, path: str) -> None:
        """Show another picture."""
        self._screen.select(picture=path)

    def choose(self) -> None:
        """Choose a picture from the run's images, or any file."""
        settings = self._runs.settings
        if self._screen.session.view.opened is None:
            return
        if settings is None or not os.path.isdir(validation_folder(settings)):
            ask_picture(self._screen.app, self.take)
            return
        self._screen.app.push_screen(PictureWindow(settings, self.take, self._mistakes))

    def neighbour(self, step: int) -> None:
        """Go to the next or the previous picture of the folder."""
        self._screen.run_worker(self._neighbour(step), group="neighbour")

    async def _neighbour(self, step: int) -> None:
        settings, picture = self._runs.settings, self._screen.session.selection.picture
        if settings is None or not picture:
            return
        found = await asyncio.to_thread(
            neighbouring_image, settings, picture, step, self._runs.left_out
        )
        if found == picture:
            self._screen.notify("This picture is not one of the run's images: i chooses one.")
        elif self._screen.session.selection.picture == picture:
            self.take(found)


def ask_picture(
    app: App[object], take: Callable[[str], None], window: Screen[None] | None = None
) -> None:
    """Ask for the path of any picture.

    Args:
        app: the running app.
        take: called with the path.
        window: a window to close then.
    """

    def typed(text: str | None) -> None:
        if text:
            take(typed_image_path(text))
            if window is not None and window.is_current:
                app.pop_screen()

    app.push_screen(PathWindow("Open a picture", ENDINGS, "~/cat.jpg"), typed)


class PictureWindow(Window[None]):
    """Shows thumbnails class by class; enter chooses one."""

    CSS_PATH = "../../ui/pictures/gallery.tcss"
    HELP = """
# A picture

The arrows move over the images of a class, **page up** and **page down** turn the page, **n** and
**p** go to the next and the previous class. **enter** chooses an image, **/** asks for the path of
any other, **m** shows the most confident mistakes. **space** enlarges, **escape** goes back.
"""

    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(
            "pictures", ("enter", "take", "take", "Choose", "Choose this image"), footer=("take",)
        ),
        *GALLERY_COMMANDS,
        *bindings(
            "pictures",
            ("slash", "type", "type", "Any file", "Type the path of a file"),
            ("m", "mistakes", "mistakes", "Mistakes", "Show the most confident mistakes"),
            footer=("type", "mistakes"),
        ),
        *bindings(
            "pictures",
            ("space", "enlarge", "enlarge", "Enlarge", "Enlarge the image"),
            handler="gallery",
        ),
    ]

    def __init__(
        self, settings: LoaderSettings, take: Callable[[str], None], mistakes: Callable[[], None]
    ) -> None:
        """Make the window.

        Args:
            settings: how the run loads its images.
            take: called with the path of the chosen image.
            mistakes: shows the mistakes instead.
        """
        super().__init__(classes="gallery-window")
        folder = validation_folder(settings)
        classes = tuple(ClassCount(name, 0) for name in settings.classes)
        summary = FolderSummary(folder, "classes", folder, None, classes)
        self.gallery = Gallery(summary, settings)
        self._take, self._mistakes = take, mistakes

    def compose(self) -> ComposeResult:
        yield self.gallery
        yield Footer()

    def action_take(self) -> None:
        """Choose the image under the cursor."""
        path = self.gallery.path
        if path and os.path.exists(path):
            self.app.pop_screen()
            self._take(path)

    def action_type(self) -> None:
        ask_picture(self.app, self._take, self)

    def action_mistakes(self) -> None:
        self.app.pop_screen()
        self._mistakes()
