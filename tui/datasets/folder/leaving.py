"""Files that the user leaves out: how they are named, and which of a folder they are.

A name stands in the settings as `stored_path` writes it, which is as it is unless it is not UTF-8.

Nothing is moved or deleted: the names stand in :class:`LoaderSettings` and are passed over.
"""

from __future__ import annotations

import os
from collections.abc import Iterable

import msgspec

from tui.common.text import disk_path, stored_path
from tui.datasets.loader.settings import LoaderSettings

_ABOVE = os.pardir + os.sep


def name_left_out(settings: LoaderSettings, directory: str, path: str) -> str:
    """Return how `settings.leave_out` names a file.

    Args:
        settings: of the loader.
        directory: `settings.directory` or `settings.validation_directory`.
        path: of the file, relative to `directory`.

    >>> pets = LoaderSettings(
    ...     directory="pets/train", classes=("a", "b"), validation_directory="pets/val"
    ... )
    >>> name_left_out(pets, "pets/val", "a/1.png")
    '../val/a/1.png'
    """
    if directory == settings.directory:
        return stored_path(path)
    return stored_path(os.path.relpath(os.path.join(directory, path), settings.directory))


def names_left_out(settings: LoaderSettings, directory: str) -> frozenset[str]:
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
    >>> names_left_out(pets, "pets/val"), names_left_out(pets, "pets/train")
    (frozenset({'a/1.png'}), frozenset({'a/2.png'}))
    """
    names = map(disk_path, settings.leave_out)
    if directory == settings.directory:
        return frozenset(name for name in names if not name.startswith(_ABOVE))
    steps = os.path.relpath(directory, settings.directory) + os.sep
    return frozenset(name.removeprefix(steps) for name in names if name.startswith(steps))


def without(settings: LoaderSettings, names: Iterable[str]) -> LoaderSettings:
    """Return settings that leave out more files.

    Args:
        settings: of the loader.
        names: as :func:`name_left_out` gives them.
    """
    more = sorted(set(names) - set(settings.leave_out))
    return msgspec.structs.replace(settings, leave_out=(*settings.leave_out, *more))
