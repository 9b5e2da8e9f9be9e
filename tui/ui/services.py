"""What the screens may ask of the app: the one place where they meet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from tui.datasets import FolderSummary, LoaderSettings
from tui.geometry import Network
from tui.runs.process.launch import Launcher
from tui.runs.settings.spec import TrainingSpec
from tui.runs.store.run_folder import RunFolder
from tui.runs.store.run_summary import RunSummary


@dataclass(frozen=True)
class Dataset:
    """A folder of images that was chosen, and how it is to be loaded."""

    name: str
    summary: FolderSummary
    settings: LoaderSettings


class Host(Protocol):
    """The app as its screens know it."""

    dataset: Dataset | None
    network: Network | None
    runs: tuple[RunSummary, ...]
    launcher: Launcher
    spec_to_repeat: TrainingSpec | None
    """Settings of an earlier run, for the form of a training to take over."""
    run_to_look_into: RunFolder | None
    """The run that was last asked to be looked into."""
    looked_from: str
    """The area from which a run was looked into, to go back to; empty when nobody asked."""
    is_open: bool
    """Whether the first screen stands; until then the app is starting."""

    def start_training(self, spec: TrainingSpec, *, note: str = "") -> RunFolder | None:
        """Make a run, start its trainer and open its screen; None (and a message) if it fails."""

    def queue_training(self, spec: TrainingSpec, *, note: str = "") -> RunFolder | None:
        """Make a run that starts after the others; None (and a message) if it fails."""

    def train_again(self, spec: TrainingSpec) -> None:
        """Open the form of a training, filled with the settings of an earlier run."""

    async def resume_run(self, run: RunFolder) -> None:
        """Take up a run that ended, or start one that waits, now; open its screen."""

    async def look_at_runs(self) -> None:
        """Read the list of runs now."""

    def open_run(self, run: RunFolder) -> None:
        """Open a run's screen in the area Runs."""

    def open_lesson(self, which: str | None) -> None:
        """Open a lesson by its id; "" is the first one, None the one that was read last."""

    def open_drills(self) -> None:
        """Begin a set of drills in the area Lessons."""

    def warn_once(self, message: str) -> None:
        """Show a warning unless it is empty or was shown before."""

    def clear_old_messages(self) -> None:
        """Take away what was said about a screen that is left."""

    def look_inside(self, run: RunFolder) -> None:
        """Open a run in the area Look inside."""

    def action_area(self, mode: str) -> None:
        """Go to an area."""
