"""Looking for a folder: which folders lie in one, without listing its thousands of files."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from tui.common.text import clean
from tui.datasets.folder.summary import FolderError

MOST = 500
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
    shown = [Subfolder(path / name, _has_folders(path / name)) for name in names[:MOST]]
    return shown, len(names) - len(shown)


def _is_dir(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def _has_folders(path: Path) -> bool:
    """Say whether a folder holds a folder, looking at its first entries only."""
    try:
        with os.scandir(path) as entries:
            return any(_is_dir(entry) for _, entry in zip(range(200), entries, strict=False))
    except OSError:
        return False
