"""Rows of an array: decoded as Keras's `load_img` reads a file, or copied from an earlier array."""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tui.datasets.cache.array_file import (
    ENDING,
    DecodedImages,
    RowFile,
    open_with_files,
    read_metadata,
)
from tui.datasets.cache.array_plan import ArrayPlan, FileState
from tui.datasets.images.fast_jpeg import decode_rgb, resize_nearest
from tui.datasets.images.image_files import (
    UnreadableImage,
    open_file,
    open_image,
    unreadable_reason,
)
from tui.datasets.images.parallel_decoding import decoding

if TYPE_CHECKING:
    from PIL import Image

DIGEST_BYTES = 16


def content_digest(content: bytes) -> bytes:
    """Return a digest of a file's bytes."""
    return hashlib.blake2b(content, digest_size=DIGEST_BYTES).digest()


@dataclass(frozen=True, eq=False)
class EarlierArray:
    """An earlier array whose rows may be reused.

    Args:
        path: its file.
        array: the pixels.
        seconds: how long decoding took.
        unchanged: rows by file, for files known to be unchanged without opening them.
        by_digest: rows by the digest of the file's bytes.
        digests: digests by row.
        superseded: whether the new array replaces it.
    """

    path: Path
    array: DecodedImages
    seconds: float
    unchanged: dict[FileState, int]
    by_digest: dict[bytes, int]
    digests: dict[int, bytes]
    superseded: bool

    def pixels(self, row: int) -> bytes:
        """Return the pixels of a row."""
        pixels: bytes = self.array.pixels[row].tobytes()
        return pixels


def find_earlier_array(folder: Path, plan: ArrayPlan) -> EarlierArray | None:
    """Return the array that most likely contains a plan's files, if there is one.

    It is the most recently used array of the same folder or, if there is none, one with as many
    files: the folder may have been moved or copied. Target size, colour mode and the decoders'
    versions are the same.

    Args:
        folder: the folder of the arrays.
        plan: the plan of the new array.
    """
    for path in _candidates(folder, plan):
        opened = open_with_files(path, plan)
        if opened is None:
            continue
        array, files, seconds = opened
        usable = [
            (row, file)
            for row, file in enumerate(files)
            if row not in array.bad and row not in array.wide and file.digest
        ]
        here = path.name.startswith(plan.decoding_digest + plan.folder_digest)
        paths = [os.fsencode(file.path) for file in plan.files]
        return EarlierArray(
            path,
            array,
            seconds,
            {_file_state(file): row for row, file in usable} if here else {},
            {file.digest: row for row, file in usable},
            {row: file.digest for row, file in usable},
            superseded=here and paths == [file.path for file in files],
        )
    return None


def _candidates(folder: Path, plan: ArrayPlan) -> Iterable[Path]:
    paths = [
        path for path in folder.glob(plan.decoding_digest + "*" + ENDING) if os.path.isfile(path)
    ]
    paths.sort(key=_last_used, reverse=True)
    here = [
        path for path in paths if path.name.startswith(plan.decoding_digest + plan.folder_digest)
    ]
    yield from here
    for path in paths:
        facts = read_metadata(path) if path not in here else None
        if facts is not None and facts.shape == plan.shape:
            yield path


def _last_used(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def _file_state(file: RowFile) -> FileState:
    return FileState(
        os.fsdecode(file.path), file.size, file.changed, file.inode, file.status_changed
    )


_MODES = {"rgb": "RGB", "rgba": "RGBA"}
# Keras keeps these as they are in grayscale; everything else becomes 8-bit.
_WIDE_MODES = frozenset({"I;16", "I"})


@dataclass(frozen=True, slots=True)
class Row:
    """The result of decoding one file.

    Args:
        pixels: height × width × channels bytes; empty if there are none.
        bad: why it cannot be read, safe to show; empty if it can.
        wide: whether its values need more than 8 bits, so that it has no pixels here.
        changed: whether the file has changed since it was planned.
        digest: digest of the file's bytes; empty if they could not be read.
        reused: whether the pixels come from an earlier array.
    """

    pixels: bytes = b""
    bad: str = ""
    wide: bool = False
    changed: bool = False
    digest: bytes = b""
    reused: bool = False


def read_row(plan: ArrayPlan, file: FileState, earlier: EarlierArray | None = None) -> Row:
    """Decode one file; a bad one never raises.

    Args:
        plan: the array's plan.
        file: the file's state in the plan.
        earlier: an earlier array, which may have its pixels already.
    """
    changed, digest = False, b""
    row = earlier.unchanged.get(file) if earlier is not None else None
    if earlier is not None and row is not None:
        return Row(earlier.pixels(row), digest=earlier.digests[row], reused=True)
    try:
        with open_file(os.path.join(plan.directory, file.path)) as opened:
            status = os.fstat(opened.fileno())
            changed = FileState.of(file.path, status) != file
            # As Keras does: Pillow decodes faster from memory than through a file.
            content = opened.read()
        digest = content_digest(content)
        row = earlier.by_digest.get(digest) if earlier is not None else None
        if earlier is not None and row is not None:
            return Row(earlier.pixels(row), changed=changed, digest=digest, reused=True)
        pixels = _fast_pixels(content, plan) or _pixels(io.BytesIO(content), plan)
    except UnreadableImage as error:
        return Row(bad=str(error), changed=changed, digest=digest)
    except Exception as error:  # damaged files raise many kinds
        return Row(bad=unreadable_reason(error), changed=changed, digest=digest)
    return Row(pixels, wide=not pixels, changed=changed, digest=digest)


def _fast_pixels(content: bytes, plan: ArrayPlan) -> bytes:
    """Return the pixels of an ordinary colour photograph; empty for everything else."""
    if plan.color_mode != "rgb":
        return b""
    pixels = decode_rgb(content)
    if pixels is None:
        return b""
    height, width = plan.target_size
    if pixels.shape[:2] == (height, width):
        return pixels.tobytes()
    if plan.interpolation == "nearest":
        return resize_nearest(pixels, height, width).tobytes()
    from PIL import Image

    method = Image.Resampling[plan.interpolation.upper()]
    return Image.fromarray(pixels).resize((width, height), method).tobytes()


def _pixels(content: io.BytesIO, plan: ArrayPlan) -> bytes:
    """Return an image's pixels; empty if they need more than 8 bits.

    Raises:
        Exception: any error of Pillow.
    """
    with open_image(content) as opened, decoding(opened):
        return _to_row(opened, plan)


def _to_row(image: Image.Image, plan: ArrayPlan) -> bytes:
    from PIL import Image

    height, width = plan.target_size
    mode = _MODES.get(plan.color_mode, "L")
    wide = mode == "L" and image.mode in _WIDE_MODES
    if image.mode != mode and not wide:
        image = image.convert(mode)
    if image.size != (width, height):
        image = image.resize((width, height), Image.Resampling[plan.interpolation.upper()])
    pixels = image.tobytes()
    return b"" if wide else pixels
