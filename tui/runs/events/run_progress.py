"""The state of a run from its events: everything that a screen or a log line shows."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field

from tui.runs.curves.batch_means import BatchMeans
from tui.runs.curves.growing_curve import Curve
from tui.runs.curves.system_curves import SystemCurves
from tui.runs.events.assigned_gpus import Gpus
from tui.runs.events.event_types import (
    BatchesEnded,
    BatchesThinned,
    CalculatingFeatures,
    CheckingImages,
    CheckpointWritten,
    ControlApplied,
    ControlRead,
    ControlReceived,
    DataReady,
    DeviceStats,
    EpochEnded,
    EpochStarted,
    Event,
    Failed,
    FeaturesReady,
    FileSaved,
    Finished,
    LibrariesLoaded,
    LogCompacted,
    ModelReady,
    Notice,
    PhaseStarted,
    Resumed,
    RunStarted,
    SnapshotKept,
    StopRequested,
    SystemStats,
    SystemThinned,
    Validating,
)
from tui.runs.events.log_end import epoch_of_death

Phase = str


@dataclass
class RunProgress:
    """The state of a run, ended or live, from its events so far."""

    phase: Phase = "waiting for the trainer"
    epoch: int = 0
    """The epoch at work, from 1; 0 before the first."""
    epochs: int = 0
    batch: int = 0
    steps: int = 0
    """Batches of the epoch at work; 0: not known."""
    validated: float = 0.0
    """The fraction of the present validation that is done, 0 to 1."""
    images_per_second: float = 0.0
    """0: not known, as a program of the user's own may not say how many images it trains on."""
    batches_per_second: float = 0.0
    """By the time of day, without pauses; 0: not known."""
    started_at: float = 0.0
    last_at: float = 0.0
    epoch_started_at: float = 0.0
    epoch_numbers: list[int] = field(default_factory=list)
    history: dict[str, list[float | None]] = field(default_factory=dict)
    """For each metric one value an epoch, as `history.history` has them."""
    epoch_seconds: list[float] = field(default_factory=list)
    epoch_speeds: list[float] = field(default_factory=list)
    epoch_details: list[EpochEnded] = field(default_factory=list)
    """The event of each epoch in `epoch_numbers`, with its learning rate and times."""
    batch_means: BatchMeans = field(default_factory=BatchMeans)
    """The running means after each batch."""
    best_epoch: int = 0
    best: float | None = None
    best_metric: str = ""
    data: DataReady | None = None
    model: ModelReady | None = None
    libraries: LibrariesLoaded | None = None
    phases: list[PhaseStarted] = field(default_factory=list)
    """The phases that have begun, in order; none where the training has no phases."""
    features: FeaturesReady | None = None
    """What the head is, or was, trained on in place of images; None: on images."""
    notices: list[str] = field(default_factory=list)
    earlier_notices: int = 0
    """The number of them that are from trainers before the last one."""
    saved: list[str] = field(default_factory=list)
    stop_requested: bool = False
    paused: bool = False
    paused_at: float = 0.0
    """When the last pause began, in seconds since 1970."""
    requests: list[ControlReceived | ControlApplied] = field(default_factory=list)
    """The user's requests as the trainer reported them: each received, then applied. Those that are
    void after a resume are not among them."""
    control_read: float = 0.0
    """When the trainer last read requests, in seconds since 1970."""
    checkpoint: int = 0
    """The epoch of the last checkpoint; 0: none."""
    snapshots: list[int] = field(default_factory=list)
    """Epochs whose weights are kept for Look Inside; 0 is before the first."""
    resumed: list[int] = field(default_factory=list)
    """The epochs after which the run was resumed."""
    gpus: Gpus = ()
    """The GPUs that the last trainer was given."""
    system: SystemStats | None = None
    """The last report of the machine's load; None where the last trainer made none."""
    system_curves: SystemCurves = field(default_factory=SystemCurves)
    """All reports, over the hours of the training."""
    ending: Finished | Failed | None = None
    rewritten: bool = False
    """Whether the last event was a `LogCompacted`."""

    def apply(self, event: Event) -> None:
        """Update the state with an event."""
        self.last_at = event.at
        match event:
            case RunStarted():
                self.started_at, self.gpus = event.at, event.assigned_gpus
                self.phase = "loading Keras"
                # A resumed run is no longer over.
                self.ending, self.stop_requested, self.paused = None, False, False
                self.images_per_second, self.batches_per_second = 0.0, 0.0
                self.system = None
                self.system_curves.begin()
                self.earlier_notices = len(self.notices)
            case LibrariesLoaded():
                self.libraries = event
                self.phase = "reading the folder"
            case CheckingImages():
                self.phase = f"checking images {event.done}/{event.total}"
            case DataReady():
                self.data = event
                self.phase = "building the network"
            case ModelReady():
                self.model = event
                self.phase = "starting the first epoch"
            case CalculatingFeatures():
                self.phase = f"calculating features {event.done}/{event.total}"
            case FeaturesReady():
                self.features = event
                self.phase = "starting the first epoch"
            case PhaseStarted():
                self.phases.append(event)
            case EpochStarted():
                self.epoch, self.epochs, self.steps = event.epoch, event.epochs, event.steps
                self.batch, self.validated = 0, 0.0
                self.epoch_started_at = event.at
                self.phase = "training"
            case BatchesEnded():
                self._batches(event)
            case BatchesThinned():
                known = self._steps_known(event.epoch)
                self.batch = self.batch_means.add_thinned(event, steps_known=known) or self.batch
            case LogCompacted():
                self.rewritten = True
            case Validating():
                self.validated = (event.step - 1) / event.steps if event.steps else 0.0
                of = f"/{event.steps}" if event.steps else ""
                self.phase = f"validating {event.step}{of}"
            case EpochEnded():
                self._epoch(event)
            case Notice():
                self.notices.append(event.text)
            case StopRequested():
                self.stop_requested = True
                self.phase = "stopping"
            case FileSaved():
                if event.file not in self.saved:
                    self.saved.append(event.file)
            case ControlReceived() | ControlApplied():
                self._request(event)
            case ControlRead():
                self.control_read = event.at
            case CheckpointWritten():
                self.checkpoint = event.epoch
            case SnapshotKept():
                self._snapshot(event)
            case Resumed():
                self._resume(event)
            case DeviceStats():
                self._system(event.as_system_stats(self.started_at or event.at))
            case SystemStats():
                self._system(event)
            case SystemThinned():
                self.system_curves.add_thinned(event)
            case Failed() | Finished():
                self.ending = event
                self.phase = "failed" if isinstance(event, Failed) else event.reason
                self.paused = False

    def _system(self, event: SystemStats) -> None:
        self.system = event
        self.system_curves.add(event)

    def _snapshot(self, event: SnapshotKept) -> None:
        if event.dropped:
            self.snapshots = [epoch for epoch in self.snapshots if epoch not in event.dropped]
        place = bisect_left(self.snapshots, event.epoch)
        if event.epoch not in (*self.snapshots[place : place + 1], *event.dropped):
            self.snapshots.insert(place, event.epoch)

    @property
    def applied_requests(self) -> list[ControlApplied]:
        """The requests that took effect and are not void, in order."""
        return [event for event in self.requests if isinstance(event, ControlApplied)]

    def _request(self, event: ControlReceived | ControlApplied) -> None:
        self.requests.append(event)
        if not isinstance(event, ControlApplied):
            return
        if event.request == "pause":
            self.paused, self.paused_at = True, event.at
        elif event.request == "resume" and self.paused:
            # As if the epoch had begun later: pauses are in no speed and no estimate.
            self.epoch_started_at += max(event.at - self.paused_at, 0.0)
            self.paused = False
        elif event.request == "epochs" and event.value.isdecimal():
            self.epochs = int(event.value)

    def _resume(self, event: Resumed) -> None:
        """Forget what came after the epoch that the run continues from."""
        if self.rewritten:  # this line is for older readers only
            self.rewritten = False
            return
        kept = sum(number <= event.epoch for number in self.epoch_numbers)
        for row in (self.epoch_numbers, self.epoch_seconds, self.epoch_speeds, self.epoch_details):
            del row[kept:]
        for values in self.history.values():
            del values[kept:]
        self.batch_means.cut(event.epoch)
        # The checkpoint holds each change that took effect by the end of its epoch. The trainer
        # reports the others once more where they still apply.
        self.requests = [
            request
            for request in self.applied_requests
            if event.epoch and request.epoch <= event.epoch
        ]
        self.phases = [one for one in self.phases if one.epoch <= event.epoch]
        last = self.epoch_details[-1] if self.epoch_details else None
        # As requested then; later requests are reported again.
        self.epochs = last.epochs if last else 0
        self.best_epoch, self.best = (last.best_epoch, last.best) if last else (0, None)
        self.best_metric = last.best_metric if last else ""
        self.epoch = self.checkpoint = event.epoch
        self.batch = 0
        self.snapshots = [number for number in self.snapshots if number <= event.epoch]
        self.resumed.append(event.epoch)

    def _batches(self, event: BatchesEnded) -> None:
        self.batch = event.last
        self.images_per_second = event.images_per_second
        passed = event.at - self.epoch_started_at
        self.batches_per_second = event.last / passed if passed > 0 else 0.0
        self.batch_means.add(event, steps_known=self._steps_known(event.epoch))

    def _steps_known(self, epoch: int) -> bool:
        """Return whether its events say how many batches the whole epoch has."""
        return self.steps > 0 or epoch != self.epoch

    def _epoch(self, event: EpochEnded) -> None:
        self.epochs = event.epochs
        self.batch_means.end_epoch(event.epoch, self.batch)
        if event.epoch > self.epoch:  # it was not said to have begun
            self.epoch, self.batch = event.epoch, 0
        elif self.batch and event.epoch == self.epoch:
            trained = event.seconds - event.validation_seconds
            self.batches_per_second = self.batch / trained if trained > 0 else 0.0
        self.epoch_numbers.append(event.epoch)
        for name, value in event.metrics.items():
            row = self.history.setdefault(name, [None] * (len(self.epoch_numbers) - 1))
            row.append(value)
        for row in self.history.values():
            row.extend([None] * (len(self.epoch_numbers) - len(row)))
        self.epoch_seconds.append(event.seconds)
        self.epoch_speeds.append(event.images_per_second)
        self.epoch_details.append(event)
        self.images_per_second = event.images_per_second
        self.best_epoch, self.best = event.best_epoch, event.best
        self.best_metric = event.best_metric
        self.phase = "between epochs"

    @property
    def batch_curves(self) -> dict[str, Curve]:
        """For each metric its running means; x counts epochs, 1.5 is the middle of the second."""
        return self.batch_means.curves

    @property
    def latest_notices(self) -> list[str]:
        """The last two notices of the last trainer; those of earlier ones may be out of date."""
        return self.notices[self.earlier_notices :][-2:]

    @property
    def epochs_done(self) -> int:
        """The number of epochs that have ended."""
        return self.epoch_numbers[-1] if self.epoch_numbers else 0

    @property
    def epoch_of_death(self) -> int:
        """The epoch that was being trained, or saved, when a trainer died."""
        return epoch_of_death(self.epochs_done, self.epochs)

    def phase_of(self, epoch: int) -> PhaseStarted | None:
        """Return the phase that an epoch belongs to; None where the training has no phases."""
        return next((one for one in reversed(self.phases) if one.epoch <= epoch), None)

    @property
    def drawn_steps(self) -> int:
        """The number of batches that the epoch at work is drawn with, at least 1."""
        return max(self.steps or self.batch_means.assumed_steps, 1)

    @property
    def fraction(self) -> float:
        """The fraction of the training that is done, 0 to 1, by batches without validation.

        It is 0 where the number of epochs is not known.
        """
        if not self.epochs:
            return 0.0
        within = self.batch / self.steps if self.steps and self.epoch > self.epochs_done else 0.0
        return min((self.epochs_done + within) / self.epochs, 1.0)

    def eta(self, now: float) -> float | None:
        """Return an estimate of the seconds that are left, or None while there is no basis for one.

        Args:
            now: seconds since 1970.
        """
        last = self.last_at
        if self.paused:
            now, last = min(now, self.paused_at), min(last, self.paused_at)
        if not self.epochs:
            return None
        left = max(self.epochs - self.epochs_done, 0)
        # How long epochs take that train other layers is not known.
        phase = self.phase_of(max(self.epoch, 1))
        if phase is not None and 0 < phase.until < self.epochs:
            return None
        begun = sum(number < phase.epoch for number in self.epoch_numbers) if phase else 0
        seconds = self.epoch_seconds[begun:]
        if seconds:
            # The first epoch includes the tracing of the graph: later ones are more typical.
            recent = seconds[1:][-3:] or seconds
            one = sum(recent) / len(recent)
            return max(left * one - min(self._spent(one, now), one), 0.0)
        if not (self.batch and self.steps):
            return None
        ahead = max(self.steps * left - self.batch, 0)
        if self.data is not None and self.data.training_images and self.images_per_second:
            # This speed was measured by a monotonic clock.
            return ahead * self.data.training_images / self.steps / self.images_per_second
        return max(last - self.epoch_started_at, 1e-6) / self.batch * ahead

    def _spent(self, one: float, now: float) -> float:
        """Return the seconds that the epoch at work has taken.

        They are estimated from its batches as soon as there are some: the time of day may be
            changed.

        Args:
            one: seconds of a whole epoch.
            now: seconds since 1970.
        """
        if self.epoch <= self.epochs_done:
            return 0.0
        if self.batch and self.steps:
            last = self.epoch_details[-1:]
            validation = min(last[0].validation_seconds if last else 0.0, one)
            return (one - validation) * self.batch / self.steps + validation * self.validated
        return max(now - self.epoch_started_at, 0.0)
