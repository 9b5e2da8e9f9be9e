"""The folders in which the program stores its state and its caches.

They are the user's own state and cache folders or, when the environment variable `CNN_TUI_HOME` is
set, folders below that one. GPU machines are shared, so folders are made for their owner alone
(mode 0700).
"""

from __future__ import annotations

import errno
import os
import shlex
import shutil
import stat
from contextlib import suppress
from pathlib import Path

from tui.common.safe_files import UnsafeFileError, user_name

APP_NAME = "cnn-tui"
HOME_VARIABLE = "CNN_TUI_HOME"


class StateError(Exception):
    """A folder of the program cannot be used; the message says which one and what to do."""


def _base(kind: str) -> Path:
    home = os.environ.get(HOME_VARIABLE)
    if home:
        try:
            return Path(home).expanduser().absolute() / kind
        except RuntimeError as error:  # ~somebody who does not exist
            raise StateError(
                f"There is no home folder for {home}: set {HOME_VARIABLE} to a folder that you can "
                "write to."
            ) from error
    import platformdirs  # only where the environment does not say

    if kind == "cache":
        return Path(platformdirs.user_cache_dir(APP_NAME))
    return Path(platformdirs.user_state_dir(APP_NAME))


def private_folder(path: Path) -> Path:
    """Make a folder (and its parents) that only its owner may enter.

    An existing one has to belong to the user and be writable by nobody else: what others put into
    it would be trained, shown and trusted as the user's.

    Raises:
        StateError: it cannot be made or written to, or is open to others.
    """
    try:
        # mkdir(parents=True) would make the parents with the umask's mode, open to others.
        missing = [folder for folder in (path, *path.parents) if not folder.exists()]
        for folder in reversed(missing):
            folder.mkdir(mode=0o700, exist_ok=True)
        if not path.is_dir():
            raise NotADirectoryError(20, "Not a directory")
    except OSError as error:
        raise StateError(
            f"Cannot make the folder {path}: {error.strerror or error}. Free or unlock it, or set "
            f"{HOME_VARIABLE} to a folder that you can write to."
        ) from error
    if not _takes_files(path):
        raise StateError(
            f"Cannot write into the folder {path}. Change its permissions, or set {HOME_VARIABLE} "
            "to a folder that you can write to."
        )
    _refuse_shared(path)
    return path


def _takes_files(path: Path) -> bool:
    """Return whether files can be made in a folder, by its mode and its disk."""
    # By the effective user, where the system can check that, not the one who started the process.
    effective = os.access in os.supports_effective_ids
    return os.access(path, os.W_OK | os.X_OK, effective_ids=effective)


def folder_to_read(path: Path) -> Path:
    """Return a folder of the program for reading, whether it can be written to or not.

    A missing one is made if that is possible.

    Raises:
        StateError: it belongs to somebody else or is open to others, or neither it nor its parent
            exists.
    """
    if not path.exists():
        try:
            return private_folder(path)
        except StateError:
            if not path.parent.is_dir():
                raise
            return path  # it is empty
    if not path.is_dir():
        return private_folder(path)  # reports what is wrong
    _refuse_shared(path)
    return path


def _refuse_shared(path: Path) -> None:
    """Raise a StateError unless a folder is the user's own and nobody else may write into it."""
    try:
        status = path.stat()
    except OSError as error:
        raise StateError(f"Cannot look at the folder {path}: {error.strerror or error}.") from error
    if status.st_uid != os.geteuid():
        raise StateError(
            f"The folder {path} belongs to {user_name(status.st_uid)}, not to you: what lies in it "
            f"is not used. Set {HOME_VARIABLE} to a folder of your own, for example: "
            f'export {HOME_VARIABLE}="$HOME/.cnn-tui"'
        )
    if status.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise StateError(
            f"Others may write into the folder {path} (mode {stat.S_IMODE(status.st_mode):03o}): "
            "what lies in it may not be yours. Look at what is in it, then close it: "
            f"chmod go-w {shlex.quote(str(path))}. Or set {HOME_VARIABLE} to another folder."
        )


def state_dir(*, to_read: bool = False) -> Path:
    """Return the folder for what must last: runs, progress, settings.

    Args:
        to_read: for reading alone: it may be on a read-only disk.

    Raises:
        StateError: the folder cannot be made or written to, or belongs to somebody else.
    """
    return (folder_to_read if to_read else private_folder)(_base("state"))


def cache_dir() -> Path:
    """Return the folder for what can be made again: sample sets, decoded images.

    Raises:
        StateError: the folder cannot be made or written to.
    """
    return private_folder(_base("cache"))


def runs_dir(*, to_read: bool = False) -> Path:
    """Return the folder that holds one folder for each training run.

    Args:
        to_read: as for `state_dir`; the folder may be missing then.

    Raises:
        StateError: the folder cannot be made or written to, or belongs to somebody else.
    """
    return (folder_to_read if to_read else private_folder)(state_dir(to_read=to_read) / "runs")


LEAST_FREE = 64 * 1024
"""A disk with fewer free bytes counts as full."""


def not_saved() -> str:
    """Return why nothing can be saved at present, in two sentences; empty where it can.

    What was saved before can still be read. A quota is not noticed here, only when a file is
    written.
    """
    with suppress(StateError):
        folder = state_dir(to_read=True)
        if not _takes_files(folder):
            why = "is read-only" if folder.exists() else "cannot be made"
            with suppress(OSError):
                if os.statvfs(folder).f_flag & os.ST_RDONLY:
                    why = "is on a read-only disk"
            return (
                f"Nothing is saved: the folder {folder} {why}. Make it writable, or set "
                f"{HOME_VARIABLE} to another folder."
            )
        with suppress(OSError):
            if shutil.disk_usage(folder).free < LEAST_FREE:
                return f"Nothing is saved: the disk of {folder} is full. Free some space."
    return ""


def write_cure(error: OSError) -> str:
    """Return what to do about a file that could not be written.

    >>> write_cure(OSError(errno.EROFS, "Read-only file system"))
    'Its disk is read-only: make it writable and try again.'
    """
    if isinstance(error, UnsafeFileError):
        return error.cure
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return "Free some space and try again."
    if error.errno == errno.EROFS:
        return "Its disk is read-only: make it writable and try again."
    return "Check the permissions of its folder and try again."
