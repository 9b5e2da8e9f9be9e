"""`python -m tui.trainer.queue`: starts the waiting runs, one after the other, and ends.

It does not import Keras: each run gets a trainer of its own, which continues if this process dies.
"""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Collection

from tui.common.paths import StateError, runs_dir
from tui.runs.process.launch import Launcher
from tui.runs.process.on_end import DeathWatch, command_of
from tui.runs.queue.mark import QueueMark
from tui.runs.queue.order import Entry, claim_next, forget_claim, waiting_entries
from tui.runs.queue.waiting_runs import at_work, hold_queue
from tui.runs.store.find_runs import iter_runs
from tui.runs.store.run_folder import RunFolder


class QueueWatch:
    """Looks at the queue twice a second without reading all runs each time.

    It remembers one waiting run and one at work. While that one is at work nothing can be started;
    all runs are read when it has ended, and again under the queue's lock before a start.
    """

    def __init__(self) -> None:
        self.deaths = DeathWatch()
        self._waiting: Entry | None = None
        self._running: RunFolder | None = None

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

    def claim(self, tried: Collection[Entry]) -> Entry | None:
        """Mark the first waiting run as starting and return it; None while a run is at work.

        As `claim_next`.
        """
        if self._running is None or not at_work(self._running):
            if self._running is not None:
                self.deaths.look_into(self._running)
            runs = iter_runs(runs_dir(to_read=True))
            self._running = next((run for run in runs if at_work(run)), None)
        return claim_next(tried) if self._running is None else None


def _is_waiting(entry: Entry) -> bool:
    run, mark = entry
    return run.queued() == mark and run.state(None) == "queued"


LOOK_SECONDS = 0.5


def work_through(launcher: Launcher, tried: set[Entry]) -> None:
    """Start each waiting run when none is at work, until all that wait were tried."""
    watch = QueueWatch()
    started: RunFolder | None = None
    while True:
        if started is not None and not launcher.busy:
            look_for_death(watch.deaths, started)
            started = None
        if not watch.still_waiting(tried):
            if started is None or not command_of(started):
                return
            wait_for(launcher)  # nobody else may be there to notice that its trainer died
            continue
        claimed = None if launcher.busy else watch.claim(tried)
        if claimed is None:
            time.sleep(LOOK_SECONDS)
            continue
        tried.add(claimed)
        start(launcher, *claimed)
        started = claimed[0]


def look_for_death(deaths: DeathWatch, run: RunFolder) -> None:
    """Have the command of a run executed if its trainer died, perhaps before it had begun."""
    if command_of(run):
        while run.state(None) == "starting":  # for some seconds: nothing else could start anyway
            time.sleep(LOOK_SECONDS)
        deaths.look_into(run)


def wait_for(launcher: Launcher) -> None:
    """Wait until no trainer that was started here is alive."""
    while launcher.busy:
        time.sleep(LOOK_SECONDS)


def start(launcher: Launcher, run: RunFolder, mark: QueueMark) -> None:
    """Start the trainer of a run and wait until it has begun, or has died before that."""
    try:
        launcher.start(run)
    except (OSError, StateError) as error:  # such as a run that was deleted just now
        print(f"Cannot start {run.path}: {error}", file=sys.stderr, flush=True)
    else:
        while launcher.busy and run.queued() is not None:
            time.sleep(0.05)
    forget_claim(run, mark)


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
