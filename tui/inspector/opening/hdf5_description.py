"""Describes a Keras model in an HDF5 file, as JSON; a program that is run with `python -m`.

The file is standard input; the answer goes to standard output. libhdf5 is a large C library, and a
malicious file may exploit it. So it is read in a separate process that can open and write no other
file, start no program, and has little memory and time. Only the attributes of the root and the
names of its members are read; no link is followed. Neither Keras nor TensorFlow is imported.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import resource
import sys
from typing import IO, Any

import h5py
import numpy as np

from tui.inspector.memory_limit import limit_memory

MOST_BYTES = 4_000_000
"""The longest description that is read."""
_MEMORY = 256 * 2**20
_SECONDS = 20
_MOST_ATTRIBUTES = 1000
_MOST_NAMES = 20
_TEXTS = ("model_config", "keras_version")


def _restrict_process() -> None:
    """Remove all rights of this process that reading one open file does not need."""
    limit_memory(_MEMORY)
    for what, most in (
        (resource.RLIMIT_NOFILE, 3),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_CPU, _SECONDS),
    ):
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(what, (most, most))


def _load_lazy_imports() -> None:
    """Read a file created here, so that Python now loads what it imports on first use."""
    held = io.BytesIO()
    with h5py.File(held, "w") as file:
        file.attrs["model_config"] = "é"
        file.attrs["keras_version"] = np.bytes_(b"3")
        file.create_group("layers")
    describe_hdf5(held)
    with contextlib.suppress(Exception):
        describe_hdf5(io.BytesIO(b"no HDF5"))


def _text(file: h5py.File, name: str) -> str:
    """Return a text attribute of the root.

    Raises:
        ValueError: if it is too long, or not a text.
    """
    attribute = h5py.h5a.open(file.id, name.encode())
    kind = attribute.get_type()
    count = attribute.get_space().get_simple_extent_npoints()
    if not isinstance(kind, h5py.h5t.TypeStringID) or count != 1:
        raise ValueError(f"{name} is no text")
    if not kind.is_variable_str() and kind.get_size() > MOST_BYTES:
        raise ValueError(f"{name} is longer than {MOST_BYTES:,} bytes")
    value = np.asarray(file.attrs[name], dtype=object).reshape(-1)[0]
    raw = value.encode("utf-8", "surrogateescape") if isinstance(value, str) else bytes(value)
    if len(raw) > MOST_BYTES:
        raise ValueError(f"{name} is longer than {MOST_BYTES:,} bytes")
    return raw.rstrip(b"\0").decode("utf-8")


def describe_hdf5(stream: IO[bytes]) -> dict[str, Any]:
    """Return the description of a model in an open HDF5 file.

    Returns:
        `model_config` and `keras_version` (empty if missing), and the names of the first
        `attributes` and `members` of its root.
    """
    with h5py.File(stream, "r") as file:
        count = min(h5py.h5a.get_num_attrs(file.id), _MOST_ATTRIBUTES)
        names = [
            h5py.h5a.open(file.id, index=i).name.decode("utf-8", "replace") for i in range(count)
        ]
        members: list[str] = []
        for name in file:
            members.append(str(name)[:100])
            if len(members) >= _MOST_NAMES:
                break
        texts = {name: _text(file, name) if name in names else "" for name in _TEXTS}
        return {
            **texts,
            "attributes": [name[:100] for name in names[:_MOST_NAMES]],
            "members": members,
        }


def main() -> int:
    """Describe the file on standard input; return 1 if it cannot be read."""
    stream = os.fdopen(os.dup(0), "rb")
    _load_lazy_imports()
    _restrict_process()
    try:
        answer = describe_hdf5(stream)
    except Exception as error:  # a damaged file can raise any error
        answer = {"problem": f"{type(error).__name__}: {error}"[:300]}
    sys.stdout.write(json.dumps(answer))
    sys.stdout.flush()
    return int("problem" in answer)


if __name__ == "__main__":
    sys.exit(main())
