"""The lock of a run, held by its living trainer.

It is a `flock`, which the system releases when a process dies in whatever way: held means alive.
Process ids are never guessed from.
"""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path


def lock_holder(path: Path) -> int | None:
    """Return the process id that the lock's living holder wrote into it (0: not yet); else None."""
    try:
        # Reading is enough to look: a folder may have become read-only under a living trainer.
        file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        text = os.read(file, 32)
        return int(text) if text.strip().isdigit() else 0
    else:
        return None
    finally:
        os.close(file)


def hold_lock(path: Path) -> int | None:
    """Take a lock for this process, for as long as it lives.

    Returns:
        The file descriptor, to be kept open; None where another process holds the lock.
    """
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    # A look from elsewhere holds the lock shared for an instant: try a few times.
    for _ in range(50):
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except BlockingIOError:
            time.sleep(0.02)
    else:
        os.close(file)
        return None
    os.ftruncate(file, 0)
    os.write(file, str(os.getpid()).encode())
    return file
