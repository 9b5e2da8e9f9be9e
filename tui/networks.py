"""A network from a file, whichever of the readable forms it has."""

from __future__ import annotations

import io
from pathlib import Path
from typing import IO

from tui.geometry import GeometryError, Graph, Imported, read_graph, read_network
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
    return read_network(content_of(path), clean(path.name, 60))


def graph_from_file(path: Path) -> Graph:
    """Read any model from a file, also one that is no chain.

    Args:
        path: as in :func:`network_from_file`.

    Raises:
        GeometryError: as there; and where the layers hang together in no possible way.
    """
    return read_graph(content_of(path), clean(path.name, 60))


def content_of(path: Path) -> str | bytes:
    """Return what a file says of a network, as :func:`described_in`.

    Raises:
        GeometryError: there is no such file, or it cannot be read.
    """
    try:
        with path.open("rb") as file:
            return described_in(file, path.name)
    except OSError as error:
        raise GeometryError(
            f"{clean(path, 200)} cannot be read: {error.strerror or type(error).__name__}. Name a "
            "file with a network: one line, JSON, or .keras."
        ) from None


def described_in(stream: IO[bytes], name: str) -> str | bytes:
    """Return what an open file or a pipe says of a network: of a `.keras` file its description.

    Args:
        stream: where the bytes come from.
        name: what to call it in messages.

    Raises:
        GeometryError: a `.keras` file that is damaged, or too large for a pipe.
        OSError: reading failed.
    """
    head = stream.read(4)
    if not head.startswith(ZIP_SIGNATURES):
        # A character has at most four bytes; one byte more tells that there are too many.
        return head + stream.read(MOST_CHARACTERS * 4 + 1)
    try:
        if stream.seekable():
            return config_of(stream)
        data = head + stream.read(_LARGEST_PIPED + 1)
        if len(data) > _LARGEST_PIPED:
            raise GeometryError(
                f"more than {_LARGEST_PIPED // 2**20} MiB came through the pipe: name the .keras "
                "file instead, then only its description is read."
            )
        return config_of(io.BytesIO(data))
    except GeometryError as error:
        raise GeometryError(f"{clean(name, 60)}: {error.message}", field=error.field) from None
