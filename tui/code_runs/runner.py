"""Runs each program in a process and a folder of its own; a process is kept ready.

A process that has loaded Keras waits for its one program. When that has ended, it is killed with
all that it started, its folder is taken away, and another one is started for the next program.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import shutil
import signal
import stat
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tui.code_runs.frames import HEADER, FrameError, answer_of, frame, length
from tui.code_runs.messages import Answer, CannotLoad, Judged, Ready, RunProgram, RunResult
from tui.code_runs.printed import Printed
from tui.course.exercises.written_program import WholeProgram
from tui.runs.process.memory import memory_shortage, mentions_memory
from tui.runs.process.trainer_environment import onednn_settings

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
FOLDER = "cnn-tui-program-"
"""How the name of a program's folder begins."""
_COMMAND = (sys.executable, "-P", "-m", "tui.code_runner")


class RunnerError(Exception):
    """No program can be run; the message says why, with the cure."""


def runner_environment() -> dict[str, str]:
    """Return the environment for a code runner: no GPU, since trainings need it."""
    environment = dict(os.environ)
    for name, value in {**onednn_settings(), "TF_CPP_MIN_LOG_LEVEL": "3"}.items():
        environment.setdefault(name, value)
    environment["CUDA_VISIBLE_DEVICES"] = "-1"
    environment["PYTHONIOENCODING"] = "utf-8"
    return environment


@dataclass
class _Process:
    """One process, its folder, and the tasks that read what it says."""

    process: asyncio.subprocess.Process
    folder: Path
    mark: str
    answers: asyncio.Queue[Answer | None] = field(default_factory=asyncio.Queue)
    loading: bytearray = field(default_factory=bytearray)
    printed: Printed = field(default_factory=Printed)
    tasks: list[asyncio.Task[None]] = field(default_factory=list)
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    reason: str = ""
    """Why Keras could not be loaded."""

    @property
    def lives(self) -> bool:
        """Whether it has not ended."""
        return self.process.returncode is None


class CodeRunner:
    """Runs one program at a time.

    Args:
        command: starts the process; for tests.
        longest: seconds that a program may take by the clock.
    """

    def __init__(self, command: tuple[str, ...] = _COMMAND, *, longest: float = LONGEST) -> None:
        self._command = command
        self._longest = longest
        self._waiting: asyncio.Task[_Process] | None = None
        self._processes: list[_Process] = []
        self._wanted = False
        self._asked = 0.0
        self._running = 0

    def prepare(self) -> None:
        """Start a process ahead, so that the first program does not wait for Keras."""
        self._wanted = True
        self._asked = time.monotonic()
        if self._waiting is None or (self._waiting.done() and self._held() is None):
            self._waiting = asyncio.create_task(self._start())

    @property
    def is_ready(self) -> bool:
        """Whether a process waits that has loaded Keras."""
        held = self._held()
        return held is not None and held.ready.is_set()

    def _held(self) -> _Process | None:
        """Return the process that was started ahead, if it lives."""
        waiting = self._waiting
        if waiting is None or not waiting.done() or waiting.cancelled() or waiting.exception():
            return None
        return waiting.result() if waiting.result().lives else None

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
            RunnerError: no process can be started, or Keras cannot be loaded.
        """
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

    async def _start(self) -> _Process:
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
            _take_away(folder)
            raise
        one = _Process(process, folder, secrets.token_hex(16))
        self._processes.append(one)
        one.tasks = [
            asyncio.create_task(_read_answers(one)),
            asyncio.create_task(_read_output(one)),
        ]
        return one

    async def _until_ready(self, one: _Process) -> None:
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

    async def _run(self, one: _Process, exercise: str, program: WholeProgram) -> RunResult:
        request = RunProgram(
            exercise, program.text, program.first, program.count, str(one.folder), one.mark
        )
        began = time.monotonic()
        pipe = one.process.stdin
        assert pipe is not None
        with contextlib.suppress(ConnectionError):  # it has ended: that is said below
            pipe.write(frame(request))
            await pipe.drain()
        judged = await self._judged(one, began)
        if not isinstance(judged, Judged):
            judged = _how_it_ended(await one.process.wait(), one)
        # What it printed last may still be on its way.
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(asyncio.shield(one.tasks[1]), 1.0)
        return RunResult(judged, one.printed.text(), time.monotonic() - began)

    async def _judged(self, one: _Process, began: float) -> Answer | None:
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
            elif await asyncio.to_thread(_size, one.folder) > MOST_FILES:
                sentence = (
                    f"It wrote more than {MOST_FILES // 10**6:,} MB of files and was stopped."
                )
            else:
                continue
            _kill(one)
            return Judged(False, sentence, counts=False)

    async def _end(self, one: _Process) -> None:
        if one not in self._processes:
            return
        self._processes.remove(one)
        _kill(one)
        await one.process.wait()
        for task in one.tasks:
            task.cancel()
        await asyncio.gather(*one.tasks, return_exceptions=True)
        await asyncio.to_thread(_take_away, one.folder)


async def _read_answers(one: _Process) -> None:
    stream = one.process.stdout
    assert stream is not None
    try:
        while True:
            size = length(await stream.readexactly(HEADER))
            answer = answer_of(await stream.readexactly(size))
            if isinstance(answer, Ready):
                one.ready.set()
            one.answers.put_nowait(answer)
    except (asyncio.IncompleteReadError, FrameError, ConnectionError):
        one.answers.put_nowait(None)


async def _read_output(one: _Process) -> None:
    """Take in what is printed; what comes before the mark is of Keras and is kept apart."""
    stream = one.process.stderr
    assert stream is not None
    mark = f"\n{one.mark}\n".encode()
    begun = False
    while data := await stream.read(65536):
        if begun:
            one.printed.add(data)
            continue
        one.loading += data
        before, found, after = bytes(one.loading).partition(mark)
        if found:
            begun = True
            one.loading[:] = before
            one.printed.add(after)
        del one.loading[:-65536]


def _how_it_ended(status: int, one: _Process) -> Judged:
    """Say why there is no verdict."""
    last = one.printed.text()[-2000:]
    if mentions_memory(last) or status in (-signal.SIGABRT, -signal.SIGKILL):
        sentence = (
            "The process ended in the middle of the program, as it does when the memory does not "
            "suffice. Is there an array or a list that is far too large?"
        )
    elif status < 0:
        sentence = (
            f"The process ended in the middle of the program (signal {-status}), before the check "
            "could look at it."
        )
    else:
        sentence = (
            f"The process ended with status {status} before the check could look at it, as with "
            "os._exit. A program ends by itself after its last line: take that out."
        )
    return Judged(False, sentence, counts=False)


def _kill(one: _Process) -> None:
    """Kill the process and all of its group, also what it left behind."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(one.process.pid, signal.SIGKILL)


def _size(folder: Path) -> int:
    return sum(_sizes(folder))


def _sizes(folder: Path) -> Iterator[int]:
    for place, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(OSError):
                yield os.lstat(os.path.join(place, name)).st_size


def _take_away(folder: Path) -> None:
    """Remove a folder, also where the program has forbidden to look into parts of it."""
    shutil.rmtree(folder, ignore_errors=True)
    if not folder.exists():
        return
    for place, folders, _ in os.walk(folder):
        for name in (place, *(os.path.join(place, one) for one in folders)):
            with contextlib.suppress(OSError):
                if not stat.S_ISLNK(os.lstat(name).st_mode):
                    os.chmod(name, 0o700)
    shutil.rmtree(folder, ignore_errors=True)
