"""The cached list of runs, so that ten thousand folders need not be read to show it.

The folders alone decide what a run is. A cached entry is used only while its folder and every file
read for it have the same inode, size, modification time and change time; otherwise the run is read
again. So a damaged or outdated cache costs time, and never shows anything wrong.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Container, Iterable, Iterator
from operator import attrgetter
from pathlib import Path

import msgspec

from tui import __version__
from tui.common.atomic_write import replace_file
from tui.common.paths import StateError, cache_dir
from tui.common.safe_files import read_small
from tui.runs.events.run_setup import RunSetup
from tui.runs.queue.mark import QueueMark
from tui.runs.settings.external_spec import ExternalSpec
from tui.runs.settings.spec import TrainingSpec
from tui.runs.store.run_access import FolderContents, foreign_owner
from tui.runs.store.run_folder import RunFolder, State
from tui.runs.store.run_summary import ReachedMetrics, RunSummary

FILES = ("spec.json", "events.jsonl", "label.json", "control.json", "lock")
"""The files that a summary is read from and that may change without changing their folder. The
others (`starting`, `queued`) are replaced by a rename, which the folder's own times show."""
SETTLED_SECONDS = 60.0
"""A file changed more recently may change again within the same tick of the disk's clock."""
_MAX_BYTES = 512 * 1024 * 1024

Signature = tuple[tuple[str, int, int, int, int], ...]
"""For the folder (an empty name) and each file: inode, size, modification and change time in ns."""


def read_signature(path: str) -> tuple[Signature, FolderContents | None]:
    """Return the present signature of a run's folder, and its contents.

    A file that is added later changes the folder's time, and so the signature.

    Args:
        path: the folder.

    Returns:
        The signature, and the contents, None if the folder cannot be listed.
    """
    names: Container[str] = FILES
    listed = False
    found, owners = [], set()
    for name in ("", *FILES):
        if name and name not in names:
            continue
        try:
            status = os.lstat(f"{path}/{name}") if name else os.stat(path)
        except OSError:
            continue
        found.append((name, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns))
        if name in ("", "spec.json"):
            owners.add(status.st_uid)
        if not name:
            with contextlib.suppress(OSError):
                names, listed = os.listdir(path), True
    contents = FolderContents(names, foreign_owner(owners) is not None) if listed else None
    return tuple(found), contents


def is_unchanged(path: str, signature: Signature) -> bool:
    """Return whether a folder still has this signature."""
    for name, inode, size, modified, changed in signature:
        try:
            status = os.lstat(f"{path}/{name}") if name else os.stat(path)
        except OSError:
            return False
        if (
            status.st_mtime_ns != modified
            or status.st_size != size
            or status.st_ctime_ns != changed
            or status.st_ino != inode
        ):
            return False
    return bool(signature)


def is_settled(signature: Signature) -> bool:
    """Return whether every time in a signature is long past, by this machine's clock."""
    limit = (time.time() - SETTLED_SECONDS) * 1e9
    return all(max(modified, changed) < limit for _, _, _, modified, changed in signature)


Values = tuple[float | None, ...]


class CachedSummary(msgspec.Struct, frozen=True, array_like=True):
    """A run's summary as it is cached; after `metrics` the fields are those of `RunSummary`."""

    signature: Signature
    metrics: tuple[int, Values, Values]
    """The metrics it has reached; the first number is the place of their names in the cache."""
    state: State
    title: str
    epochs_done: int
    epochs: int
    best: float | None
    best_epoch: int
    best_metric: str
    problem: str
    spec: TrainingSpec | None
    mark: QueueMark | None
    note: str
    paused: bool
    changed: tuple[str, ...]
    external: ExternalSpec | None
    setup: RunSetup


class _Cache(msgspec.Struct, frozen=True):
    version: str
    folder: str
    names: tuple[tuple[str, ...], ...]
    """The names of metrics of some runs each, once."""
    runs: dict[str, CachedSummary]


_decoder = msgspec.msgpack.Decoder(_Cache)
_VERSION = f"3 {__version__}"
_NAME = "run-list.msgpack"


_FIELDS = CachedSummary.__struct_fields__[2:]
_values = attrgetter(*_FIELDS)


def read_cache(folder: str) -> Iterator[tuple[str, Signature, RunSummary]]:
    """Yield name, signature and summary of each cached run; none if the cache cannot be used.

    Args:
        folder: of the runs.
    """
    try:
        cache = _decoder.decode(read_small(cache_dir() / _NAME, _MAX_BYTES))
    except (OSError, StateError, msgspec.DecodeError, UnicodeDecodeError):
        return
    if cache.version != _VERSION or cache.folder != folder:
        return
    base = Path(folder)
    for name, cached in cache.runs.items():
        number, best, last = cached.metrics
        names = cache.names[number] if 0 <= number < len(cache.names) else ()
        if not len(names) == len(best) == len(last):
            continue  # damaged
        metrics = ReachedMetrics(names, best, last)
        fields = dict(zip(_FIELDS, _values(cached), strict=True))
        run = RunFolder(base / name)
        yield name, cached.signature, RunSummary(run, metrics=metrics, **fields)


def write_cache(folder: str, runs: Iterable[tuple[Signature, RunSummary]]) -> None:
    """Cache the summaries of the runs in a folder; a failure to write does no harm."""
    numbers: dict[tuple[str, ...], int] = {}
    cached = {}
    for signature, summary in runs:
        metrics = summary.metrics
        number = numbers.setdefault(metrics.names, len(numbers))
        cached[summary.run.name] = CachedSummary(
            signature, (number, metrics.best, metrics.last), *_values(summary)
        )
    with contextlib.suppress(OSError, StateError):
        data = msgspec.msgpack.encode(_Cache(_VERSION, folder, tuple(numbers), cached))
        replace_file(cache_dir() / _NAME, data)
