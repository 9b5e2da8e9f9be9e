"""The app's services for runs: start, queue, resume and open them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, cast

from textual.app import App
from textual.reactive import reactive

from tui.common.paths import StateError, not_saved
from tui.runs.watched.reader_error import ReaderError

if TYPE_CHECKING:  # what the first frame does not need is imported where it is used
    from pathlib import Path

    from tui.app.end_notices import EndNotices
    from tui.code_client.runner import CodeRunner
    from tui.geometry import Network
    from tui.runs.process.launch import Launcher
    from tui.runs.process.on_end import DeathWatch
    from tui.runs.queue.waiting_runs import QueueStarter
    from tui.runs.settings.external_spec import CurveRoles
    from tui.runs.settings.spec import TrainingSpec
    from tui.runs.store.run_folder import RunFolder
    from tui.runs.store.run_list import RunList
    from tui.runs.store.run_summary import RunSummary
    from tui.runs.watched.find_logs import FoundLog
    from tui.runs.watched.reader_client import LogReaderClient
    from tui.ui.services import Dataset, Host


class RunServices(App[None]):
    """An app that knows all runs, creates them and opens them."""

    runs: reactive[tuple[RunSummary, ...]] = reactive(())
    """All runs, newest first; read every second."""
    problem: reactive[str] = reactive("")
    """Why the runs cannot be read, for the status line."""
    not_saved: reactive[str] = reactive("")
    """Why nothing can be saved now; empty if it can."""

    def __init__(self) -> None:
        super().__init__()
        self.dataset: Dataset | None = None
        self.network: Network | None = None
        """The network of the calculator; None until that has been open."""
        self.spec_to_repeat: TrainingSpec | None = None
        """Settings of an earlier run that the Train form should take over."""
        self.file_to_train: Path | None = None
        """A model file that the Train form should take over."""
        self.run_to_look_into: RunFolder | None = None
        self.looked_from = ""
        """The area from which a run was opened in Look inside."""
        self._warnings_shown: set[str] = set()

    @cached_property
    def launcher(self) -> Launcher:
        """Starts trainers."""
        from tui.runs.process.launch import Launcher

        return Launcher()

    @cached_property
    def code_runner(self) -> CodeRunner:
        """Runs the programs that learners write."""
        from tui.code_client.runner import CodeRunner

        return CodeRunner()

    @cached_property
    def log_reader(self) -> LogReaderClient:
        """Reads the logs of other programs, in a process that is started when it is needed."""
        from tui.runs.watched.reader_client import LogReaderClient

        return LogReaderClient()

    @cached_property
    def _run_list(self) -> RunList:
        from tui.runs.store.run_list import RunList

        return RunList()

    @cached_property
    def end_notices(self) -> EndNotices:
        """Notifies of trainings that end out of sight."""
        from tui.app.end_notices import EndNotices

        return EndNotices(self, self._is_seen)

    @cached_property
    def _deaths(self) -> DeathWatch:
        from tui.runs.process.on_end import DeathWatch

        return DeathWatch()

    @cached_property
    def _queue(self) -> QueueStarter:
        from tui.runs.queue.waiting_runs import QueueStarter

        return QueueStarter()

    async def look_at_runs(self) -> None:
        """Read the list of runs in a thread."""
        try:
            self.runs = tuple(await asyncio.to_thread(lambda: self._run_list.read()))
            if any(summary.state == "died" and summary.on_end for summary in self.runs):
                await asyncio.to_thread(self._watch_deaths)
            await self.end_notices.look(self.runs)
            self.not_saved = await asyncio.to_thread(not_saved)
            if not self.not_saved and any(summary.state == "queued" for summary in self.runs):
                # After a reboot no process works through the queue: the app starts one.
                await asyncio.to_thread(lambda: self._queue.ensure())
            if "log_reader" in vars(self):
                await asyncio.to_thread(self.log_reader.keep_alive)
            self.problem = ""
        except (StateError, ReaderError) as error:
            self.problem = str(error)
        if "launcher" in vars(self):
            self.launcher.reap()

    def _is_seen(self, summary: RunSummary) -> bool:
        """Return whether the screen shows how a run goes, in a terminal that has the focus."""
        # While the app closes there is no screen any more.
        shows = getattr(self.screen_stack[-1], "shows", None) if self.screen_stack else None
        in_lesson = summary.spec is not None and summary.spec.origin != ""
        return self.app_focus and (
            (shows is not None and shows(summary.run))
            or (in_lesson and self.current_mode == "lessons")
        )

    def _watch_deaths(self) -> None:
        """Have the commands of runs executed whose trainers died, unless that was done before."""
        self._deaths.look_at_all((one.run, one.state, one.on_end) for one in self.runs)

    def watch_not_saved(self, before: str, why: str) -> None:
        """Warn once; the status line goes on showing it."""
        if why:
            self.warn_once(why)
        elif before:
            # Should the disk refuse files again, the same warning is due again.
            self._warnings_shown = {
                one
                for one in self._warnings_shown
                if not one.startswith(("Nothing is saved", "Progress is"))
            }
            self.notify("The disk accepts files again: from now on everything is saved.")

    def warn_once(self, message: str) -> None:
        """Show a warning unless it is empty or was shown before.

        Each screen that reads the learner's progress may be the one that finds the file damaged.
        """
        if message and message not in self._warnings_shown:
            self._warnings_shown.add(message)
            self.notify(message, severity="warning", markup=False, timeout=10)

    def start_training(self, spec: TrainingSpec, *, note: str = "") -> RunFolder | None:
        """Create a run, start its trainer, open its screen; None, after a message, on failure."""
        run = self._make_run(spec, note)
        if run is not None:
            self.open_run(run)
        return run

    def queue_training(self, spec: TrainingSpec, *, note: str = "") -> RunFolder | None:
        """Create a run that starts after the others; None, after a message, on failure."""
        return self._make_run(spec, note, queued=True)

    def queue_trainings(
        self, make: Callable[[], Sequence[TrainingSpec]], *, note: str = ""
    ) -> None:
        """Create several runs of one group that start after the others; say so when it is done."""
        self.run_worker(self._queue_trainings(make, note), group="queue several")

    async def _queue_trainings(self, make: Callable[[], Sequence[TrainingSpec]], note: str) -> None:
        from tui.common.text import clean
        from tui.runs.process.needs import check_can_train
        from tui.runs.queue.queue_specs import queue_specs
        from tui.runs.settings.spec import SpecError
        from tui.runs.store.run_access import RunError

        def queue() -> tuple[int, str]:
            check_can_train()
            made = queue_specs(make(), note, others=self.runs)
            self._queue.ensure()
            return len(made), made[0].spec().group

        try:
            count, group = await asyncio.to_thread(queue)
        except (StateError, RunError, SpecError) as error:
            self.notify(str(error), title="Not queued", severity="error", markup=False)
        else:
            self.notify(
                f"{count} runs wait in the queue, as the group “{clean(group, 60)}”; 5 shows them.",
                markup=False,
            )
        await self.look_at_runs()

    def _make_run(self, spec: TrainingSpec, note: str, *, queued: bool = False) -> RunFolder | None:
        from msgspec.structs import replace

        from tui.runs.process.needs import check_can_train
        from tui.runs.settings.make_spec import unused_name
        from tui.runs.store.create_run import create_run
        from tui.runs.store.run_access import RunError
        from tui.runs.store.run_label import write_label

        name = unused_name(spec.name, [summary.title for summary in self.runs])
        try:
            check_can_train()
            waiting = [one.mark.at for one in self.runs if one.state == "queued" and one.mark]
            after = max(waiting, default=0.0)
            run = create_run(replace(spec, name=name), queued=queued, after=after)
            if note:
                write_label(run, note=note)
            if queued:
                self._queue.ensure()
            else:
                self.launcher.start(run)
        except (StateError, RunError) as error:
            self.notify(str(error), title="Not started", severity="error", markup=False)
            return None
        self.run_worker(self.look_at_runs(), group="look")
        return run

    def train_again(self, spec: TrainingSpec) -> None:
        """Open the Train form, filled with the settings of an earlier run."""
        from tui.ui.choose_dataset import choose_images_of_run

        async def open_it() -> None:
            if await choose_images_of_run(cast("Host", self), spec) is None:
                return
            self.spec_to_repeat = spec
            await self._to_area("train")

        self.run_worker(open_it(), group="open", exclusive=True)

    def train_file(self, path: Path) -> None:
        """Open the Train form with the network of a model file."""
        self.file_to_train = path
        self.run_worker(self._to_area("train"), group="open", exclusive=True)

    async def follow_logs(self, runs: Sequence[RunFolder]) -> None:
        """Have the logs of those runs followed that are read from one."""
        found = await asyncio.to_thread(lambda: [run for run in runs if run.is_log])
        if not found:
            return
        try:
            await asyncio.to_thread(self.log_reader.follow, found)
        except ReaderError as error:
            self.notify(str(error), title="Not followed", severity="error", markup=False)

    async def watch_logs(
        self, logs: Sequence[FoundLog], roles: Mapping[str, CurveRoles] | None = None
    ) -> None:
        """Show logs as runs and follow them: open one, compare a few, list many."""
        from tui.runs.store.run_access import RunError
        from tui.runs.watched.watched_runs import runs_of

        try:
            runs = await asyncio.to_thread(runs_of, logs, roles)
        except (StateError, RunError) as error:
            self.notify(str(error), title="Not watched", severity="error", markup=False)
            return
        await self.follow_logs(runs)
        await self.look_at_runs()
        self.open_runs(runs)

    async def resume_run(self, run: RunFolder) -> None:
        """Resume a run that ended, or start a queued one now, and open its screen."""
        from tui.runs.queue.resume import resume_run
        from tui.runs.store.run_access import RunError

        try:
            await asyncio.to_thread(resume_run, run)
            self.launcher.start(run)
        except (RunError, StateError) as error:
            self.notify(str(error), title="Not resumed", severity="warning", markup=False)
            return
        await self.look_at_runs()
        self.open_run(run)

    async def _to_area(self, mode: str) -> None:
        """Go to the first screen of an area; close the screens above it."""
        if self.current_mode != mode:
            await self.switch_mode(mode)
        while len(self.screen_stack) > 1:
            await self.pop_screen()

    def open_run(self, run: RunFolder) -> None:
        """Open a run's screen in the area Runs."""
        from tui.areas.runs.one_run.run_screen import RunScreen

        async def open_it() -> None:
            await self._to_area("runs")
            await self.push_screen(RunScreen(run))

        self.run_worker(open_it(), group="open", exclusive=True)

    def calculate(self, network: Network) -> None:
        """Open a network in the calculator, as a change that can be undone there."""
        from tui.areas.calculator.calculator_screen import CalculatorScreen

        async def open_it() -> None:
            await self._to_area("calculator")
            screen = self.screen
            if isinstance(screen, CalculatorScreen):
                screen.edits.load(network)

        self.run_worker(open_it(), group="open", exclusive=True)

    def open_runs(self, runs: Sequence[RunFolder]) -> None:
        """Open the screen of one run, the comparison of a few, or the list."""
        from tui.areas.runs.comparison.compare_screen import CompareScreen
        from tui.runs.export.comparison import MAX_RUNS

        if len(runs) == 1:
            self.open_run(runs[0])
            return

        async def open_them() -> None:
            await self._to_area("runs")
            if 1 < len(runs) <= MAX_RUNS:
                await self.push_screen(CompareScreen(runs))

        self.run_worker(open_them(), group="open", exclusive=True)

    def look_inside(self, run: RunFolder) -> None:
        """Open a run in the area Look inside."""
        self.run_to_look_into, self.looked_from = run, self.current_mode
        self.run_worker(self._to_area("look"), group="open", exclusive=True)
