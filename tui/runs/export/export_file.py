"""Writing an exported file as a whole, never over an existing one unless asked to."""

from __future__ import annotations

import contextlib
import errno
import os
from pathlib import Path

from tui.common.text import clean


class ExportError(Exception):
    """An export failed; the message says why and gives the cure."""


class AlreadyThereError(ExportError):
    """The file of an export exists already; nothing was overwritten."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{clean(path, 300)} is there already. Name another file, or use --force.")
        self.path = path


def write_whole(path: Path, data: bytes, *, force: bool = False) -> None:
    """Write a temporary file next to a path and rename it once it is whole.

    Args:
        path: in a folder that exists.
        data: the content.
        force: whether an existing file is replaced.

    Raises:
        AlreadyThereError: when it exists already and `force` is false.
        ExportError: when it cannot be written.
    """
    if not force and os.path.lexists(path):
        raise AlreadyThereError(path)
    temporary = path.with_name(f".{path.name[:100]}.{os.getpid()}.part")
    try:
        try:
            with temporary.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            if force:
                temporary.replace(path)
            else:
                _move_to_free(temporary, path)
        finally:
            temporary.unlink(missing_ok=True)
    except FileExistsError as error:
        raise AlreadyThereError(path) from error
    except OSError as error:
        raise cannot_write(path, error) from error


def _move_to_free(temporary: Path, path: Path) -> None:
    """Move a file to a path that must be free; a rename would replace a file created meanwhile."""
    try:
        os.link(temporary, path)
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK):
            raise
        # A disk without hard links (FAT): create the file first, then replace it.
        path.open("xb").close()
        with contextlib.suppress(FileNotFoundError):
            temporary.replace(path)


def cannot_write(path: Path, error: OSError) -> ExportError:
    """Return the error for a path that cannot be written to."""
    reason = clean(error.strerror or error)
    cure = "Name a path in an existing folder that you may write to."
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        cure = "Free some space there, or name a path on another disk."
    return ExportError(f"{clean(path, 300)} cannot be written: {reason}. {cure}")
