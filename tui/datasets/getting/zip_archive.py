"""Reading a zip without believing what it says of itself."""

from __future__ import annotations

import stat
import struct
import zipfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import IO

from tui.datasets.getting.entries import Entry
from tui.datasets.getting.errors import Refused
from tui.datasets.getting.limits import Guard

_END, _END_64, _ENTRY = b"PK\x05\x06", b"PK\x06\x06", b"PK\x01\x02"
_LONGEST_DIRECTORY = 64_000_000
_ENCRYPTED = 0x1


class ZipArchive:
    """A zip: its list of entries stands at its end."""

    def __init__(self, path: Path, guard: Guard) -> None:
        """Open it.

        Raises:
            Refused: when it holds too much.
            zipfile.BadZipFile: when it is damaged.
            OSError: when it cannot be read.
        """
        self._guard = guard
        # zipfile makes an object of every entry before anybody can count them.
        guard.entries(count_entries(path))
        self._zip = zipfile.ZipFile(path)
        self._members = self._zip.infolist()
        try:
            for member in self._members:
                guard.bytes(member.file_size)
        except Refused:
            self._zip.close()
            raise
        self._read = 0
        self._size = max(sum(member.compress_size for member in self._members), 1)

    def expected(self) -> tuple[int, int] | None:
        """Return the bytes and files that the list names."""
        return sum(member.file_size for member in self._members), len(self._members)

    def position(self) -> tuple[int, int]:
        """Return the compressed bytes that are read, and all."""
        return min(self._read, self._size), self._size

    def entries(self) -> Iterator[Entry]:
        """Yield the entries in the list's order.

        Raises:
            Refused: when one is encrypted.
        """
        with self._zip:
            for member in self._members:
                if member.flag_bits & _ENCRYPTED:
                    raise Refused(
                        "The archive is locked with a password: unpack it yourself and choose the "
                        "folder."
                    )
                yield self._entry(member)
                self._read += member.compress_size

    def _entry(self, member: zipfile.ZipInfo) -> Entry:
        # The upper half holds the Unix mode, where a Unix program wrote it; links are told by it.
        kind = stat.S_IFMT(member.external_attr >> 16)
        opener: Callable[[], AbstractContextManager[IO[bytes]]] = partial(self._zip.open, member)
        name = member.filename
        if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
            return Entry(name, "other", member.file_size, opener)
        folder = name.endswith(("/", "\\")) or kind == stat.S_IFDIR
        return Entry(name, "folder" if folder else "file", member.file_size, opener)


def count_entries(path: Path) -> int:
    """Count a zip's entries in its own list, without believing the number that it states.

    Raises:
        Refused: when the list is longer than any honest one.
        zipfile.BadZipFile: when there is none.
        OSError: when the file cannot be read.
    """
    with open(path, "rb") as file:
        length = file.seek(0, 2)
        tail_start = max(length - 22 - 0xFFFF - 20, 0)
        file.seek(tail_start)
        tail = file.read()
        at = tail.rfind(_END)
        if at < 0 or len(tail) - at < 22:
            raise zipfile.BadZipFile("no end of the list")
        size = int(struct.unpack_from("<L", tail, at + 12)[0])
        end = tail_start + at
        file.seek(max(end - 20 - 56, 0))
        wide = file.read(56)
        if wide.startswith(_END_64) and len(wide) == 56:
            size = max(
                size if size != 0xFFFFFFFF else 0, int(struct.unpack_from("<Q", wide, 40)[0])
            )
            end -= 20 + 56
        if size > min(_LONGEST_DIRECTORY, length):
            raise Refused(
                "The archive's list of entries is too long for a folder of images, or damaged: it "
                "was not unpacked."
            )
        file.seek(max(end - size, 0))
        directory = file.read(size)
    return directory.count(_ENTRY)
