"""A file that another program appends to: its new bytes, and whether it was replaced."""

from __future__ import annotations

import os
import time
from collections.abc import Callable

from tui.common.safe_files import open_reading
from tui.runs.watched.log_state import FileSignature

BLOCK = 4 * 1024 * 1024
QUIET_SECONDS = 2.0
"""A last line without its end counts as whole once the file has not changed for so long."""
_BEGINNING = 256


def signature_of(status: os.stat_result) -> FileSignature:
    """Return what changes when a file is written to or replaced."""
    return status.st_ino, status.st_size, status.st_mtime_ns


class Restarted(Exception):
    """A file was replaced or cut off: everything in it has to be read again."""


class GrowingFile:
    """Reads the new bytes of a file.

    Args:
        path: of the file.
        longest: bytes of the longest line; longer ones are skipped.
    """

    def __init__(self, path: str, *, longest: int = BLOCK) -> None:
        self.path = path
        self.position = 0
        self.signature: FileSignature = (0, 0, 0)
        """As it was when it was last read."""
        self._beginning = b""
        self._longest = longest
        self._rest = b""
        self._skipping = False

    @property
    def size(self) -> int:
        """Its bytes when it was last read."""
        return self.signature[1]

    @property
    def changed_at(self) -> float:
        """Its modification time when it was last read, in seconds since 1970; 0 before that."""
        return self.signature[2] / 1e9

    def grown(self) -> bool:
        """Return whether there is something to read, or the file was replaced.

        Raises:
            OSError: when it is gone.
        """
        status = os.stat(self.path)
        waits = bool(self._rest) and time.time() - status.st_mtime > QUIET_SECONDS
        changed = signature_of(status) != self.signature
        return changed or waits or status.st_size > self.position

    def block(self, most: int = BLOCK) -> bytes:
        """Return the next bytes, as many as there are up to `most`.

        Raises:
            Restarted: when the file was replaced or cut off.
            OSError: when it cannot be read.
        """
        with open_reading(self.path) as file:
            status = os.fstat(file.fileno())
            known = self.signature[0]
            self.signature = signature_of(status)
            beginning = file.read(_BEGINNING)
            replaced = known not in (0, status.st_ino) or status.st_size < self.position
            if replaced or not beginning.startswith(self._beginning):
                raise Restarted(self.path)
            self._beginning = beginning
            file.seek(self.position)
            data = file.read(most)
        self.position += len(data)
        return data

    def lines(self, whole: Callable[[bytes], bool] = lambda _: False) -> list[bytes]:
        """Return the lines that are new and whole; none where there is nothing new.

        Args:
            whole: whether a last line without an end is whole; asked once the file is quiet.

        Raises:
            Restarted, OSError: as `block`.
        """
        while True:
            data = self.block()
            if not data:
                return self._last_line(whole)
            *lines, rest = (self._rest + data).split(b"\n")
            if self._skipping and lines:
                del lines[0]
                self._skipping = False
            if len(rest) > self._longest:
                self._skipping, rest = True, b""
            self._rest = b"" if self._skipping else rest
            if lines:
                return lines

    def _last_line(self, whole: Callable[[bytes], bool]) -> list[bytes]:
        quiet = time.time() - self.changed_at > QUIET_SECONDS
        if not (self._rest and quiet and whole(self._rest)):
            return []
        line, self._rest = self._rest, b""
        # What may be added to it later belongs to a line that was taken already.
        self._skipping = not line.endswith(b"\n")
        return [line]
