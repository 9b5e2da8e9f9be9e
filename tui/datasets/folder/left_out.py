"""What the user left out of a folder, written down, so that the app and the shell agree.

Losing this list loses no image, so nothing here raises.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import msgspec

from tui.common.atomic_write import replace_file
from tui.common.file_locks import locked
from tui.common.paths import StateError, state_dir
from tui.common.safe_files import read_small
from tui.datasets.loader.settings import LoaderSettings

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
