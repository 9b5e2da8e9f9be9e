"""Starting the first run of the queue, and giving GPUs to a run that starts.

Under the queue's lock a run that is about to start is marked `starting`: from then on it counts as
at work for everybody.
"""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass

from tui.common.paths import StateError
from tui.runs.events.assigned_gpus import Gpus
from tui.runs.process.gpu_locks import choosing_gpus, reserve
from tui.runs.process.gpus import Gpu
from tui.runs.queue.mark import QueueMark
from tui.runs.queue.order import Entry, changing_queue, waiting_entries
from tui.runs.queue.queue_settings import QueueSettings, read_settings
from tui.runs.queue.slots import gpus_for_now, gpus_wanted, slot_for, usable_gpus
from tui.runs.queue.waiting_runs import runs_at_work
from tui.runs.store.run_access import RunError
from tui.runs.store.run_folder import RunFolder
from tui.runs.store.run_lock import STARTING_GRACE


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
