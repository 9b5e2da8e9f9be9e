"""Whose a run is, and whether a trainer is at work on it: what is asked before it is changed."""

from __future__ import annotations

import os
import signal
from collections.abc import Container, Iterable
from pathlib import Path
from typing import NamedTuple

from tui.common.safe_files import user_name
from tui.common.text import clean
from tui.runs.store.lock import LockError, lock_holder


class RunError(Exception):
    """A run folder cannot be used; the message says why."""


def owner_of(path: Path) -> int:
    """Return the number of the user whose run it is; one's own where there is none.

    Args:
        path: of the run's folder.
    """
    try:
        # The spec as well: a folder of one's own may hold what somebody else put there.
        owners = {os.stat(path).st_uid, os.lstat(f"{path}/spec.json").st_uid}
    except OSError:
        return os.geteuid()
    foreign = foreign_owner(owners)
    return os.geteuid() if foreign is None else foreign


def foreign_owner(owners: Iterable[int]) -> int | None:
    """Return the number of a user who is not the present one; None where there is none.

    Args:
        owners: of a run's folder and of its spec.
    """
    own = os.geteuid()
    return next((owner for owner in owners if owner != own), None)


class Contents(NamedTuple):
    """What a look into a run's folder has just found."""

    names: Container[str]
    """Of the files in it."""
    foreign: bool
    """Whether the run belongs to another user."""


def has(contents: Contents | None, name: str) -> bool:
    """Say whether a file may be in a run's folder; None for contents that are not known.

    Most files that may be there are not: to look for each in ten thousand folders takes a while.
    """
    return contents is None or name in contents.names


def check_own(path: Path) -> None:
    """Check that a run is the user's own: another's may be looked at, and nothing else.

    Args:
        path: of the run's folder.

    Raises:
        RunError: when it belongs to another user.
    """
    owner = owner_of(path)
    if owner != os.geteuid():
        raise RunError(
            f"{clean(path.name)} belongs to {user_name(owner)}: it can be looked at, but not "
            "trained, changed or deleted. A copy of the folder is yours (cp -r)."
        )


def check_idle(lock: Path) -> None:
    """Check that no trainer is at work on a run, and that this can be known.

    Args:
        lock: of the run.

    Raises:
        RunError: when one is, or when it cannot be found out.
    """
    name = clean(lock.parent.name)
    try:
        holder = lock_holder(lock)
    except LockError as error:
        raise RunError(
            f"Whether {name} is being trained cannot be found out: {error}. Make the lock "
            "readable; if no trainer is at work on any machine, delete it."
        ) from error
    if holder is not None:
        raise RunError(f"{name} is being trained now.")


def lock_problem(lock: Path) -> str:
    """Return why it is not known whether a trainer holds a lock; empty where it is known."""
    try:
        lock_holder(lock)
    except LockError as error:
        return str(error)
    return ""


def kill_holder(lock: Path) -> bool:
    """End the trainer that holds a lock at once (SIGKILL); return whether there was one.

    Raises:
        RunError: when it lives where it cannot be ended from, or this cannot be found out.
    """
    try:
        holder = lock_holder(lock)
    except LockError as error:
        raise RunError(f"Nothing was killed: {error}.") from error
    if holder is None:
        return False
    if reason := holder.absence():
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
