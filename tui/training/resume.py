"""Taking a run up again: what has to be changed before its trainer is started."""

from __future__ import annotations

from typing import Any

from tui.training.checkpoints import checkpoints
from tui.training.control import change_control
from tui.training.eventlog import last_events
from tui.training.events import Failed, Finished, RunStarted
from tui.training.runs import RunError, RunFolder
from tui.training.spec import SpecError, TrainingSpec


def resume_run(
    run: RunFolder, *, epochs: int | None = None, learning_rate: float | None = None
) -> int:
    """Make an ended run ready to go on from its last whole epoch; `Launcher.start` then starts it.

    A run that was stopped, failed or died goes on as it is. One that is over by itself needs to
    be told how many epochs it shall have in all; where a rule ended it, it goes on without one.

    Args:
        run: no trainer may be at work on it.
        epochs: in all, not in addition; None: as many as were wanted.
        learning_rate: from now on; None: as it was.

    Returns:
        How many epochs are done.

    Raises:
        RunError: when a trainer is at work on it, when there is nothing left to train, or when
            a value cannot be.
    """
    if run.alive():
        raise RunError(f"{run.name} is being trained now: there is nothing to resume.")
    spec = run.spec()
    _check(spec, epochs, learning_rate)
    latest, done = _ending(run), run.epochs_done()
    over = isinstance(latest, Finished) and latest.reason != "stopped"
    if over and epochs is None:
        assert isinstance(latest, Finished)
        raise RunError(
            f"{run.name} is over: {latest.sentence} To train it further, say how many epochs it "
            f"shall have in all, for example {done + 5}."
        )
    if epochs is not None and epochs <= done:
        raise RunError(
            f"{run.name} has {done} epochs already, and {epochs} are wanted in all. "
            f"Choose more than {done}."
        )
    # A first epoch may have ended just before its checkpoint was whole: it is trained once more.
    if done > 1 and not checkpoints(run):
        raise RunError(
            f"{run.name} has no checkpoint to go on from. Start a new run with its settings."
        )
    changes: dict[str, Any] = {"want": "run"}
    if epochs is not None:
        changes["epochs"] = epochs
    if learning_rate is not None:
        changes["learning_rate"] = learning_rate
    if isinstance(latest, Finished) and latest.reason == "rule":
        changes |= {"stop_rule": None, "no_stop_rule": True, "patience": 0}
    try:
        change_control(run.control, **changes)
        run.mark_starting()
    except OSError as error:
        raise RunError(
            f"Cannot write {run.control}: {error.strerror}. Free some space and try again."
        ) from error
    return done


def _ending(run: RunFolder) -> object | None:
    """Return the last word of the last start, if it has one."""
    found = last_events(run.events, (Finished, Failed, RunStarted))
    latest = next(iter(found.values()), None)
    return None if isinstance(latest, RunStarted) else latest


def _check(spec: TrainingSpec, epochs: int | None, learning_rate: float | None) -> None:
    """Hold the new values against what a spec may have."""
    from msgspec.structs import replace

    try:
        if epochs is not None:
            replace(spec, epochs=epochs)
        if learning_rate is not None:
            replace(spec, learning_rate=learning_rate)
    except SpecError as error:
        raise RunError(str(error)) from error
