"""Writing a file whole, and never over another one unasked."""

from __future__ import annotations

import contextlib
import errno
import os
from pathlib import Path

from tui.common.text import clean


class ExportError(Exception):
    """Something cannot be exported; the message says what and what to do."""


class AlreadyThereError(ExportError):
    """The place of an export is taken; nothing was overwritten."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"{clean(path, 300)} is there already. Name another place, or use --force to replace "
            "it."
        )
        self.path = path


def write_whole(path: Path, data: bytes, *, force: bool = False) -> None:
    """Write a file beside its place and move it there once it is whole.

    Args:
        path: in a folder that exists.
        data: what to write.
        force: whether a file that is there already may be replaced.

    Raises:
        ExportError: when there is one and it may not, or when it cannot be written.
    """
    if not force and os.path.lexists(path):
        raise already_there(path)
    beside = path.with_name(f".{path.name[:100]}.{os.getpid()}.part")
    try:
        try:
            with beside.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            if force:
                beside.replace(path)
            else:
                _move_to_free(beside, path)
        finally:
            beside.unlink(missing_ok=True)
    except FileExistsError as error:
        raise already_there(path) from error
    except OSError as error:
        raise cannot_write(path, error) from error


def _move_to_free(beside: Path, path: Path) -> None:
    """Move a file to a place that must be free: a rename would replace what came meanwhile."""
    try:
        os.link(beside, path)
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK):
            raise
        # A disk without hard links (FAT): take the place first, then fill it.
        path.open("xb").close()
        with contextlib.suppress(FileNotFoundError):
            beside.replace(path)


def already_there(path: Path) -> AlreadyThereError:
    """Return the error for a place that is taken."""
    return AlreadyThereError(path)


def cannot_write(path: Path, error: OSError) -> ExportError:
    """Return the error for a place that cannot be written to."""
    reason = clean(error.strerror or error)
    cure = "Name a place in a folder that exists and that you may write to."
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        cure = "Free some space there, or name a place on another disk."
    return ExportError(f"{clean(path, 300)} cannot be written: {reason}. {cure}")
