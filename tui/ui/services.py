"""The services that the app offers to its screens, which do not know each other."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from tui.datasets import FolderSummary, LoaderSettings
from tui.geometry import Network
from tui.runs.process.launch import Launcher
from tui.runs.settings.spec import TrainingSpec
from tui.runs.store.run_folder import RunFolder
from tui.runs.store.run_summary import RunSummary

if TYPE_CHECKING:
    from pathlib import Path

    from tui.code_client.runner import CodeRunner
    from tui.runs.settings.external_spec import CurveRoles
    from tui.runs.watched.find_logs import FoundLog
    from tui.runs.watched.reader_client import LogReaderClient


@dataclass(frozen=True)
class Dataset:
    """The chosen folder of images, and how to load it.

    Args:
        name: the folder's own.
        summary: what is in it.
        settings: how it is loaded.
        default: how it is loaded unless something else is chosen; None if unknown.
        class_weight: the class weights that the check has set for it, as they are typed; else
            empty.
    """

    name: str
    summary: FolderSummary
    settings: LoaderSettings
    default: LoaderSettings | None = None
    class_weight: str = ""


class Host(Protocol):
    """The app as its screens know it."""

    dataset: Dataset | None
    network: Network | None
    runs: tuple[RunSummary, ...]
    launcher: Launcher
    code_runner: CodeRunner
    """Runs the programs that learners write."""
    spec_to_repeat: TrainingSpec | None
    """Settings of an earlier run that the Train form should take over."""
    file_to_train: Path | None
    """The model file that the Train form should take over."""
    run_to_look_into: RunFolder | None
    """The run that Look inside should open."""
    looked_from: str
    """The area from which that run was opened, to return to; empty if there is none."""
    is_open: bool
    """Whether the first screen has been drawn."""

    def start_training(self, spec: TrainingSpec, *, note: str = "") -> RunFolder | None:
        """Create a run, start its trainer, open its screen; None, after a message, on failure."""

    def queue_training(self, spec: TrainingSpec, *, note: str = "") -> RunFolder | None:
        """Create a run that starts after the others; None, after a message, on failure."""

    def queue_trainings(
        self, make: Callable[[], Sequence[TrainingSpec]], *, note: str = ""
    ) -> None:
        """Create several runs of one group that start after the others; say so when it is done.

        Args:
            make: returns what to train; it is called in a thread.
            note: a line for each of them.
        """

    def train_again(self, spec: TrainingSpec) -> None:
        """Open the Train form, filled with the settings of an earlier run."""

    def train_file(self, path: Path) -> None:
        """Open the Train form with the network of a model file."""

    async def resume_run(self, run: RunFolder) -> None:
        """Resume a run that ended, or start a queued one now, and open its screen."""

    async def look_at_runs(self) -> None:
        """Read the list of runs now."""

    log_reader: LogReaderClient
    """Reads the logs of other programs."""

    async def follow_logs(self, runs: Sequence[RunFolder]) -> None:
        """Have the logs of those runs followed that are read from one."""

    async def watch_logs(
        self, logs: Sequence[FoundLog], roles: Mapping[str, CurveRoles] | None = None
    ) -> None:
        """Show logs as runs and follow them: open one, compare a few, list many."""

    def open_run(self, run: RunFolder) -> None:
        """Open a run's screen in the area Runs."""

    def open_lesson(self, which: str | None) -> None:
        """Open a lesson by its id; "" opens the first one, None the one read last."""

    def open_drills(self) -> None:
        """Start a set of drills in the area Lessons."""

    def warn_once(self, message: str) -> None:
        """Show a warning unless it is empty or was shown before."""

    def clear_old_messages(self) -> None:
        """Remove messages about the screen that is left."""

    def look_inside(self, run: RunFolder) -> None:
        """Open a run in the area Look inside."""

    def calculate(self, network: Network) -> None:
        """Open a network in the calculator."""

    def action_area(self, mode: str) -> None:
        """Go to an area."""
