"""Area 3: choosing a folder of images and how it is loaded."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Input

from tui.areas.data.folder_panel import FolderPanel
from tui.areas.data.folder_tree import FolderTree
from tui.areas.data.reading_commands import READING_KEYS, reading_for
from tui.common.typed_paths import from_the_root, in_thread, typed_path
from tui.datasets import python_call
from tui.datasets.folder.folder_summary import Reading
from tui.datasets.folder.left_out import remember_left_out
from tui.ui.area_screen import AreaScreen
from tui.ui.choose_dataset import choose_folder, choose_sample, suggestion
from tui.ui.commands import BackStep, bindings
from tui.ui.dialogs.text_windows import copy_text
from tui.ui.folder_text import reading_keys
from tui.ui.forms.path_input import PathHint, PathInput
from tui.ui.pictures.gallery import GalleryWindow
from tui.ui.services import Dataset


class DataScreen(AreaScreen):
    """A tree of folders at the left, what is in the chosen one at the right."""

    AREA = "data"
    CSS_PATH = "data_screen.tcss"
    HELP = """
# Data

A dataset is a folder with **one sub-folder for each class**; the sub-folders' names become the
labels. A folder that holds `train/` and `validation/`, each with the class folders, is recognised.
Where other folders look like parts of one set, or the classes stand in the names (`cat.0.jpg`), you
are asked: **i** takes what was probably meant, **f** takes each folder as a class.

**↑ ↓** move in the tree, **→ ←** open and close a folder, **enter** chooses it, **/** lets you type
a path (**tab** completes it). **v** goes through the views: the images, the loader's settings, the
augmentation and the Python call that will be made. **r** previews them on another image, **b**
looks through all images class by class, **c** checks them, **d** gets more: samples, the course's
sets, an archive. Once a folder is chosen, the tree folds away; **g** shows it again. **y** copies
the call.

Nothing in your folders is ever changed.
"""

    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(
            "data",
            ("t", "train", "train", "Train on it", "Set up a training on it"),
            ("v", "view", "view", "View", "Images, loader, Python call"),
            ("c", "check", "check", "Check", "Look for problems in its images"),
            ("slash", "path", "path", "Type a path", "Type a folder's path"),
            ("d", "get", "get", "Get images", "Samples, the course's sets"),
            ("g", "tree", "tree", "Folders", "Show the tree of folders again"),
            ("b", "browse", "browse", "Browse", "Look through the images"),
            (
                "r",
                "another",
                "another",
                "Another image",
                "Preview another image, and other random changes",
            ),
            ("y", "copy", "copy", "Copy call", "Copy the Python call"),
            *READING_KEYS,
            footer=("train", "view", "check", "path", "get", "browse", "tree"),
        ),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.dataset: Dataset | None = None

    def compose_body(self) -> ComposeResult:
        with Horizontal(id="data"):
            with Vertical(id="data-left"):
                yield FolderTree(Path.cwd(), id="folders")
            yield FolderPanel(id="data-right")
        yield PathHint()
        yield PathInput(placeholder="path of a folder, tab completes", id="path", compact=True)

    def on_mount(self) -> None:
        self.where = "Data"
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
            self.choose(typed_path(event.value), typed=True)
        self.action_tree()

    @work(exclusive=True, group="choose")
    async def choose(
        self,
        path: Path | None,
        sample: str = "",
        reading: Reading = "auto",
        *,
        typed: bool = False,
    ) -> None:
        """Look at a folder or a sample, and show what is in it."""
        panel = self.query_one(FolderPanel)
        panel.say(path or sample, before="looking at ", after=" …")
        if path is not None and typed:
            given = path
            path = await in_thread(lambda: from_the_root(given))
        if path is not None:
            dataset = await choose_folder(self.host, path, reading)
        else:
            dataset = await choose_sample(self.host, sample)
        if dataset is None:
            panel.say(path or sample, after=" cannot be used.")
            return
        self.dataset = dataset
        self.where = f"Data · {dataset.name}"
        self._fold()
        await panel.show(dataset.summary, dataset.settings, tall=self.has_class("-tall"))

    def _fold(self) -> None:
        """Fold the tree away: the folder that was chosen has the whole width."""
        self.add_class("-folded")
        self.refresh_bindings()
        if self.focused is None or self.focused.id in ("folders", "path"):
            # Views that were hidden take the focus once they are laid out.
            self.call_after_refresh(self.query_one(FolderPanel).focus_view)

    def on_screen_resume(self) -> None:
        """Take over settings that another screen changed, such as defaults set in Train."""
        now, before = self.host.dataset, self.dataset
        if (
            now is not None
            and before is not None
            and now.summary.path == before.summary.path
            and now.settings != before.settings
        ):
            self.dataset = now
            self.query_one(FolderPanel).take(now.summary, now.settings)

    @on(FolderPanel.Changed)
    def _settings_changed(self, event: FolderPanel.Changed) -> None:
        event.stop()
        same = self.dataset and self.dataset.settings.directory == event.settings.directory
        if self.dataset is not None and same:  # else another folder was chosen meanwhile
            self.dataset = replace(self.dataset, settings=event.settings)
            if self.dataset.summary.trainable:
                self.host.dataset = self.dataset

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "tree":
            return self.has_class("-folded")
        if action in ("view", "another", "copy", "train", "check", "browse"):
            return self.dataset is not None
        # In the line for a path a slash is part of the path.
        return not (action == "path" and isinstance(self.focused, PathInput))

    def action_another(self) -> None:
        """Preview another image, and other random changes."""
        self.query_one(FolderPanel).another()

    def action_browse(self) -> None:
        """Look through the images, class by class."""
        if self.dataset is None:
            return
        if not self.dataset.summary.classes:
            self.notify("There are no classes with images in this folder.")
        else:
            self.app.push_screen(GalleryWindow(self.dataset.summary, self.dataset.settings))

    def action_view(self) -> None:
        """Go to the next view."""
        if self.dataset is not None:
            self.query_one(FolderPanel).next_view()

    def action_path(self) -> None:
        """Show the line for a path."""
        line = self.query_one("#path", Input)
        line.display = True
        line.focus()

    def action_get(self) -> None:
        """Open the list of what can be had."""
        from tui.areas.data.get_window import GetScreen

        self.app.push_screen(GetScreen(self.choose))

    def action_tree(self) -> None:
        """Show the tree, and go to it."""
        self.remove_class("-folded")
        self.refresh_bindings()
        self.query_one("#path").display = False
        self.query_one("#folders").focus()

    def action_copy(self) -> None:
        if self.dataset is not None:
            call = python_call(self.dataset.settings)
            copy_text(self.app, call, "The Python call is copied.", "loader.py")

    def action_inner(self) -> None:
        """Choose the folder that was probably meant, or read it in the way that was."""
        self._read_as("inner")

    def action_folders(self) -> None:
        """Take each folder in the chosen one for a class."""
        self._read_as("folders")

    def _read_as(self, command: str) -> None:
        found = reading_for(self.dataset.summary, command) if self.dataset is not None else None
        if found is not None:
            path, reading = found
            self.choose(path, reading=reading)

    def action_check(self) -> None:
        """Look at every image and say what is wrong."""
        from tui.areas.data.doctor_screen import DoctorScreen

        if self.dataset is not None:
            self.app.push_screen(DoctorScreen(self.dataset, self._remedy_applied))

    def _remedy_applied(self, dataset: Dataset) -> None:
        """Take over the settings that a remedy has changed, for the shell too."""
        self.dataset = dataset
        if not remember_left_out(dataset.settings):
            self.notify(
                "The list of left-out images could not be saved: it is lost when you quit.",
                severity="warning",
            )
        self.query_one(FolderPanel).take(dataset.summary, dataset.settings)

    def action_train(self) -> None:
        """Go to the training's set-up with this folder."""
        if self.dataset is None:
            return
        if not self.dataset.summary.trainable:
            keys = reading_keys(
                self.dataset.summary.readings,
                suggested=suggestion(self.dataset.summary) is not None,
            )
            words = "This folder cannot be trained on; see what is marked ✗."
            if keys:
                words = f"Press {' or '.join(key for key, _ in keys)} first, to say how it is read."
            self.notify(words, severity="error")
        else:
            self.host.action_area("train")

    def back_step(self) -> BackStep | None:
        """Return to the tree from any field and from the folded panel; then leave the area."""
        tree = self.query_one("#folders")
        folded = self.has_class("-folded")
        if folded or self.query_one("#path").display or self.focused not in (None, tree):
            return BackStep("Folders", self.action_tree)
        return super().back_step()
