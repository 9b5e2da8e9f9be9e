"""The file of an array: the pixels first, then what they are of, then a mark that it is whole.

    pixels    images × height × width × channels bytes
    files     msgpack: of each row, which file it was and a digest of its bytes
    facts     JSON
    end       8 bytes: the length of the facts; 4 bytes: their CRC-32; 8 bytes: a mark

It is written beside its place, synced, and renamed into it. So a file that was cut short has
neither its name nor its end, and is not believed on either account.
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
    """What is written down with the pixels."""

    key: str
    directory: str
    """As text that can be shown, not as a path to open."""
    shape: tuple[int, int, int, int]
    color_mode: str
    interpolation: str
    seconds: float
    """How long decoding took."""
    bad: dict[str, str]
    """Row number and reason of each file that cannot be read."""
    wide: tuple[int, ...]
    """Rows without pixels, for their values need more than 8 bits."""
    files: int = 0
    """Bytes of what stands between the pixels and these facts; 0 in a file of an older version."""
    checksum: int = 0
    """CRC-32 of those."""

    @property
    def bytes(self) -> int:
        """Return the bytes of the pixels."""
        images, height, width, channels = self.shape
        return images * height * width * channels


class RowFile(msgspec.Struct, frozen=True, array_like=True):
    """Which file a row was made from, as `ImageFile` has it, and what it held."""

    path: bytes
    """Bytes: a name on disk need not be UTF-8."""
    size: int
    changed: int
    inode: int
    status_changed: int
    digest: bytes
    """Empty where it could not be read."""


@dataclass(frozen=True, eq=False)
class DecodedImages:
    """An array that is open; it stays readable even when its file is taken away.

    Args:
        plan: what it was made from.
        pixels: images × height × width × channels, read-only, on disk until it is looked at.
        bad: by row, why a file cannot be read; its pixels mean nothing.
        wide: rows of images that need more than 8 bits; their pixels mean nothing.
        seconds: how long decoding took, now or when the array was made.
        hit: whether it was there already.
    """

    plan: ArrayPlan
    pixels: NDArray[np.uint8]
    bad: Mapping[int, str]
    wide: frozenset[int]
    seconds: float
    hit: bool


class NewArray:
    """An array being written beside its place; a lock says that its writer lives.

    Raises:
        OSError: when the file cannot be made.
    """

    def __init__(self, folder: Path, plan: ArrayPlan) -> None:
        self.plan = plan
        self.target = folder / (plan.key + ENDING)
        self.file, name = tempfile.mkstemp(NEW_ENDING, plan.key + ".", folder)
        self.path = Path(name)
        with contextlib.suppress(OSError):  # a file system without locks
            try_lock(self.file)

    def write(self, row: int, pixels: bytes) -> None:
        """Put one image into its row; threads may do so side by side.

        Raises:
            OSError: when the disk does not take it.
        """
        offset = row * self.plan.row_bytes
        view = memoryview(pixels)
        while view:
            written = os.pwrite(self.file, view, offset)
            view, offset = view[written:], offset + written

    def sync(self) -> None:
        """Bring what was written so far to the disk."""
        os.fsync(self.file)

    def finish(self, facts: ArrayMetadata, files: list[RowFile], *, keep: bool) -> DecodedImages:
        """Write the end and open the array.

        Args:
            facts: of all rows.
            files: one a row.
            keep: whether others may find it. Without, it lives as long as this process.

        Raises:
            OSError: when the disk does not take it.
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
            # Gone where somebody cleared the cache meanwhile: then it is this process's own.
            with contextlib.suppress(FileNotFoundError):
                os.rename(self.path, self.target)
                with contextlib.suppress(OSError):  # some file systems cannot
                    sync_folder(self.target.parent)
        decoded = _map_array(self.file, self.plan, facts, hit=False)
        self.close()
        return decoded

    def close(self) -> None:
        """Let go; what was not finished is taken away."""
        if self.file >= 0:
            os.close(self.file)
            self.file = -1
        self.path.unlink(missing_ok=True)


def open_array(folder: Path, plan: ArrayPlan) -> DecodedImages | None:
    """Open a plan's array; None when there is none that is whole."""
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
            os.utime(path)  # used now: the one used longest ago makes room first
        return _map_array(file, plan, facts, hit=True)
    finally:
        os.close(file)


def open_with_files(
    path: Path, plan: ArrayPlan
) -> tuple[DecodedImages, list[RowFile], float] | None:
    """Open an array together with which files it was made from.

    Args:
        path: of its file.
        plan: of another array, whose images are as large.

    Returns:
        The pixels, a file for each row, and the seconds that decoding took; None when it is not
        whole, or of an older version.
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
    """Read what an array's file says of itself; None when it is not whole."""
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
