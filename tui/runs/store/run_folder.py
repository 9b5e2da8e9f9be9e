"""Run folders: making one, finding one, naming what lies in it, telling what became of it.

A run folder is the whole protocol between the app and the trainer. Whether the trainer lives
is read off its lock (`tui.runs.store.lock`).
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

import msgspec

from tui.common.atomic_write import replace_file
from tui.common.paths import StateError, private_folder, runs_dir, write_cure
from tui.common.safe_files import read_small
from tui.common.text import clean
from tui.datasets import validate
from tui.runs.control.control_file import ControlReader, change_control
from tui.runs.events.event_types import Failed, Finished
from tui.runs.events.last_words import last_words
from tui.runs.queue.mark import QueueMark, place_behind, read_mark
from tui.runs.settings.spec import TrainingSpec
from tui.runs.store.access import Contents, RunError, check_own, has, kill_holder, owner_of
from tui.runs.store.lock import LockError, hold_lock, lock_holder
from tui.runs.store.start_mark import STARTING_GRACE, file_age, just_started, write_start

__all__ = [
    "RunError",
    "RunFolder",
    "State",
    "absent",
    "create_run",
    "is_run",
    "iter_runs",
    "run_names",
]

State = Literal[
    "queued",
    "aside",
    "starting",
    "running",
    "finished",
    "stopped",
    "failed",
    "died",
    "unknown",
    "foreign",
]
"""`queued`: waits for the other runs, to begin or to go on, see
`tui.runs.queue.waiting_runs`; `aside`: was taken out of the queue before it ever began; `died`:
the trainer is gone without a last word
(killed, out of memory, power cut); `unknown`: whether a trainer is at work cannot be found out;
`foreign`: the folder belongs to another user, and may only be looked at."""


_spec_decoder = msgspec.json.Decoder(TrainingSpec)


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
        return read_mark(f"{self.path}/queued", f"{self.path}/events.jsonl")

    def spec(self) -> TrainingSpec:
        """Read what the run trains.

        Its network is not looked at: whoever needs it says why it cannot be read.

        Raises:
            RunError: when `spec.json` is missing or damaged, or holds a value that cannot be.
        """
        try:
            spec = _spec_decoder.decode(read_small(f"{self.path}/spec.json"))
        except OSError as error:
            raise RunError(f"{self.path} has no readable spec.json: {error.strerror}.") from error
        except (ValueError, RecursionError) as error:
            why = clean(str(error).rstrip("."), 300)
            raise RunError(f"The spec.json in {self.path} is damaged: {why}.") from error
        for problem in validate(spec.data):
            raise RunError(f"The spec.json in {self.path} is damaged: {problem.sentence}")
        return spec

    def ask_to_stop(self) -> None:
        """Request for a graceful stop; the trainer reads it after its current batch.

        Raises:
            RunError: when the request cannot be written down.
        """
        check_own(self.path)
        try:
            change_control(self.control, want="stop")
        except OSError as error:
            raise RunError(
                f"Cannot write {self.control}: {error.strerror}. {write_cure(error)} "
                "Or kill the training."
            ) from error

    def stop_asked(self) -> bool:
        """Say whether a stop has been requested for, read or not."""
        return ControlReader(self.control).read().want == "stop"

    def alive(self) -> bool:
        """Say whether a living trainer is known to hold this run."""
        try:
            return lock_holder(f"{self.path}/lock") is not None
        except LockError:
            return False

    def kill(self) -> bool:
        """End the trainer at once (SIGKILL), if one lives; return whether one did.

        Raises:
            RunError: when it is another user's run, the trainer lives where it cannot be ended
                from, or this cannot be found out.
        """
        check_own(self.path)
        return kill_holder(self.lock)

    def take_lock(self) -> int:
        """Take the run for this process, for as long as it lives (the trainer's part).

        Returns:
            The lock's file descriptor, to be kept open.

        Raises:
            RunError: when another trainer holds it, or it belongs to another user.
            OSError: when the lock cannot be made.
        """
        check_own(self.path)
        file = hold_lock(self.lock)
        if file is None:
            raise RunError(f"Another trainer is at work on {self.path}.")
        return file

    def deleted(self) -> bool:
        """Say whether its folder is there no more."""
        return absent(self.path)

    def age(self) -> float:
        """Return the seconds since the run was made."""
        return file_age(f"{self.path}/spec.json")

    def epochs_done(self) -> int:
        """Return how many epochs of it have ended, and count."""
        epoch = last_words(self.events).epoch
        return epoch.epoch if epoch is not None else 0

    def mark_starting(self) -> None:
        """Have a run that ended, or waits, count as starting until its trainer tells something.

        Raises:
            OSError: when the mark cannot be made.
        """
        write_start(self.starting)
        self.announce()

    def unmark(self) -> None:
        """Take away what says that it waits or starts: its trainer has said its first word."""
        with contextlib.suppress(OSError):
            self.queue_mark.unlink(missing_ok=True)
            self.starting.unlink(missing_ok=True)
        self.announce()

    def announce(self) -> None:
        """Let whoever lists the runs know that something was done with one that may have rested.

        It sets the time of the folder that the runs lie in. Nobody relies on it: where thousands of
        runs are listed, they look at this one at once and not only when its turn comes.
        """
        with contextlib.suppress(OSError):
            os.utime(self.path.parent)

    def state(self, last: object | None, contents: Contents | None = None) -> State:
        """Tell what became of the run.

        Args:
            last: its last `Finished` or `Failed` event, if it has one.
            contents: of its folder, where that was just looked into.
        """
        if owner_of(self.path) != os.geteuid() if contents is None else contents.foreign:
            return "foreign"
        if has(contents, "starting") and just_started(f"{self.path}/starting"):
            return "starting"
        mark = self.queued() if has(contents, "queued") else None
        if mark is not None:  # whatever its events say is from before it was put there
            if self.alive():
                return "starting"
            return "aside" if mark.aside else "queued"
        if isinstance(last, Finished):
            return "stopped" if last.reason == "stopped" else "finished"
        if isinstance(last, Failed):
            return "failed"
        try:
            held = lock_holder(f"{self.path}/lock") is not None
        except LockError:
            return "unknown"
        if held:
            return "running" if os.path.exists(f"{self.path}/events.jsonl") else "starting"
        if not os.path.exists(f"{self.path}/events.jsonl") and self.age() < STARTING_GRACE:
            return "starting"
        return "died"


def absent(path: Path | str) -> bool:
    """Say whether nothing is there; what may not be looked at counts as there."""
    try:
        os.stat(path)
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False


def run_names(folder: Path) -> list[str]:
    """Return the names in a folder of runs that may be runs, the newest first.

    Raises:
        StateError: when it cannot be listed.
    """
    try:
        names = sorted(os.listdir(folder), reverse=True)
    except FileNotFoundError:
        return []  # it could not be made (`runs_dir`), so nothing is in it
    except OSError as error:
        raise StateError(
            f"Cannot list the folder of runs {folder}: {error.strerror}. Check its permissions."
        ) from error
    return [name for name in names if not name.startswith(".")]


def is_run(path: str) -> bool:
    """Say whether a folder is a run; one that may not be looked into is, and says so itself."""
    return not absent(f"{path}/spec.json")


def iter_runs(folder: Path) -> Iterator[RunFolder]:
    """Yield the runs in a folder, newest first (their names begin with the time)."""
    for name in run_names(folder):
        if is_run(f"{folder}/{name}"):
            yield RunFolder(folder / name)


def create_run(
    spec: TrainingSpec, *, now: datetime | None = None, queued: bool = False, after: float = 0.0
) -> RunFolder:
    """Make the folder of a new run and write its spec.

    Args:
        spec: what it trains.
        now: the time in its name.
        queued: whether it is to wait for the other runs.
        after: the place of the last run that waits (`QueueMark.at`): it is to stand behind it.

    Raises:
        StateError: when the folder cannot be made or written to.
    """
    base = runs_dir()
    slug = re.sub(r"[^a-z0-9]+", "-", spec.name.lower()).strip("-")[:40] or "run"
    moment = (now or datetime.now()).strftime("%Y-%m-%dT%H%M%S")
    path = private_folder(base / f"{moment}-{slug}-{secrets.token_hex(2)}")
    try:
        if queued:  # before it is a run: at no moment does it look like one that died
            replace_file(RunFolder(path).queue_mark, f"{place_behind(after):.6f}".encode())
        # The rename makes the folder a run: nothing lists it before its spec is whole.
        text = msgspec.json.format(msgspec.json.encode(spec), indent=2) + b"\n"
        replace_file(path / "spec.json", text)
    except OSError as error:
        raise StateError(
            f"Cannot write the run's spec into {path}: {error.strerror}. {write_cure(error)} "
            "Or set CNN_TUI_HOME to another folder."
        ) from error
    RunFolder(path).announce()
    return RunFolder(path)
