"""Changing the queue: adding runs, moving them, taking them out, starting the first.

Apps, the command line and the queue's own process hold one lock while they read the queue and
change it. So nobody moves a run that was just started, or starts one that was just taken out. Under
the lock a run that is about to start is marked `starting`: from then on it counts as at work for
everybody.
"""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass

import msgspec

from tui.common.file_locks import locked
from tui.common.paths import StateError, state_dir, write_cure
from tui.runs.events.assigned_gpus import Gpus
from tui.runs.process.gpu_locks import choosing_gpus, reserve
from tui.runs.process.gpus import Gpu
from tui.runs.queue.mark import QueueMark, write_mark
from tui.runs.queue.queue_settings import QueueSettings, read_settings
from tui.runs.queue.slots import gpus_for_now, gpus_wanted, slot_for, usable_gpus
from tui.runs.queue.waiting_runs import runs_at_work, waiting_runs
from tui.runs.store.run_access import RunError
from tui.runs.store.run_folder import RunFolder
from tui.runs.store.run_lock import STARTING_GRACE

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


# For the queue's own process


@dataclass(frozen=True)
class Claim:
    """A run that is about to start.

    Args:
        run: the run, marked as starting.
        mark: its place in the queue until now.
        gpus: those that it was given.
        reserved: reservations of them, to be released once its trainer has begun.
    """

    run: RunFolder
    mark: QueueMark
    gpus: Gpus = ()
    reserved: tuple[int, ...] = ()

    @property
    def entry(self) -> Entry:
        return self.run, self.mark


def claim_next(
    tried: Collection[Entry],
    gpus: Sequence[Gpu] = (),
    others: Collection[RunFolder] = (),
    settings: QueueSettings | None = None,
) -> Claim | None:
    """Mark the first waiting run as starting and return it; None while there is no place for it.

    Args:
        tried: entries that were started before; they are not started again.
        gpus: the GPUs that may be used, as they are now.
        others: runs that count as at work beside those that are, such as one whose trainer ends.
        settings: of the queue; None for those in force.

    Raises:
        StateError: when the runs cannot be listed.
        RunError: when the queue cannot be locked.
    """
    settings = read_settings() if settings is None else settings
    with changing_queue(), choosing_gpus() if gpus else contextlib.nullcontext():
        busy = {*others, *runs_at_work()}
        entry = next((entry for entry in waiting_entries() if entry not in tried), None)
        if entry is None:
            return None
        given = slot_for(gpus, busy, settings, gpus_wanted(entry[0]))
        if given is None:
            return None
        reserved = reserve(gpu.key for gpu in given)
        with contextlib.suppress(OSError):  # a full disk: the trainer will say so
            entry[0].mark_starting(given)
        return Claim(*entry, given, reserved)


def take_gpus(run: RunFolder) -> tuple[Gpus, str]:
    """Give GPUs to a run that is starting, unless it was given some when it was started.

    To be called by its trainer, which keeps the reservation for as long as it lives. It reads the
    driver, which may take a second where there are GPUs.

    Returns:
        The GPUs, and a sentence where it shares one with others. Without GPUs, or where the queue
        cannot be locked, there are none.
    """
    given = run.assigned_gpus()
    if given is not None:
        reserve(gpu.key for gpu in given)
        return given, ""
    gpus = _read_slowly(run)
    if not gpus:
        return (), ""
    try:
        with changing_queue(), choosing_gpus():
            others = {one for one in runs_at_work() if one != run}
            given, sentence = gpus_for_now(gpus, others, read_settings(), gpus_wanted(run))
            reserve(gpu.key for gpu in given)
            run.mark_starting(given)
    except (StateError, RunError, OSError):  # such as a full disk: it trains all the same
        return (), ""
    return given, sentence


def _read_slowly(run: RunFolder) -> tuple[Gpu, ...]:
    """Return the GPUs, however long the driver takes; the run counts as starting meanwhile."""
    with ThreadPoolExecutor(1) as pool:
        reading = pool.submit(usable_gpus)
        while wait([reading], timeout=STARTING_GRACE / 4).not_done:
            with contextlib.suppress(OSError):
                run.mark_starting()
        return reading.result()


def forget_claim(run: RunFolder, mark: QueueMark) -> None:
    """Delete the mark of a run whose trainer has started, or has died before that.

    A mark that was written since then stays.
    """
    with changing_queue():
        if run.queued() in (mark, None):
            run.clear_marks()
