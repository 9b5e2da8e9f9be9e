"""Files that the user leaves out: their names in the settings, and a saved list for each folder.

No image is moved or deleted: :class:`LoaderSettings` names the files, and they are skipped.
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
    """Return a file's path as `settings.leave_out` stores it.

    Args:
        settings: the loader's settings.
        directory: `settings.directory` or `settings.validation_directory`.
        path: the file's path relative to `directory`.

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
    """Return the files of a folder that are left out.

    Args:
        settings: the loader's settings.
        directory: `settings.directory` or `settings.validation_directory`.

    Returns:
        Paths relative to `directory`, as in Keras's `filenames`.

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
        settings: the loader's settings.
        names: paths as returned by :func:`left_out_name`.
    """
    more = sorted(set(names) - set(settings.leave_out))
    return msgspec.structs.replace(settings, leave_out=(*settings.leave_out, *more))


_FILE = "left-out.json"
_MOST_FOLDERS = 500


class _SavedLists(msgspec.Struct):
    """The saved file: folder of the training images → its `LoaderSettings.leave_out`."""

    folders: dict[str, list[str]]
    version: int = 1


def remember_left_out(settings: LoaderSettings) -> bool:
    """Save the list of files that these settings leave out of their folder.

    Returns:
        Whether it could be saved.
    """
    key = os.path.abspath(settings.directory)
    try:
        file = state_dir() / _FILE
        with locked(file.with_suffix(".lock")):
            saved = _load(file)
            before = saved.folders.pop(key, [])
            if settings.leave_out:
                saved.folders[key] = list(settings.leave_out)
            elif not before:
                return True
            for oldest in list(saved.folders)[:-_MOST_FOLDERS]:
                del saved.folders[oldest]
            replace_file(file, json.dumps(msgspec.to_builtins(saved), indent=1).encode())
    except (OSError, ValueError, StateError):
        return False
    return True


def with_left_out(settings: LoaderSettings) -> LoaderSettings:
    """Return settings that leave out the files that the user left out of this folder before.

    Files that no longer exist are dropped.
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


def _load(file: Path) -> _SavedLists:
    try:
        return msgspec.json.decode(read_small(file), type=_SavedLists)
    except (OSError, ValueError, RecursionError):
        return _SavedLists({})
