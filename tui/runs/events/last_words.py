"""How a run ended and how far it is, without reading all that its trainers told."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass
from pathlib import Path

from tui.common.safe_files import open_descriptor
from tui.runs.events.backwards import lines_backwards
from tui.runs.events.event_types import (
    DataReady,
    EpochEnded,
    EpochStarted,
    Failed,
    Finished,
    ModelReady,
    Resumed,
    RunStarted,
)
from tui.runs.events.eventlog import BATCHES, EventReader, decode


@dataclass(frozen=True)
class LastWords:
    """What a list tells of a run.

    Args:
        ending: how the last trainer said that it ended; None while it has not.
        epoch: the last epoch that ended and counts.
        too_long: lines that were passed over because they are longer than any event.
    """

    ending: Finished | Failed | None = None
    epoch: EpochEnded | None = None
    too_long: int = 0


_BEGINS = (RunStarted, DataReady, ModelReady, EpochStarted)
"""What a trainer tells as something begins: it has not told of an end before, nor had it any."""


class _Search:
    """Looks for the last words, a line at a time, from the last one on."""

    def __init__(self) -> None:
        self.ending: Finished | Failed | None = None
        self.epoch: EpochEnded | None = None
        self._valid = math.inf
        self._decided = False

    def take(self, line: bytes) -> bool:
        """Look at the line before; return whether nothing is wanted any more."""
        event = None if line.startswith(BATCHES) else decode(line)
        if isinstance(event, _BEGINS):
            self._decided = True
        elif isinstance(event, Finished | Failed) and not self._decided:
            self.ending, self._decided = event, True
        elif isinstance(event, Resumed):
            self._valid = min(self._valid, event.epoch)
        elif isinstance(event, EpochEnded) and self.epoch is None and event.epoch <= self._valid:
            self.epoch = event
        return self._decided and (self.epoch is not None or self._valid < 1)


class LastWordsReader:
    """Reads the last words of a run, the second time only what is new."""

    def __init__(self, path: Path | str) -> None:
        self._path = path
        self._reader: EventReader | None = None
        self._words = LastWords()

    def read(self) -> LastWords:
        """Return the last words as they are now; of a file that cannot be read, nothing is known.

        The first time the file is read from its end, to the newest trainer's first word at the
        most, or to the last epoch that counts.
        """
        try:
            if self._reader is not None and os.path.lexists(self._path):
                lines = self._reader.read_lines()
                while lines and self._take_in(lines):
                    lines = self._reader.read_lines()
                if not lines and not self._reader.begun_anew:
                    return self._words
            return self._from_the_end()
        except OSError:
            self._reader = None
            return LastWords()

    def _take_in(self, lines: list[bytes]) -> bool:
        """Take in new lines; return whether that could be done."""
        assert self._reader is not None
        ending, epoch = self._words.ending, self._words.epoch
        for line in lines:
            event = None if line.startswith(BATCHES) else decode(line)
            if isinstance(event, RunStarted):
                ending = None
            elif isinstance(event, Finished | Failed):
                ending = event
            elif isinstance(event, EpochEnded):
                epoch = event
            elif isinstance(event, Resumed) and epoch is not None and epoch.epoch > event.epoch:
                return False  # an earlier epoch is the last one now
        self._words = LastWords(ending, epoch, self._words.too_long + self._reader.too_long)
        self._reader.too_long = 0
        return not self._reader.begun_anew

    def _from_the_end(self) -> LastWords:
        try:
            file = open_descriptor(self._path)
        except FileNotFoundError:
            self._reader, self._words = None, LastWords()
            return self._words
        search, too_long, torn = _Search(), 0, None
        try:
            status = os.fstat(file)
            for line in lines_backwards(file, status.st_size):
                if torn is None:  # what stands behind the last end of a line: usually nothing
                    torn = len(line or b"")
                if line is None:
                    too_long += 1
                elif search.take(line):
                    break
        finally:
            os.close(file)
        self._reader = EventReader(self._path, status.st_size - (torn or 0), status.st_ino)
        self._words = LastWords(search.ending, search.epoch, too_long)
        return self._words


def last_words(path: Path) -> LastWords:
    """Return the last words of a run; of a file that cannot be read, nothing is known."""
    return LastWordsReader(path).read()
