"""Looking at every image of a folder: what each shows, and which of them are the same."""

from __future__ import annotations

import hashlib
import os
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass

from tui.datasets.doctor.alike import groups_alike
from tui.datasets.doctor.examination import (
    Examination,
    ExaminationCancelled,
    ExaminationProgress,
    Groups,
    ImageFile,
)
from tui.datasets.doctor.facts import ImageFacts, read_facts
from tui.datasets.doctor.known import load_facts, save_facts
from tui.datasets.listing import list_images
from tui.datasets.pool import in_order
from tui.datasets.settings import LoaderSettings
from tui.datasets.summary import FolderSummary

_PROGRESS_SECONDS = 0.1
_UNKNOWN = (-1, 0)


@dataclass(frozen=True, slots=True)
class _Task:
    directory: str
    path: str
    size: int
    modified: int
    digest: bool


def examine(
    summary: FolderSummary,
    settings: LoaderSettings,
    *,
    progress: Callable[[ExaminationProgress], None] | None = None,
    workers: int | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Examination:
    """Look at every file that Keras would read, for training and for validation.

    A file that was looked at before, and has the size, the times and the inode of then, is not
    opened again.

    Args:
        summary: the folder, as `describe` gives it.
        settings: which folders and classes.
        progress: called in the calling thread, at most ten times a second and at both ends.
        workers: threads; all cores when None.
        cancelled: asked between files; True ends it.

    Raises:
        ExaminationCancelled: when `cancelled` said so.
    """
    started = time.perf_counter()
    stop = cancelled or (lambda: False)
    directories = [settings.directory]
    if settings.validation_directory is not None:
        directories.append(settings.validation_directory)
    places = [
        (directory, path)
        for directory in directories
        for path in list_images(directory, settings.classes)
    ]
    facts = {directory: load_facts(directory) for directory in directories}
    tasks = list(_unknown(places, facts, stop))
    stale = {(task.directory, task.path) for task in tasks}
    done = len(places) - len(tasks)
    told = 0.0

    def tell(*, now: bool = False) -> None:
        nonlocal told
        if progress is not None and (now or time.perf_counter() - told >= _PROGRESS_SECONDS):
            told = time.perf_counter()
            progress(ExaminationProgress(done + read, len(places), read))

    read = 0
    tell(now=True)
    try:
        with closing(in_order(_read, tasks, workers)) as results:
            for task, found in results:
                facts[task.directory][task.path] = found
                stale.discard((task.directory, task.path))
                read += 1
                tell()
                if stop():
                    raise ExaminationCancelled
    finally:
        if tasks:
            for directory in directories:
                save_facts(directory, _worth_keeping(directory, settings, facts, places, stale))
    tell(now=True)
    files = tuple(ImageFile(directory, path, facts[directory][path]) for directory, path in places)
    copies = _copies(files)
    again = {index for group in copies for index in group[1:]}
    firsts = [index for index in range(len(files)) if index not in again]
    alike = groups_alike([files[index].facts.look for index in firsts], stop)
    if stop():
        raise ExaminationCancelled
    return Examination(
        summary,
        settings.directory,
        settings.validation_directory,
        settings.classes,
        files,
        copies,
        tuple(tuple(firsts[position] for position in group) for group in alike),
        read,
        time.perf_counter() - started,
    )


def _unknown(
    places: Iterable[tuple[str, str]],
    facts: Mapping[str, Mapping[str, ImageFacts]],
    stop: Callable[[], bool],
) -> Iterator[_Task]:
    """Yield the files that have to be opened."""
    stats = []
    for directory, path in places:
        stats.append((directory, path, *_stat(os.path.join(directory, path))))
        if len(stats) % 256 == 0 and stop():
            raise ExaminationCancelled
    # Only files of the same size can be the same: the others' bytes need no hash.
    sizes = Counter(size for _, _, size, _ in stats)
    for directory, path, size, modified in stats:
        shared = size > 0 and sizes[size] > 1
        before = facts[directory].get(path)
        fresh = (
            before is not None
            and size >= 0
            and (before.size, before.modified) == (size, modified)
            and before.fault not in {"locked", "special"}  # a permission changes without a trace
            and (bool(before.digest) or not shared)
        )
        if not fresh:
            yield _Task(directory, path, size, modified, shared)


def _stat(path: str) -> tuple[int, int]:
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return _UNKNOWN
    # Two files of one size and time may have swapped their names; a time can be set back.
    marks = (status.st_mtime_ns, status.st_ino, status.st_ctime_ns)
    digest = hashlib.blake2b(repr(marks).encode(), digest_size=8).digest()
    return status.st_size, int.from_bytes(digest, signed=True)


def _read(task: _Task) -> ImageFacts:
    path = os.path.join(task.directory, task.path)
    return read_facts(path, task.size, task.modified, digest=task.digest)


def _worth_keeping(
    directory: str,
    settings: LoaderSettings,
    facts: Mapping[str, Mapping[str, ImageFacts]],
    places: Iterable[tuple[str, str]],
    stale: set[tuple[str, str]],
) -> dict[str, ImageFacts]:
    """Return a folder's facts without files that are gone and without those not read again."""
    here = {path for place, path in places if place == directory}
    return {
        path: found
        for path, found in facts[directory].items()
        if (path in here and (directory, path) not in stale)
        or path.split(os.sep, 1)[0] not in settings.classes
    }


def _copies(files: Iterable[ImageFile]) -> Groups:
    """Group files with the same bytes; only readable ones, in order of their first."""
    groups: dict[tuple[int, bytes], list[int]] = {}
    for index, file in enumerate(files):
        if file.facts.readable and file.facts.digest:
            groups.setdefault((file.facts.size, file.facts.digest), []).append(index)
    return tuple(tuple(group) for group in groups.values() if len(group) > 1)
