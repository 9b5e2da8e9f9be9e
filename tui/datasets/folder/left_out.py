"""Files that the user leaves out: how they are named, found and remembered.

No image is moved or deleted: the names stand in :class:`LoaderSettings` and are passed over.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path

import msgspec

from tui.common.atomic_write import replace_file
from tui.common.file_locks import locked
from tui.common.paths import StateError, state_dir
from tui.common.safe_files import read_small
from tui.common.text import disk_path, stored_path
from tui.datasets.loader.loader_settings import LoaderSettings

_ABOVE = os.pardir + os.sep


def left_out_name(settings: LoaderSettings, directory: str, path: str) -> str:
    """Return how `settings.leave_out` names a file.

    Args:
        settings: of the loader.
        directory: `settings.directory` or `settings.validation_directory`.
        path: of the file, relative to `directory`.

    >>> pets = LoaderSettings(
    ...     directory="pets/train", classes=("a", "b"), validation_directory="pets/val"
    ... )
    >>> left_out_name(pets, "pets/val", "a/1.png")
    '../val/a/1.png'
    """
    if directory == settings.directory:
        return stored_path(path)
    return stored_path(os.path.relpath(os.path.join(directory, path), settings.directory))


def left_out_names(settings: LoaderSettings, directory: str) -> frozenset[str]:
    """Return which files of a folder are left out.

    Args:
        settings: of the loader.
        directory: `settings.directory` or `settings.validation_directory`.

    Returns:
        Paths relative to `directory`, as Keras's `filenames` has them.

    >>> pets = LoaderSettings(
    ...     directory="pets/train", classes=("a", "b"), validation_directory="pets/val",
    ...     leave_out=("a/2.png", "../val/a/1.png"),
    ... )
    >>> left_out_names(pets, "pets/val"), left_out_names(pets, "pets/train")
    (frozenset({'a/1.png'}), frozenset({'a/2.png'}))
    """
    names = map(disk_path, settings.leave_out)
    if directory == settings.directory:
        return frozenset(name for name in names if not name.startswith(_ABOVE))
    steps = os.path.relpath(directory, settings.directory) + os.sep
    return frozenset(name.removeprefix(steps) for name in names if name.startswith(steps))


def leave_out(settings: LoaderSettings, names: Iterable[str]) -> LoaderSettings:
    """Return settings that leave out more files.

    Args:
        settings: of the loader.
        names: as :func:`left_out_name` gives them.
    """
    more = sorted(set(names) - set(settings.leave_out))
    return msgspec.structs.replace(settings, leave_out=(*settings.leave_out, *more))


_FILE = "left-out.json"
_MOST_FOLDERS = 500


class _Kept(msgspec.Struct):
    """The file: folder of the training images → names as `LoaderSettings.leave_out` has them."""

    folders: dict[str, list[str]]
    version: int = 1


def remember_left_out(settings: LoaderSettings) -> bool:
    """Write down what these settings leave out of their folder; nothing, where they leave none.

    Returns:
        Whether it could be written.
    """
    key = os.path.abspath(settings.directory)
    try:
        file = state_dir() / _FILE
        with locked(file.with_suffix(".lock")):
            kept = _load(file)
            before = kept.folders.pop(key, [])
            if settings.leave_out:
                kept.folders[key] = list(settings.leave_out)
            elif not before:
                return True
            for oldest in list(kept.folders)[:-_MOST_FOLDERS]:
                del kept.folders[oldest]
            replace_file(file, json.dumps(msgspec.to_builtins(kept), indent=1).encode())
    except (OSError, ValueError, StateError):
        return False
    return True


def with_left_out(settings: LoaderSettings) -> LoaderSettings:
    """Return settings that leave out what the user left out of their folder before.

    Files that are not there any more are not counted among them.
    """
    try:
        names = _load(state_dir(to_read=True) / _FILE).folders.get(
            os.path.abspath(settings.directory), []
        )
    except StateError:
        return settings
    above = os.pardir + os.sep
    chosen = tuple(
        name
        for name in names
        if "\0" not in name
        and os.path.lexists(os.path.join(settings.directory, name))
        and (settings.validation_directory is not None or not name.startswith(above))
    )
    return msgspec.structs.replace(settings, leave_out=chosen) if chosen else settings


def _load(file: Path) -> _Kept:
    try:
        return msgspec.json.decode(read_small(file), type=_Kept)
    except (OSError, ValueError, RecursionError):
        return _Kept({})
