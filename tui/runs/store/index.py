"""What is remembered of the list of runs, so that ten thousand need not be read to show it.

The folders alone say what a run is. What was read of one is used again only while its folder and
every file that the list reads are the same by inode, size, time of content and time of change; what
is not the same is read anew. So a damaged or outdated index costs time, and says nothing wrong.
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
from tui.runs.settings.spec import TrainingSpec
from tui.runs.store.access import Contents, foreign_owner
from tui.runs.store.run_folder import State

FILES = ("spec.json", "events.jsonl", "label.json", "control.json", "lock")
"""The files that a run's line is read from, and that may change without its folder changing. What
else says something of a run (`starting`, `queued`) is made and replaced by a rename, which the
folder's own times show."""
SETTLED_SECONDS = 60.0
"""A file that was changed so lately may be changed once more within the same tick of the clock."""
_LARGEST = 512 * 1024 * 1024  # bytes

Signature = tuple[tuple[str, int, int, int, int], ...]
"""For the folder (an empty name) and each file: inode, size, and the two times, in ns."""


def look_into(path: str) -> tuple[Signature, Contents | None]:
    """Return the present signature of a run's folder, and what is in it.

    What comes into the folder later changes its time, so that the signature is another then.

    Args:
        path: of the folder.

    Returns:
        The signature; what is in the folder, None where it cannot be listed.
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
    return tuple(found), Contents(names, foreign_owner(owners) is not None) if listed else None


def same(path: str, known: Signature) -> bool:
    """Say whether a folder has the signature that is known."""
    for name, inode, size, written, changed in known:
        try:
            status = os.lstat(f"{path}/{name}") if name else os.stat(path)
        except OSError:
            return False
        if (
            status.st_mtime_ns != written
            or status.st_size != size
            or status.st_ctime_ns != changed
            or status.st_ino != inode
        ):
            return False
    return bool(known)


def old(known: Signature) -> bool:
    """Say whether nothing was changed lately, by a clock that agrees with this one's."""
    limit = (time.time() - SETTLED_SECONDS) * 1e9
    return all(max(written, changed) < limit for _, _, _, written, changed in known)


class Kept(msgspec.Struct, frozen=True, array_like=True):
    """A run's line as it is remembered; the fields are those of `RunSummary`."""

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


class _Index(msgspec.Struct, frozen=True):
    version: str
    folder: str
    runs: dict[str, Kept]


_decoder = msgspec.msgpack.Decoder(_Index)
_VERSION = f"1 {__version__}"
_NAME = "run-list.msgpack"


def read_index(folder: str) -> dict[str, Kept]:
    """Return what is remembered of the runs in a folder; nothing where the index is no use."""
    try:
        index = _decoder.decode(read_small(cache_dir() / _NAME, _LARGEST))
    except (OSError, StateError, msgspec.DecodeError, UnicodeDecodeError):
        return {}
    fits = index.version == _VERSION and index.folder == folder
    return index.runs if fits else {}


def write_index(folder: str, runs: dict[str, Kept]) -> None:
    """Remember the runs in a folder; a disk that does not take it is no harm."""
    with contextlib.suppress(OSError, StateError):
        data = msgspec.msgpack.encode(_Index(_VERSION, folder, runs))
        replace_file(cache_dir() / _NAME, data)
