"""The inspector process: its environment, its log, and how it ended."""

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
from tui.runs.process.needs import BACKEND, backend_to_look_with, chosen_backend
from tui.runs.process.trainer_environment import MALLOC_SETTINGS, trainer_environment

LOADING_FAILED = "Keras cannot be loaded:"
"""Beginning of a last line that gives the reason itself."""
_DEATHS = frozenset(
    {-signal.SIGKILL, -signal.SIGABRT, -signal.SIGSEGV, -signal.SIGBUS, 1, 134, 137}
)
"""Exit statuses that a lack of memory may cause."""
_TAIL = 4096


def inspector_environment() -> dict[str, str]:
    """Return the environment of a trainer, but with the default malloc settings.

    The malloc of a trainer keeps freed memory for the next step. The inspector needs much memory
    only while it loads a network, and would keep it to its end: two gigabytes for VGG-16, so that
    the limit for a foreign file would be reached before its weights are read.

    Without TensorFlow, Keras is told which backend is there.
    """
    environment = trainer_environment()
    for name in MALLOC_SETTINGS:
        if name not in os.environ:
            environment.pop(name, None)
    backend = backend_to_look_with(environment)
    if backend and backend != chosen_backend(environment):
        environment[BACKEND] = backend
    return environment


@dataclass(frozen=True)
class InspectorLog:
    """The log of one process; the state folder keeps the newest as `looking.log`."""

    file: IO[bytes]

    @classmethod
    def new(cls) -> InspectorLog:
        """Create a log.

        Raises:
            StateError: if the state folder belongs to another user.
        """
        path = state_dir(to_read=True) / "looking.log"
        try:
            # Remove the old one first: the inspector of another app goes on writing to its own.
            path.unlink(missing_ok=True)
            return cls(path.open("xb+", buffering=0))
        except OSError:
            return cls(tempfile.TemporaryFile(buffering=0))

    def last_line(self) -> str:
        """Return the last line that is not empty, safe to show; empty if there is none."""
        try:
            file = self.file.fileno()
            size = os.fstat(file).st_size
            tail = os.pread(file, _TAIL, max(size - _TAIL, 0))
        except (OSError, ValueError):
            return ""
        lines = [line.strip() for line in tail.decode("utf-8", "replace").splitlines()]
        return clean(next((line for line in reversed(lines) if line), ""), 300)

    def close(self) -> None:
        """Close the file, which stays on disk."""
        with contextlib.suppress(OSError):
            self.file.close()


def describe_exit(status: int, last: str) -> str:
    """Return a sentence about how the process ended."""
    if status in _DEATHS and not last.startswith(LOADING_FAILED):
        tight = memory_shortage()
        if mentions_memory(last):
            return f"there was not enough memory. {tight or 'Close other programs.'}"
        if tight:
            return f"this is often a lack of memory. {tight}"
    if status < 0:
        memory = " (often: not enough memory)" if status == -9 else ""
        # A killed process cannot report that: its last line is about something else.
        words = f" Its last line: {last}" if last and status != -9 else ""
        return f"it was killed by signal {-status}{memory}.{words}"
    return last or f"it ended with status {status}."
