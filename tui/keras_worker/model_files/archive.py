"""Open the zip archive or HDF5 file of a foreign network safely."""

from __future__ import annotations

import os
import shutil
import stat
import zipfile
import zlib
from pathlib import Path
from typing import IO

import h5py

from tui.common.text import clean, size_text
from tui.keras_io.keras_archive import open_archive
from tui.keras_io.network_files import is_hdf5_file, stream_description
from tui.keras_worker.refusal import Refusal

WEIGHTS = "model.weights.h5"
WHOLE = "model.h5"
"""Name of the copy of an HDF5 file with a whole model: Keras looks at the extension."""
MAX_WEIGHTS_BYTES = 4 * 2**30
"""Bytes of the largest weights that are unpacked; VGG-16 has an eighth of that."""
MAX_MEMBERS = 1000
MAX_OBJECTS = 20_000
_MAX_COMPRESSION = 20  # Keras does not compress; somebody may have packed the file again
_CHUNK = 2**18
_SAVE_AGAIN = "Save the model again with model.save, or choose another file."
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, ValueError, RuntimeError, OSError)


def description_of(path: Path) -> str:
    """Return the text that describes the network: of `config.json`, or of an HDF5 attribute.

    Raises:
        Refusal: if the file cannot be opened, or has no weights.
        GeometryError: if it is neither a `.keras` file nor an HDF5 file.
    """
    with _opened(path) as file:
        text = stream_description(file, path.name, str(path))
    if isinstance(text, bytes):
        raise Refusal(
            f"{clean(path.name, 60)} describes a network without its weights, so it cannot be run.",
            "Look at its layers as a table instead, or choose a .keras or .h5 file of model.save.",
        )
    return text


def copy_weights(path: Path, folder: Path) -> tuple[Path, int]:
    """Copy the weights of a file into a folder, and check the copy.

    Returns:
        The copy, and the bytes of all arrays in it.

    Raises:
        Refusal: if there are none, if they are compressed too much, or refer to other files.
    """
    name = clean(path.name, 60)
    if is_hdf5_file(path):
        to = folder / WHOLE
        with _opened(path) as file:
            if os.fstat(file.fileno()).st_size > MAX_WEIGHTS_BYTES:
                raise Refusal(f"{name} is larger than {size_text(MAX_WEIGHTS_BYTES)}.", _SAVE_AGAIN)
            try:
                with to.open("wb") as copy:
                    shutil.copyfileobj(file, copy)
            except OSError as error:
                raise Refusal(f"{name} cannot be copied: {error.strerror}.", _SAVE_AGAIN) from error
        return to, _check_hdf5(to, name)
    to = folder / WEIGHTS
    try:
        with _opened(path) as file, open_archive(file) as archive:
            members = archive.infolist()
            if len(members) > MAX_MEMBERS:
                raise Refusal(f"{name} holds {len(members):,} files in one.", _SAVE_AGAIN)
            found = [member for member in members if member.filename == WEIGHTS]
            if len(found) != 1:
                raise Refusal(
                    f"{name} holds {len(found)} files of weights ({WEIGHTS}).", _SAVE_AGAIN
                )
            _copy(archive, found[0], to, name)
    except _BROKEN as error:
        raise Refusal(
            f"The weights in {name} cannot be read: the file is damaged, cut short or encrypted.",
            _SAVE_AGAIN,
        ) from error
    return to, _check_hdf5(to, name)


def _opened(path: Path) -> IO[bytes]:
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise Refusal(f"{clean(path)} is not a regular file.", "Choose a .keras or .h5 file.")
        return path.open("rb")
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise Refusal(
            f"{clean(path)} cannot be read: {clean(why).lower()}.", "Choose a .keras or .h5 file."
        ) from error


def _copy(archive: zipfile.ZipFile, member: zipfile.ZipInfo, to: Path, name: str) -> None:
    packed = member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
    beyond = member.file_size > _MAX_COMPRESSION * max(member.compress_size, 1) + _CHUNK
    if packed or beyond or member.file_size > MAX_WEIGHTS_BYTES:
        raise Refusal(
            f"The weights in {name} would unpack to {size_text(member.file_size)}.", _SAVE_AGAIN
        )
    # zipfile gives no more than declared, and verifies the checksum at the end.
    with archive.open(member) as packed_file, to.open("wb") as file:
        while piece := packed_file.read(_CHUNK):
            file.write(piece)


def _check_hdf5(path: Path, name: str) -> int:
    """Return the bytes of all arrays; refuse an HDF5 file with anything but arrays of numbers."""
    most = path.stat().st_size + 2**20
    waiting: list[h5py.Group] = []
    total = seen = 0
    try:
        with h5py.File(path, "r") as file:
            waiting.append(file)
            while waiting:
                group = waiting.pop()
                for key in group:
                    seen += 1
                    link = group.get(key, getlink=True)
                    if seen > MAX_OBJECTS or not isinstance(link, h5py.HardLink):
                        raise Refusal(
                            f"The weights in {name} refer to other files, or have too many parts.",
                            _SAVE_AGAIN,
                        )
                    item = group[key]
                    if isinstance(item, h5py.Group):
                        waiting.append(item)
                        continue
                    if item.is_virtual or item.external or item.dtype.kind not in "fiubV":
                        raise Refusal(
                            f"The weights in {name} contain something other than numbers.",
                            _SAVE_AGAIN,
                        )
                    total += item.size * item.dtype.itemsize
                    if total > most:
                        raise Refusal(
                            f"The weights in {name} declare more than the {size_text(most)} "
                            "that they hold.",
                            _SAVE_AGAIN,
                        )
    except Refusal:
        raise
    except Exception as error:  # a damaged file can raise any error
        raise Refusal(f"The weights in {name} are damaged.", _SAVE_AGAIN) from error
    return total
