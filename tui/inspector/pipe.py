"""The child's end of the pipe: a thread takes in requests while the main thread works."""

from __future__ import annotations

import os
import queue
import sys
import threading
from typing import IO

from tui.inspection.answers import Answer, Refused
from tui.inspection.pipe_frames import (
    HEADER,
    MAX_ANSWER_BYTES,
    MAX_REQUEST_BYTES,
    FrameError,
    decode_request,
    encode_frame,
    frame_length,
)
from tui.inspection.requests import Cancel, Request


class Pipe:
    """Requests in their order, and what was taken back of them.

    The process ends at once when the other end closes, whatever is being computed then.

    Args:
        requests: file descriptor to read from.
        answers: file descriptor to write to.
    """

    def __init__(self, requests: int, answers: int) -> None:
        self._requests: IO[bytes] = os.fdopen(requests, "rb")
        self._answers = answers
        self._waiting: queue.SimpleQueue[Request] = queue.SimpleQueue()
        self._taken_back: set[int] = set()
        threading.Thread(target=self._take_in, daemon=True).start()

    def next(self) -> Request:
        """Wait for a request and return it."""
        return self._waiting.get()

    def cancelled(self, request: int) -> bool:
        """Say whether a request was taken back."""
        return request in self._taken_back

    def done(self, request: int) -> None:
        """Forget whether a request was taken back."""
        self._taken_back.discard(request)

    def send(self, answer: Answer) -> None:
        """Answer; the process ends where nobody reads any more."""
        data = encode_frame(answer)
        if len(data) > MAX_ANSWER_BYTES:
            data = encode_frame(
                Refused(
                    id=answer.id,
                    what=f"The answer has {len(data):,} bytes, but at most {MAX_ANSWER_BYTES:,} "
                    "can be sent.",
                    cure="Ask for fewer channels.",
                )
            )
        left = memoryview(data)
        try:
            while left:
                left = left[os.write(self._answers, left) :]
        except OSError:
            os._exit(0)

    def _take_in(self) -> None:
        try:
            while len(header := self._requests.read(HEADER)) == HEADER:
                body = self._requests.read(frame_length(header, MAX_REQUEST_BYTES))
                try:
                    request = decode_request(body)
                except FrameError as error:
                    # The frame is whole, so the next one can be read.
                    print(f"Passed over {error}.", file=sys.stderr, flush=True)
                    continue
                if isinstance(request, Cancel):
                    self._taken_back.add(request.id)
                else:
                    self._waiting.put(request)
        except FrameError as error:
            print(f"Cannot go on: it was sent {error}.", file=sys.stderr, flush=True)
            os._exit(1)
        except OSError:
            pass
        os._exit(0)
