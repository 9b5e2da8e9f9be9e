"""Writing a file whole or not at all, safe on the disk before it is in its place."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path


def write_whole(path: Path, write: Callable[[Path], object]) -> None:
    """Have a file written beside its place, put it safely on the disk, and move it in.

    Args:
        path: where it shall be.
        write: writes the file whose path it is given; its ending is that of `path`.

    Raises:
        OSError: when it cannot be written; what was there before is there still.
    """
    beside = path.with_name(f"new-{path.name}")
    try:
        with suppress(FileNotFoundError):
            beside.unlink()  # half-written by a process that died, or planted: never followed
        write(beside)
        with beside.open("rb") as file:
            os.fsync(file.fileno())
        os.replace(beside, path)
    except BaseException:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Put a folder's entries on the disk for good: a rename may be lost with the power."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
