"""Choose the run to look into, and which of its weights."""

from __future__ import annotations

import asyncio
import dataclasses
import os
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from tui.areas.look_inside.look_text import run_option_text
from tui.common.text import clean
from tui.inspection.choices import (
    available_weights,
    class_of,
    excluded_images,
    first_image,
    has_weights,
    neighbouring_epoch,
    newest_with_weights,
    no_weights,
)
from tui.runs.settings.external_spec import ExternalSpec
from tui.runs.settings.spec import same_network
from tui.runs.store.model_files import snapshots
from tui.runs.store.run_access import RunError
from tui.runs.store.run_folder import RunFolder
from tui.runs.store.run_label import title_of
from tui.ui.commands import bindings
from tui.ui.dialogs.input_windows import PickWindow
from tui.ui.run_line import sign_of

if TYPE_CHECKING:
    from tui.areas.look_inside.look_screen import LookScreen
    from tui.datasets import LoaderSettings
    from tui.runs.settings.spec import TrainingSpec
    from tui.runs.store.run_summary import RunSummary


RUN_COMMANDS = bindings(
    "look",
    ("c", "choose_run", "run", "Run", "Look into another run"),
    ("w", "choose_weights", "weights", "Weights", "Choose other weights of this run"),
    ("right_square_bracket", "epoch(1)", "epoch", "Epoch on", "Next saved epoch"),
    (
        "left_square_bracket",
        "epoch(-1)",
        "epoch-before",
        "Previous epoch",
        "Previous saved epoch",
    ),
    handler="choice",
    footer=("run",),
)


class RunChoice:
    """Opens runs and their weights, and knows what is open; the screen holds it as `choice`."""

    def __init__(self, screen: LookScreen) -> None:
        self._screen = screen
        self.requested: RunFolder | None = None
        """A run that another screen has asked for and that is about to be opened."""
        self._specs: dict[str, tuple[str, TrainingSpec | None]] = {}
        """Title and spec of each opened run, by the path of its folder; no spec for a training that
        cnn-tui did not start."""
        self._left_out: dict[str, frozenset[str]] = {}
        """Pictures that each run's training left out, by the path of its folder."""
        self._newest: RunFolder | None = None
        """The run that was trained last, at the previous visit to this area."""
        self._newest_known = False

    def offers(self, command: str) -> bool:
        """Whether a command is available: without a network [ and ] change the area."""
        return command != "epoch" or self._screen.session.view.opened is not None

    # What is open

    @property
    def settings(self) -> LoaderSettings | None:
        """How the open run loads its images; None for a model that cnn-tui did not build."""
        known = self._specs.get(self._screen.session.selection.run)
        return known[1].data if known is not None and known[1] is not None else None

    @property
    def left_out(self) -> Collection[str]:
        """Pictures that the open run's training left out."""
        return self._left_out.get(self._screen.session.selection.run, ())

    @property
    def title(self) -> str:
        """Title of the run, or name of the file, in view; the selected one may still be opening."""
        selection = self._screen.session.view.selection
        known = self._specs.get(selection.run)
        return known[0] if known is not None else os.path.basename(selection.file or selection.run)

    @property
    def folder(self) -> RunFolder | None:
        """The run that is open or opening; None for a model file."""
        selection = self._screen.session.selection
        return RunFolder(Path(selection.run)) if selection.run else None

    @property
    def nothing_selected(self) -> bool:
        """Whether nothing is open and nothing is opening."""
        selection = self._screen.session.selection
        return not (
            selection.run or selection.file or self.requested or self._screen.host.run_to_look_into
        )

    def class_of(self, picture: str) -> str:
        """Return the class of a picture; empty if it is not known."""
        return class_of(self.settings, picture) if self.settings is not None else ""

    # Runs

    def open_run(self, run: RunFolder, weights: str = "") -> None:
        """Open a run, with one of its own pictures."""
        self._screen.run_worker(self._open(run, weights), group="open", exclusive=True)

    async def _open(self, run: RunFolder, weights: str) -> None:
        screen, selection = self._screen, self._screen.session.selection
        if str(run.path) == selection.run and not weights:
            return
        found = await asyncio.to_thread(available_weights, run)
        if not found:
            self.requested = None
            named = clean(await asyncio.to_thread(title_of, run), 60)
            problem = no_weights(named, await asyncio.to_thread(run.external))
            screen.notify(problem, severity="warning", markup=False)
            screen.redraw()
            return
        try:
            spec = await asyncio.to_thread(run.any_spec)
            title = await asyncio.to_thread(title_of, run)
        except RunError as error:
            self.requested = None
            screen.notify(str(error), severity="error", markup=False)
            return
        if isinstance(spec, ExternalSpec):
            self._specs[str(run.path)] = (title, None)
            first = weights or found[0][0]
            screen.select(run=str(run.path), weights=first, file="", layer=0, position=0)
            self.requested = None
            return
        left_out = await asyncio.to_thread(excluded_images, run, spec.data)
        self._left_out[str(run.path)] = left_out
        selection = screen.session.selection
        known, picture = self._specs.get(selection.run), selection.picture
        before = known[1] if known is not None else None
        other = before is None or before.data.classes != spec.data.classes
        if other or not picture or picture in left_out:
            picture = await asyncio.to_thread(first_image, spec.data, left_out)
        same = before is not None and same_network(before, spec)
        self._specs[str(run.path)] = (title, spec)
        screen.select(
            run=str(run.path),
            weights=weights or found[0][0],
            file="",
            picture=picture,
            layer=selection.layer if same else 0,
        )
        self.requested = None

    def open_newest(self, runs: tuple[RunSummary, ...]) -> None:
        """Open the run that was trained last unless something is open."""
        self._screen.run_worker(self._open_newest(runs), group="begin", exclusive=True)

    async def _open_newest(self, runs: tuple[RunSummary, ...]) -> None:
        run = await asyncio.to_thread(newest_with_weights, runs)
        if run is not None and self.nothing_selected:
            self.open_run(run)
        else:
            self._screen.redraw()

    def open_newest_if_changed(self) -> None:
        """Open the run that was trained last if it is a new one since the previous visit.

        Otherwise what the learner has chosen stays open. A run that another screen has asked for
        comes first. At the first visit nothing is opened.
        """
        host = self._screen.host
        requested = host.run_to_look_into is not None or self.requested is not None
        look = self._open_newest_if_changed(host.runs, opens=self._newest_known and not requested)
        self._screen.run_worker(look, group="newer", exclusive=True)

    async def _open_newest_if_changed(self, runs: tuple[RunSummary, ...], *, opens: bool) -> None:
        run = await asyncio.to_thread(newest_with_weights, runs)
        before, self._newest, self._newest_known = self._newest, run, True
        if opens and run is not None and run != before and self.requested is None:
            self.open_run(run)

    def choose_run(self) -> None:
        """Choose among the runs that have weights."""
        found = {one.run.name: one for one in self._screen.host.runs if has_weights(one.run)}
        if not found:
            self._screen.notify("No run has weights yet. 4 trains a network.")
            return
        options = [
            (name, run_option_text(one.title, f"{sign_of(one)} {one.status}", name))
            for name, one in found.items()
        ]

        def chosen(name: str | None) -> None:
            if name is not None:
                self.open_run(found[name].run)

        self._screen.app.push_screen(PickWindow("Choose a run to look into", options), chosen)

    # Weights

    def choose_weights(self) -> None:
        """Choose other weights of the open run, or of the one that just failed to open."""
        refused = self._screen.session.refused_run
        run = RunFolder(Path(refused)) if refused else self.folder
        if run is None:
            self._screen.notify("A model file has only its own weights.")
            return

        def chosen(weights: str | None) -> None:
            if weights is None:
                return
            if str(run.path) == self._screen.session.selection.run:
                self._screen.select(weights=weights)
            else:
                self.open_run(run, weights)

        title, known = "Choose weights", self._specs.get(str(run.path))
        if known is not None:
            title = f"Weights of {clean(known[0], 40)}"
        self._screen.app.push_screen(PickWindow(title, available_weights(run)), chosen)

    def epoch(self, step: int) -> None:
        """Go to the next or the previous saved epoch."""
        opened, selection = self._screen.session.view.opened, self._screen.session.selection
        if opened is None or not selection.run:
            return
        if not opened.snapshots:
            self._screen.notify("This run saved no weights of single epochs.")
            return
        present = opened.epoch
        if selection.weights.startswith("epoch-"):  # keys may arrive before the view is updated
            present = int(selection.weights.removeprefix("epoch-"))
        self._screen.select(weights=f"epoch-{neighbouring_epoch(opened.snapshots, present, step)}")

    def look_for_epochs(self) -> None:
        """Check whether the run, which may still be training, has saved more epochs."""
        self._screen.run_worker(self._look_for_epochs(), group="epochs", exclusive=True)

    async def _look_for_epochs(self) -> None:
        session, run = self._screen.session, self.folder
        if run is None or session.view.opened is None or not self._screen.is_current:
            return
        kept = tuple(await asyncio.to_thread(snapshots, run))
        opened = session.view.opened
        if opened is not None and opened.snapshots != kept and self.folder == run:
            known = msgspec.structs.replace(opened, snapshots=kept)
            session.view = dataclasses.replace(session.view, opened=known)
            self._screen.redraw()
