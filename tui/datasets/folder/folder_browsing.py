"""Finding a folder of images: the folders in a folder, and those opened last."""

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
"""Sub-folders shown of one folder; a longer list helps nobody."""


@dataclass(frozen=True, slots=True)
class Subfolder:
    """A folder in a folder.

    Args:
        path: where it is.
        has_folders: whether it holds folders itself.
    """

    path: Path
    has_folders: bool


def subfolders(path: Path) -> tuple[list[Subfolder], int]:
    """Return the visible folders in a folder, sorted, and how many more there are.

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
            f"Cannot look into {clean(path)}: {error.strerror}. Choose another folder."
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
        # json and not msgspec: it carries names that are not UTF-8 there and back.
        known = json.loads(read_small(file))
    except (OSError, ValueError, RecursionError):
        return []
    if not isinstance(known, list):
        return []
    return [path for path in known if isinstance(path, str) and path and "\0" not in path][
        :MOST_RECENT
    ]


def recent_folders() -> list[str]:
    """Return the folders opened last that are still there, newest first.

    A folder that is missing now stays in the file: a drive may be plugged in again.
    """
    try:
        known = _load(state_dir(to_read=True) / _FILE)
    except StateError:
        return []
    return [path for path in known if os.path.isdir(path)]


def remember_folder(path: str | os.PathLike[str]) -> bool:
    """Put a folder at the head of the list.

    Args:
        path: a folder that was opened.

    Returns:
        Whether it could be written down.
    """
    try:
        folder = os.path.abspath(os.path.expanduser(os.fspath(path)))
        file = state_dir() / _FILE
        known = [folder, *(other for other in _load(file) if other != folder)][:MOST_RECENT]
        replace_file(file, json.dumps(known, indent=1).encode())
    except (OSError, ValueError, StateError):
        return False
    return True
