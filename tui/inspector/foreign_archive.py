"""The zip archive and the HDF5 file of a foreign network, opened with care."""

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
from tui.inspector.refusal import Refusal
from tui.keras_io.keras_archive import open_archive
from tui.keras_io.network_files import is_hdf5_file, stream_description

WEIGHTS = "model.weights.h5"
WHOLE = "model.h5"
"""What a copy of an HDF5 file with a whole model is called: Keras goes by the end of the name."""
MOST_WEIGHTS = 4 * 2**30
"""Bytes of the largest weights that are unpacked; VGG-16's are an eighth of it."""
MOST_MEMBERS = 1000
MOST_OBJECTS = 20_000
_TIMES = 20  # Keras stores its members as they are; somebody may have packed them again
_PIECE = 2**18
_ODD = "Save the model again with model.save, or choose another file."
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, ValueError, RuntimeError, OSError)


def description_of(path: Path) -> str:
    """Return the text that describes the network: of `config.json`, or of an HDF5 attribute.

    Raises:
        Refusal: when the file cannot be opened, or has no weights.
        GeometryError: when it is neither a `.keras` file nor one of HDF5.
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
    """Copy a file's weights into a folder, and look through the copy.

    Returns:
        The copy, and the bytes of all arrays in it.

    Raises:
        Refusal: when there are none, when they are packed beyond reason, or refer to elsewhere.
    """
    name = clean(path.name, 60)
    if is_hdf5_file(path):
        to = folder / WHOLE
        with _opened(path) as file:
            if os.fstat(file.fileno()).st_size > MOST_WEIGHTS:
                raise Refusal(f"{name} is larger than {size_text(MOST_WEIGHTS)}.", _ODD)
            try:
                with to.open("wb") as copy:
                    shutil.copyfileobj(file, copy)
            except OSError as error:
                raise Refusal(f"{name} cannot be copied: {error.strerror}.", _ODD) from error
        return to, _looked_through(to, name)
    to = folder / WEIGHTS
    try:
        with _opened(path) as file, open_archive(file) as archive:
            members = archive.infolist()
            if len(members) > MOST_MEMBERS:
                raise Refusal(f"{name} holds {len(members):,} files in one.", _ODD)
            found = [member for member in members if member.filename == WEIGHTS]
            if len(found) != 1:
                raise Refusal(f"{name} holds {len(found)} files of weights ({WEIGHTS}).", _ODD)
            _copy(archive, found[0], to, name)
    except _BROKEN as error:
        raise Refusal(
            f"The weights in {name} cannot be read: the file is damaged, cut short or encrypted.",
            _ODD,
        ) from error
    return to, _looked_through(to, name)


def _opened(path: Path) -> IO[bytes]:
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise Refusal(f"{clean(path)} is no regular file.", "Choose a .keras or .h5 file.")
        return path.open("rb")
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise Refusal(
            f"{clean(path)} cannot be read: {clean(why).lower()}.", "Choose a .keras or .h5 file."
        ) from error


def _copy(archive: zipfile.ZipFile, member: zipfile.ZipInfo, to: Path, name: str) -> None:
    packed = member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
    beyond = member.file_size > _TIMES * max(member.compress_size, 1) + _PIECE
    if packed or beyond or member.file_size > MOST_WEIGHTS:
        raise Refusal(f"The weights in {name} would unpack to {size_text(member.file_size)}.", _ODD)
    # zipfile gives no more than was declared, and checks the sum at the end.
    with archive.open(member) as packed_file, to.open("wb") as file:
        while piece := packed_file.read(_PIECE):
            file.write(piece)


def _looked_through(path: Path, name: str) -> int:
    """Return the bytes of all arrays; refuse an HDF5 file that is more than arrays of numbers."""
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
                    if seen > MOST_OBJECTS or not isinstance(link, h5py.HardLink):
                        raise Refusal(
                            f"The weights in {name} refer to elsewhere or to too many parts.", _ODD
                        )
                    item = group[key]
                    if isinstance(item, h5py.Group):
                        waiting.append(item)
                        continue
                    if item.is_virtual or item.external or item.dtype.kind not in "fiubV":
                        raise Refusal(f"The weights in {name} are more than numbers.", _ODD)
                    total += item.size * item.dtype.itemsize
                    if total > most:
                        raise Refusal(
                            f"The weights in {name} declare more than the {size_text(most)} "
                            "that they hold.",
                            _ODD,
                        )
    except Refusal:
        raise
    except Exception as error:  # whatever HDF5 makes of a damaged file
        raise Refusal(f"The weights in {name} are damaged.", _ODD) from error
    return total
