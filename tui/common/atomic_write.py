"""Writing a file whole or not at all: beside its place first, then moved in by one rename."""

from __future__ import annotations

import contextlib
import glob
import os
import shutil
import stat
import time
from collections.abc import Callable
from pathlib import Path

from tui.common.safe_files import open_descriptor

LEFTOVER_SECONDS = 60.0
"""A half-written file that is older was left by a process that was killed."""


def write_atomically(path: Path, write: Callable[[Path], object]) -> None:
    """Write a file of any size, and flush it to the disk before it replaces the old one.

    Args:
        path: of the file.
        write: writes to the path that it is given, whose suffix is that of `path`.

    Raises:
        OSError: when it cannot be written; the old file is then still there.
    """
    beside = path.with_name(f"new-{path.name}")
    try:
        with contextlib.suppress(FileNotFoundError):
            beside.unlink()  # half-written by a process that died, or planted: never followed
        write(beside)
        with beside.open("rb") as file:
            os.fsync(file.fileno())
        os.replace(beside, path)
    except BaseException:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def replace_file(path: Path, data: bytes, *, sync: bool = False) -> None:
    """Write a small file so that a reader sees the old content or the new, never half of it.

    What stood at `path`, such as a link, is replaced and not followed; a folder stays.

    Args:
        path: of the file.
        data: its whole content.
        sync: whether the new content has to survive a power cut.

    Raises:
        OSError: when it cannot be written; the old file is then still there.
    """
    beside = path.with_name(f"{path.name}.new-{os.getpid()}")
    delete_leftovers(path.parent, f"{glob.escape(path.name)}.new-*")
    try:
        with contextlib.suppress(FileNotFoundError):
            beside.unlink()  # left over from a process that was killed, or planted
        descriptor = open_descriptor(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            if sync:
                file.flush()
                os.fsync(file.fileno())
        os.replace(beside, path)
    except OSError:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)
        raise


def sync_folder(folder: Path) -> None:
    """Flush a folder's entries to the disk: otherwise a power cut may undo a rename."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def delete_leftovers(folder: Path, pattern: str, seconds: float = LEFTOVER_SECONDS) -> None:
    """Delete what killed processes left half-written; files that are being written stay.

    Args:
        folder: where to look.
        pattern: of the names, as in `Path.glob`.
        seconds: minimum age, by the time of the last write. A time a day or more in the future
            cannot be right and counts as old.
    """
    for path in folder.glob(pattern):
        with contextlib.suppress(OSError):
            status = os.lstat(path)
            if -86400 < time.time() - status.st_mtime < seconds:
                continue
            if stat.S_ISDIR(status.st_mode):
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink()
