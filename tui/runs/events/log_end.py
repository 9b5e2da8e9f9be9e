"""How a run ended and how far it is, read from the end of its events."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tui.common.safe_files import open_descriptor, open_reading
from tui.runs.events.event_log import BATCHES, FREQUENT, LONGEST_LINE, EventReader, decode
from tui.runs.events.event_types import (
    BatchesEnded,
    BatchesThinned,
    DataReady,
    EpochEnded,
    EpochStarted,
    Event,
    Failed,
    Finished,
    ModelReady,
    Resumed,
    RunStarted,
)
from tui.runs.events.run_setup import BEGINNING, UNKNOWN_SETUP, RunSetup, setup_in

BACKWARDS_BLOCK = 64 * 1024
"""Bytes of a block when a file is read from its end."""


def epoch_of_death(epochs_done: int, epochs: int) -> int:
    """Return the epoch that was being trained, or saved, when a trainer died.

    Args:
        epochs_done: epochs that had ended.
        epochs: in all; 0 if not known.

    >>> epoch_of_death(3, 10), epoch_of_death(10, 10), epoch_of_death(3, 0)
    (4, 10, 4)
    """
    return min(epochs_done + 1, epochs or epochs_done + 1)


def lines_backwards(file: int, size: int) -> Iterator[bytes | None]:
    """Yield the lines of an open file from the last to the first, without their newlines.

    The first is what comes after the last newline, so it is usually empty. The time is linear in
    the bytes that are read.

    Args:
        file: its descriptor, whose position does not change.
        size: its size in bytes, or where to begin.

    Yields:
        A line; None instead of one that is longer than `LONGEST_LINE`.

    Raises:
        OSError: when it cannot be read.
    """
    position = size
    pieces: list[bytes] = []  # of the line whose beginning is not reached yet, in reverse order
    length = 0
    while position > 0:
        step = min(BACKWARDS_BLOCK, position)
        position -= step
        block = os.pread(file, step, position)
        first = block.find(b"\n")
        if first >= 0:
            head, *lines = block.split(b"\n")
            last = lines.pop()
            length += len(last)
            whole = length <= LONGEST_LINE
            yield last + b"".join(reversed(pieces)) if whole else None
            yield from reversed(lines)
            pieces, length, block = [], 0, head
        length += len(block)
        if length <= LONGEST_LINE:
            pieces.append(block)
        else:
            pieces = []
    if length:
        yield b"".join(reversed(pieces)) if length <= LONGEST_LINE else None


def last_events(path: Path, wanted: tuple[type, ...]) -> dict[type, Event]:
    """Return the last event of each type, the latest first; the file is read from its end.

    An epoch that is void, because the run was resumed from before it, is not among them.
    """
    found: dict[type, Event] = {}
    valid = math.inf
    batches = BatchesEnded in wanted or BatchesThinned in wanted
    try:
        with open_reading(path) as file:
            size = file.seek(0, os.SEEK_END)
            for line in lines_backwards(file.fileno(), size):
                if not line or (line.startswith(BATCHES) and not batches):
                    continue
                event = decode(line)
                if isinstance(event, Resumed):
                    valid = min(valid, event.epoch)
                if isinstance(event, EpochEnded) and event.epoch > valid:
                    continue
                if event is not None and type(event) in wanted:
                    found.setdefault(type(event), event)
                    if len(found) == len(wanted):
                        break
    except OSError:
        pass  # missing or unreadable: no events
    return found


@dataclass(frozen=True)
class RunOutcome:
    """How a run ended, how far it is, and what it computes with.

    Args:
        ending: the last event of the last trainer; None while it is at work, or if it died.
        epoch: the last epoch that ended and is not void.
        too_long: the number of lines that were skipped because they are longer than any event.
        best: the best epoch by the run's own metric; None if there is none.
        setup: what it computes with.
    """

    ending: Finished | Failed | None = None
    epoch: EpochEnded | None = None
    too_long: int = 0
    best: EpochEnded | None = None
    setup: RunSetup = UNKNOWN_SETUP


_EPOCH_ENDED = b'{"type":"epoch_ended"'
_BEGINS = (RunStarted, DataReady, ModelReady, EpochStarted)
"""Events that come before any ending of the same trainer."""


class _Search:
    """Searches the lines of a file for the outcome, from the last one on."""

    def __init__(self) -> None:
        self.ending: Finished | Failed | None = None
        self.epoch: EpochEnded | None = None
        self.best: EpochEnded | None = None
        self._valid = math.inf
        self._decided = False

    def take(self, line: bytes) -> bool:
        """Take the previous line; return whether the search is over."""
        if line.startswith(FREQUENT):
            return False
        if self._decided and self.epoch is not None:  # only the best epoch is missing
            number = self.epoch.best_epoch
            if line.startswith(_EPOCH_ENDED) and f'"epoch":{number},'.encode() not in line:
                return False
            event = decode(line)
            if isinstance(event, EpochEnded) and event.epoch == number:
                self.best = event
            return self.best is not None
        event = decode(line)
        if isinstance(event, _BEGINS):
            self._decided = True
        elif isinstance(event, Finished | Failed) and not self._decided:
            self.ending, self._decided = event, True
        elif isinstance(event, Resumed):
            self._valid = min(self._valid, event.epoch)
        elif isinstance(event, EpochEnded) and self.epoch is None and event.epoch <= self._valid:
            self.epoch = event
            self.best = event if event.best_epoch == event.epoch else None
        elif isinstance(event, EpochEnded) and self.epoch is not None and self.best is None:
            self.best = event if event.epoch == self.epoch.best_epoch else None
        if self.epoch is not None:
            best_known = self.best is not None or not 0 < self.epoch.best_epoch < self.epoch.epoch
            return self._decided and best_known
        return self._decided and self._valid < 1


class OutcomeReader:
    """Reads the outcome of a run; after the first time only what is new."""

    def __init__(self, path: Path | str) -> None:
        self._path = path
        self._reader: EventReader | None = None
        self._outcome = RunOutcome()
        self._set_up = False
        """Whether an epoch has begun: what it computes with is known, or never will be."""

    def read(self) -> RunOutcome:
        """Return the present outcome; it is empty where the file cannot be read.

        The first time the file is read from its end, no further than to the first event of the
        newest trainer, the last epoch that counts, or the best one.
        """
        try:
            if self._reader is not None and os.path.lexists(self._path):
                lines = self._reader.read_lines()
                while lines and self._take_in(lines):
                    lines = self._reader.read_lines()
                if not lines and not self._reader.restarts:
                    return self._outcome
            return self._from_the_end()
        except OSError:
            self._reader = None
            return RunOutcome()

    def _take_in(self, lines: list[bytes]) -> bool:
        """Add new lines; return False if the file has to be read from its end again."""
        assert self._reader is not None
        ending, epoch = self._outcome.ending, self._outcome.epoch
        best, setup = self._outcome.best, self._outcome.setup
        for line in lines:
            event = None if line.startswith(FREQUENT) else decode(line)
            if isinstance(event, RunStarted):
                ending = None
            elif isinstance(event, Finished | Failed):
                ending = event
            elif isinstance(event, EpochEnded):
                epoch = event
                if event.best_epoch == event.epoch:
                    best = event
                elif best is not None and best.epoch != event.best_epoch:
                    best = None
            elif isinstance(event, Resumed) and epoch is not None and epoch.epoch > event.epoch:
                return False  # an earlier epoch is the last one now
            elif isinstance(event, EpochStarted):
                self._set_up = True
            elif not self._set_up:
                setup = setup.after(event)
        too_long = self._outcome.too_long + self._reader.too_long
        self._outcome = RunOutcome(ending, epoch, too_long, best, setup)
        self._reader.too_long = 0
        return not self._reader.restarts

    def _from_the_end(self) -> RunOutcome:
        try:
            file = open_descriptor(self._path)
        except FileNotFoundError:
            self._reader, self._outcome = None, RunOutcome()
            return self._outcome
        search, too_long, torn = _Search(), 0, None
        try:
            status = os.fstat(file)
            setup, self._set_up = setup_in(os.pread(file, BEGINNING, 0))
            for line in lines_backwards(file, status.st_size):
                if torn is None:  # what comes after the last newline: usually nothing
                    torn = len(line or b"")
                if line is None:
                    too_long += 1
                elif search.take(line):
                    break
        finally:
            os.close(file)
        self._reader = EventReader(self._path, status.st_size - (torn or 0), status.st_ino)
        self._outcome = RunOutcome(search.ending, search.epoch, too_long, search.best, setup)
        return self._outcome


def read_outcome(path: Path) -> RunOutcome:
    """Return the outcome of a run; it is empty where the file cannot be read."""
    return OutcomeReader(path).read()
