"""Opening files in folders that somebody else may have filled.

A run folder may have been unpacked from somebody's archive, and a state folder may be on a disk
that others can write to. Files there are opened by these functions alone: a symbolic link is never
followed, only a regular file is opened (a named pipe or a device could hang), and only the user's
own file is written to. All this is checked before anything is truncated or changed.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO

LARGEST_SMALL = 16 * 1024 * 1024
"""The most bytes that `read_small` reads; the program's own small files have a few KB."""

_BLOCK = 64 * 1024

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_TRUNC | os.O_APPEND


class UnsafeFileError(OSError):
    """A file is not a regular file of the user's own; `strerror` says what it is."""

    cure = "Look at what it is; delete it if it is not yours, and try again."


def open_descriptor(path: Path | str, flags: int = os.O_RDONLY, mode: int = 0o600) -> int:
    """Open a regular file and return its descriptor.

    Args:
        path: of the file; only its last part must not be a link.
        flags: as for `os.open`; `O_TRUNC` takes effect after the checks.
        mode: of a file that is made.

    Raises:
        UnsafeFileError: it is a link, not a regular file, or (for writing) not the user's own.
        OSError: as `os.open`.
    """
    writing = bool(flags & _WRITING)
    try:
        # Before it is opened: opening a device may already have an effect.
        _check(path, os.lstat(path), writing=writing)
    except FileNotFoundError:
        if not flags & os.O_CREAT:
            raise
    flags_now = flags & ~os.O_TRUNC
    try:
        descriptor = os.open(path, flags_now | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, mode)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise _unsafe(path, "it is a symbolic link") from error
        raise
    try:
        _check(path, os.fstat(descriptor), writing=writing)
        if flags & os.O_TRUNC:
            os.ftruncate(descriptor, 0)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def check_file(path: Path | str) -> None:
    """Check a file that a library will open by its name.

    Raises:
        UnsafeFileError: it is a link or not a regular file.
        OSError: it does not exist, or cannot be examined.
    """
    _check(path, os.lstat(path), writing=False)


def _check(path: Path | str, status: os.stat_result, *, writing: bool) -> None:
    if not stat.S_ISREG(status.st_mode):
        if stat.S_ISDIR(status.st_mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
        raise _unsafe(
            path, f"it is {_KINDS.get(stat.S_IFMT(status.st_mode), 'not a regular file')}"
        )
    if writing and status.st_uid != os.geteuid():
        raise _unsafe(path, f"it belongs to {user_name(status.st_uid)}")


_KINDS = {
    stat.S_IFLNK: "a symbolic link",
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


def _unsafe(path: Path | str, what: str) -> UnsafeFileError:
    return UnsafeFileError(errno.EPERM, what, str(path))


def user_name(uid: int) -> str:
    """Return the name of a user, or the number if the system does not know it.

    >>> user_name(0)
    'root'
    """
    import pwd

    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"


def open_reading(path: Path | str) -> BinaryIO:
    """Open a regular file for reading bytes; as `open_descriptor`."""
    return os.fdopen(open_descriptor(path), "rb")


def open_appending(path: Path) -> BinaryIO:
    """Open a regular file of the user's own for appending bytes; as `open_descriptor`."""
    return os.fdopen(open_descriptor(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND), "ab")


def read_small(path: Path | str, limit: int = LARGEST_SMALL) -> bytes:
    """Return the content of a small file.

    Raises:
        UnsafeFileError: as `open_descriptor`.
        OSError: it cannot be read, or has more than `limit` bytes.
    """
    descriptor = open_descriptor(path)
    try:  # without a file object: tens of thousands are read for a long list of runs
        blocks, length = [], 0
        while length <= limit and (block := os.read(descriptor, _BLOCK)):
            blocks.append(block)
            length += len(block)
    finally:
        os.close(descriptor)
    if length > limit:
        raise OSError(errno.EFBIG, f"it has more than {limit:,} bytes", str(path))
    return b"".join(blocks)


def make_own_folder(path: Path) -> Path:
    """Make a folder for its owner alone, if it does not exist, and return its path.

    Raises:
        UnsafeFileError: a link or a file has its name, or the folder is not the user's own.
        OSError: it cannot be made.
    """
    with contextlib.suppress(FileExistsError):
        os.mkdir(path, 0o700)
    status = os.lstat(path)
    if not stat.S_ISDIR(status.st_mode):
        what = _KINDS.get(stat.S_IFMT(status.st_mode), "a file")
        raise _unsafe(path, f"it is {what} and not a folder")
    if status.st_uid != os.geteuid():
        raise _unsafe(path, f"it belongs to {user_name(status.st_uid)}")
    return path
