"""Where the program keeps what it must remember.

Everything lives in the user's own state and cache folders, or, when the environment
variable `CNN_TUI_HOME` is set, below that one folder. GPU boxes are shared, so folders are
made for their owner alone (mode 0700).
"""

from __future__ import annotations

import errno
import os
import shlex
import stat
from pathlib import Path

from tui.safe_files import UnsafeFileError, user_name

APP_NAME = "cnn-tui"
HOME_VARIABLE = "CNN_TUI_HOME"


class StateError(Exception):
    """A folder of the program's own cannot be used; the message says which and what to do."""


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

    One that is there already has to be the user's own and writable by nobody else: what others
    could put into it would be trained, shown and trusted as the user's.

    Raises:
        StateError: when it cannot be made or written to, or is open to others.
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
    if not os.access(path, os.W_OK | os.X_OK):
        raise StateError(
            f"Cannot write into the folder {path}. Change its permissions, or set {HOME_VARIABLE} "
            "to a folder that you can write to."
        )
    _refuse_shared(path)
    return path


def _refuse_shared(path: Path) -> None:
    """Check that a folder is the user's own, and that nobody else may write into it."""
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


def state_dir() -> Path:
    """Return the folder for what must last: runs, progress, settings.

    Raises:
        StateError: when the folder cannot be made or written to.
    """
    return private_folder(_base("state"))


def cache_dir() -> Path:
    """Return the folder for what can be made again: sample sets, decoded images.

    Raises:
        StateError: when the folder cannot be made or written to.
    """
    return private_folder(_base("cache"))


def runs_dir() -> Path:
    """Return the folder that holds one folder for each training run.

    Raises:
        StateError: when the folder cannot be made or written to.
    """
    return private_folder(state_dir() / "runs")


def write_cure(error: OSError) -> str:
    """Return what to do about a file that could not be written.

    >>> write_cure(OSError(errno.EROFS, "Read-only file system"))
    'Its disk takes nothing: make it writable and try again.'
    """
    if isinstance(error, UnsafeFileError):
        return error.cure
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return "Free some space and try again."
    if error.errno == errno.EROFS:
        return "Its disk takes nothing: make it writable and try again."
    return "Look at the permissions of its folder and try again."
