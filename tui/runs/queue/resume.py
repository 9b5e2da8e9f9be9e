"""Taking a run up again, now or after the others: what has to be changed before it is started."""

from __future__ import annotations

from msgspec.structs import replace

from tui.common.paths import write_cure
from tui.runs.control.control_file import change_control
from tui.runs.events.event_types import Finished
from tui.runs.events.run_outcome import read_outcome
from tui.runs.queue.mark import QueueMark, events_size, place_at_end
from tui.runs.queue.order import changing_queue, not_waiting, put_mark
from tui.runs.queue.waiting_runs import last_place
from tui.runs.settings.spec import SpecError, TrainingSpec
from tui.runs.store.model_files import checkpoints
from tui.runs.store.run_access import RunError, check_idle, check_owner
from tui.runs.store.run_folder import RunFolder


def resume_run(
    run: RunFolder, *, epochs: int | None = None, learning_rate: float | None = None
) -> int:
    """Make a run ready to go on from its last whole epoch; `Launcher.start` then starts it.

    A run that was stopped, failed or died goes on as it is. One that is over by itself needs to
    be told how many epochs it shall have in all; where a rule ended it, it goes on without one.
    One that waits in the queue starts now, with what was requested when it was put there.

    Args:
        run: no trainer may be at work on it.
        epochs: in all, not in addition; None: as many as were wanted.
        learning_rate: from now on; None: as it was.

    Returns:
        How many epochs are done.

    Raises:
        RunError: when a trainer is at work on it, when there is nothing left to train, or when
            a value cannot be.
        StateError: when the state folder cannot be used.
    """
    with changing_queue():
        check_owner(run.path)
        mark = run.queued()
        if run.alive() or (mark is not None and run.state(None) == "starting"):
            raise RunError(f"{run.name} is being trained now: there is nothing to resume.")
        check_idle(run.lock)
        done, wanted = _wanted(run, mark, epochs, learning_rate)
        try:
            change_control(run.control, **{"want": "run", **wanted.requests()})
            run.mark_starting()
            if wanted.resumes:  # one that never began keeps its place until it does
                run.queue_mark.unlink(missing_ok=True)
        except OSError as error:
            raise RunError(
                f"Cannot write {run.control}: {error.strerror}. {write_cure(error)}"
            ) from error
        run.announce()
        return done


def queue_run(
    run: RunFolder, *, epochs: int | None = None, learning_rate: float | None = None
) -> int:
    """Put a run that ended, or that was set aside, at the end of the queue.

    Until it starts it stays as it is; what is requested of it stands in its mark.

    Args:
        run: no trainer may be at work on it; the rest as for `resume_run`.
        epochs: in all, not in addition; None: as many as were wanted.
        learning_rate: from its start on; None: as it was.

    Returns:
        How many epochs are done.

    Raises:
        RunError: as `resume_run`, and when it waits already.
        StateError: when the state folder cannot be used.
    """
    with changing_queue():
        check_owner(run.path)
        told = events_size(run.events)  # first: a trainer that comes now tells more, and is seen
        mark = run.queued()
        if run.alive() or run.state(None) == "starting":
            raise RunError(f"{run.name} is being trained now: it can wait once it has ended.")
        check_idle(run.lock)
        if mark is not None and not mark.aside:
            raise RunError(
                f"{run.name} waits in the queue already. `cnn-tui runs unqueue {run.name}` takes "
                "it out; with --epochs or --learning-rate it goes on waiting, with those."
            )
        done, wanted = _wanted(run, mark, epochs, learning_rate)
        put_mark(run, replace(wanted, at=place_at_end(last_place()), told=told, aside=False))
        return done


def change_waiting(
    run: RunFolder, *, epochs: int | None = None, learning_rate: float | None = None
) -> QueueMark:
    """Change what is requested of a run that waits; it keeps its place.

    Args:
        run: one that waits, to begin or to go on.
        epochs: in all; None: as it was requested.
        learning_rate: from its start on; None: as it was requested.

    Returns:
        Its mark as it is now.

    Raises:
        RunError: when it does not wait (any more), or a value cannot be.
        StateError: when the state folder cannot be used.
    """
    with changing_queue():
        mark = run.queued()
        if mark is None or run.state(None) != "queued":
            raise not_waiting(run)
        _, wanted = _wanted(run, mark, epochs, learning_rate)
        wanted = replace(wanted, at=mark.at, told=mark.told)
        put_mark(run, wanted)
        return wanted


def _wanted(
    run: RunFolder, mark: QueueMark | None, epochs: int | None, learning_rate: float | None
) -> tuple[int, QueueMark]:
    """Return how many epochs are done, and what is requested when the run starts.

    Args:
        run: the run.
        mark: what was requested of it already, if it waits.
        epochs: in all; None: as the mark has it.
        learning_rate: None: as the mark has it.

    Raises:
        RunError: when there is nothing left to train, or a value cannot be.
    """
    if mark is not None:
        epochs = mark.epochs if epochs is None else epochs
        learning_rate = mark.learning_rate if learning_rate is None else learning_rate
    spec = run.spec()
    _check(spec, epochs, learning_rate)
    outcome = read_outcome(run.events)
    latest, done = outcome.ending, outcome.epoch.epoch if outcome.epoch is not None else 0
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
    return done, QueueMark(
        at=0.0,
        told=events_size(run.events),
        epochs=epochs,
        learning_rate=learning_rate,
        no_rule=isinstance(latest, Finished) and latest.reason == "rule",
    )


def _check(spec: TrainingSpec, epochs: int | None, learning_rate: float | None) -> None:
    """Hold the new values against what a spec may have."""
    try:
        if epochs is not None:
            replace(spec, epochs=epochs)
        if learning_rate is not None:
            replace(spec, learning_rate=learning_rate)
    except SpecError as error:
        raise RunError(str(error)) from error
