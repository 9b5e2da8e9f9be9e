"""The cached list of runs, so that ten thousand folders need not be read to show it.

The folders alone decide what a run is. A cached entry is used only while its folder and every file
read for it have the same inode, size, modification time and change time; otherwise the run is read
again. So a damaged or outdated cache costs time, and never shows anything wrong.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Container

import msgspec

from tui import __version__
from tui.common.atomic_write import replace_file
from tui.common.paths import StateError, cache_dir
from tui.common.safe_files import read_small
from tui.runs.queue.mark import QueueMark
from tui.runs.settings.external_spec import ExternalSpec
from tui.runs.settings.spec import TrainingSpec
from tui.runs.store.run_access import FolderContents, foreign_owner
from tui.runs.store.run_folder import State

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


class CachedSummary(msgspec.Struct, frozen=True, array_like=True):
    """A run's summary as it is cached; after the signature the fields are those of `RunSummary`."""

    signature: Signature
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


class _Cache(msgspec.Struct, frozen=True):
    version: str
    folder: str
    runs: dict[str, CachedSummary]


_decoder = msgspec.msgpack.Decoder(_Cache)
_VERSION = f"2 {__version__}"
_NAME = "run-list.msgpack"


def read_cache(folder: str) -> dict[str, CachedSummary]:
    """Return the cached summaries of the runs in a folder; none if the cache cannot be used."""
    try:
        cache = _decoder.decode(read_small(cache_dir() / _NAME, _MAX_BYTES))
    except (OSError, StateError, msgspec.DecodeError, UnicodeDecodeError):
        return {}
    fits = cache.version == _VERSION and cache.folder == folder
    return cache.runs if fits else {}


def write_cache(folder: str, runs: dict[str, CachedSummary]) -> None:
    """Cache the summaries of the runs in a folder; a failure to write does no harm."""
    with contextlib.suppress(OSError, StateError):
        data = msgspec.msgpack.encode(_Cache(_VERSION, folder, runs))
        replace_file(cache_dir() / _NAME, data)
