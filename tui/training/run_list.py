"""The list of runs: a line for each, read from the folders themselves."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tui.paths import runs_dir
from tui.safe_files import user_name
from tui.text import clean
from tui.training.control import ControlReader
from tui.training.eventlog import last_events
from tui.training.events import EpochEnded, Event, Failed, Finished, RunStarted
from tui.training.labels import read_label, title_of
from tui.training.queue_mark import QueueMark
from tui.training.report import limits, state_name
from tui.training.runs import RunError, RunFolder, State, iter_runs
from tui.training.spec import TrainingSpec
from tui.training.special import changed_settings


@dataclass(frozen=True)
class RunSummary:
    """One line of the list of runs."""

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
    """What it trains; None where that cannot be read."""
    mark: QueueMark | None = None
    """Its place in the queue and what is wished there; None where it is not in it."""
    note: str = ""
    """The learner's own words on it."""
    paused: bool = False
    """Whether its trainer waits for the learner's word to go on."""
    changed: tuple[str, ...] = ()
    """Its settings that are wanted otherwise by now."""

    @property
    def live(self) -> bool:
        """Whether a trainer is at work on it, or about to be."""
        return self.state in ("starting", "running")

    @property
    def resumes(self) -> bool:
        """Whether it waits in the queue to go on, and not to begin."""
        return self.state == "queued" and self.mark is not None and self.mark.resumes

    @property
    def verdict(self) -> str:
        """What became of it, in a few words.

        The words stand beside a sign, so that meaning never hangs on colour.
        """
        if self.resumes:
            return f"queued to resume after epoch {self.epochs_done}"
        if self.paused:
            return "paused"
        if self.state == "foreign":
            return f"belongs to {user_name(self.run.owner())}"
        if self.state in ("died", "unknown") and self.spec is None and not self.epochs_done:
            return "unreadable"  # and so nobody knows what became of it
        if self.state == "died":
            return f"died at epoch {min(self.epochs_done + 1, max(self.epochs, 1))}"
        return state_name(self.state, begun=False)


def best_limits(summary: RunSummary) -> tuple[float, ...]:
    """Return what a run's best value is compared with by its stop rule, if anything."""
    rule = summary.spec.stop_rule if summary.spec is not None else None
    return limits(rule, summary.best_metric)


def summarise(run: RunFolder) -> RunSummary:
    """Read one run's line for the list; a damaged run gets a line that says so."""
    mark = run.queued()
    found, state = _ending(run)
    ending = found.get(Finished) or found.get(Failed)
    epoch = found.get(EpochEnded)
    problem = ending.what if isinstance(ending, Failed) else ""
    spec, paused = None, False
    changed: tuple[str, ...] = ()
    try:
        spec = run.spec()
        control = ControlReader(run.control).read()
        wanted, paused = control.epochs, state == "running" and control.want == "pause"
        if mark is not None and mark.epochs is not None:
            wanted = mark.epochs
        changed = changed_settings(spec, control, mark)
        title, epochs = spec.name, spec.epochs if wanted is None else wanted
    except RunError as error:
        title, epochs, problem = run.name, 0, str(error)
    if state == "unknown":
        problem = f"Whether it is being trained cannot be found out: {run.lock_problem()}."
    label = read_label(run)
    title = label.name or title
    if isinstance(epoch, EpochEnded):
        done, best = epoch.epoch, epoch.best
        best_epoch, best_metric = epoch.best_epoch, epoch.best_metric
    else:
        done, best, best_epoch, best_metric = 0, None, 0, ""
    return RunSummary(
        run,
        state,
        title,
        done,
        epochs,
        best,
        best_epoch,
        best_metric,
        problem,
        spec,
        mark,
        label.note,
        paused,
        changed,
    )


def _ending(run: RunFolder) -> tuple[dict[type, Event], State]:
    """Return the last events that the list tells of, and the state they amount to."""
    for _ in range(2):
        found = last_events(run.events, (EpochEnded, Finished, Failed, RunStarted))
        # The latest comes first: an ending from before the last start is history.
        latest = next((kind for kind in found if kind is not EpochEnded), None)
        for kind in {Finished, Failed} - {latest}:
            found.pop(kind, None)
        state = run.state(found.get(Finished) or found.get(Failed))
        if state != "died":
            break
        # It may have said its last word and gone between our look at the file and at the lock.
    return found, state


def has_ended(run: RunFolder) -> bool:
    """Say whether the last trainer of a run said how it ended."""
    found = last_events(run.events, (Finished, Failed, RunStarted))
    return isinstance(next(iter(found.values()), None), Finished | Failed)


class RunList:
    """The list of runs, newest first; a run that has ended is read once only."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._ended: dict[Path, tuple[tuple[int, ...], RunSummary]] = {}

    def read(self) -> list[RunSummary]:
        """Return a line for each run.

        Raises:
            StateError: when the state folder cannot be used.
        """
        summaries = []
        for run in iter_runs(self._folder or runs_dir()):
            mark = (
                _stat(run.events, "st_size"),
                _stat(run.path / "label.json", "st_mtime_ns"),
                _stat(run.starting, "st_mtime_ns"),
                _stat(run.queue_mark, "st_mtime_ns"),
            )
            known = self._ended.get(run.path)
            if known is not None and known[0] == mark:
                summaries.append(known[1])
                continue
            summary = summarise(run)
            if not summary.live and summary.state != "queued" and summary.spec is not None:
                self._ended[run.path] = (mark, summary)
            summaries.append(summary)
        return summaries


def _stat(path: Path, value: str) -> int:
    try:
        return int(getattr(path.stat(), value))
    except OSError:
        return 0


def find_run(name: str) -> RunFolder:
    """Return the run whose folder is called so, or alone begins or ends so, or that is named so.

    Raises:
        RunError: when there is none, or more than one.
    """
    runs = list(iter_runs(runs_dir()))
    for run in runs:
        if run.name == name or str(run.path) == name:
            return run
    close = [run for run in runs if run.name.startswith(name) or run.name.endswith(name)]
    close = close or [run for run in runs if title_of(run) == name]
    if len(close) == 1:
        return close[0]
    if not close:
        raise RunError(f"There is no run {clean(name, 60)!r}. `cnn-tui runs` lists them.")
    listing = ", ".join(run.name for run in close[:5])
    raise RunError(f"{name!r} fits {len(close)} runs ({listing}). Write more of the name.")
