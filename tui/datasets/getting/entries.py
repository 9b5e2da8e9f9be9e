"""What an archive holds, entry by entry, whichever kind of archive it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal, Protocol

from tui.datasets.getting.errors import Refused


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of an archive.

    Args:
        name: its path as it stands there: believe nothing of it.
        kind: only files and folders are unpacked; anything else is left out.
        size: the length that the archive states.
        open: returns what the file holds.
    """

    name: str
    kind: Literal["file", "folder", "other"]
    size: int
    open: Callable[[], AbstractContextManager[IO[bytes]]]


class Archive(Protocol):
    """An archive that is read once from its beginning to its end."""

    def entries(self) -> Iterator[Entry]:
        """Yield what it holds; each must be read before the next is asked for."""

    def expected(self) -> tuple[int, int] | None:
        """Return bytes and files that it says it holds; None when it does not say beforehand."""

    def position(self) -> tuple[int, int]:
        """Return how many of the archive's bytes are read, and how many there are."""


Kind = Literal["zip", "tar"]


def archive_kind(path: Path, name: str) -> Kind:
    """Tell a zip from a tar by its first bytes; what its name says does not matter.

    Args:
        path: the file.
        name: what to call it, safe to show.

    Raises:
        Refused: when it is neither.
        OSError: when it cannot be read.
    """
    with open(path, "rb") as file:
        head = file.read(512)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "zip"
    packed = head.startswith((b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00"))
    if packed or head[257:262] == b"ustar":
        return "tar"
    if head.lstrip()[:1] == b"<":
        what = "a web page and no archive: look at the address in a browser"
    elif not head:
        what = "empty"
    elif head.startswith((b"7z\xbc\xaf\x27\x1c", b"Rar!")):
        what = "a 7z or rar archive: unpack it yourself and choose the folder"
    else:
        what = "no archive that is known here: .zip, .tar, .tar.gz, .tar.bz2 and .tar.xz are"
    raise Refused(f"{name} is {what}.")
