"""Runs each program in a process and a folder of its own; a process is kept ready.

A process that has loaded Keras waits for its one program. When that has ended, it is killed with
all that it started, its folder is taken away, and another one is started for the next program.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tui.code_client.messages import Answer, CannotLoad, Judged, Ready, RunProgram, RunResult
from tui.code_client.process import (
    FOLDER,
    RunnerProcess,
    folder_size,
    how_it_ended,
    kill_group,
    read_answers,
    read_output,
    runner_environment,
    take_away,
)
from tui.common.pipe_frames import encode_frame
from tui.course.exercises.written_program import WholeProgram
from tui.runs.process.memory import memory_shortage
from tui.runs.process.needs import program_problem

LONGEST = 33.0
"""Seconds after which a program is killed that did not let itself be stopped."""
MOST_OUTPUT = 4_000_000
"""Bytes of output after which it is killed."""
MOST_FILES = 200_000_000
"""Bytes in its folder after which it is killed."""
LOADING = 120.0
"""Seconds to wait for Keras."""
_LOOK = 0.25
"""Seconds between two looks at the folder."""
_COMMAND = (sys.executable, "-P", "-m", "tui.code_runner")


class RunnerError(Exception):
    """No program can be run; the message says why, with the cure."""


class CodeRunner:
    """Runs one program at a time.

    Args:
        command: starts the process; empty for the code runner.
        longest: seconds that a program may take by the clock.
    """

    def __init__(self, command: tuple[str, ...] = (), *, longest: float = LONGEST) -> None:
        self._command = command or _COMMAND
        self._longest = longest
        self._waiting: asyncio.Task[RunnerProcess] | None = None
        self._processes: list[RunnerProcess] = []
        self._wanted = False
        self._asked = 0.0
        self._running = 0

    def prepare(self) -> None:
        """Start a process ahead, so that the first program does not wait for Keras.

        Where a library is missing, none is started.
        """
        if self.problem:
            return
        self._wanted = True
        self._asked = time.monotonic()
        if self._waiting is None or (self._waiting.done() and self._held() is None):
            self._waiting = asyncio.create_task(self._start())

    @property
    def problem(self) -> str:
        """Why no program can be run here, with the cure; empty if it can."""
        return program_problem() if self._command is _COMMAND else ""

    @property
    def is_ready(self) -> bool:
        """Whether a process waits that has loaded Keras."""
        held = self._held()
        return held is not None and held.ready.is_set()

    def _held(self) -> RunnerProcess | None:
        """Return the process that was started ahead, if it lives."""
        waiting = self._waiting
        if waiting is None or not waiting.done() or waiting.cancelled() or waiting.exception():
            return None
        return waiting.result() if waiting.result().is_running else None

    async def run(
        self,
        exercise: str,
        program: WholeProgram,
        on_begin: Callable[[], None] = lambda: None,
    ) -> RunResult:
        """Run a program and return what came of it. When this is cancelled, the program is killed.

        Args:
            exercise: the name of its check.
            program: the program.
            on_begin: called when Keras is loaded and the program begins.

        Raises:
            RunnerError: no process can be started, a library is missing, or Keras cannot be loaded.
        """
        if problem := self.problem:
            raise RunnerError(problem)
        self.prepare()
        waiting = self._waiting
        assert waiting is not None
        try:
            one = await asyncio.shield(waiting)
        except OSError as error:
            self._waiting = None
            raise RunnerError(
                f"No process can be started for the program: {error.strerror or error}."
            ) from error
        self._waiting = None
        self._running += 1
        try:
            await self._until_ready(one)
            on_begin()
            return await self._run(one, exercise, program)
        finally:
            self._running -= 1
            # Also when this is cancelled: nothing of the program may be left behind.
            await asyncio.shield(self._end(one))
            if self._wanted:
                self.prepare()

    async def dismiss(self, *, unwanted_for: float) -> None:
        """Send the waiting process away, unless somebody asked for it within so many seconds."""
        if self._running or time.monotonic() - self._asked < unwanted_for:
            return
        await self.close()

    async def close(self) -> None:
        """Send every process away and take the folders with it."""
        self._wanted = False
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            waiting.cancel()
            with contextlib.suppress(asyncio.CancelledError, OSError):
                await waiting
        for one in list(self._processes):
            await self._end(one)

    async def _start(self) -> RunnerProcess:
        folder = Path(tempfile.mkdtemp(prefix=FOLDER))
        try:
            process = await asyncio.create_subprocess_exec(
                *self._command,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                env={**runner_environment(), "TMPDIR": str(folder)},
                start_new_session=True,
            )
        except BaseException:
            take_away(folder)
            raise
        one = RunnerProcess(process, folder, secrets.token_hex(16))
        self._processes.append(one)
        one.tasks = [
            asyncio.create_task(read_answers(one)),
            asyncio.create_task(read_output(one)),
        ]
        return one

    async def _until_ready(self, one: RunnerProcess) -> None:
        try:
            answer = await asyncio.wait_for(one.answers.get(), LOADING)
        except TimeoutError:
            raise RunnerError(
                f"Keras was not loaded within {LOADING:g} seconds. Is the machine busy with "
                "something else? Try again when it is not."
            ) from None
        if isinstance(answer, CannotLoad):
            raise RunnerError(f"Keras cannot be loaded: {answer.reason}")
        if not isinstance(answer, Ready):
            last = one.loading.decode("utf-8", "replace").strip().splitlines()[-1:]
            tight = memory_shortage()
            raise RunnerError(
                "The process for programs ended while it loaded Keras. "
                + (tight or (f"Its last line: {last[0][:200]}" if last else "Try again."))
            )

    async def _run(self, one: RunnerProcess, exercise: str, program: WholeProgram) -> RunResult:
        request = RunProgram(
            exercise, program.text, program.first, program.count, str(one.folder), one.mark
        )
        began = time.monotonic()
        pipe = one.process.stdin
        assert pipe is not None
        with contextlib.suppress(ConnectionError):  # it has ended: that is said below
            pipe.write(encode_frame(request))
            await pipe.drain()
        judged = await self._judged(one, began)
        if not isinstance(judged, Judged):
            judged = how_it_ended(await one.process.wait(), one)
        # What it printed last may still be on its way.
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(asyncio.shield(one.tasks[1]), 1.0)
        return RunResult(judged, one.printed.text(), time.monotonic() - began)

    async def _judged(self, one: RunnerProcess, began: float) -> Answer | None:
        """Wait for the verdict, and kill what takes too much; None when it ended without one."""
        while True:
            with contextlib.suppress(TimeoutError):
                return await asyncio.wait_for(one.answers.get(), _LOOK)
            if time.monotonic() - began > self._longest:
                sentence = (
                    f"It was not done after {self._longest:.0f} seconds and was stopped. Is there "
                    "a loop that never ends?"
                )
            elif one.printed.total > MOST_OUTPUT:
                sentence = f"It printed more than {MOST_OUTPUT:,} bytes and was stopped."
            elif await asyncio.to_thread(folder_size, one.folder) > MOST_FILES:
                sentence = (
                    f"It wrote more than {MOST_FILES // 10**6:,} MB of files and was stopped."
                )
            else:
                continue
            kill_group(one)
            return Judged(False, sentence, counts=False)

    async def _end(self, one: RunnerProcess) -> None:
        if one not in self._processes:
            return
        self._processes.remove(one)
        kill_group(one)
        await one.process.wait()
        for task in one.tasks:
            task.cancel()
        await asyncio.gather(*one.tasks, return_exceptions=True)
        await asyncio.to_thread(take_away, one.folder)
