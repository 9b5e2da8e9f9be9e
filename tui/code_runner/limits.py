"""What a learner's program may take: time, memory, output, and where it may write.

These limits keep a slip from doing harm; they are no prison for a program that means it.
"""

from __future__ import annotations

import contextlib
import errno
import io
import os
import resource
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

WALL_SECONDS = float(os.environ.get("CNN_TUI_PROGRAM_SECONDS", "30"))
"""Time by the clock; a slow machine may set more."""
CPU_SECONDS = 20.0
"""Time that all of the program's threads compute together."""
MEMORY = 1_000_000_000
"""Bytes that it may take beyond what Keras has."""
OUTPUT = 200_000
"""Characters that it may print."""
FILE = 64_000_000
"""Bytes of the largest file that it may write."""
_AGAIN = 0.5
"""Seconds after which a program that caught the first stop is stopped once more."""
_STARTS = frozenset(
    {"os.fork", "os.forkpty", "os.exec", "os.posix_spawn", "os.spawn", "os.system",
     "subprocess.Popen", "pty.spawn"}
)  # fmt: skip
_ENDS = frozenset({"os.kill", "os.killpg"})
_REACHES = frozenset({"socket.connect", "socket.getaddrinfo", "socket.bind"})
_CHANGES = {
    "os.remove": 1, "os.rmdir": 1, "os.mkdir": 1, "os.rename": 2, "os.link": 2, "os.symlink": 2,
    "os.truncate": 1, "os.chmod": 1, "os.chown": 1, "shutil.rmtree": 1, "shutil.move": 2,
}  # fmt: skip
"""Events of Python that change files, and how many paths each has."""


class Stopped(BaseException):
    """The program took too much; `except Exception` does not catch it.

    Args:
        sentence: what it took, and what may be the cause.
    """

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class Forbidden(PermissionError):
    """The program wanted something that an exercise never needs.

    Args:
        sentence: what it was, and what to do instead.
    """

    def __init__(self, sentence: str) -> None:
        super().__init__(errno.EPERM, sentence)
        self.sentence = sentence

    def __str__(self) -> str:
        return self.sentence


class LimitedOutput(io.TextIOBase):
    """Standard output of the program; says that it is a terminal, so that bars stay on a line."""

    def __init__(self, descriptor: int, most: int = OUTPUT) -> None:
        super().__init__()
        self._descriptor = descriptor
        self._left = most
        self._most = most

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return "utf-8"

    def writable(self) -> bool:
        return True

    def isatty(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._descriptor

    def write(self, text: str) -> int:
        shown = text[: max(self._left, 0)]
        self._left -= len(text)
        self._put(shown.encode("utf-8", "replace"))
        if self._left < 0:
            raise Stopped(
                f"It printed more than {self._most:,} characters and was stopped. Is there a "
                "print in a loop that never ends, or of a whole array of pictures?"
            )
        return len(text)

    def _put(self, data: bytes) -> None:
        while data:
            data = data[os.write(self._descriptor, data) :]


class UnseenOutput(LimitedOutput):
    """Output that nobody sees, and that is limited all the same."""

    def _put(self, data: bytes) -> None:
        """Drop it."""


@contextlib.contextmanager
def limited(folder: Path, wall: float = WALL_SECONDS, cpu: float = CPU_SECONDS) -> Iterator[None]:
    """Hold time, memory and files of what is done inside within their limits.

    Args:
        folder: the only one in which it may write.
        wall: seconds by the clock.
        cpu: seconds of computing.

    Raises:
        Stopped: out of what is done inside, when time is up.
    """

    def stop(number: int, frame: object) -> None:
        spent = cpu if number == signal.SIGPROF else wall
        raise Stopped(
            f"It was not done after {spent:g} seconds and was stopped. Is there a loop that never "
            "ends, or are there far too many epochs?"
        )

    before = {number: signal.signal(number, stop) for number in (signal.SIGALRM, signal.SIGPROF)}
    _GUARD.folder = os.path.realpath(folder)
    data = _limit_memory(MEMORY)
    try:
        signal.setitimer(signal.ITIMER_REAL, wall, _AGAIN)
        signal.setitimer(signal.ITIMER_PROF, cpu, _AGAIN)
        yield
    finally:
        _GUARD.folder = ""
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.setitimer(signal.ITIMER_PROF, 0)
        for number, handler in before.items():
            signal.signal(number, handler)
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_DATA, data)


def limit_for_good() -> None:
    """Set what holds until this process ends: no core files, no huge files, and the guard."""
    for limit, value in ((resource.RLIMIT_CORE, 0), (resource.RLIMIT_FSIZE, FILE)):
        with contextlib.suppress(OSError, ValueError):
            _, hard = resource.getrlimit(limit)
            most = value if hard == resource.RLIM_INFINITY else min(value, hard)
            resource.setrlimit(limit, (most, hard))
    sys.dont_write_bytecode = True
    sys.addaudithook(_GUARD.look)


def allow_everything() -> None:
    """Switch the guard off, for what this process itself has to do at its end."""
    _GUARD.off = True


def _limit_memory(more: int) -> tuple[int, int]:
    """Let this process take so many bytes more, where the system can say what it has."""
    before = resource.getrlimit(resource.RLIMIT_DATA)
    with contextlib.suppress(OSError, StopIteration, ValueError):
        status = Path("/proc/self/status").read_text()
        used = next(line for line in status.splitlines() if line.startswith("VmData:"))
        limit = int(used.split()[1]) * 1024 + more
        hard = before[1]
        limit = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
        resource.setrlimit(resource.RLIMIT_DATA, (limit, hard))
    return before


class _Guard:
    """Looks at what Python is about to do; switched on while a program runs."""

    def __init__(self) -> None:
        self.folder = ""
        self.off = False

    def look(self, event: str, arguments: tuple[Any, ...]) -> None:
        if self.off or not self.folder:
            return
        if event == "open":
            if _writes(arguments):
                self._inside(arguments[0])
        elif event in _CHANGES:
            for path in arguments[: _CHANGES[event]]:
                self._inside(path)
        elif event in _STARTS:
            raise Forbidden(
                "It wanted to start another program or process. No exercise needs that: take the "
                "line out."
            )
        elif event in _ENDS:
            raise Forbidden("It wanted to end a process. No exercise needs that.")
        elif event in _REACHES:
            raise Forbidden(
                "It wanted to connect to the network. All pictures lie in the folder `pictures`, "
                "so nothing has to be fetched."
            )

    def _inside(self, path: object) -> None:
        if not isinstance(path, (str, bytes, os.PathLike)):
            return  # a descriptor: it was judged when it was opened
        name = os.fsdecode(path)
        place = os.path.join(os.path.realpath(os.path.dirname(name) or "."), os.path.basename(name))
        if os.path.basename(name) in ("", ".", ".."):
            place = os.path.realpath(name)
        if place == os.devnull or (place + os.sep).startswith(self.folder + os.sep):
            return
        raise Forbidden(
            f"It wanted to write or change {name}, which is outside of its own folder. Use a "
            'relative name, such as "maps.png".'
        )


def _writes(arguments: tuple[Any, ...]) -> bool:
    mode, flags = arguments[1], arguments[2]
    if isinstance(mode, str):
        return any(letter in mode for letter in "wax+")
    return isinstance(flags, int) and bool(
        flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC)
    )


_GUARD = _Guard()
