"""A run whose folder is renamed while somebody trains or watches it: it is found again by its lock.

A rename leaves the lock's file what it is: who holds it open can ask where it is now, and who has
seen it knows it again by its number in the file system.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from pathlib import Path

from tui.common.paths import StateError
from tui.runs.store.run_folder import RunFolder, iter_runs


def lock_id(run: RunFolder) -> tuple[int, int] | None:
    """Return what the file system calls a run's lock; None where there is none."""
    try:
        status = os.lstat(run.lock)
    except OSError:
        return None
    return status.st_dev, status.st_ino


def renamed_run(run: RunFolder, lock: tuple[int, int]) -> RunFolder | None:
    """Return the run whose folder was renamed beside its old place; None where there is none.

    Args:
        run: as it was called.
        lock: as `lock_id` gave it.
    """
    with contextlib.suppress(StateError):
        for other in iter_runs(run.path.parent):
            if lock_id(other) == lock:
                return other
    return None


class HeldRun(RunFolder):
    """A run whose lock this process holds: its folder is found again when it is renamed."""

    _known: Path
    _lock: int

    def __init__(self, run: RunFolder, lock: int) -> None:
        """Hold a run.

        Args:
            run: where it is now.
            lock: the open file descriptor of its lock.
        """
        object.__setattr__(self, "_known", run.path)
        object.__setattr__(self, "_lock", lock)

    @property
    def path(self) -> Path:
        """Where the folder is now, as far as the system says."""
        found = _path_of(self._lock)
        return found.parent if found is not None and found.exists() else self._known


def _path_of(descriptor: int) -> Path | None:
    """Return where an open file is now; None where the system does not say."""
    try:
        if hasattr(fcntl, "F_GETPATH"):  # macOS
            return Path(
                os.fsdecode(fcntl.fcntl(descriptor, fcntl.F_GETPATH, bytes(1024)).rstrip(b"\0"))
            )
        return Path(os.readlink(f"/proc/self/fd/{descriptor}"))
    except OSError:
        return None
