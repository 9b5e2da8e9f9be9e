"""A run as its screen follows it: its events, its diagnosis, the requests to its trainer."""

from __future__ import annotations

import asyncio

from tui.areas.runs.one_run.request_text import PendingRequest
from tui.runs.control.control_file import ControlReader
from tui.runs.control.effective_settings import AnySpec, StartSettings, start_settings
from tui.runs.control.typed_changes import StopConditions, stop_conditions
from tui.runs.diagnosis.diagnosis_kinds import Diagnosis
from tui.runs.diagnosis.time_shares import TimeShares
from tui.runs.events.event_types import ControlReceived, Event
from tui.runs.events.run_follower import RunFollower
from tui.runs.events.run_progress import RunProgress
from tui.runs.settings.external_spec import ExternalSpec
from tui.runs.settings.spec import TrainingSpec
from tui.runs.store.loaded_run import LoadedRun
from tui.runs.store.model_files import StaleBest, stale_best
from tui.runs.store.run_access import RunError
from tui.runs.store.run_folder import RunFolder, State
from tui.runs.store.run_label import RunLabel, read_label
from tui.runs.watched.log_state import LogState, read_log_state


class FollowedRun:
    """A live or ended run. It reads the run's folder and does not know any widget."""

    def __init__(self, run: RunFolder) -> None:
        self.follower = RunFollower(run)
        self.any_spec: AnySpec | None = None
        """Its spec, whoever started it; None where that cannot be read."""
        self.log: LogState | None = None
        """What was read of its log; None for a run without one."""
        self.spec_problem = ""
        self.label = self._new_label = RunLabel()
        self.stops = self.actual_stops = StopConditions()
        """What stops it early: as shown, which may be a trial for an ended run, and as in force."""
        self.pending: list[PendingRequest] = []
        self.diagnoses: tuple[Diagnosis, ...] = ()
        self.shares: TimeShares | None = None
        self.stale: StaleBest | None = None
        self.settled = False
        """Whether it is over and all its events were read."""
        self.polling = False
        """Whether events are being read now, so that the progress is incomplete."""
        self._last_seen: tuple[object, ...] | None = None
        self._diagnosed = (-1, 0)

    def open(self) -> None:
        """Read what is not in the events: spec, label, requests. Blocks on the disk."""
        try:
            self.any_spec = self.run.any_spec()
        except RunError as error:
            self.spec_problem = str(error)
        self.label = read_label(self.run)
        self.log = read_log_state(self.run)
        self.read_requests()

    @property
    def run(self) -> RunFolder:
        """The run's folder, also after it was renamed."""
        return self.follower.run

    @property
    def progress(self) -> RunProgress:
        """The sum of the run's events."""
        return self.follower.progress

    @property
    def state(self) -> State:
        """Its present state."""
        return self.follower.state

    @property
    def title(self) -> str:
        """Its present title; not clean."""
        spec = self.any_spec
        return self.label.name or (spec.name if spec is not None else self.run.name)

    @property
    def spec(self) -> TrainingSpec | None:
        """What it trains; None if the file is damaged, or the training is not cnn-tui's."""
        return self.any_spec if isinstance(self.any_spec, TrainingSpec) else None

    @property
    def external(self) -> ExternalSpec | None:
        """What is known of a training that cnn-tui did not start; None for any other run."""
        return self.any_spec if isinstance(self.any_spec, ExternalSpec) else None

    @property
    def own(self) -> str:
        """The user's own program that trains it; empty where that is cnn-tui's trainer."""
        return self.external.subject if self.external is not None else ""

    @property
    def queued(self) -> bool:
        """Whether it waits in the queue, to start or to resume."""
        return self.state == "queued"

    @property
    def ended(self) -> bool:
        """Whether it has no trainer: it is over, or waits to be resumed."""
        return self.follower.over or (self.queued and self.progress.started_at > 0)

    def start_settings(self) -> StartSettings:
        """Return the epochs and the learning rate that it resumes with."""
        return start_settings(self.run, self.any_spec, self.progress)

    def read_requests(self) -> None:
        """Read the stop rule and patience requested by now, here or in another app."""
        self.stops = self.actual_stops = stop_conditions(
            self.any_spec, ControlReader(self.run.control).read()
        )

    def restart(self) -> None:
        """Follow it anew: it was just started or queued."""
        self.settled, self.stale = False, None

    async def poll(self) -> list[Event]:
        """Read new events in a thread, and return them."""

        def look() -> tuple[list[Event], RunLabel]:
            events = self.follower.poll()
            lost = self.follower.deleted or self.follower.problem
            if self.log is not None and not lost:
                self.log = read_log_state(self.run) or self.log
            return events, self.label if lost else read_label(self.run)

        self.polling = True
        try:
            events, self._new_label = await asyncio.to_thread(look)
        finally:
            self.polling = False
        if any(isinstance(event, ControlReceived) for event in events):
            self.read_requests()
        return events

    async def update_state(self, *, over: bool) -> bool:
        """Update what is not in the events: an end, a resumption, a new name, a deletion.

        Returns:
            Whether any of that has changed.
        """
        seen = (
            self._new_label,
            self.follower.deleted,
            self.follower.problem,
            self.progress.paused,
            self.log,
        )
        changed = over != self.settled or seen != self._last_seen
        if over and not self.settled:
            self.stale = await asyncio.to_thread(stale_best, self.run, self.progress.best_epoch)
        elif self.settled and not over:  # the requests were to the previous trainer
            self.stale, self.pending = None, []
            self.read_requests()
        self.label = self._new_label
        self.settled, self._last_seen = over, seen
        return changed

    def update_diagnoses(self) -> None:
        """Diagnose the curves, once after each epoch."""
        progress = self.progress
        ended = (len(progress.epoch_numbers), len(progress.resumed))
        if ended != self._diagnosed:
            self._diagnosed = ended
            loaded = LoadedRun(
                self.run,
                self.label,
                self.spec,
                progress,
                self.state,
                external=self.external,
                log=self.log,
            )
            self.shares = loaded.time_shares()
            self.diagnoses = loaded.diagnoses() if progress.epoch_numbers else ()
