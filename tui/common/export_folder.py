"""The folder that is suggested for an export."""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path

from tui.common.atomic_write import replace_file
from tui.common.paths import StateError, private_folder, state_dir
from tui.common.safe_files import read_small

_REMEMBERED = "export-folder.json"


def suggested_folder() -> Path:
    """Return a folder that can be written to (blocking).

    It is the last one that was written to, else the current folder, the home folder or, last, a
    folder of the program.
    """
    for folder in (_remembered(), _here(), Path.home()):
        if folder is not None and _takes_files(folder):
            return folder
    with contextlib.suppress(StateError):
        return private_folder(state_dir() / "exports")
    return Path.home()  # nothing can be written to: writing will report why


def remember_folder(folder: Path) -> None:
    """Suggest this folder next time (blocking), if that can be stored."""
    with contextlib.suppress(StateError, OSError):
        data = json.dumps({"folder": str(folder)})  # escapes odd bytes
        replace_file(state_dir() / _REMEMBERED, data.encode())


def _remembered() -> Path | None:
    try:
        found = json.loads(read_small(state_dir(to_read=True) / _REMEMBERED))
        folder = found["folder"]
        return Path(folder) if isinstance(folder, str) and os.path.isabs(folder) else None
    except (StateError, OSError, ValueError, LookupError, TypeError, RecursionError):
        return None


def _here() -> Path | None:
    try:
        return Path.cwd()
    except OSError:  # it was deleted
        return None


def _takes_files(folder: Path) -> bool:
    try:
        return os.path.isdir(folder) and os.access(folder, os.W_OK | os.X_OK)
    except ValueError:  # a zero byte in a remembered name
        return False
