"""Locks on files: every lock of the program is taken here.

They are `flock` locks: the system releases them when their process ends, however it ends. So a lock
that is held means that its process is alive.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from pathlib import Path

from tui.common.safe_files import open_descriptor

_RETRY_SECONDS = 0.02


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a lock within a `with` block; wait for it while another process has it.

    Args:
        path: the lock file, which is made where it is missing.

    Raises:
        OSError: when the lock file cannot be made, or its disk knows no locks.
    """
    file = open_descriptor(path, os.O_RDWR | os.O_CREAT)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
    finally:
        os.close(file)


def try_lock(file: int, *, seconds: float = 0.0) -> bool:
    """Take the lock of an open file unless another process has it; return whether it was taken.

    It is held until the descriptor is closed.

    Args:
        file: the descriptor.
        seconds: how long to try. `is_locked` of another process holds a lock for an instant.

    Raises:
        OSError: when the disk knows no locks.
    """
    for _ in range(round(seconds / _RETRY_SECONDS)):
        if _try(file, fcntl.LOCK_EX):
            return True
        time.sleep(_RETRY_SECONDS)
    return _try(file, fcntl.LOCK_EX)


def is_locked(file: int) -> bool:
    """Return whether another process holds the lock of an open file.

    Args:
        file: a descriptor of this look alone, to be closed afterwards.

    Raises:
        OSError: when the disk knows no locks.
    """
    return not _try(file, fcntl.LOCK_SH)


def _try(file: int, kind: int) -> bool:
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
