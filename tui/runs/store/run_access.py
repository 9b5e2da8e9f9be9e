"""Who owns a run, and whether a trainer is working on it: the checks before a run is changed."""

from __future__ import annotations

import os
import signal
from collections.abc import Container, Iterable
from pathlib import Path
from typing import NamedTuple

from tui.common.safe_files import user_name
from tui.common.text import clean
from tui.runs.settings.external_spec import ExternalSpec
from tui.runs.store.run_lock import LockError, lock_holder


class RunError(Exception):
    """A run folder cannot be used; the message says why."""


class ExternalRunError(RunError):
    """A run's settings are not cnn-tui's: its training was started by somebody's own program.

    Args:
        path: the run's folder.
        spec: what is known of it.
    """

    def __init__(self, path: Path, spec: ExternalSpec) -> None:
        by = f"it is read from the log {spec.origin}"
        if spec.source == "script":
            by = f"it was trained by {spec.origin}"
        super().__init__(f"cnn-tui cannot start or resume {clean(path.name)}: {by}. {spec.again}")
        self.spec = spec


def owner_of(path: Path) -> int:
    """Return the user id of a run's owner; the present user's if there is no such run.

    Args:
        path: the run's folder.
    """
    try:
        # The spec as well: a folder of one's own may hold what somebody else put there.
        owners = {os.stat(path).st_uid, os.lstat(f"{path}/spec.json").st_uid}
    except OSError:
        return os.geteuid()
    foreign = foreign_owner(owners)
    return os.geteuid() if foreign is None else foreign


def foreign_owner(owners: Iterable[int]) -> int | None:
    """Return the first user id that is not the present user's, or None.

    Args:
        owners: the user ids of a run's folder and of its spec.
    """
    user = os.geteuid()
    return next((owner for owner in owners if owner != user), None)


class FolderContents(NamedTuple):
    """The contents of a run's folder as just listed."""

    names: Container[str]
    """The names of its files."""
    foreign: bool
    """Whether the run belongs to another user."""


def may_contain(contents: FolderContents | None, name: str) -> bool:
    """Return whether a file may be in a run's folder; None stands for unknown contents.

    Most of the possible files do not exist. Looking for each in ten thousand folders takes a while.
    """
    return contents is None or name in contents.names


def check_owner(path: Path) -> None:
    """Check that a run belongs to the present user: the runs of others are read-only.

    Args:
        path: the run's folder.

    Raises:
        RunError: when it belongs to another user.
    """
    owner = owner_of(path)
    if owner != os.geteuid():
        raise RunError(
            f"{clean(path.name)} belongs to {user_name(owner)}: you can view it, but not "
            "train, change or delete it. A copy of the folder is yours (cp -r)."
        )


def check_idle(lock: Path) -> None:
    """Check that no trainer is working on a run.

    Args:
        lock: the run's lock.

    Raises:
        RunError: when one is, or when it cannot be determined.
    """
    name = clean(lock.parent.name)
    try:
        holder = lock_holder(lock)
    except LockError as error:
        raise RunError(
            f"Cannot determine whether {name} is being trained: {error}. Make the lock "
            "readable; if no trainer is running on any machine, delete it."
        ) from error
    if holder is not None:
        raise RunError(f"{name} is being trained now.")


def lock_problem(lock: Path) -> str:
    """Return why it is unknown whether a trainer holds a lock; empty if it is known."""
    try:
        lock_holder(lock)
    except LockError as error:
        return str(error)
    return ""


def kill_holder(lock: Path) -> bool:
    """Kill the trainer that holds a lock (SIGKILL); return whether there was one.

    Raises:
        RunError: when it cannot be killed from here, or it is unknown which process it is.
    """
    try:
        holder = lock_holder(lock)
    except LockError as error:
        raise RunError(f"Nothing was killed: {error}.") from error
    if holder is None:
        return False
    if reason := holder.unreachable_reason():
        raise RunError(f"Nothing was killed: {reason}.")
    try:
        os.kill(holder.pid, signal.SIGKILL)
    except ProcessLookupError:
        return False
    except PermissionError as error:
        raise RunError(
            f"Nothing was killed: process {holder.pid} belongs to another user."
        ) from error
    return True
