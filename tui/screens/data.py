"""Area 3: choosing a folder of images and how it is loaded."""

from __future__ import annotations

import asyncio
from itertools import zip_longest
from pathlib import Path
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.highlight import highlight
from textual.widgets import Input, Static, TabbedContent, TabPane

from tui.datasets import (
    ImageSizes,
    Picture,
    PictureError,
    image_sizes,
    python_call,
    sample_paths,
    thumbnail,
)
from tui.screens.base import AreaScreen
from tui.screens.choosing import choose_folder, choose_sample
from tui.screens.gallery import GalleryScreen
from tui.screens.host import Dataset
from tui.text import clean
from tui.widgets.augment_form import AugmentForm
from tui.widgets.folder_text import findings_text, summary_text
from tui.widgets.folder_tree import FolderTree
from tui.widgets.loader_form import LoaderForm
from tui.widgets.loader_preview import LoaderPreview
from tui.widgets.path_suggester import FolderSuggester
from tui.widgets.picture import PictureView

THUMBNAIL, LARGE_THUMBNAIL = (14, 7), (18, 9)
"""Columns and rows of one picture, and where the terminal has room for more."""
MOST_THUMBNAILS = 8
SAMPLES_PER_CLASS = 4


class DataScreen(AreaScreen):
    """A tree of folders at the left, what is in the chosen one at the right."""

    AREA = "data"
    CSS_PATH = "data.tcss"
    HELP = """
# Data

A dataset is a folder with **one sub-folder for each class**; the sub-folders' names become the
labels. A folder that holds `train/` and `validation/`, each with the class folders, is recognised.

**↑ ↓** move in the tree, **→ ←** open and close a folder, **enter** chooses it, **/** lets you type
a path (**→** completes it). **v** goes through the views: the images, the loader's settings, the
augmentation and the Python call that will be made. **r** previews them on another image, **b**
looks through all images class by class, **c** checks them, **d** gets more: samples, the course's
sets, an archive. **g** goes back to the tree, **y** copies the call.

Nothing in your folders is ever changed.
"""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("t", "train", "Train on it", id="data.train", tooltip="Set up a training on it"),
        Binding("v", "view", "View", id="data.view", tooltip="Images, loader, Python call"),
        Binding("c", "check", "Check", id="data.check", tooltip="Look for what is wrong with it"),
        Binding("slash", "path", "Type a path", id="data.path", tooltip="Type a folder's path"),
        Binding("d", "get", "Get images", id="data.get", tooltip="Samples, the course's sets"),
        Binding("g", "tree", "Tree", show=False, id="data.tree", tooltip="Go back to the tree"),
        Binding("b", "browse", "Browse", id="data.browse", tooltip="Look through the images"),
        Binding(
            "r",
            "another",
            "Another image",
            show=False,
            id="data.another",
            tooltip="Preview another image, and other random changes",
        ),
        Binding(
            "y", "copy", "Copy call", show=False, id="data.copy", tooltip="Copy the Python call"
        ),
        Binding(
            "i",
            "inner",
            "Suggested",
            show=False,
            id="data.inner",
            tooltip="Choose the folder that was probably meant",
        ),
    ]

    VIEWS = ("images", "loader", "augment", "python")

    def __init__(self) -> None:
        super().__init__()
        self.dataset: Dataset | None = None
        self._samples: list[str] = []
        """Images to preview the loader on, a class after the other."""
        self._sample = 0

    def compose_body(self) -> ComposeResult:
        with Horizontal(id="data"):
            with Vertical(id="data-left"):
                yield FolderTree(Path.cwd(), id="folders")
                yield Input(
                    placeholder="path of a folder, → completes",
                    id="path",
                    compact=True,
                    suggester=FolderSuggester(),
                )
            with Vertical(id="data-right"):
                yield Static(
                    Content("Choose a folder with one sub-folder for each class, or the sample."),
                    id="data-head",
                )
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
        self.where = "Data"
        self.query_one("#views").display = False
        self.query_one("#path").display = False
        self.query_one("#folders").focus()

    @on(FolderTree.Chosen)
    def _chosen(self, event: FolderTree.Chosen) -> None:
        event.stop()
        if event.spot.kind == "sample":
            self.choose(None, event.spot.name)
        elif event.spot.path is not None:
            self.choose(event.spot.path)

    @on(Input.Submitted, "#path")
    def _typed(self, event: Input.Submitted) -> None:
        event.stop()
        if event.value.strip():
            self.choose(Path(event.value.strip()).expanduser())
        self.action_tree()

    @work(exclusive=True, group="choose")
    async def choose(self, path: Path | None, sample: str = "") -> None:
        """Look at a folder or a sample, and show what is in it."""
        head = self.query_one("#data-head", Static)
        head.update(Content(f"looking at {clean(path or sample, 60)} …"))
        if path is not None:
            dataset = await choose_folder(self.host, path)
        else:
            dataset = await choose_sample(self.host, sample)
        if dataset is None:
            head.update(Content(f"{clean(path or sample, 60)} cannot be used."))
            return
        self.dataset = dataset
        summary = dataset.summary
        self.where = f"Data · {dataset.name}"
        head.update(Content.styled(clean(summary.path), "bold"))
        self.query_one("#views").display = True
        self.query_one(LoaderForm).load(dataset.settings)
        self.query_one(AugmentForm).load(dataset.settings.augmentation)
        self.query_one("#findings", Static).update(findings_text(summary))
        self._show_summary(dataset, None)
        row = self.query_one("#thumbnails", Horizontal)
        await row.remove_children()
        size = LARGE_THUMBNAIL if self.has_class("-tall") else THUMBNAIL
        sizes, pictures = await asyncio.to_thread(_pictures, dataset, size)
        found = await asyncio.to_thread(sample_paths, summary, SAMPLES_PER_CLASS)
        self._samples = [path for paths in zip_longest(*found.values()) for path in paths if path]
        self._sample = 0
        self._preview()
        self._show_summary(dataset, sizes)
        room = max(self.query_one("#data-right").size.width // (size[0] + 1), 1)
        shown = pictures[:: -(-len(pictures) // room)] if pictures else []
        await row.mount(*(PictureView(picture, name) for name, picture in shown))

    def _show_summary(self, dataset: Dataset, sizes: ImageSizes | None) -> None:
        width = self.query_one("#data-right").size.width - 4
        self.query_one("#summary", Static).update(summary_text(dataset.summary, sizes, width))

    @on(LoaderForm.Changed)
    def _loader_changed(self, event: LoaderForm.Changed) -> None:
        event.stop()
        if event.settings is None or self.dataset is None:
            return
        dataset = Dataset(self.dataset.name, self.dataset.summary, event.settings)
        self.dataset = dataset
        if dataset.summary.trainable:
            self.host.dataset = dataset
        self._preview()
        self.query_one("#call", Static).update(
            highlight(clean_code(python_call(event.settings)), language="python")
        )

    @on(AugmentForm.Changed)
    def _augmentation_changed(self, event: AugmentForm.Changed) -> None:
        event.stop()
        if event.augmentation is not None:
            self.query_one(LoaderForm).augment(event.augmentation)

    def _preview(self) -> None:
        """Show one of the folder's images as it is loaded."""
        if self.dataset is not None and self._samples:
            path = self._samples[self._sample % len(self._samples)]
            for view in self.query(LoaderPreview):
                view.show(path, self.dataset.settings)

    def action_another(self) -> None:
        """Show another image, and other random changes."""
        self._sample += 1
        for view in self.query(LoaderPreview):
            view.reroll()
        self._preview()

    def action_browse(self) -> None:
        """Look through the images, class by class."""
        if self.dataset is None or not self.dataset.summary.classes:
            self.notify("Choose a folder or the sample first.")
        else:
            self.app.push_screen(GalleryScreen(self.dataset.summary, self.dataset.settings))

    def action_view(self) -> None:
        """Go to the next view."""
        if self.dataset is None:
            return
        views = self.query_one("#views", TabbedContent)
        position = (self.VIEWS.index(views.active) + 1) % len(self.VIEWS)
        views.active = self.VIEWS[position]
        focus = {
            "images": "#images-scroll",
            "loader": "#target_height",
            "augment": "#rotation_range",
            "python": "#python-scroll",
        }
        self.call_after_refresh(self.query_one(focus[views.active]).focus)

    def action_path(self) -> None:
        """Show the line for a path."""
        line = self.query_one("#path", Input)
        line.display = True
        line.focus()

    def action_get(self) -> None:
        """Open the list of what can be had."""
        from tui.screens.getting import GetScreen

        self.app.push_screen(GetScreen(self.choose))

    def action_tree(self) -> None:
        """Go back to the tree."""
        self.query_one("#path").display = False
        self.query_one("#folders").focus()

    def action_copy(self) -> None:
        if self.dataset is not None:
            self.app.copy_to_clipboard(python_call(self.dataset.settings))
            self.notify("The Python call is copied.")

    def action_inner(self) -> None:
        """Choose the folder that was probably meant."""
        for finding in self.dataset.summary.findings if self.dataset is not None else ():
            if finding.suggestion:
                self.choose(Path(finding.suggestion))
                return

    def action_check(self) -> None:
        """Look at every image and say what is wrong."""
        from tui.screens.doctor import DoctorScreen

        if self.dataset is None:
            self.notify("Choose a folder or the sample first.")
        else:
            self.app.push_screen(DoctorScreen(self.dataset, self._treated))

    def _treated(self, dataset: Dataset) -> None:
        """Take over the settings that a remedy has changed."""
        self.dataset = dataset
        self.query_one("#data-head", Static).update(
            Content.styled(clean(dataset.summary.path), "bold")
        )
        self.query_one("#findings", Static).update(findings_text(dataset.summary))
        self._show_summary(dataset, None)
        self.query_one(LoaderForm).load(dataset.settings)

    def action_train(self) -> None:
        """Go to the training's set-up with this folder."""
        if self.dataset is None:
            self.notify("Choose a folder or the sample first.")
        elif not self.dataset.summary.trainable:
            self.notify("This folder cannot be trained on; see what is marked ✗.", severity="error")
        else:
            self.host.action_area("train")

    def leaves_field_first(self, focused: object) -> bool:
        if isinstance(focused, Input) and focused.id == "path":
            focused.display = False
            self.query_one("#folders").focus()
        return super().leaves_field_first(focused)


def clean_code(code: str) -> str:
    """Return code with its lines kept and control characters made visible."""
    return "\n".join(clean(line) for line in code.split("\n"))


def _pictures(
    dataset: Dataset, size: tuple[int, int]
) -> tuple[ImageSizes, list[tuple[str, Picture]]]:
    """Read image sizes and draw a few thumbnails (blocking)."""
    summary = dataset.summary
    sizes = image_sizes(summary)
    classes = max(len(summary.classes), 1)
    per_class = 1 if classes >= MOST_THUMBNAILS else max(MOST_THUMBNAILS // 2 // classes, 1)
    pictures = []
    for name, paths in sample_paths(summary, per_class).items():
        for path in paths:
            try:
                pictures.append((clean(name, 14), thumbnail(path, *size)))
            except PictureError:
                continue  # the check before a training names it
    return sizes, pictures[:MOST_THUMBNAILS]
