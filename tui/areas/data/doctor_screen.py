"""The doctor's screen: every image of the chosen folder is examined, and problems are listed."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from tui.areas.data.doctor_findings import (
    Checked,
    apply_chosen_remedy,
    details_text,
    diagnose_dataset,
    finding_row,
    progress_text,
    verdict_text,
)
from tui.areas.data.reading_commands import READING_KEYS, reading_for
from tui.areas.data.side_by_side import SideBySide
from tui.common.paths import StateError
from tui.common.typed_paths import in_thread
from tui.datasets import FolderError, describe
from tui.datasets.doctor import (
    Diagnosis,
    ExaminationCancelled,
    ExaminationProgress,
    examine,
)
from tui.datasets.folder.folder_summary import Reading
from tui.ui.area_screen import AreaScreen
from tui.ui.choose_dataset import choose_folder
from tui.ui.commands import BackStep, bindings
from tui.ui.dialogs.text_windows import copy_text
from tui.ui.path_line import PathLine
from tui.ui.services import Dataset

_LOOK_SECONDS = 0.1
_OF_A_FINDING = ("treat", "side", "undo", "copy", "inner", "folders")
"""Commands that are offered only where there is something for them to do."""


class DoctorScreen(AreaScreen):
    """The findings, worst first; the chosen one in full, with its remedy."""

    AREA = "data"
    CSS_PATH = "doctor_screen.tcss"
    HELP = """
# The doctor

Every image is opened and decoded as Keras decodes it. **↑ ↓** go through what was found, worst
first; **enter** goes to the details, so that they scroll, and **tab** back to the list.

A finding with an **r** behind it has a remedy: **r** applies it to the settings of the loader, or
for uneven classes to those of the training, and **u** takes the last one back. Nothing in your
folder is ever changed: files are passed over by name, and a split by a seed is two folders of links
in the program's own place.

**s** shows images that are the same, or look alike, side by side.

If it is unclear how the folder is read, **i** takes what was probably meant and **f** takes each
folder as a class.

**y** copies the names of the finding's files. **escape** goes back, or stops the examination while
it runs; what was read is not read again next time.
"""

    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(
            "doctor",
            ("r", "treat", "treat", "Remedy", "Apply the finding's remedy"),
            (
                "s",
                "side",
                "side",
                "Side by side",
                "Look at the pictures of this finding side by side",
            ),
            *READING_KEYS,
            ("u", "undo", "undo", "Undo", "Take the last remedy back"),
            ("y", "copy", "copy", "Copy names", "Copy the finding's names"),
            footer=_OF_A_FINDING,
        ),
    ]

    def __init__(self, dataset: Dataset, changed: Callable[[Dataset], None]) -> None:
        """Make the screen.

        Args:
            dataset: what to look at.
            changed: is given the dataset with other settings after each remedy.
        """
        super().__init__()
        self._dataset, self._changed = dataset, changed
        self._checked: Checked | None = None
        self._before: list[Checked] = []
        self._progress: ExaminationProgress | None = None
        self._looking = False
        self._offered: tuple[object, ...] = ()
        self._stop = threading.Event()

    def compose_body(self) -> ComposeResult:
        with Vertical(id="doctor"):
            yield PathLine(id="doctor-head")
            yield Static(id="doctor-state")
            with Container(id="doctor-parts"):
                yield OptionList(id="doctor-list", compact=True)
                with VerticalScroll(id="doctor-details"):
                    yield Static()

    def on_mount(self) -> None:
        self.where = f"Data · {self._dataset.name} · check"
        self.query_one(OptionList).focus()
        self.set_interval(_LOOK_SECONDS, self._show_progress)
        self._examine(self._dataset)

    def on_unmount(self) -> None:
        self._stop.set()

    def back_step(self) -> BackStep | None:
        """Return to the list from the details; then leave the screen, which stops it."""
        if self.focused is self.query_one("#doctor-details"):
            return BackStep("List", self.query_one(OptionList).focus)
        return super().back_step()

    def _show_progress(self) -> None:
        """Show how far it is. Looked at from here: the other thread never waits for the screen."""
        if self._looking:
            self.query_one("#doctor-state", Static).update(progress_text(self._progress))

    @work(exclusive=True, group="look")
    async def _examine(self, dataset: Dataset) -> None:
        """Look at every image, away from the screen's own thread, and show what was found."""
        self._dataset, self._checked, self._progress = dataset, None, None
        self.query_one(PathLine).show(dataset.summary.path)
        self._looking = True
        self._show_progress()
        try:
            checked = await in_thread(lambda: self._check(dataset))
        except ExaminationCancelled:
            return
        except FolderError as error:
            self.query_one("#doctor-state", Static).update(
                Content.styled(f"✗ {error}", "$text-error")
            )
            return
        finally:
            self._looking = False
        self._show(checked)

    def _check(self, dataset: Dataset) -> Checked:
        """Look at every image (blocking).

        Raises:
            ExaminationCancelled: when the screen was left.
            FolderError: when the folder cannot be read any more.
        """
        summary = describe(dataset.summary.path, dataset.summary.reading)
        now = replace(dataset, summary=summary)
        examination = examine(
            now.summary, now.settings, progress=self._note, cancelled=self._stop.is_set
        )
        return Checked(now, examination, diagnose_dataset(examination, now))

    def _note(self, progress: ExaminationProgress) -> None:
        self._progress = progress

    def _show(self, checked: Checked) -> None:
        listing = self.query_one(OptionList)
        position = listing.highlighted or 0
        self._checked, self._dataset = checked, checked.dataset
        self.query_one(PathLine).show(checked.dataset.summary.path)
        self.query_one("#doctor-state", Static).update(
            verdict_text(checked.examination, checked.dataset.settings, checked.found)
        )
        listing.clear_options()
        listing.add_options([Option(finding_row(one)) for one in checked.found])
        self.query_one("#doctor-parts").display = bool(checked.found)
        if checked.found:
            listing.highlighted = min(position, len(checked.found) - 1)
        self._show_details()

    @property
    def chosen(self) -> Diagnosis | None:
        """The finding that the cursor is on."""
        if self._checked is None:
            return None
        position = self.query_one(OptionList).highlighted
        if position is None or position >= len(self._checked.found):
            return None
        return self._checked.found[position]

    @on(OptionList.OptionHighlighted)
    def _show_details(self) -> None:
        details = self.query_one("#doctor-details", VerticalScroll)
        chosen = self.chosen
        details.query_one(Static).update(details_text(chosen) if chosen else Content(""))
        details.scroll_home(animate=False)
        offered = tuple(self.check_action(action, ()) for action in _OF_A_FINDING)
        if offered != self._offered:  # the footer is made anew: not for each key
            self._offered = offered
            self.refresh_bindings()

    @on(OptionList.OptionSelected)
    def _read_details(self) -> None:
        self.query_one("#doctor-details").focus()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action not in _OF_A_FINDING:
            return True
        if action in ("inner", "folders"):
            return self._reading(action) is not None
        chosen = self.chosen
        if action == "undo":
            return self._checked is not None and bool(self._before)
        if chosen is None:
            return False
        return bool({"treat": chosen.remedy, "side": chosen.pairs, "copy": chosen.names}[action])

    def _reading(self, command: str) -> tuple[Path, Reading] | None:
        """Return the folder and the way to read it that a key takes; None where nothing is open."""
        return reading_for(self._checked.dataset.summary, command) if self._checked else None

    def action_inner(self) -> None:
        """Choose the folder that was probably meant, or read it in the way that was."""
        self._read_as(self._reading("inner"))

    def action_folders(self) -> None:
        """Take each folder in the chosen one for a class."""
        self._read_as(self._reading("folders"))

    @work(exclusive=True, group="treat")
    async def _read_as(self, reading: tuple[Path, Reading] | None) -> None:
        """Read the folder in another way, and look at its images then."""
        if reading is None:
            return
        dataset = await choose_folder(self.host, *reading)
        if dataset is not None:
            self._before.clear()
            self._changed(dataset)
            self._examine(dataset)

    @work(exclusive=True, group="treat")
    async def action_treat(self) -> None:
        """Apply the finding's remedy to the settings."""
        chosen, checked = self.chosen, self._checked
        if chosen is None or chosen.remedy is None or checked is None:
            return
        try:
            after = await asyncio.to_thread(apply_chosen_remedy, chosen, checked)
        except (StateError, FolderError) as error:
            self.notify(str(error), severity="error", markup=False)
            return
        self._before.append(checked)
        self._changed(after.dataset if isinstance(after, Checked) else after)
        self.notify(f"Done: {chosen.remedy.text}. u takes it back.", markup=False)
        if isinstance(after, Checked):
            self._show(after)
        else:
            self._examine(after)  # other files are read now

    def action_undo(self) -> None:
        """Take the last remedy back."""
        before = self._before.pop()
        self._changed(before.dataset)
        self._show(before)

    def action_side(self) -> None:
        """Look at pictures that are the same, or look alike, side by side."""
        if self.chosen is not None and self.chosen.pairs:
            self.app.push_screen(SideBySide(self.chosen.title, self.chosen.pairs))

    def action_copy(self) -> None:
        """Copy the names of the finding's files, a line each."""
        if self.chosen is not None and self.chosen.names:
            names = "\n".join(self.chosen.names)
            message = f"{self.chosen.count:,} names are copied."
            copy_text(self.app, names, message, "names.txt")
