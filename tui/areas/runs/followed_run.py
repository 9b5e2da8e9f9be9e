"""One run as its screen knows it: followed, named, judged, with what is asked of it."""

from __future__ import annotations

import asyncio

from tui.areas.runs.request_text import Asked
from tui.runs.control.control_file import ControlReader
from tui.runs.control.effective_settings import StartSettings, start_settings
from tui.runs.control.typed_changes import StopConditions, stop_conditions
from tui.runs.diagnosis.diagnosis_kinds import Diagnosis
from tui.runs.diagnosis.time_shares import TimeShares
from tui.runs.events.event_types import ControlReceived, Event
from tui.runs.events.run_follower import RunFollower
from tui.runs.events.run_progress import RunProgress
from tui.runs.settings.spec import TrainingSpec
from tui.runs.store.loaded_run import LoadedRun
from tui.runs.store.model_files import StaleBest, stale_best
from tui.runs.store.run_access import RunError
from tui.runs.store.run_folder import RunFolder, State
from tui.runs.store.run_label import RunLabel, read_label


class FollowedRun:
    """A run, live or ended. It reads the run's folder, and knows no widget."""

    def __init__(self, run: RunFolder) -> None:
        self.follower = RunFollower(run)
        self.spec: TrainingSpec | None = None
        self.spec_problem = ""
        self.label = RunLabel()
        self.stops = self.own_stops = StopConditions()
        """When it ends early: what is drawn, in force or, of an ended run, to be tried out."""
        self.asked: list[Asked] = []
        self.diagnoses: tuple[Diagnosis, ...] = ()
        self.shares: TimeShares | None = None
        self.stale: StaleBest | None = None
        self.rests = False
        """Whether it is over and all that its trainer told was taken in."""
        self.polling = False
        """Whether events are being taken in just now: half of one is not to be shown."""
        self._outside: tuple[RunLabel, bool, str, bool] | None = None
        self._judged = (-1, 0)

    def open(self) -> None:
        """Read what no event tells (blocking): spec, label, requests."""
        try:
            self.spec = self.run.spec()
        except RunError as error:
            self.spec_problem = str(error)
        self.label = read_label(self.run)
        self.read_requests()

    @property
    def run(self) -> RunFolder:
        """The run, where its folder is now."""
        return self.follower.run

    @property
    def progress(self) -> RunProgress:
        """What the run's events add up to."""
        return self.follower.progress

    @property
    def state(self) -> State:
        """What became of it by now."""
        return self.follower.state

    @property
    def title(self) -> str:
        """What it is called by now; not clean."""
        return self.label.name or (self.spec.name if self.spec is not None else self.run.name)

    @property
    def waits(self) -> bool:
        """Whether it waits in the queue, to begin or to go on."""
        return self.state == "queued"

    @property
    def ended(self) -> bool:
        """Whether no trainer obeys it: it is over, or has not gone on yet."""
        return self.follower.over or (self.waits and self.progress.started_at > 0)

    def start_settings(self) -> StartSettings:
        """Return with how many epochs and which learning rate it goes on."""
        return start_settings(self.run, self.spec, self.progress)

    def read_requests(self) -> None:
        """Take over what is asked for by now, here or in another app."""
        self.stops = self.own_stops = stop_conditions(
            self.spec, ControlReader(self.run.control).read()
        )

    def begin(self) -> None:
        """Be followed anew: it was just started or put into the queue."""
        self.rests, self.stale = False, None

    async def poll(self) -> list[Event]:
        """Take in what is new, away from the caller's thread."""

        def look() -> tuple[list[Event], RunLabel]:
            events = self.follower.poll()
            lost = self.follower.deleted or self.follower.problem
            return events, self.label if lost else read_label(self.run)

        self.polling = True
        try:
            events, self._new_label = await asyncio.to_thread(look)
        finally:
            self.polling = False
        if any(isinstance(event, ControlReceived) for event in events):
            self.read_requests()
        return events

    async def turn(self, *, over: bool) -> bool:
        """Take in what no event tells: an end, a life after it, a new name, a deletion.

        Returns:
            Whether anything of that is new.
        """
        outside = (
            self._new_label,
            self.follower.deleted,
            self.follower.problem,
            self.progress.paused,
        )
        turned = over != self.rests or outside != self._outside
        if over and not self.rests:
            self.stale = await asyncio.to_thread(stale_best, self.run, self.progress.best_epoch)
        elif self.rests and not over:  # what was asked of the trainer before is history
            self.stale, self.asked = None, []
            self.read_requests()
        self.label = self._new_label
        self.rests, self._outside = over, outside
        return turned

    _new_label = RunLabel()

    def judge(self) -> None:
        """Work out what the curves say, once for each epoch that ends."""
        progress = self.progress
        ended = (len(progress.epoch_numbers), len(progress.resumed))
        if ended != self._judged:
            self._judged = ended
            opened = LoadedRun(self.run, self.label, self.spec, progress, self.state)
            self.shares = opened.time_shares()
            self.diagnoses = opened.diagnoses() if progress.epoch_numbers else ()
