"""What the child's libraries print: kept aside, for its last line."""

from __future__ import annotations

import contextlib
import os
import tempfile
from dataclasses import dataclass
from typing import IO

from tui.common.paths import state_dir
from tui.common.text import clean

_TAIL = 4096


@dataclass(frozen=True)
class LookingLog:
    """A log of its own for each child; the folder keeps the newest as `looking.log`."""

    file: IO[bytes]

    @classmethod
    def new(cls) -> LookingLog:
        """Begin a log.

        Raises:
            StateError: when the state folder belongs to somebody else.
        """
        path = state_dir(to_read=True) / "looking.log"
        try:
            # Away with the old one first: another app's child goes on writing into its own.
            path.unlink(missing_ok=True)
            return cls(path.open("xb+", buffering=0))
        except OSError:
            return cls(tempfile.TemporaryFile(buffering=0))

    def last_line(self) -> str:
        """Return the last line that says something, safe to show; empty where there is none."""
        try:
            file = self.file.fileno()
            size = os.fstat(file).st_size
            tail = os.pread(file, _TAIL, max(size - _TAIL, 0))
        except (OSError, ValueError):
            return ""
        lines = [line.strip() for line in tail.decode("utf-8", "replace").splitlines()]
        return clean(next((line for line in reversed(lines) if line), ""), 300)

    def close(self) -> None:
        """Close the file; it stays for whoever wants to read it."""
        with contextlib.suppress(OSError):
            self.file.close()
