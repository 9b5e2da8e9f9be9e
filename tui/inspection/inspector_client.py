"""The app's end of the pipe: start the inspector process, send it requests, and end it."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, overload

import msgspec

from tui.common.pipe_frames import HEADER, FrameError, encode_frame, frame_length
from tui.inspection import answers as a
from tui.inspection import requests as r
from tui.inspection.answers import MAX_ANSWER_BYTES, decode_answer
from tui.inspection.inspector_process import InspectorLog, describe_exit, inspector_environment
from tui.runs.process.needs import looking_problem


class InspectionError(Exception):
    """A request was not answered; the message gives the reason and the cure."""


class RefusedError(InspectionError):
    """The inspector refused a request; the network that was open stays open.

    Args:
        what: one sentence with what cannot be done and why, safe to show.
        cure: one sentence with what to do; may be empty.
    """

    def __init__(self, what: str, cure: str = "") -> None:
        super().__init__(f"{what} {cure}".strip())
        self.what, self.cure = what, cure


class InspectorEnded(InspectionError):
    """The inspector process has ended or never started; starting it again may help.

    Args:
        reason: its last line, or how it ended, safe to show.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(f"The process that looks into networks has ended: {reason}")
        self.reason = reason


class InspectorMissing(InspectorEnded):
    """The inspector cannot be started, because a library is missing.

    Args:
        reason: which one, with the command that installs it.
    """

    def __init__(self, reason: str) -> None:
        InspectionError.__init__(self, reason)
        self.reason = reason


# -P: a keras.py or numpy.py in the current folder is not imported.
COMMAND = [sys.executable, "-P", "-m", "tui.inspector"]
"""The default command of a client."""

CLOSE_TIMEOUT = 2.0
"""Seconds that the process has to exit by itself before it is killed."""

OnProgress = Callable[[a.Progress], None]


@dataclass
class _Pending:
    answer: asyncio.Future[a.Answer]
    on_progress: OnProgress | None


class InspectorClient:
    """An inspector process, and the requests to it.

    Any number of requests may be pending; the process answers them one after the other. A task that
    is cancelled while it waits cancels its request. When the process dies, every request raises
    `InspectorEnded`, and `start` starts a new one, in which the network has to be opened again.

    Args:
        command: the command of the process; `COMMAND` when None.

    >>> async def classes(run: str) -> tuple[str, ...]:
    ...     async with InspectorClient() as client:
    ...         return (await client.ask(r.OpenRun(run=run))).classes
    """

    def __init__(self, command: Sequence[str] | None = None) -> None:
        self._command = command
        self._process: Process | None = None
        self._reader: asyncio.Task[None] | None = None
        self._log: InspectorLog | None = None
        self._ready: asyncio.Future[a.Ready] | None = None
        self._pending: dict[int, _Pending] = {}
        self._numbers = itertools.count(1)
        self._starting = asyncio.Lock()
        self._end_reason = "it was not started."

    async def __aenter__(self) -> InspectorClient:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    @property
    def alive(self) -> bool:
        """Whether the process is running: starting, or ready."""
        return self._process is not None and not self._end_reason

    async def start(self) -> None:
        """Start the process if it is not running; it then loads Keras, which takes seconds.

        Raises:
            InspectorEnded: if the process cannot be started, or a library is missing.
            StateError: if the state folder cannot be used.
        """
        async with self._starting:
            if not self.alive:
                await self._start()

    async def _start(self) -> None:
        await self.close()
        if self._command is None and (problem := looking_problem()):
            self._end_reason = problem
            raise InspectorMissing(problem)
        self._log = InspectorLog.new()
        try:
            self._process = await asyncio.create_subprocess_exec(
                *(self._command or COMMAND),
                stdin=PIPE,
                stdout=PIPE,
                stderr=self._log.file,
                env=inspector_environment(),
            )
        except OSError as error:
            self._end_reason = f"it cannot be started: {error.strerror or error}."
            raise InspectorEnded(self._end_reason) from error
        self._end_reason = ""
        self._ready = asyncio.get_running_loop().create_future()
        self._reader = asyncio.create_task(self._read(self._process))

    async def ready(self) -> a.Ready:
        """Wait until Keras is imported.

        Raises:
            InspectorEnded: if the process ended before.
        """
        if self._ready is None:
            raise InspectorEnded(self._end_reason)
        return await asyncio.shield(self._ready)

    @overload
    async def ask(
        self, request: r.OpenRun | r.OpenFile, on_progress: OnProgress | None = None
    ) -> a.Opened: ...
    @overload
    async def ask(
        self, request: r.Prepare, on_progress: OnProgress | None = None
    ) -> a.Prepared: ...
    @overload
    async def ask(self, request: r.LookAt, on_progress: OnProgress | None = None) -> a.Maps: ...
    @overload
    async def ask(self, request: r.Values, on_progress: OnProgress | None = None) -> a.Numbers: ...
    @overload
    async def ask(
        self, request: r.Kernels, on_progress: OnProgress | None = None
    ) -> a.KernelsShown: ...
    @overload
    async def ask(
        self, request: r.Classify, on_progress: OnProgress | None = None
    ) -> a.Classified: ...
    @overload
    async def ask(
        self, request: r.Evaluate, on_progress: OnProgress | None = None
    ) -> a.Evaluated: ...
    @overload
    async def ask(
        self, request: r.Explain, on_progress: OnProgress | None = None
    ) -> a.Explained: ...
    @overload
    async def ask(self, request: r.Trace, on_progress: OnProgress | None = None) -> a.Traced: ...
    async def ask(self, request: Any, on_progress: OnProgress | None = None) -> Any:
        """Send a request and wait for the answer.

        Args:
            request: its `id` is set here.
            on_progress: called with each `Progress` of a long request.

        Returns:
            The answer to the request.

        Raises:
            RefusedError: if the process refuses it.
            InspectorEnded: if the process is not running, or dies meanwhile.
        """
        if not self.alive:
            raise InspectorEnded(self._end_reason)
        number = next(self._numbers)
        answer: asyncio.Future[a.Answer] = asyncio.get_running_loop().create_future()
        self._pending[number] = _Pending(answer, on_progress)
        try:
            await self._send(msgspec.structs.replace(request, id=number))
            found = await answer
        except asyncio.CancelledError:
            self._cancel(number)
            raise
        finally:
            self._pending.pop(number, None)
        if isinstance(found, a.Refused):
            raise RefusedError(found.what, found.cure)
        return found

    async def close(self) -> None:
        """End the process: close its pipe, and kill it if it does not exit."""
        process, self._process = self._process, None
        if process is not None:
            self._end_reason = self._end_reason or "it was closed."
            if process.stdin is not None:
                process.stdin.close()
            try:
                await asyncio.wait_for(process.wait(), CLOSE_TIMEOUT)
            except TimeoutError:
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
                await process.wait()
        if self._reader is not None:
            await self._reader
            self._reader = None
        if self._log is not None:
            self._log.close()
            self._log = None

    async def _send(self, request: r.Request) -> None:
        process = self._process
        if process is None or process.stdin is None:
            raise InspectorEnded(self._end_reason)
        try:
            process.stdin.write(encode_frame(request))
            await process.stdin.drain()
        except (ConnectionError, RuntimeError):
            # `_read` fails every request, including this one.
            pass

    def _cancel(self, number: int) -> None:
        process = self._process
        if process is not None and process.stdin is not None and not process.stdin.is_closing():
            process.stdin.write(encode_frame(r.Cancel(id=number)))

    async def _read(self, process: Process) -> None:
        """Read answers until the process ends, then fail every pending request."""
        assert process.stdout is not None
        reason = ""
        try:
            while True:
                size = frame_length(await process.stdout.readexactly(HEADER), MAX_ANSWER_BYTES)
                self._on_answer(decode_answer(await process.stdout.readexactly(size)))
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        except FrameError as error:
            reason = f"it sent {error}."
            with contextlib.suppress(ProcessLookupError):
                process.kill()
        status = await process.wait()
        last = self._log.last_line() if self._log is not None else ""
        self._end_reason = reason or self._end_reason or describe_exit(status, last)
        for pending in list(self._pending.values()):
            if not pending.answer.done():
                pending.answer.set_exception(InspectorEnded(self._end_reason))
        if self._ready is not None and not self._ready.done():
            self._ready.set_exception(InspectorEnded(self._end_reason))
            self._ready.exception()  # marks the exception as retrieved

    def _on_answer(self, answer: a.Answer) -> None:
        if isinstance(answer, a.Ready):
            if self._ready is not None and not self._ready.done():
                self._ready.set_result(answer)
            return
        pending = self._pending.get(answer.id)
        if pending is None or pending.answer.done():
            return  # cancelled meanwhile
        if isinstance(answer, a.Progress):
            if pending.on_progress is not None:
                try:
                    pending.on_progress(answer)
                except Exception as error:  # belongs to this caller only
                    pending.answer.set_exception(error)
            return
        pending.answer.set_result(answer)
