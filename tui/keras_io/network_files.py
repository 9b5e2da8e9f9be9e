"""A network from a file of any readable form."""

from __future__ import annotations

import io
import json
import os
import re
import stat
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

from tui.common.text import clean
from tui.geometry import GeometryError, Graph
from tui.keras_io import Imported, read_graph, read_network
from tui.keras_io.keras_archive import config_text, open_archive
from tui.keras_io.model_json import MOST_CHARACTERS
from tui.keras_io.read_chain import ZIP_SIGNATURES
from tui.keras_io.unsupported_files import (
    HDF5,
    HDF5_OTHER,
    HEAD,
    WEIGHTS,
    UnsupportedFile,
    unsupported,
    unsupported_archive,
    unsupported_folder,
    unsupported_head,
)

ENDINGS = (".keras", ".h5", ".hdf5", ".json")
"""The usual endings of such files; what counts is what is in them."""
_LARGEST_PIPED = 256 * 1024 * 1024  # a .keras file holds its weights, and is read from its end
_DESCRIBED = [sys.executable, "-P", "-m", "tui.inspector.opening.hdf5_description"]
_SECONDS = 30
_READABLE_IN_FOLDERS = ("config.json", "model.json")
_WEIGHTS_INSIDE = frozenset({"layers", "_layer_checkpoint_dependencies", "layer_names"})


def network_from_file(path: Path) -> Imported:
    """Read a network from a file.

    Args:
        path: a file with a network on one line, its JSON, the JSON of Keras's `model.to_json()`,
            the `model.json` of TensorFlow.js, a `.keras` file, or an HDF5 file of `model.save`.
            Only the description is read, however large the weights are.

    Returns:
        The network, and notes on what was not kept.

    Raises:
        GeometryError: there is no such file, it cannot be read, or it is none of these.
        UnsupportedFile: it is a network or weights in another form.
    """
    return read_network(file_description(path), clean(path.name, 60))


def graph_from_file(path: Path) -> Graph:
    """Read any model from a file, with branches or without.

    Args:
        path: as in :func:`network_from_file`.

    Raises:
        GeometryError: as there, or its layers are not connected in a way that Keras could compute.
    """
    return read_graph(file_description(path), clean(path.name, 60))


def file_description(path: Path) -> str | bytes:
    """Return the description of a network in a file, as :func:`stream_description`.

    Raises:
        GeometryError: there is no such file, or it cannot be read.
    """
    try:
        if path.is_dir():
            path = _in_folder(path)
        elif path.name == "saved_model.pb":
            raise unsupported_folder(os.listdir(path.parent), path.absolute().parent.name)
        elif path.exists() and not stat.S_ISREG(path.stat().st_mode):
            raise GeometryError(
                f"{clean(path, 200)} is a pipe or a device, not a file: copy what comes from it "
                "into a file, and name that."
            )
        with path.open("rb") as file:
            return stream_description(file, path.name, str(path))
    except OSError as error:
        raise GeometryError(
            f"{clean(path, 200)} cannot be read: {error.strerror or type(error).__name__}. Name a "
            "file with a network: one line, JSON, .keras or .h5."
        ) from None


def _in_folder(path: Path) -> Path:
    """Return the file in a folder that describes a network, unpacked or of TensorFlow.js."""
    names = sorted(os.listdir(path))
    for name in _READABLE_IN_FOLDERS:
        if name in names:
            return path / name
    raise unsupported_folder(names, path.name or path.absolute().name)


def stream_description(stream: IO[bytes], name: str, path: str = "") -> str | bytes:
    """Return the text of an open file or a pipe, or the description in a file with weights.

    Args:
        stream: the bytes.
        name: its name in messages.
        path: its path, where it has one.

    Raises:
        GeometryError: a `.keras` or HDF5 file that is damaged, or too large for a pipe.
        UnsupportedFile: it is a network or weights in another form.
        OSError: reading failed.
    """
    head = _start_of(stream)
    zipped = head.startswith(ZIP_SIGNATURES)
    if not zipped and not _is_hdf5(head):
        other = unsupported_head(head, path or name, _end_of(stream)) if head or path else None
        if other is not None:
            raise other
        _refuse_misnamed(head, name)
        # A character has at most four bytes; one byte more shows that there are too many.
        return head + stream.read(MOST_CHARACTERS * 4 + 1)
    if stream.seekable():
        return _description(stream, name, zipped=zipped)
    data = head + stream.read(_LARGEST_PIPED + 1)
    if len(data) > _LARGEST_PIPED:
        raise GeometryError(
            f"{clean(name, 60)}: more than {_LARGEST_PIPED // 2**20} MiB came through the pipe: "
            "give the file's name instead, then only its description is read."
        )
    if zipped:
        return _description(io.BytesIO(data), name, zipped=True)
    with tempfile.TemporaryFile() as file:
        file.write(data)
        file.seek(0)
        return _description(file, name, zipped=False)


_NAMED = {
    ".h5": "an HDF5 file",
    ".hdf5": "an HDF5 file",
    ".keras": "a .keras file",
    ".pt": "a PyTorch file",
    ".pth": "a PyTorch file",
    ".onnx": "an ONNX file",
    ".tflite": "a TensorFlow Lite file",
    ".pb": "a TensorFlow file",
    ".npz": "a NumPy file",
    ".pkl": "a pickle",
    ".safetensors": "a safetensors file",
}
_NETWORK = re.compile(rb"\s*(\{|\[|\d+\s*(x|\xc3\x97))")
"""The beginning of JSON, and of a network on one line."""


def _refuse_misnamed(head: bytes, name: str) -> None:
    """Raise a GeometryError for a file that is not what its name says.

    A file that holds a network in another form is accepted.
    """
    ending = os.path.splitext(name.lower())[1]
    if ending not in _NAMED or _NETWORK.match(head):
        return
    what = repr(head[:20])[1:] if head else "nothing"
    raise GeometryError(
        f"{clean(name, 60)} is not {_NAMED[ending]}, although it is named like one: it begins with "
        f"{clean(what, 80)}. Copy or download it again, or save the model again with "
        'model.save("name.keras").'
    )


def _start_of(stream: IO[bytes]) -> bytes:
    """Return the first bytes; a pipe may give fewer at a time."""
    head = b""
    while len(head) < HEAD and (piece := stream.read(HEAD - len(head))):
        head += piece
    return head


def _end_of(stream: IO[bytes]) -> bytes:
    """Return the last bytes of a file, without moving the stream."""
    if not stream.seekable():
        return b""
    place = stream.tell()
    stream.seek(max(stream.seek(0, os.SEEK_END) - 64, 0))
    end = stream.read(64)
    stream.seek(place)
    return end


def _is_hdf5(head: bytes) -> bool:
    """Return whether a file is HDF5; a block of 512 bytes or more may stand before it."""
    return any(head[place : place + 8] == HDF5 for place in (0, 512, 1024, 2048))


def is_hdf5_file(path: Path) -> bool:
    """Return whether a file is HDF5, by its first bytes.

    Raises:
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        return _is_hdf5(_start_of(file))


def _description(stream: IO[bytes], name: str, *, zipped: bool) -> str:
    """Return the description in a `.keras` or an HDF5 file."""
    try:
        if not zipped:
            return _in_hdf5(stream, name)
        if (members := _members(stream)) is not None and "config.json" not in members:
            raise unsupported_archive(members, name)
        return config_text(stream)
    except UnsupportedFile:
        raise
    except GeometryError as error:
        raise GeometryError(f"{clean(name, 60)}: {error.message}", field=error.field) from None


def _members(stream: IO[bytes]) -> list[str] | None:
    """Return the names in a zip archive; None if it is damaged, which `config_text` reports."""
    try:
        with open_archive(stream) as archive:
            return archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, EOFError):
        return None


def _in_hdf5(stream: IO[bytes], name: str) -> str:
    """Return the description in an HDF5 file, read in a child process (inspector/described.py)."""
    stream.seek(0)
    broken = GeometryError(
        "the HDF5 file cannot be read: it is damaged, cut short, or larger in one place than a "
        "description of a network. Save the model again."
    )
    try:
        # The child shares this descriptor, and has to find it at its beginning.
        os.lseek(stream.fileno(), 0, os.SEEK_SET)
        done = subprocess.run(
            _DESCRIBED,
            stdin=stream,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
        answer: Any = json.loads(done.stdout)
    except (subprocess.TimeoutExpired, ValueError):
        raise broken from None
    if not isinstance(answer, Mapping) or "problem" in answer:
        raise broken
    text = answer.get("model_config")
    if isinstance(text, str) and text:
        return text
    inside = {*answer.get("members", ()), *answer.get("attributes", ())}
    raise unsupported(WEIGHTS if inside & _WEIGHTS_INSIDE else HDF5_OTHER, name)
