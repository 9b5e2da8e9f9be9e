"""A cache of the facts about the files of a folder.

A file whose path, size, times and inode are unchanged is not opened again. The columns of the table
are stored as they are in memory, so half a million facts are read without a second copy.
"""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from collections.abc import Collection
from pathlib import Path
from typing import IO, TYPE_CHECKING

import msgspec

from tui.common.atomic_write import delete_leftovers
from tui.common.paths import StateError, cache_dir, private_folder
from tui.datasets.doctor.fact_table import TEXT_COLUMNS, FactTable, Paths

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_FORMAT = 3
_MAGIC = b"cnn-tui image facts\n"
_MOST_FOLDERS = 64
_MOST_HEADER = 64 * 2**20


class _Header(msgspec.Struct):
    """The header of a folder's file; `made_by` identifies the rules that the facts were made by."""

    made_by: str
    count: int
    path_bytes: int
    words: list[str]
    byte_order: str


class CachedFacts:
    """The cached facts of one folder, found by path."""

    def __init__(self, paths: Paths, table: FactTable) -> None:
        self.paths, self.table = paths, table

    def places(self, wanted: Paths, start: int, end: int) -> NDArray[np.int64]:
        """Return the rows of the facts of some paths; -1 if there are none."""
        import numpy as np

        if not len(self.paths):
            return np.full(end - start, -1, dtype=np.int64)
        # A dictionary of half a million paths would take more than their facts.
        ours = _hashes(self.paths, 0, len(self.paths))
        order = np.argsort(ours).astype(np.int32)
        theirs = _hashes(wanted, start, end)
        after = np.searchsorted(ours, theirs, sorter=order)
        found = order[np.minimum(after, len(ours) - 1)].astype(np.int64)
        for place, candidate in enumerate(map(int, found)):
            if self.paths.raw(candidate) != wanted.raw(start + place):
                found[place] = -1
        return found

    def other_classes(self, classes: Collection[str]) -> tuple[Paths, FactTable]:
        """Return the cached facts of all other classes."""
        import numpy as np

        others = [
            place
            for place in range(len(self.paths))
            if self.paths[place].split(os.sep, 1)[0] not in classes
        ]
        table = FactTable(len(others))
        if others:
            table.copy_rows(self.table, np.array(others, dtype=np.int64), 0)
        return Paths(self.paths[place] for place in others), table


def _hashes(paths: Paths, start: int, end: int) -> NDArray[np.int64]:
    import numpy as np

    return np.fromiter((hash(paths.raw(place)) for place in range(start, end)), np.int64)


def load_facts(directory: str) -> CachedFacts:
    """Return the cached facts of a folder; empty if there are none, or they cannot be read."""
    nothing = CachedFacts(Paths(), FactTable())
    try:
        path = _file(directory)
        with path.open("rb") as file:
            if file.read(len(_MAGIC)) != _MAGIC:
                return nothing
            return _read(file, os.fstat(file.fileno()).st_size) or nothing
    except (OSError, StateError, ValueError, EOFError, RecursionError):
        return nothing


def _read(file: IO[bytes], size: int) -> CachedFacts | None:
    import numpy as np

    length = int.from_bytes(file.read(8), "little")
    if length > min(size, _MOST_HEADER):
        return None
    header = msgspec.msgpack.decode(file.read(length), type=_Header)
    if header.made_by != _facts_version() or header.byte_order != sys.byteorder:
        return None
    if not 0 <= header.count <= size or not 0 <= header.path_bytes <= size:
        return None
    table, paths = FactTable(), Paths()
    layout = {
        name: (np.dtype(kind), header.count * (width or 1), width)
        for name, (kind, width) in table.layout().items()
    }
    whole = sum(kind.itemsize * length for kind, length, _ in layout.values())
    if file.tell() + whole + 8 * header.count + header.path_bytes != size:
        return None
    for name, (kind, length, width) in layout.items():
        column = np.fromfile(file, kind, length)
        table.columns[name] = column.reshape(-1, width) if width else column
    paths.ends.fromfile(file, header.count)
    paths.bytes = bytearray(file.read(header.path_bytes))
    for word in header.words[1:]:
        table.text_number(word)
    return CachedFacts(paths, table) if _is_consistent(paths, table, len(header.words)) else None


def _is_consistent(paths: Paths, table: FactTable, words: int) -> bool:
    """Return whether all offsets and text numbers are valid."""
    import numpy as np

    if not len(paths):
        return not paths.bytes
    ends = np.frombuffer(paths.ends, dtype=np.int64)
    inside = all(
        table.columns[name].min() >= 0 and table.columns[name].max() < words
        for name in TEXT_COLUMNS
    )
    rising = bool((np.diff(ends, prepend=0) >= 0).all()) and ends[-1] == len(paths.bytes)
    return inside and rising and len(table.texts) == words


def save_facts(directory: str, paths: Paths, table: FactTable) -> bool:
    """Save the facts of a folder atomically.

    Args:
        directory: the folder that holds the class folders.
        paths: relative to it.
        table: the facts of these, in the same order.

    Returns:
        Whether they could be written; if not, the files are opened again next time.
    """
    header = msgspec.msgpack.encode(
        _Header(_facts_version(), len(paths), len(paths.bytes), table.texts, sys.byteorder)
    )
    try:
        file = _file(directory)
        handle, beside = tempfile.mkstemp(prefix="facts", suffix=".tmp", dir=file.parent)
        try:
            with os.fdopen(handle, "wb") as out:
                out.write(_MAGIC + len(header).to_bytes(8, "little") + header)
                for name in table.layout():
                    table.columns[name].tofile(out)
                paths.ends.tofile(out)
                out.write(paths.bytes)
            os.replace(beside, file)
        except BaseException:
            Path(beside).unlink(missing_ok=True)
            raise
        file.with_suffix(".msgpack").unlink(missing_ok=True)  # as earlier versions kept them
        _forget_oldest(file.parent)
    except (OSError, StateError):
        return False
    return True


def _file(directory: str) -> Path:
    name = hashlib.blake2b(os.fsencode(os.path.abspath(directory)), digest_size=16).hexdigest()
    return private_folder(cache_dir() / "doctor") / f"{name}.facts"


def _facts_version() -> str:
    """Return a text that changes with all that the facts depend on besides the files."""
    import PIL
    from PIL import Image

    return f"{_FORMAT} Pillow {PIL.__version__} limit {Image.MAX_IMAGE_PIXELS}"


def _forget_oldest(folder: Path) -> None:
    delete_leftovers(folder, "facts*.tmp")
    files = [*folder.glob("*.msgpack"), *folder.glob("*.facts")]
    files.sort(key=lambda file: file.stat().st_mtime)
    for file in files[:-_MOST_FOLDERS]:
        file.unlink(missing_ok=True)
