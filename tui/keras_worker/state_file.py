"""A file of values and arrays with a checksum.

It has a line with the format, the length of a JSON header, the header, the bytes of the arrays one
after the other, and a BLAKE2 digest of all that. Nothing in it is executed (no pickles). A file
that is incomplete or changed anywhere does not match its digest.
"""

from __future__ import annotations

import hashlib
import math
import os
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from tui.common.safe_files import open_descriptor, open_reading

_MAGIC = b"cnn-tui state 1\n"
_LENGTH = 8
_DIGEST = 32

Arrays = dict[str, NDArray[Any]]


class DamagedStateError(ValueError):
    """A state file is damaged; the message says how."""


class _Header(msgspec.Struct, frozen=True):
    values: dict[str, Any]
    arrays: list[tuple[str, str, tuple[int, ...]]]
    """For each array its name, its dtype as NumPy writes it, and its shape."""


class State(NamedTuple):
    """The content of a file: JSON values, and arrays of numbers by name."""

    values: dict[str, Any]
    arrays: Arrays


def write_state(path: Path, state: State) -> int:
    """Write a file, not atomically: see `write_atomically`.

    Returns:
        Its size in bytes.

    Raises:
        OSError: when it cannot be written.
    """
    table = [(name, array.dtype.str, array.shape) for name, array in state.arrays.items()]
    header = msgspec.json.encode(_Header(state.values, table))
    digest = hashlib.blake2b(digest_size=_DIGEST)
    size = 0
    with os.fdopen(open_descriptor(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), "wb") as file:

        def put(piece: Any) -> None:
            nonlocal size
            digest.update(piece)
            file.write(piece)
            size += len(piece)

        put(_MAGIC)
        put(len(header).to_bytes(_LENGTH, "little"))
        put(header)
        for array in state.arrays.values():
            put(np.ascontiguousarray(array).reshape(-1).view(np.uint8).data)
        file.write(digest.digest())
    return size + _DIGEST


def read_state(path: Path) -> State:
    """Read a file that `write_state` wrote.

    Raises:
        OSError: when it cannot be read.
        DamagedStateError: when it is damaged.
    """
    with open_reading(path) as file:
        data = file.read()
    whole = memoryview(data)
    if data[: len(_MAGIC)] != _MAGIC:
        raise DamagedStateError("it does not begin as a checkpoint does")
    body, stored = whole[:-_DIGEST], data[-_DIGEST:]
    if hashlib.blake2b(body, digest_size=_DIGEST).digest() != stored:
        raise DamagedStateError("its checksum does not match: it is incomplete, or was changed")
    start = len(_MAGIC) + _LENGTH
    end = start + int.from_bytes(body[len(_MAGIC) : start], "little")
    try:
        header = msgspec.json.decode(body[start:end], type=_Header)
        return State(header.values, _arrays(body[end:], header))
    except (msgspec.DecodeError, ValueError, TypeError) as error:
        raise DamagedStateError(f"its content does not read: {error}") from error


def _arrays(body: memoryview, header: _Header) -> Arrays:
    arrays: Arrays = {}
    offset = 0
    for name, kind, shape in header.arrays:
        dtype = np.dtype(kind)
        if dtype.kind not in "biufV" or dtype.hasobject:
            raise ValueError(f"an array of {dtype}")
        size = dtype.itemsize * math.prod(shape)
        arrays[name] = np.frombuffer(body[offset : offset + size], dtype).reshape(shape)
        offset += size
    return arrays
