"""Examine every image of a folder: the facts of each, and which are equal or similar."""

from __future__ import annotations

import hashlib
import os
import time
from array import array
from collections.abc import Callable, Sequence
from contextlib import closing

from tui.datasets.doctor.compact_sequences import Groups
from tui.datasets.doctor.examination_result import (
    Examination,
    ExaminationCancelled,
    ExaminationProgress,
    ImageFiles,
)
from tui.datasets.doctor.fact_table import FactTable, Paths
from tui.datasets.doctor.facts_cache import load_facts, save_facts
from tui.datasets.doctor.image_facts import ImageFacts, read_facts
from tui.datasets.doctor.similar_images import group_equal, group_similar
from tui.datasets.folder.folder_summary import FolderSummary
from tui.datasets.folder.listing import iter_class_images
from tui.datasets.images.parallel_decoding import map_in_order
from tui.datasets.loader.loader_settings import LoaderSettings

_PROGRESS_SECONDS = 0.1
_UNKNOWN = (-1, 0)


def examine(
    summary: FolderSummary,
    settings: LoaderSettings,
    *,
    progress: Callable[[ExaminationProgress], None] | None = None,
    workers: int | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Examination:
    """Examine every file that Keras would read, for training and for validation.

    A file that was examined before, and still has the same size, times and inode, is not opened
    again.

    Args:
        summary: the folder, as `describe` returns it.
        settings: which folders and classes.
        progress: called in the calling thread, at the start, at the end, and at most ten times a
            second.
        workers: threads; all cores when None.
        cancelled: called between files; True cancels.

    Raises:
        ExaminationCancelled: if `cancelled` returned True.
    """
    started = time.perf_counter()
    stop = cancelled or (lambda: False)
    directories = [settings.directory]
    if settings.validation_directory is not None:
        directories.append(settings.validation_directory)
    files = _list_files(directories, settings.classes, stop)
    work = _FilesToRead(files, settings.classes, stop)
    todo = work.todo()
    total, read, reported = len(files), 0, 0.0

    def report(*, now: bool = False) -> None:
        nonlocal reported
        if progress is not None and (now or time.perf_counter() - reported >= _PROGRESS_SECONDS):
            reported = time.perf_counter()
            progress(ExaminationProgress(total - len(todo) + read, total, read))

    report(now=True)
    try:
        with closing(map_in_order(work.read, todo, workers)) as results:
            for place, found in results:
                work.store(place, found)
                read += 1
                report()
                if stop():
                    raise ExaminationCancelled
    finally:
        if todo:
            work.save(todo[read:])
    report(now=True)
    copies = _group_copies(files)
    similar = _group_similar(files, copies, stop)
    if stop():
        raise ExaminationCancelled
    return Examination(
        summary,
        settings.directory,
        settings.validation_directory,
        settings.classes,
        files,
        copies,
        similar,
        read,
        time.perf_counter() - started,
    )


def _list_files(
    directories: Sequence[str], classes: Sequence[str], stop: Callable[[], bool]
) -> ImageFiles:
    """List the files that Keras reads, without any facts yet."""
    labels = {name: number for number, name in enumerate(dict.fromkeys(classes))}
    files = ImageFiles(directories, tuple(labels))
    for directory in directories:
        files.starts.append(len(files.paths))
        for name in classes:
            for path in iter_class_images(directory, name):
                if len(files.paths) % 256 == 255 and stop():
                    raise ExaminationCancelled
                files.paths.append(os.fsencode(path))
                files.classes.append(labels[name])
    files.table = FactTable(len(files))
    return files


class _FilesToRead:
    """The files, the cached facts about them, and which files have to be opened."""

    def __init__(self, files: ImageFiles, classes: Sequence[str], stop: Callable[[], bool]) -> None:
        self._files, self._stop = files, stop
        self._sizes, self._modified = array("q"), array("q")
        for place in range(len(files)):
            size, modified = _size_and_mark(
                os.path.join(files.directory(place), files.paths[place])
            )
            self._sizes.append(size)
            self._modified.append(modified)
            if place % 256 == 255 and stop():
                raise ExaminationCancelled
        self._others = []
        for number, directory in enumerate(files.directories):
            start, end = files.starts[number], files.end(number)
            known = load_facts(directory)
            self._others.append(known.other_classes(classes))
            places = known.places(files.paths, start, end)
            files.table.copy_rows(known.table, places, start, move=True)

    def todo(self) -> array[int]:
        """Return the places of the files that have to be opened."""
        import numpy as np

        table = self._files.table
        sizes = np.frombuffer(self._sizes, dtype=np.int64)
        # Only files of the same size can be the same: the others' bytes need no hash.
        values, number = np.unique(sizes, return_counts=True)
        shared = np.isin(sizes, values[(number > 1) & (values > 0)])
        self._hashed = array("B", shared.astype(np.uint8).tobytes())
        fresh = (
            (sizes >= 0)
            & (table.columns["size"] == sizes)
            & (table.columns["modified"] == np.frombuffer(self._modified, dtype=np.int64))
            # Permissions can change without changing size or times.
            & ~table.is_in("fault", {"locked", "special"})
            & (table.columns["has_digest"] | ~shared)
        )
        return array("i", np.flatnonzero(~fresh).astype(np.int32).tobytes())

    def read(self, place: int) -> ImageFacts:
        """Open a file; called in several threads."""
        files = self._files
        path = os.path.join(files.directory(place), files.paths[place])
        size = self._sizes[place]
        return read_facts(path, size, self._modified[place], digest=bool(self._hashed[place]))

    def store(self, place: int, facts: ImageFacts) -> None:
        """Store the facts of a file."""
        self._files.table.set(place, facts)

    def save(self, unread: array[int]) -> None:
        """Save the facts to the cache, except for files that were not opened."""
        import numpy as np

        files = self._files
        kept = np.ones(len(files), dtype=np.bool_)
        kept[np.frombuffer(unread, dtype=np.int32)] = False
        for number, directory in enumerate(files.directories):
            paths, table = self._others[number]
            if kept.all() and len(files.directories) == 1 and not len(paths):
                save_facts(directory, files.paths, files.table)  # no second copy of half a million
                continue
            start, end = files.starts[number], files.end(number)
            places = start + np.flatnonzero(kept[start:end])
            both = FactTable(len(places) + len(paths))
            both.copy_rows(files.table, places)
            both.copy_rows(table, np.arange(len(paths)), len(places))
            names = Paths(files.paths[place] for place in places.tolist())
            for path in paths:
                names.append(os.fsencode(path))
            save_facts(directory, names, both)


def _size_and_mark(path: str) -> tuple[int, int]:
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return _UNKNOWN
    # Two files of one size and time may have swapped their names; a time can be set back.
    marks = (status.st_mtime_ns, status.st_ino, status.st_ctime_ns)
    digest = hashlib.blake2b(repr(marks).encode(), digest_size=8).digest()
    return status.st_size, int.from_bytes(digest, signed=True)


def _group_copies(files: ImageFiles) -> Groups:
    """Group files with the same bytes; only readable ones, in order of their first."""
    import numpy as np

    table = files.table
    places = np.flatnonzero(table.readable & table.columns["has_digest"])
    digests = table.columns["digest"].view(np.uint64)[places]
    return group_equal((table.columns["size"][places], digests[:, 0], digests[:, 1]), places)


def _group_similar(files: ImageFiles, copies: Groups, stop: Callable[[], bool]) -> Groups:
    """Group files that look alike; of those with the same bytes the first represents all."""
    import numpy as np

    looked = files.table.columns["has_look"].copy()
    looked[np.frombuffer(copies.later(), dtype=np.int32)] = False
    places = np.flatnonzero(looked)
    return group_similar(files.table.columns["look"].view(np.uint64)[places], places, stop)
