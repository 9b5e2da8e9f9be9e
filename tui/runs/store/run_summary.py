"""The summary of a run for the list of runs, read from its folder."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from typing import Literal

from tui.common.safe_files import user_name
from tui.common.stop_rule import StopRule
from tui.runs.control.control_file import Control, ControlReader
from tui.runs.events.assigned_gpus import Gpus, assigned_text
from tui.runs.events.event_types import EpochEnded, Failed, Metrics
from tui.runs.events.log_end import OutcomeReader, RunOutcome, epoch_of_death, read_outcome
from tui.runs.events.run_setup import UNKNOWN_SETUP, RunSetup
from tui.runs.export.run_formatting import limits, state_name, too_long_sentence
from tui.runs.queue.mark import QueueMark
from tui.runs.settings.external_spec import ExternalSpec
from tui.runs.settings.non_default import requested_settings
from tui.runs.settings.spec import TrainingSpec
from tui.runs.store.run_access import FolderContents, RunError, lock_problem, may_contain, owner_of
from tui.runs.store.run_folder import RunFolder, State
from tui.runs.store.run_label import RunLabel, read_label

_NO_CONTROL = Control()
_NO_LABEL = RunLabel()


Which = Literal["best", "last"]
"""One of two epochs: the best one by the run's own metric, or the last one."""


@dataclass(frozen=True, slots=True)
class ReachedMetrics:
    """The metrics of a run's best and of its last epoch.

    As rows, since a list of ten thousand runs with fifty metrics each has to fit into memory.

    Args:
        names: of the metrics, as the run recorded them.
        best: their values in the best epoch, in the order of the names. NaN: not a finite number;
            None: not measured in that epoch.
        last: their values in the last epoch.
    """

    names: tuple[str, ...] = ()
    best: tuple[float | None, ...] = ()
    last: tuple[float | None, ...] = ()

    def value(self, name: str, which: Which = "best") -> float | None:
        """Return the value of a metric; None if it has none there."""
        try:
            position = self.names.index(name)
        except ValueError:
            return None
        return (self.best if which == "best" else self.last)[position]


def reached_metrics(best: EpochEnded | None, last: EpochEnded | None) -> ReachedMetrics:
    """Return the metrics of two epochs; without a best epoch the last one stands for it."""
    if last is None:
        return ReachedMetrics()
    at_best: Metrics = (best or last).metrics
    names = shared_names(tuple(dict.fromkeys((*last.metrics, *at_best))))
    return ReachedMetrics(names, _row(names, at_best), _row(names, last.metrics))


def _row(names: tuple[str, ...], metrics: Metrics) -> tuple[float | None, ...]:
    row = tuple(map(metrics.get, names))
    if None in row:
        return tuple(
            math.nan if value is None and name in metrics else value
            for name, value in zip(names, row, strict=True)
        )
    return row


@functools.lru_cache(4096)
def shared_names(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return equal names as the same object: most runs measure the same metrics."""
    return names


@dataclass(frozen=True)
class RunSummary:
    """A run in the list of runs."""

    run: RunFolder
    state: State
    title: str
    epochs_done: int
    epochs: int
    best: float | None
    best_epoch: int
    best_metric: str
    problem: str = ""
    spec: TrainingSpec | None = None
    """What it trains; None if that cannot be read, or the training is not cnn-tui's."""
    mark: QueueMark | None = None
    """Its mark in the queue; None if it is not in the queue."""
    note: str = ""
    """The learner's note."""
    paused: bool = False
    """Whether its training is paused."""
    changed: tuple[str, ...] = ()
    """The names of the settings that were changed since its start."""
    external: ExternalSpec | None = None
    """What is known of a training that cnn-tui did not start; None for any other run."""
    gpus: Gpus = ()
    """The GPUs that it is being trained on, where it was given any; none for a run that is not."""
    metrics: ReachedMetrics = ReachedMetrics()
    """What it has reached."""
    setup: RunSetup = UNKNOWN_SETUP
    """What it computes with."""

    @property
    def live(self) -> bool:
        """Whether it is being trained, or about to be."""
        return self.state in ("starting", "running")

    @property
    def any_spec(self) -> TrainingSpec | ExternalSpec | None:
        """Its spec, of either kind; None if that cannot be read."""
        return self.spec or self.external

    @property
    def readable(self) -> bool:
        """Whether its spec can be read."""
        return self.any_spec is not None

    @property
    def on_end(self) -> str:
        """The command that is run when it has ended; empty if there is none."""
        return self.any_spec.on_end if self.any_spec is not None else ""

    @property
    def stop_rule(self) -> StopRule | None:
        """The stop rule that it began with."""
        return self.any_spec.stop_rule if self.any_spec is not None else None

    @property
    def best_limits(self) -> tuple[float, ...]:
        """The value that its stop rule compares its best metric with, if it does."""
        return limits(self.stop_rule, self.best_metric)

    @property
    def resumes(self) -> bool:
        """Whether it waits in the queue to resume, and not to start."""
        return self.state == "queued" and self.mark is not None and self.mark.resumes

    @property
    def status(self) -> str:
        """Its state in a few words."""
        if self.resumes:
            return f"queued to resume after epoch {self.epochs_done}"
        if self.paused:
            return "paused"
        if self.state == "foreign":
            return f"belongs to {user_name(owner_of(self.run.path))}"
        if self.state in ("died", "unknown") and not self.readable and not self.epochs_done:
            return "unreadable"
        if self.state == "died":
            return f"died at epoch {epoch_of_death(self.epochs_done, self.epochs)}"
        given = f" on {assigned_text(self.gpus)}" if self.gpus else ""
        return state_name(self.state, begun=False) + given


def summarise(
    run: RunFolder,
    words: OutcomeReader | None = None,
    contents: FolderContents | None = None,
) -> RunSummary:
    """Read the summary of a run; that of a damaged run says so.

    Args:
        run: its folder.
        words: a reader of its last events, which reads only what is new.
        contents: the contents of its folder, if they were just listed.
    """
    mark = run.queued() if may_contain(contents, "queued") else None
    last, state = _ending(run, words or OutcomeReader(run.events), contents)
    ending, epoch = last.ending, last.epoch
    problem = ending.what if isinstance(ending, Failed) else ""
    found, paused = None, False
    changed: tuple[str, ...] = ()
    try:
        found = run.any_spec()
        control = (
            ControlReader(run.control).read()
            if may_contain(contents, "control.json")
            else _NO_CONTROL
        )
        wanted, paused = control.epochs, state == "running" and control.want == "pause"
        if mark is not None and mark.epochs is not None:
            wanted = mark.epochs
        changed = requested_settings(found, control, mark)
        title, epochs = found.name, found.epochs if wanted is None else wanted
    except RunError as error:
        title, epochs, problem = run.name, 0, str(error)
    if state == "unknown":
        problem = f"Cannot determine whether it is being trained: {lock_problem(run.lock)}."
    label = read_label(run) if may_contain(contents, "label.json") else _NO_LABEL
    if last.too_long and not problem:
        problem = too_long_sentence(last.too_long)
    return RunSummary(
        run,
        state,
        label.name or title,
        epochs_done=epoch.epoch if epoch is not None else 0,
        epochs=epochs,
        best=epoch.best if epoch is not None else None,
        best_epoch=epoch.best_epoch if epoch is not None else 0,
        best_metric=epoch.best_metric if epoch is not None else "",
        problem=problem,
        spec=found if isinstance(found, TrainingSpec) else None,
        mark=mark,
        note=label.note,
        paused=paused,
        changed=changed,
        external=found if isinstance(found, ExternalSpec) else None,
        gpus=(run.gpus() or ()) if state in ("starting", "running") else (),
        metrics=reached_metrics(last.best, epoch),
        setup=last.setup,
    )


def _ending(
    run: RunFolder, words: OutcomeReader, contents: FolderContents | None
) -> tuple[RunOutcome, State]:
    """Return the run's last events and the state that follows from them."""
    for _ in range(2):
        last = words.read()
        state = run.state(last.ending, contents)
        if state != "died":
            break
        # It may have ended between reading the file and checking the lock: read once more.
    return last, state


def has_ended(run: RunFolder) -> bool:
    """Return whether the last trainer of a run recorded how it ended."""
    return read_outcome(run.events).ending is not None
