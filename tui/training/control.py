"""What the user wants of a running training: `control.json`, replaced whole by the app."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

import msgspec


class Control(msgspec.Struct, frozen=True):
    """The user's present wish."""

    want: Literal["run", "stop"] = "run"


def write_control(path: Path, control: Control) -> None:
    """Replace the control file at once, so that a reader sees the old wish or the new one."""
    beside = path.with_suffix(".new")
    beside.write_bytes(msgspec.json.encode(control))
    os.replace(beside, path)


class ControlReader:
    """Looks at the control file, and decodes it only when it has been replaced."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: tuple[int, int] | None = None
        self._control = Control()

    def read(self) -> Control:
        """Return the present wish; with no file, or a damaged one, the last known."""
        try:
            status = os.stat(self._path)
            mark = (status.st_mtime_ns, status.st_ino)
            if mark != self._seen:
                self._control = msgspec.json.decode(self._path.read_bytes(), type=Control)
                self._seen = mark
        except (OSError, msgspec.DecodeError, UnicodeDecodeError):
            pass
        return self._control
