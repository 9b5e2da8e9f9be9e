"""Whether there is room on the disk, asked before anything is written."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from tui.common.text import clean, size_text
from tui.datasets.getting.errors import GetError

SPARE = 100_000_000
"""Bytes that are left for others."""
_BLOCK = 4096


def on_disk(sizes: int, files: int) -> int:
    """Return the room that files take: the last block of each is half empty on average."""
    return sizes + files * _BLOCK // 2


def need_room(folder: Path, needed: int, what: str) -> None:
    """Make sure that there is room.

    Args:
        folder: a folder on the disk in question, which need not exist yet.
        needed: bytes to be written.
        what: what for, as the beginning of a sentence.

    Raises:
        GetError: when there is too little.
    """
    place = folder
    while not os.path.isdir(place) and place != place.parent:
        place = place.parent
    free = shutil.disk_usage(place).free
    if free < needed + SPARE:
        raise GetError(
            f"{what} needs {size_text(needed)}, and the disk of {clean(folder)} has "
            f"{size_text(free)} left: free some room, or choose another folder with "
            "`cnn-tui data get … --to FOLDER`."
        )
