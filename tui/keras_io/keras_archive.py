"""The description inside a `.keras` file, read as text: nothing is extracted or run.

A `.keras` file is a zip archive of `config.json`, `metadata.json` and the weights. Such a
file comes from anywhere, so nothing it says about itself is believed: one member is
opened, and read up to a limit.
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


class _Careful(io.RawIOBase):
    """A file that hands out no more than a piece at a time.

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
        asked = _LARGEST_READ + 1 if size is None or size < 0 else size
        data = b"" if asked > _LARGEST_READ + 1 else self._file.read(asked)
        if asked > _LARGEST_READ + 1 or len(data) > _LARGEST_READ:
            raise zipfile.BadZipFile("its list of members is too long")
        return data


def archive_of(file: IO[bytes]) -> zipfile.ZipFile:
    """Return the archive in an open file; its list of members is read up to a limit.

    Raises:
        zipfile.BadZipFile: when there is none, or its list is too long.
    """
    return zipfile.ZipFile(_Careful(file))


def config_of(file: IO[bytes]) -> str:
    """Return the text of `config.json` in a `.keras` file.

    Args:
        file: the archive, open for reading bytes and seekable.

    Returns:
        The text, not judged.

    Raises:
        GeometryError: no such member, too large, damaged, encrypted, or not UTF-8.
    """
    try:
        with archive_of(file) as archive:
            data = _member(archive)
    except (
        zipfile.BadZipFile,
        zlib.error,
        struct.error,
        OSError,
        EOFError,
        ValueError,
        RuntimeError,  # NotImplementedError among them: a method that zipfile does not know
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
            f"{_CONFIG} in the .keras file is no UTF-8 text. Save it again with "
            'model.save("name.keras").'
        ) from None


def _member(archive: zipfile.ZipFile) -> bytes:
    try:
        info = archive.getinfo(_CONFIG)
    except KeyError:
        raise GeometryError(
            f"the zip archive has no {_CONFIG}, so it is no .keras file: save the model with "
            'model.save("name.keras").'
        ) from None
    # Keras stores its members as they are. The other methods can turn a few bytes into
    # gigabytes in one step, which no limit on reading would stop.
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
