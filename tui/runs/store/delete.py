"""Deleting a run for good, and nothing else with it."""

from __future__ import annotations

import os
import secrets
import shutil
from pathlib import Path

from tui.runs.store.access import check_idle, check_own
from tui.runs.store.run_folder import RunError, RunFolder, absent

_PREFIX = ".deleted-"


def run_bytes(run: RunFolder) -> int:
    """Return what deleting a run would free, in bytes; links count for nothing."""
    if run.path.is_symlink():
        return 0
    total = 0
    for folder, _, names in os.walk(run.path):  # does not follow links to folders
        for name in names:
            try:
                status = os.lstat(os.path.join(folder, name))
            except OSError:
                continue
            total += status.st_size
    return total


def delete_run(run: RunFolder) -> None:
    """Delete a run's folder with everything in it.

    A link is taken away and never followed: neither a run folder that is one, nor one inside.
    The folder is first renamed to a hidden name, under the run's own lock: no trainer can begin
    on it meanwhile, no list shows half of it, and what a crash leaves over goes with the next
    deletion.

    Raises:
        RunError: when a trainer is at work on it or may be, it is no run or another user's, or it
            cannot be deleted.
    """
    path = run.path
    if not path.is_symlink() and absent(path / "spec.json"):
        raise RunError(f"There is no run in {path}: it may be deleted already.")
    if not path.is_symlink():
        check_own(run.path)
        if run.state(None) in ("starting", "running"):
            raise RunError(f"{run.name} is being trained. Stop it first, then delete it.")
        check_idle(run.lock)
    try:
        if path.is_symlink():
            path.unlink()
            return
        if (locked := _locked(path)) is not None:  # before anything of it is gone
            raise RunError(
                f"Cannot delete {path}: {locked} may not be changed. Make it writable and try "
                "again; nothing was deleted."
            )
        lock = run.take_lock()  # raises RunError where a trainer was quicker
        try:
            hidden = path.with_name(f"{_PREFIX}{secrets.token_hex(4)}-{path.name}")
            path.rename(hidden)
        finally:
            os.close(lock)
        _sweep(path.parent, hidden)
    except OSError as error:
        raise RunError(
            f"Cannot delete {path}: {error.strerror or error}. Check the permissions of the "
            "folder it lies in."
        ) from error


def _locked(path: Path) -> str | None:
    """Return the first folder of a run out of which nothing can be deleted; None: all can."""
    effective = os.access in os.supports_effective_ids
    for folder, names, _ in os.walk(path):
        for one in (folder, *(os.path.join(folder, name) for name in names)):
            free = os.access(one, os.R_OK | os.W_OK | os.X_OK, effective_ids=effective)
            if not free and not os.path.islink(one):
                return one
    return None


def _sweep(folder: Path, hidden: Path) -> None:
    """Delete what was renamed to be deleted, now or in a session that ended before.

    Args:
        folder: of the runs.
        hidden: what has to go now; what is left over from earlier goes if it can.
    """
    for entry in os.scandir(folder):
        if entry.name.startswith(_PREFIX):
            try:
                if entry.is_dir(follow_symlinks=False):
                    shutil.rmtree(entry.path)  # takes links inside away and does not follow them
                else:
                    os.unlink(entry.path)
            except FileNotFoundError:
                pass  # another app was quicker
            except OSError:
                if entry.name == hidden.name:
                    raise
