"""The folders that were opened last.

Losing this list is a nuisance and no more, so nothing here raises.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from tui.common.atomic_write import replace_file
from tui.common.paths import StateError, state_dir
from tui.common.safe_files import read_small

MOST = 10
_FILE = "recent-folders.json"


def _load(file: Path) -> list[str]:
    try:
        # json and not msgspec: it carries names that are not UTF-8 there and back.
        known = json.loads(read_small(file))
    except (OSError, ValueError, RecursionError):
        return []
    if not isinstance(known, list):
        return []
    return [path for path in known if isinstance(path, str) and path and "\0" not in path][:MOST]


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
        known = [folder, *(other for other in _load(file) if other != folder)][:MOST]
        replace_file(file, json.dumps(known, indent=1).encode())
    except (OSError, ValueError, StateError):
        return False
    return True
