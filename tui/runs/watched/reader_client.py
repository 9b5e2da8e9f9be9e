"""The app's end of the reader of logs: a process that is started when a log is to be read."""

from __future__ import annotations

import contextlib
import itertools
import math
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Sequence
from typing import IO

import msgspec

from tui.common.paths import StateError, state_dir
from tui.common.safe_files import open_appending
from tui.common.text import stored_path
from tui.runs.store.run_folder import RunFolder
from tui.runs.watched.find_logs import FoundLog
from tui.runs.watched.reader_error import ReaderError
from tui.runs.watched.reader_messages import (
    Finish,
    Follow,
    Look,
    LookedAt,
    ReaderAnswer,
    Request,
    decode_answer,
)

# -P: a tensorboard.py in the current folder is not imported.
_COMMAND = [sys.executable, "-P", "-m", "tui.log_reader"]
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
_ANSWER_SECONDS = 20.0
"""How long the reader may take to begin with an answer: it starts, or reads other logs first."""
_LOOK_SECONDS = 2.0
"""How long a look at one log may take."""
_RESTART_SECONDS = 5.0
"""The least time between two starts of a process that ends at once."""


class LogReaderClient:
    """Starts the reader when it is needed; it ends with this process, or with `close`."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._runs: dict[str, None] = {}
        """The runs that it was asked to follow, for the process that replaces one that died."""
        self._numbers = itertools.count(1)
        self._answers: dict[int, ReaderAnswer] = {}
        self._changed = threading.Condition()
        self._lock = threading.Lock()
        self._started_at = -_RESTART_SECONDS

    def follow(self, runs: Iterable[RunFolder]) -> None:
        """Have the logs of some runs followed from now on.

        Raises:
            ReaderError: when the process cannot be started.
        """
        paths = tuple(stored_path(str(run.path)) for run in runs)
        if paths:
            with self._lock:
                self._runs.update(dict.fromkeys(paths))
                self._send(Follow(paths))

    def look(self, logs: Sequence[FoundLog]) -> tuple[LookedAt, ...]:
        """Return what is in some logs (blocking).

        Raises:
            ReaderError: when there is no answer.
        """
        if not logs:
            return ()
        wanted = tuple((stored_path(log.path), log.format) for log in logs)
        seconds = _ANSWER_SECONDS + _LOOK_SECONDS * len(wanted)
        return self._ask(Look(next(self._numbers), wanted), seconds).logs

    def finish(self, runs: Iterable[RunFolder]) -> None:
        """Wait until the logs of some followed runs were read as far as they go (blocking).

        Raises:
            ReaderError: when the process ends before that.
        """
        paths = tuple(stored_path(str(run.path)) for run in runs)
        self._ask(Finish(next(self._numbers), paths), math.inf)

    def _ask(self, request: Look | Finish, seconds: float) -> ReaderAnswer:
        """Send a request and return its answer."""
        with self._lock:
            self._send(request)
        end = time.monotonic() + seconds
        with self._changed:
            while request.id not in self._answers:
                process = self._process
                if process is None or process.poll() is not None:
                    raise ReaderError(self._ending())
                if not self._changed.wait(0.2) and time.monotonic() > end:
                    raise ReaderError("The reader of logs does not answer: try again.")
            return self._answers.pop(request.id)

    def keep_alive(self) -> None:
        """Start the process again if it died although it has logs to follow.

        Raises:
            ReaderError: when it cannot be started.
        """
        process = self._process
        if process is None or process.poll() is None or not self._runs:
            return
        if time.monotonic() - self._started_at < _RESTART_SECONDS:
            return
        with self._lock:
            self._send()

    def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        self._runs.clear()
        if process is None:
            return
        if process.stdin is not None:
            with contextlib.suppress(OSError):
                process.stdin.close()
        try:
            process.wait(timeout=3)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _send(self, request: Request | None = None) -> None:
        """Send a request; a process that has ended is replaced by one that follows the same runs.

        Args:
            request: None only replaces the process.
        """
        for attempt in range(2):
            process, requests = self._process, [request] if request is not None else []
            if process is None or process.poll() is not None:
                process = self._start()
                if self._runs:
                    requests = [Follow(tuple(self._runs)), *requests]
            try:
                assert process.stdin is not None
                process.stdin.writelines(msgspec.json.encode(one) + b"\n" for one in requests)
                process.stdin.flush()
                return
            except OSError as error:
                self._process = None
                if attempt:
                    raise ReaderError(self._ending()) from error

    def _start(self) -> subprocess.Popen[bytes]:
        environment = {**os.environ, "PYTHONIOENCODING": "utf-8", "PYTHONUNBUFFERED": "1"}
        for name in _THREADS:
            environment.setdefault(name, "1")
        try:
            path = state_dir() / "log-reader.log"
            path.unlink(missing_ok=True)
            with open_appending(path) as log:
                process = subprocess.Popen(
                    _COMMAND,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=log,
                    env=environment,
                    start_new_session=True,
                )
        except (OSError, StateError) as error:
            reason = error.strerror if isinstance(error, OSError) else str(error)
            raise ReaderError(f"The reader of logs cannot be started: {reason}.") from error
        self._process = process
        self._started_at = time.monotonic()
        assert process.stdout is not None
        threading.Thread(target=self._receive, args=(process.stdout,), daemon=True).start()
        return process

    def _receive(self, pipe: IO[bytes]) -> None:
        for line in pipe:
            with contextlib.suppress(msgspec.DecodeError):
                answer = decode_answer(line)
                with self._changed:
                    self._answers[answer.id] = answer
                    self._changed.notify_all()
        with self._changed:
            self._changed.notify_all()

    @staticmethod
    def _ending() -> str:
        path = "log-reader.log"
        with contextlib.suppress(StateError):
            path = str(state_dir(to_read=True) / path)
        return f"The reader of logs has ended unexpectedly; {path} says more. Try again."
