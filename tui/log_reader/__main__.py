"""`python -m tui.log_reader`: reads requests as JSON lines, and follows logs until its input ends.

The app that started it holds the other end of the input: when the app ends, however it ends, the
reader does too.
"""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import sys
import threading
import time
import traceback
from pathlib import Path
from types import ModuleType

import msgspec

from tui.common.text import clean, disk_path
from tui.log_reader.axis import axis_of
from tui.log_reader.growing_file import Restarted
from tui.log_reader.log_run import LogRun
from tui.log_reader.log_source import bytes_read, open_source
from tui.log_reader.series import SeriesStore
from tui.runs.store.run_access import RunError
from tui.runs.store.run_folder import RunFolder
from tui.runs.store.run_lock import LockError, lock_holder
from tui.runs.watched.find_logs import not_loaded, unreadable
from tui.runs.watched.reader_messages import (
    Finish,
    Follow,
    Look,
    LookedAt,
    ReaderAnswer,
    Request,
    decode_request,
)
from tui.runs.watched.series_names import name_series

SLICE_SECONDS = 0.1
"""How long one log is read before the next one gets its turn."""
LOOK_SECONDS = 0.4
"""How long a log is read to say what is in it."""
RETRY_SECONDS = 2.0
"""Between two tries to take a run that another reader follows."""
_REST_SECONDS = 0.25
_SHORT_SECONDS = 0.02
"""A rest while somebody waits for the answer."""
_CHECK_SECONDS = 0.5
"""Between two checks whether runs are to be let go."""
MOST_NAMES = 500
"""Names of series in the answer to a look."""
_NICE = 10
"""The trainings on the machine come first."""


class LogReader:
    """Follows the logs that it is asked to follow."""

    def __init__(self, requests: queue.Queue[bytes | None], answers: int) -> None:
        """Initialise it.

        Args:
            requests: a line each; None when there will be none.
            answers: the descriptor that answers are written to.
        """
        self._requests, self._answers = requests, answers
        self._logs: dict[str, LogRun] = {}
        self._waiting: dict[str, float] = {}
        """Runs that are not followed yet, and when to try."""
        self._checked_at = 0.0
        self._asked: list[Finish] = []

    def serve(self) -> None:
        """Follow logs until the requests end."""
        try:
            while self._take_requests():
                self._take_waiting()
                now = time.monotonic()
                if check := now - self._checked_at >= _CHECK_SECONDS:
                    self._checked_at = now
                for path, log in list(self._logs.items()):
                    if check and log.over:
                        self._drop(path)
                    elif log.due(now):
                        self._turn(path, log)
                self._answer_finished()
        finally:
            for path in list(self._logs):
                self._drop(path)

    def _take_requests(self) -> bool:
        """Carry out the requests that came; return False when there will be none."""
        rest = _REST_SECONDS if self._logs or self._waiting else 60.0
        if self._asked:
            rest = _SHORT_SECONDS
        if any(log.busy for log in self._logs.values()):
            rest = 0.0
        while True:
            try:
                line = self._requests.get(timeout=rest) if rest else self._requests.get_nowait()
            except queue.Empty:
                return True
            if line is None:
                return False
            rest = 0.0
            try:
                self._carry_out(decode_request(line))
            except msgspec.DecodeError as error:
                print(f"not a request: {error}", file=sys.stderr)

    def _carry_out(self, request: Request) -> None:
        match request:
            case Follow():
                for path in map(disk_path, request.runs):
                    if path not in self._logs:
                        self._waiting[path] = 0.0
            case Finish():
                self._asked.append(request)
            case Look():
                looked = tuple(look_at(disk_path(path), kind) for path, kind in request.logs)
                self._answer(ReaderAnswer(request.id, looked))

    def _answer(self, answer: ReaderAnswer) -> None:
        line = msgspec.json.encode(answer) + b"\n"
        view = memoryview(line)
        while view:
            view = view[os.write(self._answers, view) :]

    def _answer_finished(self) -> None:
        """Answer those who wait until logs were read."""
        for request in list(self._asked):
            paths = [disk_path(path) for path in request.runs]
            # One that another reader follows is read by that one.
            busy = (self._logs[path].unfinished for path in paths if path in self._logs)
            if not any(self._waiting.get(path) == 0.0 for path in paths) and not any(busy):
                self._asked.remove(request)
                self._answer(ReaderAnswer(request.id))

    def _take_waiting(self) -> None:
        now = time.monotonic()
        for path, when in list(self._waiting.items()):
            if now < when:
                continue
            run = RunFolder(Path(path))
            try:
                if lock_holder(run.lock) is not None:  # of another app: it may end
                    self._waiting[path] = now + RETRY_SECONDS
                    continue
                self._logs[path] = LogRun(run)
            except (RunError, LockError, OSError) as error:
                print(f"cannot follow {path}: {error}", file=sys.stderr)
            self._waiting.pop(path, None)

    def _turn(self, path: str, log: LogRun) -> None:
        try:
            log.turn(SLICE_SECONDS)
        except Exception:  # one log must not end the others
            traceback.print_exc()
            self._drop(path)

    def _drop(self, path: str) -> None:
        log = self._logs.pop(path)
        try:
            log.close()
        except Exception:
            traceback.print_exc()


def look_at(path: str, log_format: str) -> LookedAt:
    """Return what is in a log, as far as a short look shows."""
    store = SeriesStore()
    try:
        source = open_source(path, log_format)
        more = source.read(store, time.monotonic() + LOOK_SECONDS)
    except ImportError as error:
        return LookedAt(problem=not_loaded(error))
    except Restarted:
        return LookedAt(problem="It is being written anew just now: look again.")
    except OSError as error:
        return LookedAt(problem=unreadable(path, error))
    named = name_series(store.series, single=store.single())
    axis = axis_of(store, named, rows_are_epochs=source.rows_are_epochs)
    read, total = bytes_read(source)
    return LookedAt(
        series=tuple(store.series)[:MOST_NAMES],
        series_count=len(store.series),
        roles=named.roles,
        epochs=len(axis.numbers),
        axis=axis.sentence,
        problem=clean(source.problem),
        read_bytes=read,
        total_bytes=total,
        more=more,
    )


def main() -> int:
    """Serve requests from the standard input."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # ctrl+c is for the app
    answers = os.dup(1)
    os.dup2(2, 1)  # so that nothing that a library prints is taken for an answer
    with contextlib.suppress(OSError):
        os.nice(_NICE)
    # TensorBoard's modules then take its own small stand-in for TensorFlow.
    sys.modules.setdefault("tensorboard.compat.notf", ModuleType("tensorboard.compat.notf"))
    requests: queue.Queue[bytes | None] = queue.Queue()

    def read() -> None:
        for line in sys.stdin.buffer:
            requests.put(line)
        requests.put(None)

    threading.Thread(target=read, daemon=True).start()
    LogReader(requests, answers).serve()
    return 0


if __name__ == "__main__":
    sys.exit(main())
