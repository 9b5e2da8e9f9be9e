"""Frames: a length and a struct, as both ends of the code runner's pipes write and read them."""

from __future__ import annotations

import msgspec

from tui.code_runs.messages import Answer, RunProgram

HEADER = 4
"""Bytes of a frame's length."""
LONGEST = 4 * 2**20
"""Bytes of the longest frame that is read."""


class FrameError(Exception):
    """What came through the pipe is no frame; the message says why."""


def frame(message: RunProgram | Answer) -> bytes:
    """Return a message as it goes through a pipe."""
    body = msgspec.msgpack.encode(message)
    return len(body).to_bytes(HEADER, "big") + body


def length(header: bytes) -> int:
    """Return how many bytes follow a header.

    Raises:
        FrameError: when they are more than is read.
    """
    size = int.from_bytes(header, "big")
    if size > LONGEST:
        raise FrameError(f"a frame of {size:,} bytes, and at most {LONGEST:,} are read")
    return size


def request_of(body: bytes) -> RunProgram:
    """Return the request in a frame.

    Raises:
        FrameError: when there is none.
    """
    try:
        return msgspec.msgpack.decode(body, type=RunProgram)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise FrameError(f"no request: {error}") from error


def answer_of(body: bytes) -> Answer:
    """Return the answer in a frame.

    Raises:
        FrameError: when there is none.
    """
    try:
        answer: Answer = msgspec.msgpack.decode(body, type=Answer)
        return answer
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise FrameError(f"no answer: {error}") from error
