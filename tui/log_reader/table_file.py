"""Reading a table that grows: Keras's CSVLogger, Lightning's metrics.csv, anybody's CSV."""

from __future__ import annotations

import math
import time

from tui.log_reader.growing_file import GrowingFile
from tui.log_reader.series import SeriesStore
from tui.runs.watched.log_syntax import (
    MISSING,
    STEP_COUNTERS,
    cells_of,
    is_header,
    number_of,
    separator_of,
)

_LONGEST_LINE = 4 * 1024 * 1024


class TableFile:
    """A table of a training: a header, then a row for each epoch or each few steps.

    A second header names the columns anew, as a program that was started again writes it. An epoch
    that begins again at the first one is counted on, since the log was opened to be continued; one
    that lies within replaces what came after it.
    """

    def __init__(self, path: str) -> None:
        self._file = GrowingFile(path, longest=_LONGEST_LINE)
        self._columns: list[str] = []
        self._separator = ","
        self._step_column = self._epoch_column = -1
        self._rows = 0
        self._offset = 0.0
        """Added to the epochs of a training that was appended and counts from the beginning."""
        self._first_epoch: float | None = None
        self._last_epoch = -math.inf
        self._header = ""
        self.problem = ""

    @property
    def rows_are_epochs(self) -> bool:
        """Whether its rows are epochs, and not steps."""
        return self._step_column < 0

    def files(self) -> list[GrowingFile]:
        """Return the file."""
        return [self._file]

    def grown(self) -> bool:
        """Return whether there is something to read; raises OSError when the file is gone."""
        return self._file.grown()

    def read(self, store: SeriesStore, until: float) -> bool:
        """Read new rows into a store; return whether there may be more.

        Args:
            store: the series, a column each.
            until: when to stop, by the monotonic clock.

        Raises:
            Restarted: when the file was replaced or cut off.
            OSError: when it cannot be read.
        """
        while True:
            lines = self._file.lines(whole=self._is_whole)
            if not lines:
                return False
            at = self._file.changed_at or time.time()
            for line in lines:
                self._line(line, store, at)
            if time.monotonic() > until:
                return True

    def _is_whole(self, line: bytes) -> bool:
        """Return whether a last line without its end is probably whole."""
        count = len(cells_of(line.decode("utf-8", "replace"), self._separator))
        return bool(self._columns) and count == len(self._columns)

    def _line(self, raw: bytes, store: SeriesStore, at: float) -> None:
        line = raw.decode("utf-8-sig" if not self._columns else "utf-8", "replace").rstrip("\r\n")
        if not line.strip():
            return
        if not self._columns:
            self._separator = separator_of(line)
        elif line == self._header:
            return  # a program that was started again wrote it once more
        cells = cells_of(line, self._separator)
        if not self._columns or (is_header(cells) and len(cells) > 1):
            self._name_columns(line, cells)
            return
        values = [number_of(cell) for cell in cells[: len(self._columns)]]
        step = self._step(values, store)
        for place, value in enumerate(values):
            if value is None or place == self._step_column:
                continue
            if place == self._epoch_column:
                if self._step_column >= 0:
                    store.add("epoch", step, value, at)
                continue
            store.add(self._columns[place], step, value, at)
        self._rows += 1

    def _name_columns(self, line: str, cells: list[str]) -> None:
        self._header = line
        self._columns = _distinct(cells)
        lower = [cell.lower() for cell in cells]
        self._epoch_column = lower.index("epoch") if "epoch" in lower else -1
        found = [lower.index(name) for name in STEP_COUNTERS if name in lower]
        self._step_column = found[0] if found else -1

    def _step(self, values: list[float | None], store: SeriesStore) -> float:
        """Return the step or the epoch of a row."""
        column = self._step_column if self._step_column >= 0 else self._epoch_column
        value = values[column] if 0 <= column < len(values) else None
        if value is None or not math.isfinite(value):
            return self._last_epoch + 1 if math.isfinite(self._last_epoch) else float(self._rows)
        if column == self._step_column:
            self._last_epoch = float(round(value))
            return self._last_epoch
        number = float(math.floor(value))
        if self._first_epoch is None:
            self._first_epoch = number
        elif number == self._first_epoch and self._begins_again(number, values, store):
            self._offset = self._last_epoch + 1 - number
        number += self._offset
        if number < self._last_epoch:
            for one in store.series.values():
                one.cut(number)
        self._last_epoch = number
        return number

    def _begins_again(self, number: float, values: list[float | None], store: SeriesStore) -> bool:
        """Return whether the first epoch comes a second time, and not only a second row of it."""
        now = number + self._offset
        if now != self._last_epoch:
            return now < self._last_epoch
        known = (
            store.series.get(name)
            for place, name in enumerate(self._columns[: len(values)])
            if values[place] is not None and place != self._epoch_column
        )
        return any(one is not None and one.last_step >= now for one in known)


def _distinct(cells: list[str]) -> list[str]:
    """Return the names of columns, with a number where one is empty or not the first of its name.

    >>> _distinct(["epoch", "loss", "loss", ""])
    ['epoch', 'loss', 'loss 2', 'column 4']
    """
    names: list[str] = []
    for place, cell in enumerate(cells, 1):
        name = cell if cell and cell.lower() not in MISSING else f"column {place}"
        number = 2
        while name in names:
            name, number = f"{cell} {number}", number + 1
        names.append(name)
    return names
