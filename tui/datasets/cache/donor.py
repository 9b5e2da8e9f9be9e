"""Pixels of an earlier array, for files whose content it has seen: they are not decoded again.

The name of an array changes with whatever may have changed a file: a `chmod`, a copy of the folder
to another place, one picture more. What a file holds is then told by a digest of its bytes, which
takes a fraction of the time of decoding it.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tui.datasets.cache.file import ENDING, DecodedImages, KnownFile, open_known, read_facts
from tui.datasets.cache.key import ArrayPlan, ImageFile

DIGEST_BYTES = 16


def digest_of(content: bytes) -> bytes:
    """Return what tells one file's bytes from another's."""
    return hashlib.blake2b(content, digest_size=DIGEST_BYTES).digest()


@dataclass(frozen=True, eq=False)
class Donor:
    """An earlier array whose rows may be taken over.

    Args:
        path: of its file.
        array: the pixels.
        seconds: how long decoding it took.
        unchanged: rows by file, for files that can be told to be the same without opening them.
        by_digest: rows by content.
        digests: by row.
        superseded: whether nothing will ask for it once the new array is there.
    """

    path: Path
    array: DecodedImages
    seconds: float
    unchanged: dict[ImageFile, int]
    by_digest: dict[bytes, int]
    digests: dict[int, bytes]
    superseded: bool

    def pixels(self, row: int) -> bytes:
        """Return a row."""
        pixels: bytes = self.array.pixels[row].tobytes()
        return pixels


def find_donor(folder: Path, plan: ArrayPlan) -> Donor | None:
    """Return the array that most likely knows a plan's files, if there is one.

    Of the same folder the one used last; else, for a folder that was moved or copied, one of as
    many files. Target size, colours and the decoders' versions are the same.

    Args:
        folder: of the arrays.
        plan: what is wanted.
    """
    for path in _candidates(folder, plan):
        known = open_known(path, plan)
        if known is None:
            continue
        array, files, seconds = known
        usable = [
            (row, file)
            for row, file in enumerate(files)
            if row not in array.bad and row not in array.wide and file.digest
        ]
        here = path.name.startswith(plan.way + plan.place)
        paths = [os.fsencode(file.path) for file in plan.files]
        return Donor(
            path,
            array,
            seconds,
            {_image(file): row for row, file in usable} if here else {},
            {file.digest: row for row, file in usable},
            {row: file.digest for row, file in usable},
            superseded=here and paths == [file.path for file in files],
        )
    return None


def _candidates(folder: Path, plan: ArrayPlan) -> Iterable[Path]:
    paths = [path for path in folder.glob(plan.way + "*" + ENDING) if os.path.isfile(path)]
    paths.sort(key=_used, reverse=True)
    here = [path for path in paths if path.name.startswith(plan.way + plan.place)]
    yield from here
    for path in paths:
        facts = read_facts(path) if path not in here else None
        if facts is not None and facts.shape == plan.shape:
            yield path


def _used(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def _image(file: KnownFile) -> ImageFile:
    return ImageFile(os.fsdecode(file.path), file.size, file.changed, file.inode, file.touched)
