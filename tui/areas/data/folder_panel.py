"""What is in the chosen folder: its images, how they are loaded and augmented, and the call."""

from __future__ import annotations

from itertools import zip_longest

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.highlight import highlight
from textual.message import Message
from textual.widgets import Static, TabbedContent, TabPane

from tui.areas.data.loader_form import AugmentForm, LoaderForm
from tui.common.shorten import shorten_words
from tui.common.text import clean
from tui.common.typed_paths import in_thread
from tui.datasets import (
    FolderSummary,
    ImageSizes,
    LoaderSettings,
    Picture,
    PictureError,
    image_sizes,
    python_call,
    sample_paths,
    thumbnail,
)
from tui.ui.folder_text import findings_text, folder_summary_text
from tui.ui.path_line import PathLine
from tui.ui.pictures.half_blocks import PictureView
from tui.ui.pictures.loader_preview import LoaderPreview

SMALLEST = 14
"""The least columns of a picture; it has half as many rows."""
LARGEST = {False: 18, True: 28}
"""The most columns of a picture, by whether the terminal is tall."""
MOST_THUMBNAILS = 8
SAMPLES_PER_CLASS = 4
_BEGIN = (
    ("enter", "take the folder or sample under the cursor"),
    ("→ ←", "open and close a folder"),
    ("/", "type a path; tab completes it"),
    ("d", "get images: the course's sets, an archive"),
)
"""What can be done before a folder is chosen."""


def _begin_text() -> Content:
    first = "Choose a folder with one sub-folder for each class, or a sample.\n"
    keys = (Content.assemble((f"{key:<7}", "bold $text-accent"), what) for key, what in _BEGIN)
    return Content("\n").join([Content(first), *keys])


class FolderPanel(Vertical):
    """The views of one folder."""

    class Changed(Message):
        """The loader's settings were changed, and are valid."""

        def __init__(self, settings: LoaderSettings) -> None:
            super().__init__()
            self.settings = settings

    VIEWS = ("images", "loader", "augment", "python")
    FOCUS = {  # noqa: RUF012 - never changed
        "images": "#images-scroll",
        "loader": "#target_height",
        "augment": "#rotation_range",
        "python": "#python-scroll",
    }

    def __init__(self, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._summary: FolderSummary | None = None
        self._settings: LoaderSettings | None = None
        self._sizes: ImageSizes | None = None
        self._samples: list[str] = []
        """Images to preview the loader on, a class after the other."""
        self._sample = 0

    def compose(self) -> ComposeResult:
        yield Static(_begin_text(), id="data-begin")
        yield PathLine(id="data-head")
        with TabbedContent(initial="images", id="views"):
            with TabPane("Images", id="images"), VerticalScroll(id="images-scroll"):
                yield Static(id="findings")
                yield Horizontal(id="thumbnails")
                yield Static(id="summary")
            with TabPane("Loader", id="loader"):
                yield LoaderForm()
                yield LoaderPreview(id="loaded")
            with TabPane("Augment", id="augment"):
                yield AugmentForm()
                yield LoaderPreview(augmented=True, id="augmented")
            with TabPane("Python", id="python"), VerticalScroll(id="python-scroll"):
                yield Static(id="call")

    def on_mount(self) -> None:
        self.query_one("#views").display = False

    def say(self, path: object, *, before: str = "", after: str = "") -> None:
        """Show a path between words in place of the folder."""
        self.query_one("#data-begin").display = False
        self.query_one(PathLine).show(path, before=before, after=after)

    async def show(self, summary: FolderSummary, settings: LoaderSettings, *, tall: bool) -> None:
        """Show another folder, at the width of the whole screen.

        Args:
            summary: what is in it.
            settings: how it is loaded.
            tall: whether there is room for larger thumbnails.
        """
        self.query_one("#data-begin").display = False
        self.take(summary, settings)
        self.query_one("#views").display = True
        row = self.query_one("#thumbnails", Horizontal)
        await row.remove_children()
        room = self.screen.size.width - 4
        sizes, pictures = await in_thread(lambda: _pictures(summary, room, LARGEST[tall]))
        found = await in_thread(lambda: sample_paths(summary, SAMPLES_PER_CLASS))
        self._samples = [path for paths in zip_longest(*found.values()) for path in paths if path]
        self._sample = 0
        self._preview()
        self._sizes = sizes
        self._show_summary(sizes)
        await row.mount(*(PictureView(picture, name) for name, picture in pictures))
        self._show_whole_pictures()

    def on_resize(self) -> None:
        self.call_after_refresh(self._show_whole_pictures)
        self._show_summary(self._sizes)

    def _show_whole_pictures(self) -> None:
        """Hide the pictures for which there is no room, such as beside the tree."""
        for row in self.query("#thumbnails"):  # none while the app is closing
            room = row.size.width
            for view in row.query(PictureView):
                room -= view.get_content_width(self.size, self.size) + 1
                view.display = room >= -1

    def take(self, summary: FolderSummary, settings: LoaderSettings) -> None:
        """Take over what was found in the same folder, and settings that a remedy changed."""
        self._summary, self._settings = summary, settings
        self.query_one(PathLine).show(summary.path)
        self.query_one("#findings", Static).update(findings_text(summary))
        self._sizes = None
        self._show_summary(None)
        self.query_one(LoaderForm).load(settings)
        self.query_one(AugmentForm).load(settings.augmentation)

    def focus_view(self) -> None:
        """Give the focus to the current view."""
        views = self.query_one("#views", TabbedContent)
        self.query_one(self.FOCUS[views.active]).focus()

    def next_view(self) -> None:
        """Go to the next view."""
        views = self.query_one("#views", TabbedContent)
        views.active = self.VIEWS[(self.VIEWS.index(views.active) + 1) % len(self.VIEWS)]
        self.call_after_refresh(self.focus_view)

    def another(self) -> None:
        """Preview another image, and other random changes."""
        self._sample += 1
        for view in self.query(LoaderPreview):
            view.reroll()
        self._preview()

    @on(LoaderForm.Changed)
    def _loader_changed(self, event: LoaderForm.Changed) -> None:
        event.stop()
        if event.settings is None or self._summary is None:
            return
        self._settings = event.settings
        self._preview()
        code = clean_code(python_call(event.settings))
        self.query_one("#call", Static).update(highlight(code, language="python"))
        self.post_message(self.Changed(event.settings))

    @on(AugmentForm.Changed)
    def _augmentation_changed(self, event: AugmentForm.Changed) -> None:
        event.stop()
        if event.augmentation is not None:
            self.query_one(LoaderForm).augment(event.augmentation)

    def _preview(self) -> None:
        """Show one of the folder's images as it is loaded."""
        if self._settings is not None and self._samples:
            path = self._samples[self._sample % len(self._samples)]
            for view in self.query(LoaderPreview):
                view.show(path, self._settings)

    def _show_summary(self, sizes: ImageSizes | None) -> None:
        if self._summary is not None:
            text = folder_summary_text(self._summary, sizes, self.size.width - 4)
            self.query_one("#summary", Static).update(text)


def clean_code(code: str) -> str:
    """Return code with its lines kept and control characters made visible."""
    return "\n".join(clean(line) for line in code.split("\n"))


def _pictures(
    summary: FolderSummary, room: int, largest: int
) -> tuple[ImageSizes, list[tuple[str, Picture]]]:
    """Read image sizes and draw a few thumbnails (blocking).

    Args:
        summary: the folder.
        room: the width for all of them, in cells.
        largest: the greatest width of one.
    """
    sizes = image_sizes(summary)
    classes = max(len(summary.classes), 1)
    per_class = 1 if classes >= MOST_THUMBNAILS else max(MOST_THUMBNAILS // 2 // classes, 1)
    found = sample_paths(summary, per_class)
    chosen = [(name, path) for name, paths in found.items() for path in paths]
    most = min(max(room // (SMALLEST + 1), 1), MOST_THUMBNAILS)
    chosen = chosen[:: -(-len(chosen) // most)] if chosen else []
    width = min(max(room // max(len(chosen), 1) - 1, SMALLEST), largest)
    pictures = []
    for name, path in chosen:
        try:
            pictures.append((shorten_words(name, width), thumbnail(path, width, width // 2)))
        except PictureError:
            continue  # the check before a training names it
    return sizes, pictures
