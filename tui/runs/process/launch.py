"""Starting a trainer: at once, or ahead of time so that a start takes no time.

The trainer runs in a session of its own, with its output in a file, so that it outlives the
terminal, its connection and the app. (multiprocessing cannot be used here: its spawn fails inside a
Textual app, textual#3593.)
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
from tui.runs.process.needs import check_can_train, training_problem
from tui.runs.process.trainer_environment import trainer_environment

if TYPE_CHECKING:
    from tui.runs.store.run_folder import RunFolder

# -P: a keras.py or numpy.py in the current folder is not imported.
_COMMAND = [sys.executable, "-P", "-m", "tui.trainer"]


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
    """Starts trainers, and can keep one ready."""

    def __init__(self) -> None:
        self._ready: subprocess.Popen[bytes] | None = None
        self._started: list[tuple[RunFolder | None, subprocess.Popen[bytes]]] = []
        """The trainers that were started here, with their runs; None: it got none."""
        self._wanted = 0.0

    def prepare(self) -> None:
        """Start a trainer that imports Keras and waits for its run.

        It ends when this process ends, because the pipe that it reads from closes. Where nothing
        can be trained, none is started.
        """
        if training_problem():
            return
        self._wanted = time.monotonic()
        if self._ready is not None and self._ready.poll() is None:
            return
        try:
            log = state_dir() / "standby.log"
            log.unlink(missing_ok=True)
            self._ready = _spawn(["--standby"], log, subprocess.PIPE)
        except (OSError, StateError):
            self._ready = None  # `start` tries again and can report why not

    def start(self, run: RunFolder, *, claimed: bool = False) -> None:
        """Start the training of a run, in the waiting trainer or a new one.

        Args:
            run: to train.
            claimed: whether it is marked as starting already, with the GPUs that it was given.
                Without that its trainer takes a GPU when it begins.

        Raises:
            StateError: when no process can be started, or a library is missing.
        """
        check_can_train()
        self.reap()
        if not claimed:
            with contextlib.suppress(OSError):  # a full disk: the trainer will report it
                run.mark_starting()
        if self._hand_over(run):
            return
        try:
            process = _spawn([str(run.path)], run.log, subprocess.DEVNULL)
            self._started.append((run, process))
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
        self._started.append((run, process))
        return True

    def dismiss(self, *, unwanted_for: float = 0.0) -> None:
        """End the waiting trainer, if there is one: it takes a few hundred MB.

        Args:
            unwanted_for: keep it if `prepare` was called within this many seconds.
        """
        if time.monotonic() - self._wanted < unwanted_for:
            return
        process, self._ready = self._ready, None
        if process is not None and process.stdin is not None:
            process.stdin.close()
            self._started.append((None, process))

    def reap(self) -> None:
        """Collect trainers that have ended, so that none remains as a zombie."""
        self._started = [one for one in self._started if one[1].poll() is None]

    @property
    def runs(self) -> list[RunFolder]:
        """The runs whose trainers were started here and are alive."""
        self.reap()
        return [run for run, _ in self._started if run is not None]
