"""One process of the code runner: its surroundings, its folder, what it says, and its end."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tui.code_client.messages import MAX_FRAME_BYTES, Answer, Judged, Ready, decode_answer
from tui.code_client.printed import Printed
from tui.common.pipe_frames import HEADER, FrameError, frame_length
from tui.runs.process.memory import mentions_memory
from tui.runs.process.trainer_environment import onednn_settings

FOLDER = "cnn-tui-program-"
"""How the name of a program's folder begins."""


def runner_environment() -> dict[str, str]:
    """Return the environment for a code runner: no GPU, since trainings need it."""
    environment = dict(os.environ)
    for name, value in {**onednn_settings(), "TF_CPP_MIN_LOG_LEVEL": "3"}.items():
        environment.setdefault(name, value)
    environment["CUDA_VISIBLE_DEVICES"] = "-1"
    environment["PYTHONIOENCODING"] = "utf-8"
    return environment


@dataclass
class RunnerProcess:
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
    def is_running(self) -> bool:
        """Whether it has not ended."""
        return self.process.returncode is None


async def read_answers(one: RunnerProcess) -> None:
    stream = one.process.stdout
    assert stream is not None
    try:
        while True:
            size = frame_length(await stream.readexactly(HEADER), MAX_FRAME_BYTES)
            answer = decode_answer(await stream.readexactly(size))
            if isinstance(answer, Ready):
                one.ready.set()
            one.answers.put_nowait(answer)
    except (asyncio.IncompleteReadError, FrameError, ConnectionError):
        one.answers.put_nowait(None)


async def read_output(one: RunnerProcess) -> None:
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


def how_it_ended(status: int, one: RunnerProcess) -> Judged:
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


def kill_group(one: RunnerProcess) -> None:
    """Kill the process and all of its group, also what it left behind."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(one.process.pid, signal.SIGKILL)


def folder_size(folder: Path) -> int:
    return sum(_sizes(folder))


def _sizes(folder: Path) -> Iterator[int]:
    for place, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(OSError):
                yield os.lstat(os.path.join(place, name)).st_size


def take_away(folder: Path) -> None:
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
