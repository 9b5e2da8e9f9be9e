"""Reading a history: `history.history` of Keras as JSON, a list of entries, or JSONL."""

from __future__ import annotations

import json
import math
import time
from typing import Any

from tui.common.safe_files import open_reading
from tui.log_reader.growing_file import GrowingFile, Restarted
from tui.log_reader.series import SeriesStore
from tui.runs.watched.find_logs import LARGEST_HISTORY
from tui.runs.watched.log_syntax import (
    BEGINNING,
    STEP_COUNTERS,
    first_line,
    history_rows,
    json_line,
    json_number,
)

_DEEPEST = 4


class HistoryFile:
    """A history in JSON, which is read whole whenever it changes, or JSONL, which grows."""

    def __init__(self, path: str) -> None:
        self._file = GrowingFile(path, longest=16 * 1024 * 1024)
        self._lines: bool | None = None
        self._rows = 0
        self._steps_known = False
        self.problem = ""
        """Why the last version of the file could not be read."""

    @property
    def rows_are_epochs(self) -> bool:
        """Whether its entries are epochs, and not steps."""
        return not self._steps_known

    def files(self) -> list[GrowingFile]:
        """Return the file."""
        return [self._file]

    def grown(self) -> bool:
        """Return whether there is something to read; raises OSError when the file is gone."""
        return self._file.grown()

    def read(self, store: SeriesStore, until: float) -> bool:
        """Read new entries into a store; return whether there may be more; as `TableFile.read`."""
        if self._lines is None:
            self._lines = self._is_jsonl()
        if not self._lines:
            return self._read_whole(store)
        while True:
            lines = self._file.lines(whole=lambda line: json_line(line) is not None)
            if not lines:
                return False
            at = self._file.changed_at or time.time()
            for line in lines:
                if (entry := json_line(line)) is not None:
                    self._entry(entry, store, at)
            if time.monotonic() > until:
                return True

    def _is_jsonl(self) -> bool:
        with open_reading(self._file.path) as file:
            return json_line(first_line(file.read(BEGINNING))) is not None

    def _read_whole(self, store: SeriesStore) -> bool:
        if self._file.position:
            if self._file.grown():
                raise Restarted(self._file.path)  # written whole again
            return False
        blocks = []
        size = 0
        while block := self._file.block():
            blocks.append(block)
            size += len(block)
            if size > LARGEST_HISTORY:
                self.problem = f"It has more than {LARGEST_HISTORY // 2**20} MB of JSON."
                return False
        if not blocks:
            return False
        try:
            rows = history_rows(json.loads(b"".join(blocks).decode("utf-8-sig", "replace")))
        except (ValueError, RecursionError):
            rows = None  # it is being written just now, or is none
        if rows is None:
            self.problem = "It is not whole JSON: its program may be writing it, or was stopped."
            return False
        self.problem = ""
        for entry in rows:
            self._entry(entry, store, self._file.changed_at)
        return False

    def _entry(self, entry: dict[str, Any], store: SeriesStore, at: float) -> None:
        values = dict(_numbers(entry))
        counted = next((name for name in values if name.lower() in STEP_COUNTERS), "")
        if counted:
            self._steps_known = True
        epoch = next((name for name in values if name.lower() == "epoch"), "")
        step = float(self._rows)
        if counted and math.isfinite(values[counted]):
            step = float(round(values[counted]))
        elif epoch and math.isfinite(values[epoch]):
            step = float(math.floor(values[epoch]))
        self._rows += 1
        for name, value in values.items():
            if name == counted or (name == epoch and not counted):
                continue
            store.add(name, step, value, at)


def _numbers(entry: dict[str, Any], before: str = "", depth: int = 0) -> list[tuple[str, float]]:
    """Return the numbers of an entry by name; those of an inner dict with its name before theirs.

    >>> _numbers({"epoch": 1, "val": {"loss": 0.5}, "note": "x"})
    [('epoch', 1.0), ('val/loss', 0.5)]
    """
    found: list[tuple[str, float]] = []
    for name, value in entry.items():
        if isinstance(value, dict) and depth < _DEEPEST:
            found += _numbers(value, f"{before}{name}/", depth + 1)
        elif (number := json_number(value)) is not None:
            found.append((f"{before}{name}", number))
    return found
