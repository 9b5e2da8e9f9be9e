"""A run's folder: its files and its state.

The app and the trainer communicate only through this folder. A trainer is alive while it holds the
folder's lock (`tui.runs.store.run_lock`).
"""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import msgspec

from tui.common.paths import write_cure
from tui.common.safe_files import read_small
from tui.common.text import clean
from tui.datasets import validate
from tui.runs.control.control_file import ControlReader, change_control
from tui.runs.events.assigned_gpus import Gpus, restricted_to
from tui.runs.events.event_types import Failed, Finished
from tui.runs.events.log_end import read_outcome
from tui.runs.queue.mark import QueueMark, read_mark
from tui.runs.settings.external_spec import ExternalSpec, decode_external
from tui.runs.settings.spec import TrainingSpec
from tui.runs.store.run_access import (
    ExternalRunError,
    FolderContents,
    RunError,
    check_owner,
    kill_holder,
    may_contain,
    owner_of,
)
from tui.runs.store.run_lock import (
    STARTING_GRACE,
    LockError,
    acquire_lock,
    file_age,
    just_started,
    lock_holder,
    read_start_mark,
    write_start_mark,
)

State = Literal[
    "queued",
    "aside",
    "starting",
    "running",
    "followed",
    "read",
    "finished",
    "stopped",
    "failed",
    "died",
    "unknown",
    "foreign",
]
"""The state of a run.

`queued`: waits for other runs, to start or to resume (`tui.runs.queue.waiting_runs`). `aside`: was
taken out of the queue before it started. `died`: the trainer ended without recording how (killed,
out of memory, power cut). `unknown`: it cannot be determined whether a trainer is running.
`followed`: its log is being read as it grows; `read`: its log was read, and nobody follows it now.
`foreign`: the folder belongs to another user and is read-only."""


_spec_decoder = msgspec.json.Decoder(TrainingSpec)


@dataclass(frozen=True)
class RunFolder:
    """One run on disk."""

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
        """Exists while a run that had ended, or waited in the queue, is being started."""
        return self.path / "starting"

    @property
    def log(self) -> Path:
        return self.path / "trainer.log"

    @property
    def watched(self) -> Path:
        """What was read of a log (`tui.runs.watched.log_state`); other runs have no such file."""
        return self.path / "watched.json"

    @property
    def is_log(self) -> bool:
        """Whether it is read from a log."""
        return os.path.lexists(f"{self.path}/watched.json")

    @property
    def unfollow(self) -> Path:
        """Exists while the reader of its log is to let go of it."""
        return self.path / "unfollow"

    @property
    def history_csv(self) -> Path:
        return self.path / "history.csv"

    @property
    def queue_mark(self) -> Path:
        return self.path / "queued"

    def queued(self) -> QueueMark | None:
        """Return its mark, if it waits in the queue or was set aside.

        The mark counts only until the trainer writes its first event.
        """
        return read_mark(f"{self.path}/queued", f"{self.path}/events.jsonl")

    def spec(self) -> TrainingSpec:
        """Read `spec.json`, without parsing its network.

        Raises:
            RunError: when the file is missing or damaged, or holds an impossible value;
                `ExternalRunError` when the training was not started by cnn-tui.
        """
        found = self.any_spec()
        if isinstance(found, ExternalSpec):
            raise ExternalRunError(self.path, found)
        return found

    def external(self) -> ExternalSpec | None:
        """Return the spec of a training that cnn-tui did not start; None for any other run."""
        try:
            found = self.any_spec()
        except RunError:
            return None
        return found if isinstance(found, ExternalSpec) else None

    def any_spec(self) -> TrainingSpec | ExternalSpec:
        """Read `spec.json`, of a training that was started by cnn-tui or by anybody else.

        Raises:
            RunError: when the file is missing or damaged, or holds an impossible value.
        """
        try:
            text = read_small(f"{self.path}/spec.json")
            external = decode_external(text)
            if external is not None:
                return external
            spec = _spec_decoder.decode(text)
        except OSError as error:
            raise RunError(f"{self.path} has no readable spec.json: {error.strerror}.") from error
        except (ValueError, RecursionError) as error:
            reason = clean(str(error).rstrip("."), 300)
            raise RunError(f"The spec.json in {self.path} is damaged: {reason}.") from error
        for problem in validate(spec.data):
            raise RunError(f"The spec.json in {self.path} is damaged: {problem.sentence}")
        return spec

    def request_stop(self) -> None:
        """Request a graceful stop; the trainer reads it after its current batch.

        Raises:
            RunError: when the request cannot be written.
        """
        check_owner(self.path)
        try:
            change_control(self.control, want="stop")
        except OSError as error:
            raise RunError(
                f"Cannot write {self.control}: {error.strerror}. {write_cure(error)} "
                "Or kill the training."
            ) from error

    def stop_requested(self) -> bool:
        """Return whether a stop has been requested, read by the trainer or not."""
        return ControlReader(self.control).read().want == "stop"

    def alive(self) -> bool:
        """Return whether a living trainer is known to hold this run's lock."""
        try:
            return lock_holder(f"{self.path}/lock") is not None
        except LockError:
            return False

    def kill(self) -> bool:
        """Kill the trainer (SIGKILL); return whether there was one.

        Raises:
            RunError: when the run belongs to another user, or the trainer cannot be killed from
                here.
        """
        check_owner(self.path)
        return kill_holder(self.lock)

    def acquire_lock(self) -> int:
        """Acquire the run's lock for this process, the trainer, for as long as it lives.

        Returns:
            The lock's file descriptor, to be kept open.

        Raises:
            RunError: when another trainer holds it, or the run belongs to another user.
            OSError: when the lock cannot be created.
        """
        check_owner(self.path)
        given = self.assigned_gpus()
        file = acquire_lock(self.lock, restricted_to(os.environ) if given is None else given)
        if file is None:
            raise RunError(f"Another trainer is working on {self.path}.")
        return file

    def deleted(self) -> bool:
        """Return whether its folder no longer exists."""
        return is_missing(self.path)

    def age(self) -> float:
        """Return the seconds since the run was created."""
        return file_age(f"{self.path}/spec.json")

    def epochs_done(self) -> int:
        """Return how many epochs have ended, without those that a resumed run repeats."""
        epoch = read_outcome(self.events).epoch
        return epoch.epoch if epoch is not None else 0

    def mark_starting(self, gpus: Gpus | None = None) -> None:
        """Mark a run that ended, or waits, as starting until its trainer writes an event.

        Args:
            gpus: those that it was given; None: the trainer takes one when it begins.

        Raises:
            OSError: when the mark cannot be written.
        """
        write_start_mark(self.starting, gpus)
        self.announce()

    def assigned_gpus(self) -> Gpus | None:
        """Return the GPUs that its starting trainer was given; None while that is not decided."""
        mark = read_start_mark(f"{self.path}/starting")
        return mark.gpus if mark is not None else None

    def gpus(self) -> Gpus | None:
        """Return the GPUs that its living or starting trainer is restricted to.

        None where it is not restricted, or that is not known yet.
        """
        given = self.assigned_gpus()
        if given is not None:
            return given
        try:
            holder = lock_holder(f"{self.path}/lock")
        except LockError:
            return None
        return holder.gpus if holder is not None else None

    def clear_marks(self) -> None:
        """Remove the marks of a waiting or starting run, once its trainer has written an event."""
        with contextlib.suppress(OSError):
            self.queue_mark.unlink(missing_ok=True)
            self.starting.unlink(missing_ok=True)
        self.announce()

    def announce(self) -> None:
        """Set the modification time of the parent folder, so that lists of runs notice a change.

        Without it a list of thousands of runs would notice too, but only when this run's turn
        comes.
        """
        with contextlib.suppress(OSError):
            os.utime(self.path.parent)

    def state(self, last: object | None, contents: FolderContents | None = None) -> State:
        """Return the run's present state.

        Args:
            last: its last `Finished` or `Failed` event, if it has one.
            contents: the contents of its folder, if they were just listed.
        """
        if owner_of(self.path) != os.geteuid() if contents is None else contents.foreign:
            return "foreign"
        if may_contain(contents, "watched.json") and self.is_log:
            return "followed" if self.alive() else "read"
        if may_contain(contents, "starting") and just_started(f"{self.path}/starting"):
            return "starting"
        mark = self.queued() if may_contain(contents, "queued") else None
        if mark is not None:  # its events are from before it was queued
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


def is_missing(path: Path | str) -> bool:
    """Return whether a path does not exist; one that may not be examined counts as existing."""
    try:
        os.stat(path)
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False
