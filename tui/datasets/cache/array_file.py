"""The file format of an array: pixels, the files that they come from, metadata, an end mark.

    pixels    images × height × width × channels bytes
    files     msgpack: for each row, its file and a digest of the file's bytes
    metadata  JSON
    end       8 bytes: length of the metadata; 4 bytes: their CRC-32; 8 bytes: a mark

It is written under a temporary name, synced and renamed. A truncated file has neither the final
name nor the end, so it is never used.
"""

from __future__ import annotations

import contextlib
import mmap
import os
import struct
import tempfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from tui.common.atomic_write import sync_folder
from tui.common.file_locks import try_lock
from tui.datasets.cache.array_plan import ArrayPlan

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

ENDING = ".images"
NEW_ENDING = ".new"
_END = struct.Struct("<QI8s")
_MARK = b"cnnimgs1"


class ArrayMetadata(msgspec.Struct, frozen=True):
    """Metadata stored with the pixels."""

    key: str
    directory: str
    """For display; not a path to open."""
    shape: tuple[int, int, int, int]
    color_mode: str
    interpolation: str
    seconds: float
    """How long decoding took."""
    bad: dict[str, str]
    """Row number and reason of each file that cannot be read."""
    wide: tuple[int, ...]
    """Rows without pixels, because their values need more than 8 bits."""
    files: int = 0
    """Bytes of the file table between the pixels and the metadata; 0 in files of older versions."""
    checksum: int = 0
    """CRC-32 of the file table."""
    backbone: str = ""
    """The network whose output the rows are, as 32-bit floats; empty where they are pixels."""

    @property
    def bytes(self) -> int:
        """Return the bytes of the pixels."""
        images, height, width, channels = self.shape
        return images * height * width * channels


class RowFile(msgspec.Struct, frozen=True, array_like=True):
    """The file that a row was made from, as in `FileState`, and a digest of its content."""

    path: bytes
    """Bytes: a name on disk need not be UTF-8."""
    size: int
    changed: int
    inode: int
    status_changed: int
    digest: bytes
    """Empty if it could not be read."""


@dataclass(frozen=True, eq=False)
class DecodedImages:
    """An open array; it stays readable even if its file is deleted.

    Args:
        plan: the plan that it was made from.
        pixels: images × height × width × channels, read-only and memory-mapped.
        bad: by row, why a file cannot be read; its pixels are undefined.
        wide: rows of images that need more than 8 bits; their pixels are undefined.
        seconds: how long decoding took, now or when the array was made.
        hit: whether it came from the cache.
    """

    plan: ArrayPlan
    pixels: NDArray[np.uint8]
    bad: Mapping[int, str]
    wide: frozenset[int]
    seconds: float
    hit: bool


class NewArray:
    """An array being written under a temporary name; a lock shows that its writer is alive.

    Raises:
        OSError: if the file cannot be created.
    """

    def __init__(self, folder: Path, plan: ArrayPlan) -> None:
        self.plan = plan
        self.target = folder / (plan.key + ENDING)
        self.file, name = tempfile.mkstemp(NEW_ENDING, plan.key + ".", folder)
        self.path = Path(name)
        with contextlib.suppress(OSError):  # a file system without locks
            try_lock(self.file)

    def write(self, row: int, pixels: bytes) -> None:
        """Write one image into its row; several threads may do so at once.

        Raises:
            OSError: if it cannot be written.
        """
        offset = row * self.plan.row_bytes
        view = memoryview(pixels)
        while view:
            written = os.pwrite(self.file, view, offset)
            view, offset = view[written:], offset + written

    def sync(self) -> None:
        """Flush what was written so far to the disk."""
        os.fsync(self.file)

    def finish(self, facts: ArrayMetadata, files: list[RowFile], *, keep: bool) -> DecodedImages:
        """Write the file table and the metadata, and open the array.

        Args:
            facts: the metadata.
            files: one file per row.
            keep: whether to keep it in the cache; if not, it lasts as long as this process.

        Raises:
            OSError: if it cannot be written.
        """
        table = msgspec.msgpack.encode(files)
        facts = msgspec.structs.replace(facts, files=len(table), checksum=zlib.crc32(table))
        text = msgspec.json.encode(facts)
        offset = facts.bytes
        os.ftruncate(self.file, offset)  # rows at the end may have no pixels
        for part in (table, text + _END.pack(len(text), zlib.crc32(text), _MARK)):
            view = memoryview(part)
            while view:
                written = os.pwrite(self.file, view, offset)
                view, offset = view[written:], offset + written
        if keep:
            self.sync()
            # Missing if the cache was cleared meanwhile: then only this process has the array.
            with contextlib.suppress(FileNotFoundError):
                os.rename(self.path, self.target)
                with contextlib.suppress(OSError):  # some file systems cannot
                    sync_folder(self.target.parent)
        decoded = _map_array(self.file, self.plan, facts, hit=False)
        self.close()
        return decoded

    def close(self) -> None:
        """Close the file; delete it if it was not finished."""
        if self.file >= 0:
            os.close(self.file)
            self.file = -1
        self.path.unlink(missing_ok=True)


def open_array(folder: Path, plan: ArrayPlan) -> DecodedImages | None:
    """Open a plan's array; None if there is no complete one."""
    path = folder / (plan.key + ENDING)
    try:
        file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        facts = _read_metadata(file)
        if facts is None or (facts.key, facts.shape) != (plan.key, plan.shape):
            return None
        with contextlib.suppress(OSError):
            os.utime(path)  # marks it as used: the least recently used array is deleted first
        return _map_array(file, plan, facts, hit=True)
    finally:
        os.close(file)


def open_with_files(
    path: Path, plan: ArrayPlan
) -> tuple[DecodedImages, list[RowFile], float] | None:
    """Open an array together with the files that it was made from.

    Args:
        path: the array's file.
        plan: the plan of another array with images of the same size.

    Returns:
        The pixels, a file for each row, and the seconds that decoding took; None if it is
        incomplete, or of an older version.
    """
    try:
        file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        facts = _read_metadata(file)
        if facts is None or facts.shape[1:] != plan.shape[1:]:
            return None
        table = os.pread(file, facts.files, facts.bytes)
        files = msgspec.msgpack.decode(table, type=list[RowFile])
        if len(files) != facts.shape[0]:
            return None
        return _map_array(file, plan, facts, hit=True), files, facts.seconds
    except (OSError, ValueError, msgspec.MsgspecError):
        return None
    finally:
        os.close(file)


def read_metadata(path: Path) -> ArrayMetadata | None:
    """Read the metadata of an array's file; None if it is incomplete."""
    try:
        with path.open("rb") as file:
            return _read_metadata(file.fileno())
    except OSError:
        return None


def _read_metadata(file: int) -> ArrayMetadata | None:
    size = os.fstat(file).st_size
    try:
        length, checksum, mark = _END.unpack(os.pread(file, _END.size, size - _END.size))
        if mark != _MARK or length > size:
            return None
        text = os.pread(file, length, size - _END.size - length)
        facts = msgspec.json.decode(text, type=ArrayMetadata)
        table = os.pread(file, facts.files, facts.bytes)
    except (OSError, struct.error, msgspec.MsgspecError):
        return None
    whole = (zlib.crc32(text), zlib.crc32(table)) == (checksum, facts.checksum) and size == (
        facts.bytes + facts.files + length + _END.size
    )
    return facts if whole else None


def _map_array(file: int, plan: ArrayPlan, facts: ArrayMetadata, *, hit: bool) -> DecodedImages:
    import numpy as np

    mapped = mmap.mmap(file, 0, access=mmap.ACCESS_READ)
    pixels = np.frombuffer(mapped, np.uint8, facts.bytes).reshape(facts.shape)
    bad = {int(row): why for row, why in facts.bad.items()}
    return DecodedImages(plan, pixels, bad, frozenset(facts.wide), facts.seconds, hit)
