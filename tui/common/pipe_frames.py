"""Frames, as both ends of a worker's pipe read and write them: a length, then a msgpack struct."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import msgspec

from tui.common.text import disk_path, stored_path

HEADER = 4
"""Bytes of the length (big-endian) at the start of a frame."""

T = TypeVar("T")
_encoder = msgspec.msgpack.Encoder()
_NOT_UTF8 = b"\xc1"
"""First byte of a frame that contains a text that is not UTF-8; msgpack never begins with it."""


class FrameError(Exception):
    """The pipe received something that is not a frame; the message says why."""


def encode_frame(message: Any) -> bytes:
    """Encode a message, a msgspec struct, as a frame.

    >>> data = encode_frame({"id": 7})
    >>> frame_length(data[:HEADER], most=100) == len(data) - HEADER
    True
    """
    try:
        body = _encoder.encode(message)
    except UnicodeEncodeError:  # a path that is not UTF-8: rare and slower
        plain = msgspec.to_builtins(message, builtin_types=(bytes,))
        body = _NOT_UTF8 + _encoder.encode(_each_text(plain, stored_path))
    return len(body).to_bytes(HEADER, "big") + body


def frame_length(header: bytes, most: int) -> int:
    """Return how many bytes follow the header.

    Args:
        header: `HEADER` bytes.
        most: the longest frame allowed, so that a larger one allocates nothing.

    Raises:
        FrameError: if it is longer.
    """
    size = int.from_bytes(header, "big")
    if size > most:
        raise FrameError(f"a frame of {size:,} bytes, but at most {most:,} are allowed")
    return size


def decode_frame(body: bytes, decoder: msgspec.msgpack.Decoder[T], kind: str) -> T:
    """Decode what follows the header.

    Args:
        body: the frame without its header.
        decoder: reads the messages that may come.
        kind: what they are called in an error: "request".

    Raises:
        FrameError: if it is not one of them.
    """
    try:
        if body.startswith(_NOT_UTF8):
            message: T = msgspec.convert(_decode_paths(body), decoder.type, builtin_types=(bytes,))
            return message
        return decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise FrameError(f"an invalid {kind}: {error}") from error


def _decode_paths(body: bytes) -> Any:
    return _each_text(msgspec.msgpack.decode(body[len(_NOT_UTF8) :]), disk_path)


def _each_text(value: Any, change: Callable[[str], str]) -> Any:
    """Apply a function to each text in nested values."""
    match value:
        case str():
            return change(value)
        case dict():
            return {key: _each_text(inner, change) for key, inner in value.items()}
        case list() | tuple():
            return [_each_text(inner, change) for inner in value]
        case _:
            return value
