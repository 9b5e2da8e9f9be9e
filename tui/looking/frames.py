"""Frames: a length and a struct, as both ends of the pipe write and read them."""

from __future__ import annotations

import msgspec

from tui.looking.messages import Answer
from tui.looking.requests import Request

HEADER = 4
"""Bytes of a frame's length."""
MOST_REQUEST = 8 * 2**20
"""Bytes of the longest request: a `Classify` of many long paths."""
MOST_ANSWER = 256 * 2**20
"""Bytes of the longest answer: the values of one channel of a very large layer."""

_encoder = msgspec.msgpack.Encoder()
_requests: msgspec.msgpack.Decoder[Request] = msgspec.msgpack.Decoder(Request)
_answers: msgspec.msgpack.Decoder[Answer] = msgspec.msgpack.Decoder(Answer)


class FrameError(Exception):
    """What came through the pipe is no frame; the message says why."""


def frame(message: Request | Answer) -> bytes:
    """Return a message as it goes through the pipe.

    >>> from tui.looking.requests import Cancel
    >>> data = frame(Cancel(id=7))
    >>> length(data[:HEADER], MOST_REQUEST) == len(data) - HEADER
    True
    """
    body = _encoder.encode(message)
    return len(body).to_bytes(HEADER, "big") + body


def length(header: bytes, most: int) -> int:
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


def request_of(body: bytes) -> Request:
    """Return the request in a frame.

    Raises:
        FrameError: when there is none.
    """
    try:
        return _requests.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise FrameError(f"no request: {error}") from error


def answer_of(body: bytes) -> Answer:
    """Return the answer in a frame.

    Raises:
        FrameError: when there is none.
    """
    try:
        return _answers.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise FrameError(f"no answer: {error}") from error
