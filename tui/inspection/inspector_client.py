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

from tui.inspection import answers as a
from tui.inspection import requests as r
from tui.inspection.inspector_process import InspectorLog, describe_exit, inspector_environment
from tui.inspection.pipe_frames import (
    HEADER,
    MAX_ANSWER_BYTES,
    FrameError,
    decode_answer,
    encode_frame,
    frame_length,
)


class InspectionError(Exception):
    """A request was not answered; the message says why, in a sentence with the cure."""


class RefusedError(InspectionError):
    """The child cannot do what it was asked; whatever was open stays open.

    Args:
        what: one sentence on what cannot be done and why, safe to show.
        cure: one sentence on what to do, perhaps empty.
    """

    def __init__(self, what: str, cure: str = "") -> None:
        super().__init__(f"{what} {cure}".strip())
        self.what, self.cure = what, cure


class InspectorEnded(InspectionError):
    """The child process is not there any more, or never began; starting it again may help.

    Args:
        reason: what it said last, or how it ended, safe to show.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(f"The process that looks into networks has ended: {reason}")
        self.reason = reason


# -P: a keras.py or numpy.py in the folder that the user happens to stand in is not imported.
COMMAND = [sys.executable, "-P", "-m", "tui.inspector"]
"""What is started, unless a client is given something else."""

PATIENCE = 2.0
"""Seconds that a child has to end by itself when it is closed."""

OnProgress = Callable[[a.Progress], None]


@dataclass
class _Pending:
    answer: asyncio.Future[a.Answer]
    on_progress: OnProgress | None


class InspectorClient:
    """A child process that looks into networks, and the requests to it.

    Any number of requests may be on their way at once; the child works on one after the other.
    A task that is cancelled while it waits takes its request back. When the child dies, every
    request ends in `InspectorEnded`, and `start` begins anew; the network has to be opened again.

    Args:
        command: what to start; the module's `COMMAND` when None.

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
        self._gone = "it has not been started."

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
        """Whether the child is there: starting, or ready."""
        return self._process is not None and not self._gone

    async def start(self) -> None:
        """Start the child, if none is there; it loads Keras meanwhile, which takes seconds.

        Raises:
            InspectorEnded: when no process can be started.
            StateError: when the state folder cannot be used.
        """
        async with self._starting:
            if not self.alive:
                await self._start()

    async def _start(self) -> None:
        await self.close()
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
            self._gone = f"it cannot be started: {error.strerror or error}."
            raise InspectorEnded(self._gone) from error
        self._gone = ""
        self._ready = asyncio.get_running_loop().create_future()
        self._reader = asyncio.create_task(self._read(self._process))

    async def ready(self) -> a.Ready:
        """Wait until Keras is imported.

        Raises:
            InspectorEnded: when the child ended before that.
        """
        if self._ready is None:
            raise InspectorEnded(self._gone)
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
    async def ask(self, request: Any, on_progress: OnProgress | None = None) -> Any:
        """Ask the child something and wait for the answer.

        Args:
            request: its `id` is given here.
            on_progress: called with each `Progress` of a long one.

        Returns:
            The answer that belongs to the request.

        Raises:
            RefusedError: when it cannot be done.
            InspectorEnded: when the child is not there, or dies meanwhile.
        """
        if not self.alive:
            raise InspectorEnded(self._gone)
        number = next(self._numbers)
        answer: asyncio.Future[a.Answer] = asyncio.get_running_loop().create_future()
        self._pending[number] = _Pending(answer, on_progress)
        try:
            await self._send(msgspec.structs.replace(request, id=number))
            found = await answer
        except asyncio.CancelledError:
            self._take_back(number)
            raise
        finally:
            self._pending.pop(number, None)
        if isinstance(found, a.Refused):
            raise RefusedError(found.what, found.cure)
        return found

    async def close(self) -> None:
        """End the child: it goes by itself when its pipe closes, and else it is killed."""
        process, self._process = self._process, None
        if process is not None:
            self._gone = self._gone or "it has been closed."
            if process.stdin is not None:
                process.stdin.close()
            try:
                await asyncio.wait_for(process.wait(), PATIENCE)
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
            raise InspectorEnded(self._gone)
        try:
            process.stdin.write(encode_frame(request))
            await process.stdin.drain()
        except (ConnectionError, RuntimeError):
            # The reading end fails every request, this one too.
            pass

    def _take_back(self, number: int) -> None:
        process = self._process
        if process is not None and process.stdin is not None and not process.stdin.is_closing():
            process.stdin.write(encode_frame(r.Cancel(id=number)))

    async def _read(self, process: Process) -> None:
        """Take in answers until the child ends, and then fail every request that waits."""
        assert process.stdout is not None
        reason = ""
        try:
            while True:
                size = frame_length(await process.stdout.readexactly(HEADER), MAX_ANSWER_BYTES)
                self._took(decode_answer(await process.stdout.readexactly(size)))
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        except FrameError as error:
            reason = f"it sent {error}."
            with contextlib.suppress(ProcessLookupError):
                process.kill()
        status = await process.wait()
        last = self._log.last_line() if self._log is not None else ""
        self._gone = reason or self._gone or describe_exit(status, last)
        for pending in list(self._pending.values()):
            if not pending.answer.done():
                pending.answer.set_exception(InspectorEnded(self._gone))
        if self._ready is not None and not self._ready.done():
            self._ready.set_exception(InspectorEnded(self._gone))
            self._ready.exception()  # nobody has to wait for it

    def _took(self, answer: a.Answer) -> None:
        if isinstance(answer, a.Ready):
            if self._ready is not None and not self._ready.done():
                self._ready.set_result(answer)
            return
        pending = self._pending.get(answer.id)
        if pending is None or pending.answer.done():
            return  # taken back meanwhile
        if isinstance(answer, a.Progress):
            if pending.on_progress is not None:
                try:
                    pending.on_progress(answer)
                except Exception as error:  # it is the asker's: the other answers still come
                    pending.answer.set_exception(error)
            return
        pending.answer.set_result(answer)
