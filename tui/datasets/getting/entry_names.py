"""The paths that an archive's entries are written to: in one folder, safe names, all different."""

from __future__ import annotations

import os
import re
import unicodedata

from tui.common.text import clean
from tui.datasets.getting.transfer_errors import RefusedArchive

_LONGEST = 200
"""Bytes of one name; file systems take 255, and a number may be added."""
_LONGEST_PATH = 1000
_UNSAFE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_DRIVE = re.compile(r"[A-Za-z]:[/\\]")


def split_name(raw: str, depth: int) -> tuple[str, ...]:
    """Return the pieces of an entry's path.

    Windows' `\\` divides too: some programs there write it.

    Args:
        raw: the path as stated in the archive.
        depth: the most parts.

    Raises:
        RefusedArchive: if it is absolute, leads upwards, or is too deep.

    >>> split_name("./pets//cats/1.jpg", 9)
    ('pets', 'cats', '1.jpg')
    """
    pieces = re.split(r"[/\\]", raw)
    if raw.startswith(("/", "\\")) or _DRIVE.match(raw) or ".." in pieces:
        raise RefusedArchive(
            f"The archive would write outside its folder, to {clean(raw, 60)}, and was not "
            "unpacked: do not use it."
        )
    kept = tuple(piece for piece in pieces if piece not in ("", "."))
    if len(kept) > depth or len(raw) > _LONGEST_PATH:
        raise RefusedArchive(
            f"The archive nests its folders too deep, at {clean(raw, 60)}, and was not unpacked."
        )
    return kept


def clean_name(name: str) -> str:
    """Return a name that is valid on every file system and safe to show in a terminal.

    >>> clean_name("cat\\x1b[2J.jpg")
    'cat_[2J.jpg'
    """
    safe = "".join(
        "_" if unicodedata.category(character) in _UNSAFE else character for character in name
    )
    if len(safe.encode()) > _LONGEST:
        stem, ending = os.path.splitext(safe)
        ending = ending if len(ending.encode()) < 20 else ""
        room = _LONGEST - len(ending.encode())
        safe = stem.encode()[:room].decode("utf-8", "ignore") + ending
    return safe


class EntryPaths:
    """Gives every entry a path of its own.

    Names that some file systems cannot distinguish (`Cat` and `cat`, or two that differ in a
    control character) get a number, so that an archive unpacks the same everywhere and no two
    classes become one.
    """

    def __init__(self) -> None:
        self._folders: dict[tuple[str, ...], str] = {(): ""}
        self._files: set[tuple[str, ...]] = set()
        self._taken: set[tuple[str, str]] = set()
        self._numbers: dict[tuple[str, str], int] = {}
        self.renamed = 0

    def folder(self, pieces: tuple[str, ...]) -> str:
        """Return a folder's path, relative to the top."""
        known = self._folders.get(pieces)
        if known is None:
            parent = self.folder(pieces[:-1])
            known = self._folders[pieces] = self._unused_name(parent, pieces[-1])
        return known

    def file(self, pieces: tuple[str, ...]) -> str | None:
        """Return a file's path, relative to the top; None if the entry is a duplicate."""
        if pieces in self._files:
            return None
        self._files.add(pieces)
        return self._unused_name(self.folder(pieces[:-1]), pieces[-1])

    def _unused_name(self, parent: str, raw: str) -> str:
        name = requested = clean_name(raw)
        stem, ending = os.path.splitext(requested)
        key = (parent, _case_key(requested))
        while (parent, _case_key(name)) in self._taken:
            # The number only grows, so that 100,000 equal names do not take an hour.
            self._numbers[key] = self._numbers.get(key, 1) + 1
            name = f"{stem}-{self._numbers[key]}{ending}"
        self._taken.add((parent, _case_key(name)))
        self.renamed += name != raw
        return os.path.join(parent, name)


def _case_key(name: str) -> str:
    """Return a key that is equal for names that some file systems cannot distinguish."""
    return unicodedata.normalize("NFC", name).casefold()
