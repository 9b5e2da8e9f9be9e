"""One line of the list of runs, read from the run's folder."""

from __future__ import annotations

from dataclasses import dataclass

from tui.common.safe_files import user_name
from tui.runs.control.control_file import Control, ControlReader
from tui.runs.events.event_types import Failed
from tui.runs.events.last_words import LastWords, LastWordsReader, last_words
from tui.runs.export.report import limits, state_name, too_long_sentence
from tui.runs.queue.mark import QueueMark
from tui.runs.settings.non_default import changed_settings
from tui.runs.settings.spec import TrainingSpec
from tui.runs.store.access import Contents, has, lock_problem, owner_of
from tui.runs.store.labels import Label, read_label
from tui.runs.store.run_folder import RunError, RunFolder, State

_NO_WISHES = Control()
_NO_LABEL = Label()


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
    """Its place in the queue and what is requested there; None where it is not in it."""
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
            return f"belongs to {user_name(owner_of(self.run.path))}"
        if self.state in ("died", "unknown") and self.spec is None and not self.epochs_done:
            return "unreadable"  # and so nobody knows what became of it
        if self.state == "died":
            return f"died at epoch {min(self.epochs_done + 1, max(self.epochs, 1))}"
        return state_name(self.state, begun=False)


def best_limits(summary: RunSummary) -> tuple[float, ...]:
    """Return what a run's best value is compared with by its stop rule, if anything."""
    rule = summary.spec.stop_rule if summary.spec is not None else None
    return limits(rule, summary.best_metric)


def summarise(
    run: RunFolder,
    words: LastWordsReader | None = None,
    contents: Contents | None = None,
) -> RunSummary:
    """Read one run's line for the list; a damaged run gets a line that says so.

    Args:
        run: the run.
        words: has read its last words before, and reads only what is new.
        contents: of its folder, where that was just looked into.
    """
    mark = run.queued() if has(contents, "queued") else None
    last, state = _ending(run, words or LastWordsReader(run.events), contents)
    ending, epoch = last.ending, last.epoch
    problem = ending.what if isinstance(ending, Failed) else ""
    spec, paused = None, False
    changed: tuple[str, ...] = ()
    try:
        spec = run.spec()
        control = ControlReader(run.control).read() if has(contents, "control.json") else _NO_WISHES
        wanted, paused = control.epochs, state == "running" and control.want == "pause"
        if mark is not None and mark.epochs is not None:
            wanted = mark.epochs
        changed = changed_settings(spec, control, mark)
        title, epochs = spec.name, spec.epochs if wanted is None else wanted
    except RunError as error:
        title, epochs, problem = run.name, 0, str(error)
    if state == "unknown":
        problem = f"Whether it is being trained cannot be found out: {lock_problem(run.lock)}."
    label = read_label(run) if has(contents, "label.json") else _NO_LABEL
    title = label.name or title
    if last.too_long and not problem:
        problem = too_long_sentence(last.too_long)
    if epoch is not None:
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


def _ending(
    run: RunFolder, words: LastWordsReader, contents: Contents | None
) -> tuple[LastWords, State]:
    """Return the last words that the list tells of, and the state they amount to."""
    for _ in range(2):
        last = words.read()
        state = run.state(last.ending, contents)
        if state != "died":
            break
        # It may have said its last word and gone between our look at the file and at the lock.
    return last, state


def has_ended(run: RunFolder) -> bool:
    """Say whether the last trainer of a run said how it ended."""
    return last_words(run.events).ending is not None
