"""The description in a `.keras` file, read as text: nothing is extracted or run.

A `.keras` file is a zip archive of `config.json`, `metadata.json` and the weights. It may come from
anybody, so nothing that it says about itself is trusted: one member is opened, and read up to a
limit.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from typing import IO

from tui.geometry.errors import GeometryError
from tui.keras_io.model_json import MOST_CHARACTERS

_CONFIG = "config.json"
_PIECE = 64 * 1024
_LARGEST_READ = 1024 * 1024  # the list of members of a Keras archive is a few hundred bytes


class _LimitedFile(io.RawIOBase):
    """A file that refuses to return very many bytes at once.

    zipfile reads the list of members in one go, however long it claims to be.
    """

    def __init__(self, file: IO[bytes]) -> None:
        super().__init__()
        self._file = file

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def read(self, size: int | None = -1) -> bytes:
        count = _LARGEST_READ + 1 if size is None or size < 0 else size
        data = b"" if count > _LARGEST_READ + 1 else self._file.read(count)
        if count > _LARGEST_READ + 1 or len(data) > _LARGEST_READ:
            raise zipfile.BadZipFile("its list of members is too long")
        return data


def open_archive(file: IO[bytes]) -> zipfile.ZipFile:
    """Return the archive in an open file; its list of members is read up to a limit.

    Raises:
        zipfile.BadZipFile: it is not an archive, or its list is too long.
    """
    return zipfile.ZipFile(_LimitedFile(file))


def config_text(file: IO[bytes]) -> str:
    """Return the text of `config.json` in a `.keras` file.

    Args:
        file: the archive, open for reading bytes and seekable.

    Returns:
        The text, not checked.

    Raises:
        GeometryError: no such member, too large, damaged, encrypted, or not UTF-8.
    """
    try:
        with open_archive(file) as archive:
            data = _member(archive)
    except (
        zipfile.BadZipFile,
        zlib.error,
        struct.error,
        OSError,
        EOFError,
        ValueError,
        RuntimeError,  # and NotImplementedError: a compression that zipfile does not know
    ) as error:
        if isinstance(error, GeometryError):
            raise
        raise GeometryError(
            "the .keras file cannot be read: it is damaged, cut short or encrypted. Save it again "
            'with model.save("name.keras").'
        ) from None
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise GeometryError(
            f"{_CONFIG} in the .keras file is not UTF-8 text. Save it again with "
            'model.save("name.keras").'
        ) from None


def _member(archive: zipfile.ZipFile) -> bytes:
    try:
        info = archive.getinfo(_CONFIG)
    except KeyError:
        raise GeometryError(
            f"the zip archive has no {_CONFIG}, so it is not a .keras file: save the model with "
            'model.save("name.keras").'
        ) from None
    # Keras does not compress its members. Other methods can turn a few bytes into gigabytes in
    # one step, which no limit on reading would stop.
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise GeometryError(
            f"{_CONFIG} in the .keras file is compressed by a method that Keras does not use: "
            'save the model again with model.save("name.keras").'
        )
    pieces = []
    left = MOST_CHARACTERS
    with archive.open(info) as member:
        while piece := member.read(_PIECE):
            left -= len(piece)
            if left < 0:
                raise GeometryError(
                    f"{_CONFIG} in the .keras file is larger than {MOST_CHARACTERS:,} bytes: a "
                    "description of a network is not. Give the output of model.to_json()."
                )
            pieces.append(piece)
    return b"".join(pieces)
