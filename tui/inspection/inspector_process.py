"""The inspector's process: the environment it gets, the log of what it prints, and how it ended."""

from __future__ import annotations

import contextlib
import os
import signal
import tempfile
from dataclasses import dataclass
from typing import IO

from tui.common.paths import state_dir
from tui.common.text import clean
from tui.runs.process.memory import memory_shortage, mentions_memory
from tui.runs.process.trainer_environment import MALLOC_SETTINGS, trainer_environment

LOADING_FAILED = "Keras cannot be loaded:"
"""How the child's last line begins that says why by itself."""
_DEATHS = frozenset(
    {-signal.SIGKILL, -signal.SIGABRT, -signal.SIGSEGV, -signal.SIGBUS, 1, 134, 137}
)
"""Statuses of a process that a lack of memory may have ended."""
_TAIL = 4096


def inspector_environment() -> dict[str, str]:
    """Return a trainer's environment, but with malloc as it is.

    A trainer's malloc keeps what is freed for the next step. The child takes much once, while a
    network is loaded, and would keep it for as long as it lives: of VGG-16 two gigabytes, and the
    limit on a file from elsewhere would be reached before its weights are read.
    """
    environment = trainer_environment()
    for name in MALLOC_SETTINGS:
        if name not in os.environ:
            environment.pop(name, None)
    return environment


@dataclass(frozen=True)
class InspectorLog:
    """A log of its own for each child; the folder keeps the newest as `looking.log`."""

    file: IO[bytes]

    @classmethod
    def new(cls) -> InspectorLog:
        """Begin a log.

        Raises:
            StateError: when the state folder belongs to somebody else.
        """
        path = state_dir(to_read=True) / "looking.log"
        try:
            # Away with the old one first: another app's child goes on writing into its own.
            path.unlink(missing_ok=True)
            return cls(path.open("xb+", buffering=0))
        except OSError:
            return cls(tempfile.TemporaryFile(buffering=0))

    def last_line(self) -> str:
        """Return the last line that says something, safe to show; empty where there is none."""
        try:
            file = self.file.fileno()
            size = os.fstat(file).st_size
            tail = os.pread(file, _TAIL, max(size - _TAIL, 0))
        except (OSError, ValueError):
            return ""
        lines = [line.strip() for line in tail.decode("utf-8", "replace").splitlines()]
        return clean(next((line for line in reversed(lines) if line), ""), 300)

    def close(self) -> None:
        """Close the file; it stays for whoever wants to read it."""
        with contextlib.suppress(OSError):
            self.file.close()


def describe_exit(status: int, last: str) -> str:
    """Say how the child ended."""
    if status in _DEATHS and not last.startswith(LOADING_FAILED):
        tight = memory_shortage()
        if mentions_memory(last):
            return f"there was not enough memory. {tight or 'Close other programs.'}"
        if tight:
            return f"that is often want of memory. {tight}"
    if status < 0:
        memory = " (often: not enough memory)" if status == -9 else ""
        # A process that the system kills says nothing more: its last line is about other things.
        words = f" Its last line: {last}" if last and status != -9 else ""
        return f"it was killed by signal {-status}{memory}.{words}"
    return last or f"it ended with status {status}."
