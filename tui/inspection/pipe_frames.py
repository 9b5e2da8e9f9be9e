"""Frames: a length and a struct, as both ends of the pipe write and read them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from tui.common.text import disk_path, stored_path
from tui.inspection.answers import Answer
from tui.inspection.requests import Request

HEADER = 4
"""Bytes of a frame's length."""
MAX_REQUEST_BYTES = 8 * 2**20
"""Bytes of the longest request: a `Classify` of many long paths."""
MAX_ANSWER_BYTES = 256 * 2**20
"""Bytes of the longest answer: the values of one channel of a very large layer."""

_encoder = msgspec.msgpack.Encoder()
_requests: msgspec.msgpack.Decoder[Request] = msgspec.msgpack.Decoder(Request)
_answers: msgspec.msgpack.Decoder[Answer] = msgspec.msgpack.Decoder(Answer)


_ODD = b"\xc1"
"""What a frame begins with in which a text is not UTF-8; never the first byte of msgpack."""


class FrameError(Exception):
    """What came through the pipe is no frame; the message says why."""


def encode_frame(message: Request | Answer) -> bytes:
    """Return a message as it goes through the pipe.

    >>> from tui.inspection.requests import Cancel
    >>> data = encode_frame(Cancel(id=7))
    >>> frame_length(data[:HEADER], MAX_REQUEST_BYTES) == len(data) - HEADER
    True
    """
    try:
        body = _encoder.encode(message)
    except UnicodeEncodeError:  # a path that is not UTF-8: rare, and slower
        plain = msgspec.to_builtins(message, builtin_types=(bytes,))
        body = _ODD + _encoder.encode(_each_text(plain, stored_path))
    return len(body).to_bytes(HEADER, "big") + body


def frame_length(header: bytes, most: int) -> int:
    """Return how many bytes follow a header.

    Args:
        header: `HEADER` bytes.
        most: the longest frame that is read; nothing is allocated for a longer one.

    Raises:
        FrameError: when it is longer.
    """
    size = int.from_bytes(header, "big")
    if size > most:
        raise FrameError(f"a frame of {size:,} bytes, and at most {most:,} are read")
    return size


def decode_request(body: bytes) -> Request:
    """Return the request in a frame.

    Raises:
        FrameError: when there is none.
    """
    try:
        if body.startswith(_ODD):
            odd: Request = msgspec.convert(_odd(body), Request, builtin_types=(bytes,))
            return odd
        return _requests.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise FrameError(f"no request: {error}") from error


def decode_answer(body: bytes) -> Answer:
    """Return the answer in a frame.

    Raises:
        FrameError: when there is none.
    """
    try:
        if body.startswith(_ODD):
            odd: Answer = msgspec.convert(_odd(body), Answer, builtin_types=(bytes,))
            return odd
        return _answers.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise FrameError(f"no answer: {error}") from error


def _odd(body: bytes) -> Any:
    return _each_text(msgspec.msgpack.decode(body[len(_ODD) :]), disk_path)


def _each_text(value: Any, change: Callable[[str], str]) -> Any:
    """Return a message's plain values with each text in them changed."""
    match value:
        case str():
            return change(value)
        case dict():
            return {key: _each_text(inner, change) for key, inner in value.items()}
        case list() | tuple():
            return [_each_text(inner, change) for inner in value]
        case _:
            return value
