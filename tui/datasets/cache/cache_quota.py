"""The folder of the arrays: its content, its size limit, and freeing space."""

from __future__ import annotations

import contextlib
import math
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from tui.common.file_locks import try_lock
from tui.common.paths import cache_dir, private_folder
from tui.common.text import clean, size_text
from tui.datasets.cache.array_file import ENDING, NEW_ENDING, ArrayMetadata, read_metadata

BUDGET_VARIABLE = "CNN_TUI_CACHE_GB"
DEFAULT_GB = 20.0
_GB = 10**9
_MOST_LEFT_FREE = _GB // 2
_SHARE_LEFT_FREE = 10  # a tenth of the disk


class NoRoomError(Exception):
    """Decoded images cannot be kept; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class CachedArray:
    """One array in the cache.

    Args:
        path: its file.
        bytes: its size on disk.
        used: when it was last used, in seconds since 1970.
        metadata: its metadata.
    """

    path: Path
    bytes: int
    used: float
    metadata: ArrayMetadata


def arrays_folder() -> Path:
    """Return the folder of the arrays.

    Raises:
        StateError: when it cannot be made or written to.
    """
    return private_folder(cache_dir() / "decoded")


def cache_budget() -> int:
    """Return how many bytes all arrays together may take.

    Raises:
        NoRoomError: when the environment variable is not a size.
    """
    text = os.environ.get(BUDGET_VARIABLE, "").strip()
    try:
        wanted = float(text) if text else DEFAULT_GB
    except ValueError:
        wanted = math.nan
    if not 0 <= wanted < math.inf:
        raise NoRoomError(
            f"{BUDGET_VARIABLE} is {clean(text, 40)!r}, which is not a size. Set it to a number of "
            f"gigabytes, such as {DEFAULT_GB:g}, or to 0 to keep no decoded images."
        )
    return int(wanted * _GB)


def cached_arrays() -> list[CachedArray]:
    """List the complete arrays, most recently used first.

    Raises:
        StateError: when the folder cannot be made or written to.
    """
    found = []
    for path in arrays_folder().glob("*" + ENDING):
        facts = read_metadata(path)
        with contextlib.suppress(OSError):
            status = path.stat()
            if facts is not None:
                found.append(CachedArray(path, status.st_size, status.st_mtime, facts))
    return sorted(found, key=lambda kept: -kept.used)


def clear_cache() -> int:
    """Delete every array; a run that uses one can read it until it ends.

    Returns:
        How many bytes were freed.

    Raises:
        StateError: when the folder cannot be made or written to.
        OSError: when a file cannot be deleted.
    """
    folder = arrays_folder()
    freed = delete_abandoned(folder)
    for path in folder.glob("*" + ENDING):
        with contextlib.suppress(FileNotFoundError):
            size = path.stat().st_size
            path.unlink()
            freed += size
    return freed


def delete_abandoned(folder: Path) -> int:
    """Delete the files of writers that were killed; one that still writes holds its lock.

    Returns:
        How many bytes were freed.
    """
    freed = 0
    for path in folder.glob("*" + NEW_ENDING):
        with contextlib.suppress(OSError):
            file = os.open(path, os.O_RDWR | os.O_CLOEXEC)
            try:
                if not try_lock(file):
                    continue
                size = os.fstat(file).st_size
                path.unlink()
                freed += size
            finally:
                os.close(file)
    return freed


def make_room(
    folder: Path,
    need: int,
    spare: frozenset[str] = frozenset(),
    *,
    what: str = "The decoded images",
) -> None:
    """Make room for new arrays, deleting the least recently used ones if necessary.

    Args:
        folder: the folder of the arrays.
        need: bytes of the new arrays.
        spare: keys of arrays that the same run reads; they are not deleted.
        what: what the new arrays hold, as the plural subject of a sentence.

    Raises:
        NoRoomError: if there is too little room even then.
    """
    delete_abandoned(folder)
    allowed = cache_budget()
    if allowed == 0:
        raise NoRoomError(f"{BUDGET_VARIABLE} is 0, so no decoded images are kept.")
    kept = cached_arrays()
    going = [array for array in kept if array.metadata.key not in spare]
    can_go = sum(array.bytes for array in going)
    taken = sum(array.bytes for array in kept) + _being_written(folder)
    disk = shutil.disk_usage(folder)
    left = left_free(disk.total, need)
    free = disk.free - left
    if need + taken - can_go > allowed:
        others = f", of which {size_text(taken - can_go)} are in use" if taken > can_go else ""
        raise NoRoomError(
            f"{what} take {size_text(need)}, and the cache may hold "
            f"{size_text(allowed)}{others}. Set {BUDGET_VARIABLE} to more gigabytes, or choose a "
            "smaller target size."
        )
    if need > free + can_go:
        raise NoRoomError(
            f"{what} take {size_text(need)}, and the disk of {clean(folder)} has room "
            f"for {size_text(max(free + can_go, 0))}, with {size_text(left)} kept free. "
            "Free some space there, or choose a smaller target size."
        )
    while going and (need + taken > allowed or need > free):
        oldest = going.pop()
        oldest.path.unlink(missing_ok=True)
        taken -= oldest.bytes
        free += oldest.bytes


def left_free(disk: int, need: int) -> int:
    """Return how many bytes of the disk are kept free for run folders and their models.

    As many as the new arrays take, but at most a tenth of the disk and at most 500 MB: a small set
    of images is cached even on a disk that is small or nearly full, and a large one does not fill
    it.

    Args:
        disk: size of the disk in bytes.
        need: bytes of the new arrays.

    >>> left_free(10**12, 4 * 10**9), left_free(10**12, 2 * 10**6), left_free(3 * 10**8, 10**8)
    (500000000, 2000000, 30000000)
    """
    return min(_MOST_LEFT_FREE, disk // _SHARE_LEFT_FREE, need)


def _being_written(folder: Path) -> int:
    """Return the bytes that other trainers have written so far."""
    total = 0
    for path in folder.glob("*" + NEW_ENDING):
        with contextlib.suppress(OSError):
            total += path.stat().st_size
    return total
