"""How much an archive may unpack to, and whether the disk has room for it."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from tui.common.text import clean, size_text
from tui.datasets.getting.transfer_errors import GetError, RefusedArchive


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits on what is unpacked; the user has to unpack a larger archive.

    Args:
        files: most entries of any kind.
        size: most bytes in all.
        ratio: most bytes for each byte of the archive. Images are already compressed: near 1.
        ratio_from: bytes up to which the ratio is not checked.
        depth: most nested folders.
    """

    files: int = 200_000
    size: int = 100_000_000_000
    ratio: int = 200
    ratio_from: int = 64_000_000
    depth: int = 32


class SizeGuard:
    """Counts the entries and bytes of an archive, and raises at the limits."""

    def __init__(self, limits: Limits, archive_size: int) -> None:
        self.limits = limits
        self._archive_size = archive_size
        self._entries = 0
        self._size = 0

    def add_entries(self, number: int = 1) -> None:
        """Count entries.

        Raises:
            RefusedArchive: if there are too many.
        """
        self._entries += number
        if self._entries > self.limits.files:
            raise RefusedArchive(
                f"The archive has more than {self.limits.files:,} entries and was not unpacked: if "
                "you trust it, unpack it yourself and choose the folder."
            )

    def add_bytes(self, number: int) -> None:
        """Count unpacked bytes.

        Raises:
            RefusedArchive: if there are too many, or far too many for so small an archive.
        """
        self._size += number
        small = self._size > self.limits.ratio_from
        if small and self._size > self.limits.ratio * self._archive_size:
            raise RefusedArchive(
                f"The archive has {size_text(self._archive_size)} and would unpack to more than "
                f"{size_text(self.limits.ratio * self._archive_size)}: no images compress like "
                "that, and it was not unpacked."
            )
        if self._size > self.limits.size:
            raise RefusedArchive(
                f"The archive would unpack to more than {size_text(self.limits.size)} and was not "
                "unpacked: if you trust it, unpack it yourself and choose the folder."
            )


RESERVED_BYTES = 100_000_000
"""Bytes of the disk that are left free."""
_BLOCK = 4096


def size_on_disk(sizes: int, files: int) -> int:
    """Return the disk space that files take: the last block of each is half empty on average."""
    return sizes + files * _BLOCK // 2


def require_disk_space(folder: Path, needed: int, what: str) -> None:
    """Check that the disk has space.

    Args:
        folder: a folder on that disk; it need not exist yet.
        needed: bytes to be written.
        what: what they are for, as the subject of a sentence.

    Raises:
        GetError: if there is too little.
    """
    place = folder
    while not os.path.isdir(place) and place != place.parent:
        place = place.parent
    free = shutil.disk_usage(place).free
    if free < needed + RESERVED_BYTES:
        raise GetError(
            f"{what} needs {size_text(needed)}, and the disk of {clean(folder)} has "
            f"{size_text(free)} left: free some space, or choose another folder with "
            "`cnn-tui data get … --to FOLDER`."
        )
