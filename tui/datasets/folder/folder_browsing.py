"""Browse for a folder of images: sub-folders, and the folders opened last."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

from tui.common.atomic_write import replace_file
from tui.common.paths import StateError, state_dir
from tui.common.safe_files import read_small
from tui.common.text import clean
from tui.datasets.folder.folder_summary import FolderError

MOST_SUBFOLDERS = 500
"""The most sub-folders that are listed for one folder."""


@dataclass(frozen=True, slots=True)
class Subfolder:
    """A sub-folder.

    Args:
        path: its path.
        has_folders: whether it has sub-folders itself.
    """

    path: Path
    has_folders: bool


def subfolders(path: Path) -> tuple[list[Subfolder], int]:
    """Return the visible sub-folders of a folder, sorted, and how many more there are.

    Raises:
        FolderError: when it cannot be read.
    """
    try:
        with os.scandir(path) as entries:
            names = sorted(
                entry.name for entry in entries if not entry.name.startswith(".") and _is_dir(entry)
            )
    except OSError as error:
        raise FolderError(
            f"{clean(path)} cannot be listed: {error.strerror}. Choose another folder."
        ) from error
    shown = [Subfolder(path / name, _has_folders(path / name)) for name in names[:MOST_SUBFOLDERS]]
    return shown, len(names) - len(shown)


def _is_dir(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def _has_folders(path: Path) -> bool:
    """Return whether a folder holds a folder, looking at its first entries only."""
    try:
        with os.scandir(path) as entries:
            return any(_is_dir(entry) for _, entry in zip(range(200), entries, strict=False))
    except OSError:
        return False


MOST_RECENT = 10
_FILE = "recent-folders.json"


def _load(file: Path) -> list[str]:
    try:
        # json, not msgspec: it preserves names that are not UTF-8.
        paths = json.loads(read_small(file))
    except (OSError, ValueError, RecursionError):
        return []
    if not isinstance(paths, list):
        return []
    return [path for path in paths if isinstance(path, str) and path and "\0" not in path][
        :MOST_RECENT
    ]


def recent_folders() -> list[str]:
    """Return the folders opened last that still exist, newest first.

    A missing folder stays in the file: a drive may be plugged in again.
    """
    try:
        paths = _load(state_dir(to_read=True) / _FILE)
    except StateError:
        return []
    return [path for path in paths if os.path.isdir(path)]


def remember_folder(path: str | os.PathLike[str]) -> bool:
    """Add a folder to the front of the recent folders.

    Args:
        path: a folder that was opened.

    Returns:
        Whether the list could be saved.
    """
    try:
        folder = os.path.abspath(os.path.expanduser(os.fspath(path)))
        file = state_dir() / _FILE
        paths = [folder, *(other for other in _load(file) if other != folder)][:MOST_RECENT]
        replace_file(file, json.dumps(paths, indent=1).encode())
    except (OSError, ValueError, StateError):
        return False
    return True
