"""`python -m tui.trainer.queue`: starts the runs that wait, one after the other, and ends.

It imports no Keras: each run gets a trainer of its own, which goes on when this process dies.
"""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Collection

from tui.common.paths import StateError, runs_dir
from tui.runs.process.launch import Launcher
from tui.runs.queue.mark import QueueMark
from tui.runs.queue.order import Entry, claim_next, forget_claim, waiting_entries
from tui.runs.queue.waiting_runs import at_work, hold_queue
from tui.runs.store.find_runs import iter_runs
from tui.runs.store.run_folder import RunFolder


class QueueWatch:
    """Knows a run that waits and one that is at work, and looks at these two first.

    While one is at work nothing can be started, whatever the others do; all of them are looked at
    when it has ended, and once more under the queue's lock before anything is started.
    """

    def __init__(self) -> None:
        self._waits: Entry | None = None
        self._works: RunFolder | None = None

    def still_waiting(self, tried: Collection[Entry]) -> bool:
        """Say whether a run waits; a mark that could not be taken off starts nothing twice.

        Args:
            tried: what was started already.

        Raises:
            StateError: when the runs cannot be listed.
        """
        if self._waits is None or self._waits in tried or not _waits(self._waits):
            self._waits = next((one for one in waiting_entries() if one not in tried), None)
        return self._waits is not None

    def claim(self, tried: Collection[Entry]) -> Entry | None:
        """Return the first run that waits, which counts as starting now; None while one is at work.

        As `claim_next`.
        """
        if self._works is None or not at_work(self._works):
            runs = iter_runs(runs_dir(to_read=True))
            self._works = next((run for run in runs if at_work(run)), None)
        return claim_next(tried) if self._works is None else None


def _waits(entry: Entry) -> bool:
    run, mark = entry
    return run.queued() == mark and run.state(None) == "queued"


LOOK_SECONDS = 0.5


def work_off(launcher: Launcher, tried: set[Entry]) -> None:
    """Start what waits, each run when none is at work, until nothing waits that was not tried."""
    watch = QueueWatch()
    while watch.still_waiting(tried):
        claimed = None if launcher.busy else watch.claim(tried)
        if claimed is None:
            time.sleep(LOOK_SECONDS)
            continue
        tried.add(claimed)
        start(launcher, *claimed)


def start(launcher: Launcher, run: RunFolder, mark: QueueMark) -> None:
    """Start the trainer of a run and wait until it has begun, or has ended without a word."""
    try:
        launcher.start(run)
    except (OSError, StateError) as error:  # such as a run that was deleted just now
        print(f"Cannot start {run.path}: {error}", file=sys.stderr, flush=True)
    else:
        while launcher.busy and run.queued() is not None:
            time.sleep(0.05)
    forget_claim(run, mark)


def main() -> int:
    """Work the queue off, unless another process does; return the exit status."""
    # Neither the terminal nor the app that started this is needed any more.
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    launcher = Launcher()
    tried: set[Entry] = set()
    while True:
        with hold_queue() as held:
            if not held:
                return 0  # the one that holds it looks once more after letting go
            work_off(launcher, tried)
        # A run that came between the last look and letting go found nobody else to start it.
        if not QueueWatch().still_waiting(tried):
            return 0


if __name__ == "__main__":
    sys.exit(main())
