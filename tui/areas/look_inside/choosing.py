"""What is looked into: the commands that choose a run, its weights, and a picture."""

from __future__ import annotations

import asyncio
import dataclasses
import os
from pathlib import Path
from typing import ClassVar

import msgspec
from textual import work
from textual.binding import Binding, BindingType

from tui.areas.look_inside.look_text import run_words
from tui.areas.look_inside.run_pictures import PictureScreen, ask_picture
from tui.common.text import clean
from tui.datasets import LoaderSettings
from tui.inspection.choices import (
    NO_WEIGHTS,
    class_of,
    first_picture,
    has_weights,
    left_out_pictures,
    neighbour,
    unseen_folder,
    weights_of,
)
from tui.inspection.session import Session
from tui.runs.settings.spec import TrainingSpec
from tui.runs.store.labels import title_of
from tui.runs.store.run_folder import RunError, RunFolder
from tui.runs.store.snapshots import snapshots
from tui.ui.area_screen import AreaScreen
from tui.ui.bars import sign_of
from tui.ui.dialogs.question_windows import Pick


class Choosing(AreaScreen):
    """Chooses; the screen that inherits shows what was chosen."""

    HELP = "What is looked into; the screen that shows it says more."

    asked_for: RunFolder | None = None
    """A run that is about to be opened because another screen asked for it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("i", "picture", "Picture", id="look.picture", tooltip="Take another picture"),
        Binding("c", "run", "Run", id="look.run", tooltip="Look into another run"),
        Binding(
            "w", "weights", "Weights", show=False, id="look.weights", tooltip="Other weights of it"
        ),
        Binding(
            "right_square_bracket",
            "epoch(1)",
            "Epoch on",
            show=False,
            id="look.epoch",
            tooltip="The next kept epoch",
        ),
        Binding(
            "left_square_bracket",
            "epoch(-1)",
            "Previous epoch",
            show=False,
            id="look.epoch-before",
            tooltip="The previous kept epoch",
        ),
        Binding(
            "full_stop,greater_than_sign",
            "picture_on(1)",
            "Next picture",
            show=False,
            id="look.picture-on",
            tooltip="The next picture of the folder",
        ),
        Binding(
            "comma,less_than_sign",
            "picture_on(-1)",
            "Previous picture",
            show=False,
            id="look.picture-before",
            tooltip="The previous picture",
        ),
    ]

    session: Session
    _known: ClassVar[dict[str, tuple[str, TrainingSpec]]] = {}
    """By the path of a run's folder: what it is called, and what it trains."""
    _left_out: ClassVar[dict[str, frozenset[str]]] = {}
    """By the path of a run's folder: the pictures that its training left out."""

    def want(self, **changes: object) -> None:
        """Selection for something else to be seen."""
        raise NotImplementedError

    def redraw(self) -> None:
        """Draw what there is now."""
        raise NotImplementedError

    def action_predictions(self, view: str = "picture") -> None:
        """Show what the network predicts."""
        raise NotImplementedError

    @property
    def settings(self) -> LoaderSettings | None:
        """How the run that is open loads its images; None for a file from elsewhere."""
        known = self._known.get(self.session.selection.run)
        return known[1].data if known is not None else None

    @property
    def title_text(self) -> str:
        """What the run, or the file, is called that is seen, which may not be the one requested."""
        seen = self.session.shown.selection
        known = self._known.get(seen.run)
        return known[0] if known is not None else os.path.basename(seen.file or seen.run)

    def label_of(self, picture: str) -> str:
        """Return the class that a picture belongs to, as far as is known."""
        return class_of(self.settings, picture) if self.settings is not None else ""

    # Runs and weights

    @work(group="open", exclusive=True)
    async def open_run(self, run: RunFolder, weights: str = "") -> None:
        """Look into a run, with a picture of its own to begin with."""
        if str(run.path) == self.session.selection.run and not weights:
            return
        found = await asyncio.to_thread(weights_of, run)
        if not found:
            self.asked_for = None
            self.notify(f"{clean(run.name)} {NO_WEIGHTS}", severity="warning", markup=False)
            self.redraw()
            return
        try:
            spec = await asyncio.to_thread(run.spec)
            title = await asyncio.to_thread(title_of, run)
        except RunError as error:
            self.asked_for = None
            self.notify(str(error), severity="error", markup=False)
            return
        left_out = await asyncio.to_thread(left_out_pictures, run, spec.data)
        self._left_out[str(run.path)] = left_out
        selection = self.session.selection
        known, picture = self._known.get(selection.run), selection.picture
        before = known[1] if known is not None else None
        other = before is None or before.data.classes != spec.data.classes
        if other or not picture or picture in left_out:
            picture = await asyncio.to_thread(first_picture, spec.data, left_out)
        same = before is not None and before.network == spec.network
        self._known[str(run.path)] = (title, spec)
        layer = selection.layer if same else 0
        first = weights or found[0][0]
        self.want(run=str(run.path), weights=first, file="", picture=picture, layer=layer)
        self.asked_for = None

    @property
    def open_folder(self) -> RunFolder | None:
        """The run that is open, or about to be; None for a file from elsewhere."""
        selection = self.session.selection
        return RunFolder(Path(selection.run)) if selection.run else None

    def action_run(self) -> None:
        """Choose among the runs that have weights."""
        found = {one.run.name: one for one in self.host.runs if has_weights(one.run)}
        if not found:
            self.notify("No run has weights yet. 4 trains a network.")
            return
        options = [
            (name, run_words(one.title, f"{sign_of(one)} {one.verdict}", name))
            for name, one in found.items()
        ]

        def chosen(name: str | None) -> None:
            if name is not None:
                self.open_run(found[name].run)

        self.app.push_screen(Pick("A run to look into", options), chosen)

    def action_weights(self) -> None:
        """Choose other weights of the run that is open, or of one that was refused just now."""
        refused = self.session.refused_run
        run = RunFolder(Path(refused)) if refused else self.open_folder
        if run is None:
            self.notify("A file from elsewhere has its own weights only.")
            return

        def chosen(weights: str | None) -> None:
            if weights is None:
                return
            if str(run.path) == self.session.selection.run:
                self.want(weights=weights)
            else:
                self.open_run(run, weights)

        title, known = "Its weights", self._known.get(str(run.path))
        if known is not None:
            title = f"Weights of {clean(known[0], 40)}"
        self.app.push_screen(Pick(title, weights_of(run)), chosen)

    def action_epoch(self, step: int) -> None:
        """Go to the next kept epoch, or the one before."""
        opened, selection = self.session.shown.opened, self.session.selection
        if opened is None or not selection.run:
            return
        if not opened.snapshots:
            self.notify("This run has kept no weights of single epochs.")
            return
        present = opened.epoch
        if selection.weights.startswith("epoch-"):  # keys may be ahead of what is shown
            present = int(selection.weights.removeprefix("epoch-"))
        epochs = opened.snapshots
        if step > 0:
            following = [epoch for epoch in epochs if epoch > present]
            epoch = following[0] if following else epochs[-1]
        else:
            earlier = [epoch for epoch in epochs if epoch < present]
            epoch = earlier[-1] if earlier else epochs[0]
        self.want(weights=f"epoch-{epoch}")

    @work(group="epochs", exclusive=True)
    async def look_for_epochs(self) -> None:
        """See whether the run, which may still go on, has kept more."""
        run, shown = self.open_folder, self.session.shown
        if run is None or shown.opened is None or not self.is_current:
            return
        kept = tuple(await asyncio.to_thread(snapshots, run))
        opened = self.session.shown.opened
        if opened is not None and opened.snapshots != kept and self.open_folder == run:
            known = msgspec.structs.replace(opened, snapshots=kept)
            self.session.shown = dataclasses.replace(self.session.shown, opened=known)
            self.redraw()

    # Pictures

    def take_picture(self, path: str) -> None:
        """Look at another picture."""
        self.want(picture=path)

    def action_picture(self) -> None:
        """Choose a picture from the run's images, or any file."""
        settings = self.settings
        if self.session.shown.opened is None:
            return
        if settings is None or not os.path.isdir(unseen_folder(settings)):
            ask_picture(None, self.app.push_screen, self.take_picture)
            return
        screen = PictureScreen(
            settings, self.take_picture, lambda: self.action_predictions("mistakes")
        )
        self.app.push_screen(screen)

    @work(group="neighbour")
    async def action_picture_on(self, step: int) -> None:
        """Go to the next picture of the folder, or the one before."""
        settings, picture = self.settings, self.session.selection.picture
        if settings is None or not picture:
            return
        found = await asyncio.to_thread(
            neighbour, settings, picture, step, self._left_out.get(self.session.selection.run, ())
        )
        if found == picture:
            self.notify("This picture is none of the run's images: i takes one of them.")
        elif self.session.selection.picture == picture:
            self.take_picture(found)
