"""The user's requests to a running training: `control.json`, which the app replaces whole."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import msgspec

from tui.common.atomic_write import replace_file
from tui.common.file_locks import locked
from tui.common.safe_files import read_small
from tui.common.stop_rule import StopRule

Want = Literal["run", "pause", "stop", "stop_after_epoch"]


class Control(msgspec.Struct, frozen=True, kw_only=True):
    """The user's present requests. A field that is None leaves the run's spec in force."""

    want: Want = "run"
    stop_rule: StopRule | None = None
    """In place of the spec's rule."""
    no_stop_rule: bool = False
    """No rule at all; the spec's and `stop_rule` are then ignored."""
    patience: int | None = None
    """End when the validation loss has not improved for this many epochs; 0: never."""
    learning_rate: float | None = None
    epochs: int | None = None
    """The number of epochs in all."""
    saves: int = 0
    """Counts the requests to save the model now."""
    rates: int = 0
    """Counts the requests for a learning rate: one is for the phase in which it was made."""


def write_control(path: Path, control: Control) -> None:
    """Replace the control file; a reader sees the old requests or the new ones."""
    replace_file(path, msgspec.json.encode(control))


def change_control(path: Path, **changes: Any) -> Control:
    """Change some requests and leave the others; two apps at once lose nothing.

    Args:
        path: the run's control file.
        changes: fields of `Control`; `saves=1` adds one.

    Returns:
        The requests as they are now.

    Raises:
        OSError: when the file cannot be written.
    """
    with locked(path.with_suffix(".lock")):
        before = ControlReader(path).read()
        if "saves" in changes:
            changes["saves"] += before.saves
        if changes.get("learning_rate") is not None:
            changes["rates"] = before.rates + 1
        after = msgspec.structs.replace(before, **changes)
        write_control(path, after)
    return after


class ControlReader:
    """Reads the control file, and decodes it only when it was replaced."""

    def __init__(self, path: Path | str | Callable[[], Path]) -> None:
        """Read a control file.

        Args:
            path: of the file, or a function that returns it: a run folder may be renamed.
        """
        self._path = path
        self._seen: tuple[int, int] | None = None
        self._control = Control()
        self.revision = 0
        """How often a new file was read."""

    def read(self) -> Control:
        """Return the present requests; where the file is missing or damaged, the last ones read."""
        try:
            path = self._path() if callable(self._path) else self._path
            status = os.lstat(path)
            mark = (status.st_mtime_ns, status.st_ino)
            if mark != self._seen:
                self._control = msgspec.json.decode(read_small(path), type=Control)
                self._seen = mark
                self.revision += 1
        except (OSError, msgspec.DecodeError, UnicodeDecodeError):
            pass
        return self._control
