"""Read a zip or a tar entry by entry, without trusting what it states."""

from __future__ import annotations

import bz2
import gzip
import lzma
import stat
import struct
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO, Literal, Protocol, cast

from tui.datasets.getting.size_limits import SizeGuard
from tui.datasets.getting.transfer_errors import RefusedArchive


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of an archive.

    Args:
        name: its path as stated in the archive; not to be trusted.
        kind: only files and folders are unpacked; anything else is left out.
        size: the length that the archive states.
        open: returns what the file holds.
    """

    name: str
    kind: Literal["file", "folder", "other"]
    size: int
    open: Callable[[], AbstractContextManager[IO[bytes]]]


class Archive(Protocol):
    """An archive that is read once, from beginning to end."""

    def entries(self) -> Iterator[Entry]:
        """Yield the entries; each must be read before the next is requested."""

    def expected(self) -> tuple[int, int] | None:
        """Return the stated number of bytes and files; None if the archive does not state them."""

    def position(self) -> tuple[int, int]:
        """Return how many bytes of the archive have been read, and its size."""


Kind = Literal["zip", "tar"]


def archive_kind(path: Path, name: str) -> Kind:
    """Return the kind of an archive by its first bytes, whatever its name.

    Args:
        path: the file.
        name: its name for messages, safe to show.

    Raises:
        RefusedArchive: if it is neither.
        OSError: if it cannot be read.
    """
    with open(path, "rb") as file:
        head = file.read(512)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "zip"
    packed = head.startswith((b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00"))
    if packed or head[257:262] == b"ustar":
        return "tar"
    if head.lstrip()[:1] == b"<":
        what = "a web page, not an archive: open the address in a browser"
    elif not head:
        what = "empty"
    elif head.startswith((b"7z\xbc\xaf\x27\x1c", b"Rar!")):
        what = "a 7z or rar archive: unpack it yourself and choose the folder"
    else:
        what = "not an archive of a known kind: .zip, .tar, .tar.gz, .tar.bz2 or .tar.xz"
    raise RefusedArchive(f"{name} is {what}.")


_LONGEST_READ = 4 * 1024 * 1024
"""More than any header needs. A header of 5 GB would otherwise be read into memory at once."""
_STEP = 256 * 1024


class _Forward:
    """A stream for tarfile that counts bytes and never seeks backwards."""

    def __init__(self, inner: IO[bytes], guard: SizeGuard) -> None:
        self._inner, self._guard = inner, guard
        self._at = 0
        self.last = b""

    def read(self, number: int) -> bytes:
        if not 0 <= number <= _LONGEST_READ:
            raise RefusedArchive("The archive has a header that is too long, and was not unpacked.")
        data = self._inner.read(number)
        self._at += len(data)
        self.last = data
        self._guard.add_bytes(len(data))
        return data

    def tell(self) -> int:
        return self._at

    def seek(self, position: int) -> None:
        if position < self._at:
            raise RefusedArchive("The archive's entries overlap: it was not unpacked.")
        while self._at < position and self.read(min(position - self._at, _STEP)):
            pass


class TarArchive:
    """A tar, uncompressed or with gzip, bzip2 or xz, read forwards only."""

    def __init__(self, path: Path, guard: SizeGuard) -> None:
        """Open the archive.

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
        """Return None: a tar does not state beforehand what it contains."""
        return None

    def position(self) -> tuple[int, int]:
        """Return the compressed bytes read, and their total."""
        return (0 if self._raw.closed else self._raw.tell()), self._size

    def entries(self) -> Iterator[Entry]:
        """Yield the entries in order.

        Raises:
            RefusedArchive: if there are too many, or they are too large.
        """
        with self._raw, self._inner:
            stream = _Forward(self._inner, self._guard)
            with tarfile.open(fileobj=cast("IO[bytes]", stream), mode="r:") as tar:
                while (member := tar.next()) is not None:
                    self._guard.add_entries()
                    # next() keeps every entry that it has seen: a long tar would fill the memory.
                    tar.members = []  # type: ignore[attr-defined]
                    yield _entry(tar, member)
            # tarfile takes anything it cannot read for the end; a complete tar ends with zeros.
            if stream.last != bytes(tarfile.BLOCKSIZE):
                raise tarfile.ReadError("it ends in the middle")


def _entry(tar: tarfile.TarFile, member: tarfile.TarInfo) -> Entry:
    opener = cast("partial[AbstractContextManager[IO[bytes]]]", partial(tar.extractfile, member))
    if member.isdir():
        return Entry(member.name, "folder", 0, opener)
    # A sparse file takes a few bytes in the archive and may claim a terabyte.
    plain = member.isreg() and not member.issparse()
    return Entry(member.name, "file" if plain else "other", member.size, opener)


_END, _END_64, _ENTRY = b"PK\x05\x06", b"PK\x06\x06", b"PK\x01\x02"
_LONGEST_DIRECTORY = 64_000_000
_ENCRYPTED = 0x1


class ZipArchive:
    """A zip, with its list of entries at the end."""

    def __init__(self, path: Path, guard: SizeGuard) -> None:
        """Open the archive.

        Raises:
            RefusedArchive: if it contains too much.
            zipfile.BadZipFile: if it is damaged.
            OSError: if it cannot be read.
        """
        self._guard = guard
        # zipfile creates an object for every entry, so they are counted first.
        guard.add_entries(count_entries(path))
        self._zip = zipfile.ZipFile(path)
        self._members = self._zip.infolist()
        try:
            for member in self._members:
                guard.add_bytes(member.file_size)
        except RefusedArchive:
            self._zip.close()
            raise
        self._read = 0
        self._size = max(sum(member.compress_size for member in self._members), 1)

    def expected(self) -> tuple[int, int] | None:
        """Return the bytes and files that the list states."""
        return sum(member.file_size for member in self._members), len(self._members)

    def position(self) -> tuple[int, int]:
        """Return the compressed bytes read, and their total."""
        return min(self._read, self._size), self._size

    def entries(self) -> Iterator[Entry]:
        """Yield the entries in the order of the list.

        Raises:
            RefusedArchive: if one is encrypted.
        """
        with self._zip:
            for member in self._members:
                if member.flag_bits & _ENCRYPTED:
                    raise RefusedArchive(
                        "The archive is locked with a password: unpack it yourself and choose the "
                        "folder."
                    )
                yield self._entry(member)
                self._read += member.compress_size

    def _entry(self, member: zipfile.ZipInfo) -> Entry:
        # The upper half is the Unix mode, if a Unix program wrote it; it marks links.
        kind = stat.S_IFMT(member.external_attr >> 16)
        opener: Callable[[], AbstractContextManager[IO[bytes]]] = partial(self._zip.open, member)
        name = member.filename
        if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
            return Entry(name, "other", member.file_size, opener)
        folder = name.endswith(("/", "\\")) or kind == stat.S_IFDIR
        return Entry(name, "folder" if folder else "file", member.file_size, opener)


def count_entries(path: Path) -> int:
    """Count the entries in a zip's list, without trusting the number that it states.

    Raises:
        RefusedArchive: if the list is unreasonably long.
        zipfile.BadZipFile: if there is no list.
        OSError: if the file cannot be read.
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
            raise RefusedArchive(
                "The archive's list of entries is too long for a folder of images, or damaged: it "
                "was not unpacked."
            )
        file.seek(max(end - size, 0))
        directory = file.read(size)
    return directory.count(_ENTRY)
