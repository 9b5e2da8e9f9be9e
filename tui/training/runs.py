"""Run folders: making one, finding one, naming what lies in it, telling what became of it.

A run folder is the whole protocol between the app and the trainer. Whether the trainer lives
is read off its lock (`tui.training.run_lock`).
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

import msgspec

from tui.datasets import validate
from tui.paths import StateError, private_folder, runs_dir, write_cure
from tui.text import clean
from tui.training.control import ControlReader, change_control
from tui.training.eventlog import last_events
from tui.training.events import EpochEnded, Failed, Finished
from tui.training.queue_mark import QueueMark, read_mark
from tui.training.run_lock import hold_lock, lock_holder
from tui.training.spec import TrainingSpec

State = Literal["queued", "aside", "starting", "running", "finished", "stopped", "failed", "died"]
"""`queued`: waits for the other runs, to begin or to go on, see `tui.training.queue`; `aside`: was
taken out of the queue before it ever began; `died`: the trainer is gone without a last word
(killed, out of memory, power cut)."""

STARTING_GRACE = 20.0
"""Seconds that a fresh run without a lock counts as starting: Python itself has to load."""


class RunError(Exception):
    """A run folder cannot be used; the message says why."""


@dataclass(frozen=True)
class RunFolder:
    """The paths of one run, and what can be asked of them."""

    path: Path

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def events(self) -> Path:
        return self.path / "events.jsonl"

    @property
    def control(self) -> Path:
        return self.path / "control.json"

    @property
    def lock(self) -> Path:
        return self.path / "lock"

    @property
    def starting(self) -> Path:
        """There for a moment while a run that had ended, or had waited, is started."""
        return self.path / "starting"

    @property
    def log(self) -> Path:
        return self.path / "trainer.log"

    @property
    def history_csv(self) -> Path:
        return self.path / "history.csv"

    @property
    def queue_mark(self) -> Path:
        return self.path / "queued"

    def queued(self) -> QueueMark | None:
        """Return its mark, if it waits in the queue or was set aside.

        The mark means something only until the trainer says its first word.
        """
        return read_mark(self.queue_mark, self.events)

    def spec(self) -> TrainingSpec:
        """Read what the run trains.

        Its network is not looked at: whoever needs it says why it cannot be read.

        Raises:
            RunError: when `spec.json` is missing or damaged, or holds a value that cannot be.
        """
        try:
            text = (self.path / "spec.json").read_bytes()
            spec = msgspec.json.decode(text, type=TrainingSpec)
        except OSError as error:
            raise RunError(f"{self.path} has no readable spec.json: {error.strerror}.") from error
        except (ValueError, RecursionError) as error:
            why = clean(str(error).rstrip("."), 300)
            raise RunError(f"The spec.json in {self.path} is damaged: {why}.") from error
        for problem in validate(spec.data):
            raise RunError(f"The spec.json in {self.path} is damaged: {problem.sentence}")
        return spec

    def ask_to_stop(self) -> None:
        """Wish for a graceful stop; the trainer reads it after its current batch.

        Raises:
            RunError: when the wish cannot be written down.
        """
        try:
            change_control(self.control, want="stop")
        except OSError as error:
            raise RunError(
                f"Cannot write {self.control}: {error.strerror}. {write_cure(error)} "
                "Or kill the training."
            ) from error

    def stop_asked(self) -> bool:
        """Say whether a stop has been wished for, read or not."""
        return ControlReader(self.control).read().want == "stop"

    def alive(self) -> bool:
        """Say whether a living trainer holds this run."""
        return lock_holder(self.lock) is not None

    def kill(self) -> bool:
        """End the trainer at once (SIGKILL), if one lives; return whether one did."""
        pid = lock_holder(self.lock)
        if not pid:
            return False
        try:
            os.kill(pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            return False
        return True

    def take_lock(self) -> int:
        """Take the run for this process, for as long as it lives (the trainer's part).

        Returns:
            The lock's file descriptor, to be kept open.

        Raises:
            RunError: when another trainer holds it.
        """
        file = hold_lock(self.lock)
        if file is None:
            raise RunError(f"Another trainer is at work on {self.path}.")
        return file

    def deleted(self) -> bool:
        """Say whether its folder is there no more."""
        return absent(self.path)

    def age(self) -> float:
        """Return the seconds since the run was made."""
        return _age(self.path / "spec.json")

    def epochs_done(self) -> int:
        """Return how many epochs of it have ended, and count."""
        event = last_events(self.events, (EpochEnded,)).get(EpochEnded)
        return event.epoch if isinstance(event, EpochEnded) else 0

    def mark_starting(self) -> None:
        """Have a run that ended, or waits, count as starting until its trainer tells something.

        Raises:
            OSError: when the mark cannot be made.
        """
        self.starting.unlink(missing_ok=True)
        self.starting.touch()

    def unmark(self) -> None:
        """Take away what says that it waits or starts: its trainer has said its first word."""
        with contextlib.suppress(OSError):
            self.queue_mark.unlink(missing_ok=True)
            self.starting.unlink(missing_ok=True)

    def state(self, last: object | None) -> State:
        """Tell what became of the run.

        Args:
            last: its last `Finished` or `Failed` event, if it has one.
        """
        if _age(self.starting) < STARTING_GRACE:
            return "starting"
        mark = self.queued()
        if mark is not None:  # whatever its events say is from before it was put there
            if self.alive():
                return "starting"
            return "aside" if mark.aside else "queued"
        if isinstance(last, Finished):
            return "stopped" if last.reason == "stopped" else "finished"
        if isinstance(last, Failed):
            return "failed"
        if self.alive():
            return "running" if os.path.exists(self.events) else "starting"
        if not os.path.exists(self.events) and self.age() < STARTING_GRACE:
            return "starting"
        return "died"


def _age(path: Path) -> float:
    """Return the seconds since a file was written; for ever where there is none."""
    try:
        return time.time() - path.stat().st_mtime
    except OSError:
        return float("inf")


def absent(path: Path) -> bool:
    """Say whether nothing is there; what may not be looked at counts as there."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False


def iter_runs(folder: Path) -> Iterator[RunFolder]:
    """Yield the runs in a folder, newest first (their names begin with the time)."""
    try:
        names = sorted(os.listdir(folder), reverse=True)
    except OSError as error:
        raise StateError(
            f"Cannot list the folder of runs {folder}: {error.strerror}. Check its permissions."
        ) from error
    for name in names:
        path = folder / name
        # One that may not be looked into is listed, and says so: it must not hide the others.
        if not name.startswith(".") and not absent(path / "spec.json"):
            yield RunFolder(path)


def create_run(
    spec: TrainingSpec, *, now: datetime | None = None, queued: bool = False
) -> RunFolder:
    """Make the folder of a new run and write its spec.

    Args:
        spec: what it trains.
        now: the time in its name.
        queued: whether it is to wait for the other runs.

    Raises:
        StateError: when the folder cannot be made or written to.
    """
    base = runs_dir()
    slug = re.sub(r"[^a-z0-9]+", "-", spec.name.lower()).strip("-")[:40] or "run"
    moment = (now or datetime.now()).strftime("%Y-%m-%dT%H%M%S")
    path = private_folder(base / f"{moment}-{slug}-{secrets.token_hex(2)}")
    try:
        if queued:  # before it is a run: at no moment does it look like one that died
            RunFolder(path).queue_mark.write_text(f"{time.time():.6f}")
        beside = path / "spec.new"
        beside.write_bytes(msgspec.json.format(msgspec.json.encode(spec), indent=2) + b"\n")
        # The rename makes the folder a run: nothing lists it before its spec is whole.
        beside.rename(path / "spec.json")
    except OSError as error:
        raise StateError(
            f"Cannot write the run's spec into {path}: {error.strerror}. {write_cure(error)} "
            "Or set CNN_TUI_HOME to another folder."
        ) from error
    return RunFolder(path)
