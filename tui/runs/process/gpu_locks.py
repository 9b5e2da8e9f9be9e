"""Locks on GPUs that all users of a machine see, so that no two of them take the same one.

A training shows in a GPU's memory only after it has loaded its images. Until then its process holds
the lock of the GPU, a file that everybody can read in a folder that everybody can write to. A lock
is a `flock`: the system releases it when its process ends. The files are empty and stay.

The locks are a courtesy between copies of this program. Where a file cannot be opened there is no
lock; one that is never released delays others by `WAIT_SECONDS`, or makes a GPU count as taken.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from tui.common.file_locks import try_lock
from tui.common.safe_files import UnsafeFileError, open_descriptor

FOLDER_VARIABLE = "CNN_TUI_GPU_LOCKS"
"""Names another folder for the locks, where /tmp is not the same for all users."""
WAIT_SECONDS = 10.0
"""The longest to wait while others choose a GPU."""


def _open(name: str) -> int | None:
    """Open a lock file, of whichever user; None where that is not possible."""
    folder = Path(os.environ.get(FOLDER_VARIABLE) or "/tmp")
    path = folder / f"cnn-tui-{re.sub(r'[^A-Za-z0-9-]', '-', name)}.lock"
    for flags in (os.O_RDONLY, os.O_RDONLY | os.O_CREAT | os.O_EXCL, os.O_RDONLY):
        try:
            file = open_descriptor(path, flags, 0o644)
        except UnsafeFileError:  # a link, a pipe
            return None
        except (FileNotFoundError, FileExistsError):
            continue  # another process was quicker
        except OSError:
            return None
        if flags & os.O_CREAT:
            with contextlib.suppress(OSError):
                os.fchmod(file, 0o644)  # the umask may forbid it, and others have to read it
        return file
    return None


@contextlib.contextmanager
def choosing_gpus() -> Iterator[None]:
    """Let only one process of this machine choose a GPU at a time, within a `with` block."""
    file = _open("gpus")
    try:
        if file is not None:
            with contextlib.suppress(OSError):
                try_lock(file, seconds=WAIT_SECONDS)
        yield
    finally:
        if file is not None:
            os.close(file)


def is_reserved(key: str) -> bool:
    """Return whether a process of any user has reserved a GPU.

    Args:
        key: of the GPU, as in `CUDA_VISIBLE_DEVICES`.
    """
    file = _open(f"gpu-{key}")
    if file is None:
        return False
    try:
        return not try_lock(file)
    except OSError:
        return False
    finally:
        os.close(file)


def reserve(keys: Iterable[str]) -> tuple[int, ...]:
    """Reserve GPUs for as long as the returned descriptors are open.

    Several processes may hold a reservation: the one that chose the GPU, until the trainer has its
    own.
    """
    files = []
    for key in keys:
        file = _open(f"gpu-{key}")
        if file is not None:
            with contextlib.suppress(OSError):
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            files.append(file)
    return tuple(files)


def release(files: Iterable[int]) -> None:
    """Give up reservations."""
    for file in files:
        with contextlib.suppress(OSError):
            os.close(file)
