"""Reading a tar, packed or plain, from its beginning to its end and never back."""

from __future__ import annotations

import bz2
import gzip
import lzma
import tarfile
from collections.abc import Iterator
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import IO, cast

from tui.datasets.getting.entries import Entry
from tui.datasets.getting.errors import Refused
from tui.datasets.getting.limits import Guard

_LONGEST_READ = 4 * 1024 * 1024
"""More than any header needs. A header of 5 GB would otherwise be read into memory at once."""
_STEP = 256 * 1024


class _Forward:
    """What tarfile reads from: it counts, and it goes forward only."""

    def __init__(self, inner: IO[bytes], guard: Guard) -> None:
        self._inner, self._guard = inner, guard
        self._at = 0
        self.last = b""

    def read(self, number: int) -> bytes:
        if not 0 <= number <= _LONGEST_READ:
            raise Refused("The archive has a header that is too long, and was not unpacked.")
        data = self._inner.read(number)
        self._at += len(data)
        self.last = data
        self._guard.bytes(len(data))
        return data

    def tell(self) -> int:
        return self._at

    def seek(self, position: int) -> None:
        if position < self._at:
            raise Refused("The archive's entries overlap: it was not unpacked.")
        while self._at < position and self.read(min(position - self._at, _STEP)):
            pass


class TarArchive:
    """A tar: entries one after the other, packed with gzip, bzip2, xz or not at all."""

    def __init__(self, path: Path, guard: Guard) -> None:
        """Open it.

        Raises:
            tarfile.TarError: when it is damaged.
            OSError: when it cannot be read.
        """
        self._raw = open(path, "rb")  # noqa: SIM115 - closed with the entries
        self._size = max(path.stat().st_size, 1)
        self._guard = guard
        head = self._raw.read(6)
        self._raw.seek(0)
        inner: IO[bytes] = self._raw
        if head.startswith(b"\x1f\x8b"):
            inner = cast("IO[bytes]", gzip.GzipFile(fileobj=self._raw))
        elif head.startswith(b"BZh"):
            inner = bz2.BZ2File(self._raw)
        elif head.startswith(b"\xfd7zXZ"):
            inner = lzma.LZMAFile(self._raw)  # noqa: SIM115
        self._inner = inner

    def expected(self) -> tuple[int, int] | None:
        """A tar does not say beforehand what it holds."""
        return None

    def position(self) -> tuple[int, int]:
        """Return the packed bytes that are read, and all."""
        return (0 if self._raw.closed else self._raw.tell()), self._size

    def entries(self) -> Iterator[Entry]:
        """Yield the entries as they come.

        Raises:
            Refused: when there are too many, or they are too large.
        """
        with self._raw, self._inner:
            stream = _Forward(self._inner, self._guard)
            with tarfile.open(fileobj=cast("IO[bytes]", stream), mode="r:") as tar:
                while (member := tar.next()) is not None:
                    self._guard.entries()
                    # next() keeps every entry that it has seen: a long tar would fill the memory.
                    tar.members = []  # type: ignore[attr-defined]
                    yield _entry(tar, member)
            # tarfile takes whatever it cannot read for the end; a whole tar ends with zeros.
            if stream.last != bytes(tarfile.BLOCKSIZE):
                raise tarfile.ReadError("it ends in the middle")


def _entry(tar: tarfile.TarFile, member: tarfile.TarInfo) -> Entry:
    opener = cast("partial[AbstractContextManager[IO[bytes]]]", partial(tar.extractfile, member))
    if member.isdir():
        return Entry(member.name, "folder", 0, opener)
    # A sparse file takes a few bytes in the archive and may claim a terabyte.
    plain = member.isreg() and not member.issparse()
    return Entry(member.name, "file" if plain else "other", member.size, opener)
