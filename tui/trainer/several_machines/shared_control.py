"""Requests that take effect in all processes at the same step."""

from __future__ import annotations

import time
from typing import Any

import msgspec
import numpy as np

from tui.runs.control.control_file import Control, ControlReader
from tui.trainer.several_machines.connection import Connection

_BYTES = 2048
_HEAD = 8
LOOK_SECONDS = 0.1
_MOST_STEPS = 1000


class SharedControl:
    """The requests as all processes know them; it takes the place of a `ControlReader`.

    Process 0 reads the control file. Its requests go to all at steps that all of them count in the
    same way, about ten times a second.

    Args:
        connection: with the others.
        reader: of the control file; used by process 0.
    """

    def __init__(self, connection: Connection, reader: ControlReader) -> None:
        self._connection = connection
        self._reader = reader
        self._control = Control()
        self._text = b""
        self.revision = 0
        self.terminated = False
        """Whether the system asked one of the processes to stop."""
        self.terminate_requested = False
        """Whether it asked this one."""
        self._every = 1
        self._steps = 0
        self._looked = time.monotonic()

    def read(self) -> Control:
        """Return the requests that all processes know."""
        return self._control

    def due(self) -> bool:
        """Return whether this step is one at which the requests are exchanged."""
        self._steps += 1
        return self._steps % self._every == 0

    def exchange(self) -> None:
        """Bring the requests up to date, in all processes; each has to call it."""
        now = time.monotonic()
        row = np.zeros(_BYTES, np.uint8)
        row[0] = self.terminate_requested
        if self._connection.machines.writes:
            text = msgspec.json.encode(self._reader.read())[: _BYTES - _HEAD]
            row[2:4] = list(self._steps_per_look(now).to_bytes(2, "big"))
            row[4:6] = list(len(text).to_bytes(2, "big"))
            row[_HEAD : _HEAD + len(text)] = np.frombuffer(text, np.uint8)
        rows = self._connection.gather(row)
        self._take(rows[0])
        self.terminated = bool(rows[:, 0].any())
        self._looked, self._steps = time.monotonic(), 0

    def _steps_per_look(self, now: float) -> int:
        """Return after how many steps to look again, from the time that the last ones took."""
        if not self._steps:
            return self._every
        step = (now - self._looked) / self._steps
        return min(max(round(LOOK_SECONDS / max(step, 1e-6)), 1), _MOST_STEPS)

    def _take(self, row: np.ndarray[Any, Any]) -> None:
        self._every = max(int.from_bytes(row[2:4].tobytes(), "big"), 1)
        size = int.from_bytes(row[4:6].tobytes(), "big")
        text = row[_HEAD : _HEAD + size].tobytes()
        if text == self._text:
            return
        self._text = text
        self._control = msgspec.json.decode(text, type=Control)
        self.revision += 1
