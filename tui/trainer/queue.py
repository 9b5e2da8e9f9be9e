"""`python -m tui.trainer.queue`: starts the waiting runs as places become free, and ends.

It does not import Keras: each run gets a trainer of its own, which continues if this process dies.
"""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Collection, Iterable

from tui.common.paths import StateError
from tui.runs.process.gpu_locks import release
from tui.runs.process.gpus import Gpu
from tui.runs.process.launch import Launcher
from tui.runs.process.on_end import DeathWatch, command_of
from tui.runs.queue.claims import Claim, claim_next, forget_claim
from tui.runs.queue.order import Entry, waiting_entries
from tui.runs.queue.queue_settings import read_settings
from tui.runs.queue.slots import gpu_states, most_at_once, usable_gpus
from tui.runs.queue.waiting_runs import at_work, hold_queue, runs_at_work
from tui.runs.store.run_folder import RunFolder

LOOK_SECONDS = 0.5
SHORT_SECONDS = 0.05
GPU_SECONDS = 3.0
"""Between two looks at the GPUs: others' jobs come and go too."""


class QueueWatch:
    """Looks at the queue twice a second without reading all runs each time.

    It remembers one waiting run and those at work. While they leave no place nothing can be
    started; all runs are read when one of them has ended, and again under the queue's lock before a
    start.
    """

    def __init__(self) -> None:
        self.deaths = DeathWatch()
        self._waiting: Entry | None = None
        self._working: list[RunFolder] = []
        self._gpus: tuple[Gpu, ...] = ()
        self._gpus_at = float("-inf")
        self._full = False
        """Whether no place was found on the GPUs as they were then."""

    def still_waiting(self, tried: Collection[Entry]) -> bool:
        """Return whether a run waits that was not started before.

        Args:
            tried: entries that were started; their marks may not have been deletable.

        Raises:
            StateError: when the runs cannot be listed.
        """
        if self._waiting is None or self._waiting in tried or not _is_waiting(self._waiting):
            self._waiting = next((entry for entry in waiting_entries() if entry not in tried), None)
        return self._waiting is not None

    def claim(self, tried: Collection[Entry], launched: Collection[RunFolder]) -> Claim | None:
        """Mark the first waiting run as starting and return it; None while there is no place.

        Args:
            tried: as for `claim_next`.
            launched: runs whose trainers were started here and have not ended: their memory may
                still be in use after their last event.
        """
        settings = read_settings()
        working = [run for run in self._working if at_work(run)]
        ended = [run for run in self._working if run not in working]
        self._working = working
        for run in ended:
            self.deaths.look_into(run)
        if ended or time.monotonic() - self._gpus_at >= GPU_SECONDS:
            self._gpus, self._gpus_at, self._full = usable_gpus(), time.monotonic(), False
        gpus = self._gpus
        if gpus:
            # The reservation of a trainer that is ending is enough.
            launched = launched if settings.slots else ()
            if self._full or all(state.taken for state in gpu_states(gpus, working, settings)):
                return None
        elif len({*working, *launched}) >= most_at_once(gpus, settings):
            return None
        claimed = claim_next(tried, gpus, launched, settings)
        self._full = claimed is None  # until the next look at the GPUs
        # Others that began meanwhile are found with the next attempt.
        self._working = runs_at_work() if claimed is None else [*working, claimed.run]
        return claimed


def _is_waiting(entry: Entry) -> bool:
    run, mark = entry
    return run.queued() == mark and run.state(None) == "queued"


def work_through(launcher: Launcher, tried: set[Entry]) -> None:
    """Start each waiting run when there is a place for it, until all that wait were tried."""
    watch = QueueWatch()
    beginning: list[Claim] = []
    with_command: list[RunFolder] = []
    """Runs that were started and have a command for their end."""
    while True:
        beginning = still_beginning(launcher, beginning)
        with_command = look_for_deaths(launcher, watch.deaths, with_command)
        waiting = watch.still_waiting(tried)
        # Perhaps no other process is there to notice that the trainer of such a run dies.
        if not waiting and not beginning and not with_command:
            return
        claimed = watch.claim(tried, launcher.runs) if waiting else None
        if claimed is None:
            time.sleep(SHORT_SECONDS if beginning else LOOK_SECONDS)
            continue
        tried.add(claimed.entry)
        start(launcher, claimed)
        beginning.append(claimed)
        if command_of(claimed.run):
            with_command.append(claimed.run)


def look_for_deaths(
    launcher: Launcher, deaths: DeathWatch, started: Iterable[RunFolder]
) -> list[RunFolder]:
    """Have the commands of runs executed whose trainers died, perhaps before they had begun.

    Args:
        launcher: that started them.
        deaths: looks into them.
        started: runs with a command that were not looked into yet.

    Returns:
        Those whose trainers may still be alive.
    """
    alive, still = launcher.runs, []
    for run in started:
        # One that died before it had begun counts as starting for some seconds.
        if run in alive or run.state(None) == "starting":
            still.append(run)
        else:
            deaths.look_into(run)
    return still


def start(launcher: Launcher, claim: Claim) -> None:
    """Start the trainer of a run."""
    try:
        launcher.start(claim.run, claimed=True)
    except (OSError, StateError) as error:  # such as a run that was deleted just now
        print(f"Cannot start {claim.run.path}: {error}", file=sys.stderr, flush=True)


def still_beginning(launcher: Launcher, claims: Iterable[Claim]) -> list[Claim]:
    """Return the claims of trainers that have not begun; forget those that have, or have died."""
    alive, still = launcher.runs, []
    for claim in claims:
        if claim.run in alive and claim.run.queued() is not None:
            still.append(claim)
            continue
        forget_claim(claim.run, claim.mark)
        release(claim.reserved)
    return still


def main() -> int:
    """Work through the queue, unless another process does; return the exit status."""
    # This process does not end with the terminal or the app that started it.
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    launcher = Launcher()
    tried: set[Entry] = set()
    while True:
        with hold_queue() as held:
            if not held:
                return 0  # the other process looks again after releasing the lock
            work_through(launcher, tried)
        # A run may have been added between the last look and the release of the lock.
        if not QueueWatch().still_waiting(tried):
            return 0


if __name__ == "__main__":
    sys.exit(main())
