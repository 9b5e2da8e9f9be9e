"""Changing the queue: its lock, moving runs and taking them out.

Apps, the command line and the queue's own process hold one lock while they read the queue and
change it. So nobody moves a run that was just started, or starts one that was just taken out
(`tui.runs.queue.claims`).
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import msgspec

from tui.common.file_locks import locked
from tui.common.paths import state_dir, write_cure
from tui.runs.queue.mark import QueueMark, write_mark
from tui.runs.queue.waiting_runs import waiting_runs
from tui.runs.store.run_access import RunError
from tui.runs.store.run_folder import RunFolder

Entry = tuple[RunFolder, QueueMark]


@contextlib.contextmanager
def changing_queue() -> Iterator[None]:
    """Hold the lock of the queue within a `with` block, for a few milliseconds at most.

    Raises:
        StateError: when the state folder cannot be used.
        RunError: when the lock cannot be made.
    """
    path = state_dir() / "queue-order.lock"
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(locked(path))
        except OSError as error:
            raise RunError(
                f"Cannot change the queue: {path} cannot be written ({error.strerror}). Free some "
                "space, or check the folder's permissions."
            ) from error
        yield


def waiting_entries() -> list[Entry]:
    """Return the waiting runs and their marks, in the order of their start.

    Raises:
        StateError: when the runs cannot be listed.
    """
    return [(run, mark) for run in waiting_runs() if (mark := run.queued()) is not None]


def put_mark(run: RunFolder, mark: QueueMark) -> None:
    """Write a run's mark.

    Raises:
        RunError: when it cannot be written.
    """
    try:
        write_mark(run.queue_mark, mark)
    except OSError as error:
        raise RunError(
            f"Cannot write {run.queue_mark}: {error.strerror}. {write_cure(error)}"
        ) from error
    run.announce()


def move_run(run: RunFolder, place: int) -> tuple[int, int]:
    """Move a waiting run to a place in the queue.

    Args:
        run: a waiting one.
        place: counted from 1; limited to the ends of the queue.

    Returns:
        Its place now, and the number of waiting runs.

    Raises:
        RunError: when it does not wait, or the order cannot be written.
        StateError: when the runs cannot be listed.
    """
    with changing_queue():
        entries = waiting_entries()
        return _move(entries, _position(run, entries), place - 1)


def shift_run(run: RunFolder, by: int) -> tuple[int, int]:
    """Move a waiting run by some places, towards the front if negative; else as `move_run`."""
    with changing_queue():
        entries = waiting_entries()
        position = _position(run, entries)
        return _move(entries, position, position + by)


def _position(run: RunFolder, entries: list[Entry]) -> int:
    for position, (waiting, _) in enumerate(entries):
        if waiting == run:
            return position
    raise not_waiting(run)


def not_waiting(run: RunFolder) -> RunError:
    """Return the error that a run is not waiting in the queue, with the reason."""
    state = run.state(None)
    if state in ("starting", "running"):
        return RunError(f"{run.name} is no longer waiting: it has been started.")
    if state == "aside":
        return RunError(
            f"{run.name} is out of the queue. `cnn-tui runs resume {run.name} --queue`, or r in "
            "the list, puts it in."
        )
    return RunError(f"{run.name} does not wait in the queue. `cnn-tui runs` says which do.")


def _move(entries: list[Entry], position: int, wanted: int) -> tuple[int, int]:
    """Write the new order, from the front to the last run whose place changes.

    Each mark that is written sorts before all others. So if this is interrupted, every run still
    waits, and those that were written are in their new order.
    """
    wanted = min(max(wanted, 0), len(entries) - 1)
    order = list(entries)
    order.insert(wanted, order.pop(position))
    changed = max(position, wanted) + 1 if position != wanted else 0
    before = entries[0][1].at - changed
    for number, (run, mark) in enumerate(order[:changed]):
        put_mark(run, msgspec.structs.replace(mark, at=before + number))
    return wanted + 1, len(entries)


def leave_queue(run: RunFolder) -> None:
    """Take a run out of the queue: it is what it was before; one that never started is set aside.

    Raises:
        RunError: when it does not wait, or the mark cannot be changed.
        StateError: when the state folder cannot be used.
    """
    with changing_queue():
        mark = run.queued()
        if mark is None or run.state(None) != "queued":
            raise not_waiting(run)
        if not mark.resumes:
            put_mark(run, msgspec.structs.replace(mark, aside=True))
            return
        try:
            run.queue_mark.unlink(missing_ok=True)
        except OSError as error:
            raise RunError(
                f"Cannot take {run.queue_mark} away: {error.strerror}. Check the permissions of "
                "the run's folder."
            ) from error
        run.announce()
