"""Deleting a run's folder, and nothing outside it."""

from __future__ import annotations

import os
import secrets
import shutil
import time
from pathlib import Path

from tui.common.atomic_write import replace_file
from tui.common.paths import write_cure
from tui.common.text import clean
from tui.runs.store.run_access import RunError, check_idle, check_owner
from tui.runs.store.run_folder import RunFolder, is_missing

_PREFIX = ".deleted-"
_LET_GO_SECONDS = 3.0
"""How long the reader of a log may take to let go of its run."""


def run_bytes(run: RunFolder) -> int:
    """Return the bytes that deleting a run would free, without those behind links."""
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

    Links are removed and never followed, whether the folder itself is one or contains some. The
    folder is first renamed to a hidden name under the run's own lock, so that no trainer can start
    on it and no list shows half of it. What a crash leaves behind goes with the next deletion.

    Raises:
        RunError: when a trainer is working on it or may be, when it is not a run or belongs to
            another user, or when it cannot be deleted.
    """
    path = run.path
    if not path.is_symlink() and is_missing(path / "spec.json"):
        raise RunError(f"There is no run in {path}: it may be deleted already.")
    if not path.is_symlink():
        check_owner(run.path)
        if run.is_log:
            stop_following(run)
        if run.state(None) in ("starting", "running"):
            raise RunError(f"{run.name} is being trained. Stop it first, then delete it.")
        check_idle(run.lock)
    try:
        if path.is_symlink():
            path.unlink()
            return
        if (locked := _locked(path)) is not None:  # before anything is deleted
            raise RunError(
                f"Cannot delete {path}: {locked} may not be changed. Make it writable and try "
                "again; nothing was deleted."
            )
        lock = run.acquire_lock()  # raises RunError if a trainer was quicker
        try:
            hidden = path.with_name(f"{_PREFIX}{secrets.token_hex(4)}-{path.name}")
            path.rename(hidden)
        finally:
            os.close(lock)
        _sweep(path.parent, hidden)
    except OSError as error:
        raise RunError(
            f"Cannot delete {path}: {error.strerror or error}. Check the permissions of the "
            "folder that contains it."
        ) from error


def stop_following(run: RunFolder) -> None:
    """Ask the reader of a run's log to let go of the run, and wait until it has.

    Raises:
        RunError: when it does not answer, or cannot be asked.
    """
    if not run.alive():
        return
    try:
        replace_file(run.unfollow, b"")
    except OSError as error:
        raise RunError(
            f"Cannot write {run.unfollow}: {error.strerror or error}. {write_cure(error)}"
        ) from error
    end = time.monotonic() + _LET_GO_SECONDS
    while run.alive():
        if time.monotonic() > end:
            run.unfollow.unlink(missing_ok=True)
            raise RunError(
                f"{clean(run.name)} is still being read from its log. Try again, or close the "
                "other cnn-tui that follows it."
            )
        time.sleep(0.05)


def _locked(path: Path) -> str | None:
    """Return the first folder in a run from which nothing can be deleted, or None."""
    effective = os.access in os.supports_effective_ids
    for folder, names, _ in os.walk(path):
        for inner in (folder, *(os.path.join(folder, name) for name in names)):
            free = os.access(inner, os.R_OK | os.W_OK | os.X_OK, effective_ids=effective)
            if not free and not os.path.islink(inner):
                return inner
    return None


def _sweep(folder: Path, hidden: Path) -> None:
    """Delete the hidden folders: this one, and those of deletions that were interrupted.

    Args:
        folder: the folder of runs.
        hidden: the one to delete now; failures with the others are ignored.
    """
    for entry in os.scandir(folder):
        if entry.name.startswith(_PREFIX):
            try:
                if entry.is_dir(follow_symlinks=False):
                    shutil.rmtree(entry.path)  # removes links inside and does not follow them
                else:
                    os.unlink(entry.path)
            except FileNotFoundError:
                pass  # another process was quicker
            except OSError:
                if entry.name == hidden.name:
                    raise
