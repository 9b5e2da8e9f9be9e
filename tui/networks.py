"""A network from a file, whichever of the readable forms it has."""

from __future__ import annotations

import io
from pathlib import Path
from typing import IO

from tui.geometry import GeometryError, Imported, network_from_keras, read_network
from tui.geometry.json_text import MOST_CHARACTERS
from tui.geometry.keras_archive import config_of
from tui.geometry.keras_import import ZIP_SIGNATURES
from tui.text import clean

_LARGEST_PIPED = 256 * 1024 * 1024  # a .keras file holds its weights, and is read from its end


def network_from_file(path: Path) -> Imported:
    """Read a network from a file.

    Args:
        path: a file with a network on one line, its JSON, the JSON of Keras's
            `model.to_json()`, or a `.keras` file. Of the last one only its description is
            read, however large its weights are.

    Returns:
        The network, and notes on what was not kept.

    Raises:
        GeometryError: there is no such file, it cannot be read, or it is none of these.
    """
    try:
        with path.open("rb") as file:
            return network_from_stream(file, path.name)
    except OSError as error:
        raise GeometryError(
            f"{clean(path, 200)} cannot be read: {error.strerror or type(error).__name__}. Name a "
            "file with a network: one line, JSON, or .keras."
        ) from None


def network_from_stream(stream: IO[bytes], name: str) -> Imported:
    """Read a network from an open file or a pipe.

    Args:
        stream: where the bytes come from.
        name: what to call it in messages.

    Returns:
        The network, and notes on what was not kept.

    Raises:
        GeometryError: as :func:`network_from_file`.
        OSError: reading failed.
    """
    name = clean(name, 60)
    head = stream.read(4)
    if not head.startswith(ZIP_SIGNATURES):
        # A character has at most four bytes; one byte more tells that there are too many.
        return read_network(head + stream.read(MOST_CHARACTERS * 4 + 1), name)
    try:
        if stream.seekable():
            return network_from_keras(config_of(stream))
        data = head + stream.read(_LARGEST_PIPED + 1)
        if len(data) > _LARGEST_PIPED:
            raise GeometryError(
                f"more than {_LARGEST_PIPED // 2**20} MiB came through the pipe: name the .keras "
                "file instead, then only its description is read."
            )
        return network_from_keras(config_of(io.BytesIO(data)))
    except GeometryError as error:
        raise GeometryError(f"{name}: {error.message}", field=error.field) from None
