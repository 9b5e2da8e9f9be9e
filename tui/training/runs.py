"""Run folders: making one, naming what lies in it, and telling what became of it.

A run folder is the whole protocol between the app and the trainer. Whether the trainer lives
is read off its lock (`flock`), which the system releases when a process dies in whatever way;
process ids are never guessed from.
"""

from __future__ import annotations

import fcntl
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

from tui.paths import StateError, private_folder, runs_dir
from tui.training.control import ControlReader, change_control
from tui.training.eventlog import last_events
from tui.training.events import EpochEnded, Event, Failed, Finished, RunStarted
from tui.training.spec import TrainingSpec

State = Literal["starting", "running", "finished", "stopped", "failed", "died"]
"""`died`: the trainer is gone without a last word (killed, out of memory, power cut)."""

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
        """There for a moment while a run that had ended is taken up again."""
        return self.path / "starting"

    @property
    def log(self) -> Path:
        return self.path / "trainer.log"

    @property
    def history_csv(self) -> Path:
        return self.path / "history.csv"

    def spec(self) -> TrainingSpec:
        """Read what the run trains.

        Raises:
            RunError: when `spec.json` is missing or damaged.
        """
        try:
            return msgspec.json.decode((self.path / "spec.json").read_bytes(), type=TrainingSpec)
        except OSError as error:
            raise RunError(f"{self.path} has no readable spec.json: {error.strerror}.") from error
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise RunError(f"The spec.json in {self.path} is damaged: {error}.") from error

    def ask_to_stop(self) -> None:
        """Wish for a graceful stop; the trainer reads it after its current batch.

        Raises:
            RunError: when the wish cannot be written down.
        """
        try:
            change_control(self.control, want="stop")
        except OSError as error:
            raise RunError(
                f"Cannot write {self.control}: {error.strerror}. Free some space and try again, "
                "or kill the training."
            ) from error

    def stop_asked(self) -> bool:
        """Say whether a stop has been wished for, read or not."""
        return ControlReader(self.control).read().want == "stop"

    def alive(self) -> bool:
        """Say whether a living trainer holds this run."""
        return self._holder() is not None

    def kill(self) -> bool:
        """End the trainer at once (SIGKILL), if one lives; return whether one did."""
        pid = self._holder()
        if not pid:
            return False
        try:
            os.kill(pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            return False
        return True

    def _holder(self) -> int | None:
        """Return the process id that the lock's living holder wrote into it (0: not yet)."""
        try:
            file = os.open(self.lock, os.O_RDWR | os.O_CLOEXEC)
        except OSError:
            return None
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            text = os.read(file, 32)
            return int(text) if text.strip().isdigit() else 0
        else:
            return None
        finally:
            os.close(file)

    def take_lock(self) -> int:
        """Take the run for this process, for as long as it lives (the trainer's part).

        Returns:
            The lock's file descriptor, to be kept open.

        Raises:
            RunError: when another trainer holds it.
        """
        file = os.open(self.lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        # The app's own look at the lock holds it shared for an instant: try a few times.
        for _ in range(50):
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                time.sleep(0.02)
        else:
            os.close(file)
            raise RunError(f"Another trainer is at work on {self.path}.")
        os.ftruncate(file, 0)
        os.write(file, str(os.getpid()).encode())
        return file

    def age(self) -> float:
        """Return the seconds since the run was made."""
        return _age(self.path / "spec.json")

    def epochs_done(self) -> int:
        """Return how many epochs of it have ended, and count."""
        event = last_events(self.events, (EpochEnded,)).get(EpochEnded)
        return event.epoch if isinstance(event, EpochEnded) else 0

    def mark_starting(self) -> None:
        """Have an ended run count as starting until its trainer tells something.

        Raises:
            OSError: when the mark cannot be made.
        """
        self.starting.unlink(missing_ok=True)
        self.starting.touch()

    def state(self, last: object | None) -> State:
        """Tell what became of the run.

        Args:
            last: its last `Finished` or `Failed` event, if it has one.
        """
        if _age(self.starting) < STARTING_GRACE:
            return "starting"
        if isinstance(last, Finished):
            return "stopped" if last.reason == "stopped" else "finished"
        if isinstance(last, Failed):
            return "failed"
        if self.alive():
            return "running" if self.events.exists() else "starting"
        if not self.events.exists() and self.age() < STARTING_GRACE:
            return "starting"
        return "died"


def _age(path: Path) -> float:
    """Return the seconds since a file was written; for ever where there is none."""
    try:
        return time.time() - path.stat().st_mtime
    except OSError:
        return float("inf")


@dataclass(frozen=True)
class RunSummary:
    """One line of the list of runs."""

    run: RunFolder
    state: State
    title: str
    epochs_done: int
    epochs: int
    best: float | None
    best_epoch: int
    best_metric: str
    problem: str = ""

    @property
    def live(self) -> bool:
        """Whether a trainer is at work on it, or about to be."""
        return self.state in ("starting", "running")

    @property
    def verdict(self) -> str:
        """What became of it, in a few words.

        The words stand beside a sign, so that meaning never hangs on colour.
        """
        if self.state == "died":
            return f"died at epoch {min(self.epochs_done + 1, max(self.epochs, 1))}"
        return self.state


def summarise(run: RunFolder) -> RunSummary:
    """Read one run's line for the list; a damaged run gets a line that says so."""
    found, state = _ending(run)
    ending = found.get(Finished) or found.get(Failed)
    epoch = found.get(EpochEnded)
    problem = ending.what if isinstance(ending, Failed) else ""
    try:
        spec = run.spec()
        wanted = ControlReader(run.control).read().epochs
        title, epochs = spec.name, spec.epochs if wanted is None else wanted
    except RunError as error:
        title, epochs, problem = run.name, 0, str(error)
    if isinstance(epoch, EpochEnded):
        done, best = epoch.epoch, epoch.best
        best_epoch, best_metric = epoch.best_epoch, epoch.best_metric
    else:
        done, best, best_epoch, best_metric = 0, None, 0, ""
    return RunSummary(run, state, title, done, epochs, best, best_epoch, best_metric, problem)


def _ending(run: RunFolder) -> tuple[dict[type, Event], State]:
    """Return the last events that the list tells of, and the state they amount to."""
    for _ in range(2):
        found = last_events(run.events, (EpochEnded, Finished, Failed, RunStarted))
        # The latest comes first: an ending from before the last start is history.
        latest = next((kind for kind in found if kind is not EpochEnded), None)
        for kind in {Finished, Failed} - {latest}:
            found.pop(kind, None)
        state = run.state(found.get(Finished) or found.get(Failed))
        if state != "died":
            break
        # It may have said its last word and gone between our look at the file and at the lock.
    return found, state


class RunList:
    """The list of runs, newest first; a run that has ended is read once only."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._ended: dict[Path, tuple[int, RunSummary]] = {}

    def read(self) -> list[RunSummary]:
        """Return a line for each run.

        Raises:
            StateError: when the state folder cannot be used.
        """
        summaries = []
        for run in iter_runs(self._folder or runs_dir()):
            try:
                size = run.events.stat().st_size
            except OSError:
                size = 0
            known = self._ended.get(run.path)
            if known is not None and known[0] == size:
                summaries.append(known[1])
                continue
            summary = summarise(run)
            if not summary.live:
                self._ended[run.path] = (size, summary)
            summaries.append(summary)
        return summaries


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
        if not name.startswith(".") and (path / "spec.json").exists():
            yield RunFolder(path)


def find_run(name: str) -> RunFolder:
    """Return the run of a name, or of the only name that begins or ends so.

    Raises:
        RunError: when there is none, or more than one.
    """
    runs = list(iter_runs(runs_dir()))
    for run in runs:
        if run.name == name or str(run.path) == name:
            return run
    close = [run for run in runs if run.name.startswith(name) or run.name.endswith(name)]
    if len(close) == 1:
        return close[0]
    if not close:
        raise RunError(f"There is no run {name!r}. `cnn-tui runs` lists them.")
    listing = ", ".join(run.name for run in close[:5])
    raise RunError(f"{name!r} fits {len(close)} runs ({listing}). Write more of the name.")


def create_run(spec: TrainingSpec, *, now: datetime | None = None) -> RunFolder:
    """Make the folder of a new run and write its spec.

    Raises:
        StateError: when the folder cannot be made or written to.
    """
    base = runs_dir()
    slug = re.sub(r"[^a-z0-9]+", "-", spec.name.lower()).strip("-")[:40] or "run"
    moment = (now or datetime.now()).strftime("%Y-%m-%dT%H%M%S")
    path = private_folder(base / f"{moment}-{slug}-{secrets.token_hex(2)}")
    try:
        beside = path / "spec.new"
        beside.write_bytes(msgspec.json.format(msgspec.json.encode(spec), indent=2) + b"\n")
        # The rename makes the folder a run: nothing lists it before its spec is whole.
        beside.rename(path / "spec.json")
    except OSError as error:
        raise StateError(
            f"Cannot write the run's spec into {path}: {error.strerror}. Free some space there, "
            "or set CNN_TUI_HOME to another folder."
        ) from error
    return RunFolder(path)
