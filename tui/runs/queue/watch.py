"""Looking at the queue twice a second, without looking at all runs each time."""

from __future__ import annotations

from collections.abc import Collection

from tui.common.paths import runs_dir
from tui.runs.queue.order import Entry, claim_next, waiting_entries
from tui.runs.queue.waiting_runs import at_work
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
