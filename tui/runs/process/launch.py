"""Starting a trainer: at once, or ahead of time so that Start feels immediate.

The trainer runs in a session of its own, with its output in a file: a closed terminal, a
broken link or the app's own end does not reach it. (multiprocessing cannot be used here: its
spawn fails inside a Textual app, textual#3593.)
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import IO, TYPE_CHECKING

from tui.common.paths import StateError, state_dir
from tui.common.safe_files import open_appending
from tui.runs.process.trainer_environment import allocator_settings, onednn_settings

if TYPE_CHECKING:
    from tui.runs.store.run_folder import RunFolder

# -P: a keras.py or numpy.py in the folder that the user happens to stand in is not imported.
_COMMAND = [sys.executable, "-P", "-m", "tui.trainer"]


def trainer_environment() -> dict[str, str]:
    """Return the environment for a trainer: this one, with a few values where none is set."""
    environment = dict(os.environ)
    defaults = {
        **allocator_settings(environment),
        **onednn_settings(),
        "TF_CPP_MIN_LOG_LEVEL": "2",
        "PYTHONUNBUFFERED": "1",
    }
    for name, value in defaults.items():
        environment.setdefault(name, value)
    environment["PYTHONIOENCODING"] = "utf-8"  # its log's; that of a terminal may be another
    return environment


def _spawn(arguments: list[str], log: Path, stdin: int) -> subprocess.Popen[bytes]:
    with open_appending(log) as output:
        return subprocess.Popen(
            [*_COMMAND, *arguments],
            stdin=stdin,
            stdout=output,
            stderr=output,
            env=trainer_environment(),
            start_new_session=True,
        )


class Launcher:
    """Starts trainers, and keeps one ready when asked to."""

    def __init__(self) -> None:
        self._ready: subprocess.Popen[bytes] | None = None
        self._started: list[subprocess.Popen[bytes]] = []
        self._wanted = 0.0

    def prepare(self) -> None:
        """Start a trainer ahead of its run: it imports Keras and waits for a run folder.

        It ends by itself when this process ends (the pipe it reads from closes).
        """
        self._wanted = time.monotonic()
        if self._ready is not None and self._ready.poll() is None:
            return
        try:
            log = state_dir() / "standby.log"
            log.unlink(missing_ok=True)
            self._ready = _spawn(["--standby"], log, subprocess.PIPE)
        except (OSError, StateError):
            self._ready = None  # Start will try again and can tell the user why not

    def start(self, run: RunFolder) -> None:
        """Start the training of a run, in the waiting trainer or in a new one.

        Raises:
            StateError: when no process can be started.
        """
        self.reap()
        with contextlib.suppress(OSError):  # a full disk: the trainer will say so
            run.mark_starting()
        if self._hand_over(run):
            return
        try:
            self._started.append(_spawn([str(run.path)], run.log, subprocess.DEVNULL))
        except OSError as error:
            with contextlib.suppress(OSError):
                run.starting.unlink(missing_ok=True)
            raise StateError(
                f"Cannot start a trainer for {run.path}: {error.strerror or error}."
            ) from error

    def _hand_over(self, run: RunFolder) -> bool:
        process, self._ready = self._ready, None
        if process is None or process.poll() is not None or process.stdin is None:
            return False
        pipe: IO[bytes] = process.stdin
        try:
            pipe.write(os.fsencode(run.path) + b"\n")
            pipe.close()
        except OSError:
            return False
        self._started.append(process)
        return True

    def dismiss(self, *, unwanted_for: float = 0.0) -> None:
        """Send the waiting trainer away, if there is one: it holds a few hundred MB.

        Args:
            unwanted_for: leave it where somebody asked for it within so many seconds.
        """
        if time.monotonic() - self._wanted < unwanted_for:
            return
        process, self._ready = self._ready, None
        if process is not None and process.stdin is not None:
            process.stdin.close()
            self._started.append(process)

    def reap(self) -> None:
        """Collect trainers that have ended, so that none stays behind as a zombie."""
        self._started = [process for process in self._started if process.poll() is None]

    @property
    def busy(self) -> bool:
        """Whether a trainer that was started here still lives."""
        self.reap()
        return bool(self._started)
