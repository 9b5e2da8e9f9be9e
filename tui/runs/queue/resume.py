"""Resuming a run, now or in the queue: what has to be changed before it starts."""

from __future__ import annotations

from msgspec.structs import replace

from tui.common.paths import write_cure
from tui.runs.control.control_file import change_control
from tui.runs.events.event_types import Finished
from tui.runs.events.log_end import read_outcome
from tui.runs.process.needs import check_can_train
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
    """Prepare a run to continue after its last complete epoch; `Launcher.start` then starts it.

    A run that was stopped, failed or died continues as it is. One that is finished needs a new
    number of epochs; if a stop rule ended it, it continues without one. One that waits in the queue
    starts now, with the requests of its mark.

    Args:
        run: without a trainer at work.
        epochs: in all, not in addition; None: unchanged.
        learning_rate: from now on; None: unchanged.

    Returns:
        The number of epochs that are done.

    Raises:
        RunError: when a trainer is at work on it, when there is nothing left to train, or when
            a value is not valid.
        StateError: when the state folder cannot be used, or nothing can be trained here.
    """
    check_can_train()
    with changing_queue():
        check_owner(run.path)
        mark = run.queued()
        if run.alive() or (mark is not None and run.state(None) == "starting"):
            raise RunError(f"{run.name} is being trained now: there is nothing to resume.")
        check_idle(run.lock)
        done, wanted = _resume_request(run, mark, epochs, learning_rate)
        try:
            change_control(run.control, **{"want": "run", **wanted.requests()})
            run.mark_starting()
            if wanted.resumes:  # one that never started keeps its place until it does
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

    Until it starts it does not change; the requests are in its mark.

    Args:
        run: without a trainer at work; the rest as for `resume_run`.
        epochs: in all, not in addition; None: unchanged.
        learning_rate: from its start on; None: unchanged.

    Returns:
        The number of epochs that are done.

    Raises:
        RunError: as for `resume_run`, and when it waits already.
        StateError: when the state folder cannot be used, or nothing can be trained here.
    """
    check_can_train()
    with changing_queue():
        check_owner(run.path)
        size = events_size(run.events)  # first: so a trainer that starts now makes the mark invalid
        mark = run.queued()
        if run.alive() or run.state(None) == "starting":
            raise RunError(f"{run.name} is being trained now: it can wait once it has ended.")
        check_idle(run.lock)
        if mark is not None and not mark.aside:
            raise RunError(
                f"{run.name} waits in the queue already. `cnn-tui runs unqueue {run.name}` takes "
                "it out; with --epochs or --learning-rate it goes on waiting, with those."
            )
        done, wanted = _resume_request(run, mark, epochs, learning_rate)
        put_mark(
            run, replace(wanted, at=place_at_end(last_place()), events_bytes=size, aside=False)
        )
        return done


def change_waiting(
    run: RunFolder, *, epochs: int | None = None, learning_rate: float | None = None
) -> QueueMark:
    """Change the requests of a waiting run; it keeps its place.

    Args:
        run: a waiting one, new or to be resumed.
        epochs: in all; None: unchanged.
        learning_rate: from its start on; None: unchanged.

    Returns:
        Its new mark.

    Raises:
        RunError: when it does not wait, or a value is not valid.
        StateError: when the state folder cannot be used.
    """
    with changing_queue():
        mark = run.queued()
        if mark is None or run.state(None) != "queued":
            raise not_waiting(run)
        _, wanted = _resume_request(run, mark, epochs, learning_rate)
        wanted = replace(wanted, at=mark.at, events_bytes=mark.events_bytes)
        put_mark(run, wanted)
        return wanted


def _resume_request(
    run: RunFolder, mark: QueueMark | None, epochs: int | None, learning_rate: float | None
) -> tuple[int, QueueMark]:
    """Return the number of epochs done, and the mark with the requests for the start.

    Args:
        run: the run.
        mark: its present mark, if it has one.
        epochs: in all; None: the mark's.
        learning_rate: None: the mark's.

    Raises:
        RunError: when there is nothing left to train, or a value is not valid.
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
            f"is to have in all, for example {done + 5}."
        )
    if epochs is not None and epochs <= done:
        raise RunError(
            f"{run.name} has {done} epochs already, so {epochs} in all cannot be. "
            f"Choose more than {done}."
        )
    # The first epoch may have ended just before its checkpoint was complete: it is trained again.
    if done > 1 and not checkpoints(run):
        raise RunError(
            f"{run.name} has no checkpoint to continue from. Start a new run with its settings."
        )
    return done, QueueMark(
        at=0.0,
        events_bytes=events_size(run.events),
        epochs=epochs,
        learning_rate=learning_rate,
        no_rule=isinstance(latest, Finished) and latest.reason == "rule",
    )


def _check(spec: TrainingSpec, epochs: int | None, learning_rate: float | None) -> None:
    """Check the new values as a spec does."""
    try:
        if epochs is not None:
            replace(spec, epochs=epochs)
        if learning_rate is not None:
            replace(spec, learning_rate=learning_rate)
    except SpecError as error:
        raise RunError(str(error)) from error
