"""Frames, as both ends of the pipe read and write them: a length, then a msgpack struct."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from tui.common.text import disk_path, stored_path
from tui.inspection.answers import Answer
from tui.inspection.requests import Request

HEADER = 4
"""Bytes of the length (big-endian) at the start of a frame."""
MAX_REQUEST_BYTES = 8 * 2**20
"""Enough for a `Classify` with many long paths."""
MAX_ANSWER_BYTES = 256 * 2**20
"""Enough for the values of one channel of a very large layer."""

_encoder = msgspec.msgpack.Encoder()
_requests: msgspec.msgpack.Decoder[Request] = msgspec.msgpack.Decoder(Request)
_answers: msgspec.msgpack.Decoder[Answer] = msgspec.msgpack.Decoder(Answer)


_NOT_UTF8 = b"\xc1"
"""First byte of a frame that contains a text that is not UTF-8; msgpack never begins with it."""


class FrameError(Exception):
    """The pipe received something that is not a frame; the message says why."""


def encode_frame(message: Request | Answer) -> bytes:
    """Encode a message as a frame.

    >>> from tui.inspection.requests import Cancel
    >>> data = encode_frame(Cancel(id=7))
    >>> frame_length(data[:HEADER], MAX_REQUEST_BYTES) == len(data) - HEADER
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


def decode_request(body: bytes) -> Request:
    """Decode a request.

    Raises:
        FrameError: if it is not valid.
    """
    try:
        if body.startswith(_NOT_UTF8):
            request: Request = msgspec.convert(_decode_paths(body), Request, builtin_types=(bytes,))
            return request
        return _requests.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise FrameError(f"an invalid request: {error}") from error


def decode_answer(body: bytes) -> Answer:
    """Decode an answer.

    Raises:
        FrameError: if it is not valid.
    """
    try:
        if body.startswith(_NOT_UTF8):
            answer: Answer = msgspec.convert(_decode_paths(body), Answer, builtin_types=(bytes,))
            return answer
        return _answers.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise FrameError(f"an invalid answer: {error}") from error


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
