"""The inspector's end of the pipe: a thread reads requests while the main thread works."""

from __future__ import annotations

import os
import queue
import sys
import threading
from typing import IO

from tui.common.pipe_frames import HEADER, FrameError, encode_frame, frame_length
from tui.inspection.answers import MAX_ANSWER_BYTES, Answer, Refused
from tui.inspection.requests import MAX_REQUEST_BYTES, Cancel, Request, decode_request


class Pipe:
    """Requests in order, and which of them were cancelled.

    The process ends as soon as the other end closes, even in the middle of a computation.

    Args:
        requests: file descriptor to read from.
        answers: file descriptor to write to.
    """

    def __init__(self, requests: int, answers: int) -> None:
        self._requests: IO[bytes] = os.fdopen(requests, "rb")
        self._answers = answers
        self._waiting: queue.SimpleQueue[Request] = queue.SimpleQueue()
        self._cancelled: set[int] = set()
        threading.Thread(target=self._read_requests, daemon=True).start()

    def next(self) -> Request:
        """Wait for a request and return it."""
        return self._waiting.get()

    def is_cancelled(self, request: int) -> bool:
        """Return whether a request was cancelled."""
        return request in self._cancelled

    def done(self, request: int) -> None:
        """Forget a request that was answered."""
        self._cancelled.discard(request)

    def send(self, answer: Answer) -> None:
        """Send an answer; the process ends if nobody reads it any more."""
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

    def _read_requests(self) -> None:
        try:
            while len(header := self._requests.read(HEADER)) == HEADER:
                body = self._requests.read(frame_length(header, MAX_REQUEST_BYTES))
                try:
                    request = decode_request(body)
                except FrameError as error:
                    # The frame is complete, so the next one can be read.
                    print(f"Skipped {error}.", file=sys.stderr, flush=True)
                    continue
                if isinstance(request, Cancel):
                    self._cancelled.add(request.id)
                else:
                    self._waiting.put(request)
        except FrameError as error:
            print(f"Cannot continue: received {error}.", file=sys.stderr, flush=True)
            os._exit(1)
        except OSError:
            pass
        os._exit(0)
