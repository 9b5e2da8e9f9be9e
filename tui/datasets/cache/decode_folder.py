"""Decode a folder's images once, on all cores, or reuse what was decoded before."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import partial

from tui.common.paths import StateError
from tui.common.text import clean
from tui.datasets.cache.array_file import (
    ArrayMetadata,
    DecodedImages,
    NewArray,
    RowFile,
    open_array,
)
from tui.datasets.cache.array_plan import ArrayPlan, FileState
from tui.datasets.cache.array_rows import EarlierArray, Row, find_earlier_array, read_row
from tui.datasets.cache.cache_quota import NoRoomError, arrays_folder, make_room
from tui.datasets.images.fast_jpeg import matches_pillow
from tui.datasets.images.image_files import load_formats
from tui.datasets.images.parallel_decoding import map_in_order

_AT_ONCE = 8  # files per task: submitting one by one costs as much as a small image
_SYNC_BYTES = 16 * 10**6
_PROGRESS_SECONDS = 0.1

Progress = Callable[[int, int], None]


class DecodingCancelled(Exception):
    """Decoding was cancelled before the last file."""


def decoded_images(
    plans: Sequence[ArrayPlan],
    *,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
    workers: int | None = None,
) -> tuple[DecodedImages, ...] | None:
    """Open the arrays of some plans, decoding those that are not cached.

    Args:
        plans: from :func:`array_plans`.
        progress: called in the calling thread with files done and files in all, if there is
            anything to decode, at most ten times a second and once at the end.
        cancelled: called between files; True cancels.
        workers: threads; all cores when None. Pillow releases Python's lock while it decodes.

    Returns:
        One array for each plan, or None if it was cancelled.

    Raises:
        NoRoomError: when the arrays cannot be kept; the message says why and what to do.
    """
    try:
        folder = arrays_folder()
        load_formats()
        matches_pillow()  # checked once, before the threads need it
        found = [_recheck_bad(open_array(folder, plan)) for plan in plans]
        earlier_arrays: dict[str, EarlierArray | None] = {}
        missing = [plan for plan, array in zip(plans, found, strict=True) if array is None]
        if missing:
            spare = frozenset(plan.key for plan in plans)
            earlier_arrays = {plan.key: find_earlier_array(folder, plan) for plan in missing}
            make_room(folder, sum(plan.bytes for plan in missing), spare)
        work = _WorkProgress(sum(len(plan.files) for plan in missing), progress, cancelled)
        for position, plan in enumerate(plans):
            if found[position] is None:
                earlier = earlier_arrays.pop(plan.key, None)
                if earlier is not None and not os.path.exists(earlier.path):
                    earlier = None  # deleted to make room: while it is open, it takes that room
                new = NewArray(folder, plan)
                try:
                    found[position] = _decode(new, work, workers, earlier)
                finally:
                    new.close()
    except DecodingCancelled:
        return None
    except StateError as error:
        raise NoRoomError(str(error)) from error
    except OSError as error:
        raise NoRoomError(
            f"The decoded images could not be kept ({error.strerror or clean(error)}). Free some "
            "space on the disk of the cache, or choose a smaller target size."
        ) from error
    return tuple(array for array in found if array is not None)


def _recheck_bad(array: DecodedImages | None) -> DecodedImages | None:
    """Return None if a bad file can be read now: permissions change without a new time or size."""
    if array is None:
        return None
    fixed = any(not read_row(array.plan, array.plan.files[row]).bad for row in array.bad)
    return None if fixed else array


@dataclass
class _WorkProgress:
    """The progress over all arrays."""

    total: int
    progress: Progress | None
    cancelled: Callable[[], bool] | None
    done: int = 0
    reported: float = field(default_factory=time.perf_counter)

    def step(self, files: int) -> None:
        """Count files, and report progress from time to time.

        Raises:
            DecodingCancelled: if cancellation was requested.
        """
        self.done += files
        if self.cancelled is not None and self.done < self.total and self.cancelled():
            raise DecodingCancelled
        now = time.perf_counter()
        late = now - self.reported >= _PROGRESS_SECONDS
        if self.progress is not None and (late or self.done == self.total):
            self.reported = now
            self.progress(self.done, self.total)


class _BackgroundSync:
    """Syncs an array to disk while it is decoded, so that little is left at the end."""

    def __init__(self, new: NewArray) -> None:
        self._new = new
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="sync")
        self._running: Future[None] | None = None
        self._waiting = 0

    def __enter__(self) -> _BackgroundSync:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._pool.shutdown()
        # The system reports a failure once: a later sync would succeed.
        if kind is None and self._running is not None:
            self._running.result()

    def wrote(self, size: int) -> None:
        """Count written bytes, and sync them to the disk from time to time.

        Raises:
            OSError: if an earlier sync failed.
        """
        self._waiting += size
        if self._waiting < _SYNC_BYTES or (self._running and not self._running.done()):
            return
        if self._running is not None:
            self._running.result()
        self._waiting = 0
        self._running = self._pool.submit(self._new.sync)


def _decode(
    new: NewArray, work: _WorkProgress, workers: int | None, earlier: EarlierArray | None
) -> DecodedImages:
    """Fill an array with every image of its plan."""
    plan = new.plan
    started = time.perf_counter()
    bad: dict[str, str] = {}
    wide: list[int] = []
    files: list[RowFile] = []
    changed, reused = False, 0
    firsts = range(0, len(plan.files), _AT_ONCE)
    # Closed explicitly, not by the garbage collector: closing cancels the waiting tasks.
    with (
        _BackgroundSync(new) as syncing,
        closing(map_in_order(partial(_fill_rows, new, earlier), firsts, workers)) as results,
    ):
        for first, rows in results:
            for number, row in enumerate(rows, first):
                changed = changed or row.changed
                reused += row.reused
                files.append(_row_file(plan.files[number], row.digest))
                if row.bad:
                    bad[str(number)] = row.bad
                elif row.wide:
                    wide.append(number)
            syncing.wrote(len(rows) * plan.row_bytes)
            work.step(len(rows))
    facts = ArrayMetadata(
        key=plan.key,
        directory=clean(os.path.abspath(plan.directory)),
        shape=plan.shape,
        color_mode=plan.color_mode,
        interpolation=plan.interpolation,
        seconds=round(time.perf_counter() - started + _seconds_saved(earlier, reused), 3),
        bad=bad,
        wide=tuple(wide),
    )
    # If a file changed meanwhile, the array is right for this run but not for this key.
    array = new.finish(facts, files, keep=not changed)
    if earlier is not None and earlier.superseded and not changed and earlier.path != new.target:
        earlier.path.unlink(missing_ok=True)
    return replace(array, hit=earlier is not None and reused == len(plan.files) - len(bad))


def _seconds_saved(earlier: EarlierArray | None, reused: int) -> float:
    """Return how long decoding the reused rows took at the time."""
    if earlier is None:
        return 0.0
    return earlier.seconds * reused / max(len(earlier.digests), 1)


def _row_file(file: FileState, digest: bytes) -> RowFile:
    return RowFile(
        os.fsencode(file.path), file.size, file.changed, file.inode, file.status_changed, digest
    )


def _fill_rows(new: NewArray, earlier: EarlierArray | None, first: int) -> list[Row]:
    """Decode a few files into their rows; the returned rows carry no pixels."""
    rows = []
    for position, file in enumerate(new.plan.files[first : first + _AT_ONCE], first):
        row = read_row(new.plan, file) if earlier is None else read_row(new.plan, file, earlier)
        if row.pixels:
            new.write(position, row.pixels)
        rows.append(replace(row, pixels=b""))
    return rows
