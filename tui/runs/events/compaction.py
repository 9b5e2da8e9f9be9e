"""Keeping `events.jsonl` short: what a long run told is said again in fewer bytes.

Only the trainer does it, in the file that it writes. The shorter file is written beside the old one
and takes its place in one step, so a death at any moment leaves either whole. It keeps every event
that a reader makes something of; of old batches it keeps what the charts draw
(`tui.runs.events.thinning`), and of what tells the present only the last. Its first line says which
bytes of the old file it stands for: whoever was reading there reads on behind them.
"""

from __future__ import annotations

import contextlib
import math
import os
import threading
import time
from bisect import bisect_right
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO

from tui.common.safe_files import open_descriptor, open_reading
from tui.runs.events.event_log import BATCHES, LONGEST_LINE, EventWriter, decode, encode
from tui.runs.events.event_types import (
    BatchesEnded,
    BatchesThinned,
    CheckingImages,
    CheckpointWritten,
    ControlRead,
    DeviceStats,
    EpochEnded,
    EpochStarted,
    Event,
    FileSaved,
    LogCompacted,
    Notice,
    Resumed,
    RunStarted,
    Validating,
)
from tui.runs.events.thinning import kept_points, parts_per_epoch

GROWTH = 12 * 1024 * 1024
"""Bytes that the file may grow by until it is shortened again."""
WHOLE = 2 * 1024 * 1024
"""The last bytes of it stay as they are."""
NOTICES = 200
"""Of the notices the last so many stay."""

_PRESENT = (CheckingImages, DeviceStats, EpochStarted, Validating, ControlRead, CheckpointWritten)
"""Of each of these a reader looks at the last only."""


class Compactor:
    """Shortens the file of a writer, beside the training, whenever it has grown enough."""

    def __init__(self, writer: EventWriter) -> None:
        self._writer = writer
        self._limit = GROWTH
        self._thread: threading.Thread | None = None
        with contextlib.suppress(OSError):
            _beside(writer.path).unlink(missing_ok=True)  # of a trainer that was killed

    def look(self) -> None:
        """Begin to shorten the file if it is too long; costs nothing otherwise."""
        if self._writer.size < self._limit or self._thread is not None:
            return
        self._thread = threading.Thread(target=self._compact, name="compact", daemon=True)
        self._thread.start()

    def _compact(self) -> None:
        try:
            compact(self._writer)
        except OSError:
            pass  # a full disk: it stays as it is, and is tried again when it has grown more
        finally:
            self._limit = self._writer.size + GROWTH
            self._thread = None

    def wait(self) -> None:
        """Wait until nothing is under way."""
        thread = self._thread
        if thread is not None:
            thread.join()


def _beside(path: Path) -> Path:
    return path.with_name(f"{path.name}.shorter")


def compact(writer: EventWriter) -> None:
    """Replace the file of a writer by a shorter one that says the same.

    Raises:
        OSError: when it cannot be read, or the disk does not take the new one; then the old one
            stays.
    """
    beside, was = _beside(writer.path), writer.size
    with contextlib.suppress(FileNotFoundError):
        beside.unlink()
    file = open_descriptor(beside, os.O_RDWR | os.O_CREAT | os.O_EXCL)
    try:
        with os.fdopen(os.dup(file), "wb") as out, open_reading(writer.path) as source:
            head = _head(writer.inode, was, 0)
            out.write(head)
            for line in shortened(source, was):
                out.write(line + b"\n")
            out.flush()
            head = _head(writer.inode, was, out.tell())
            out.seek(0)
            out.write(head)
            out.flush()
            os.fsync(file)
        writer.take_over(beside, file, was)
    except BaseException:
        os.close(file)
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)
        raise


def _head(inode: int, was: int, now: int) -> bytes:
    """Return the first two lines, of the same length whatever the last number is."""
    at = round(time.time())
    first = encode(LogCompacted(at=at, before=inode, was=was, now=now))
    return first.ljust(200) + b"\n" + encode(Resumed(at=at, epoch=0)) + b"\n"


def _lines(source: BinaryIO, end: int) -> Iterator[tuple[int, bytes]]:
    """Yield the place of each line and the line, without those that are too long or torn."""
    source.seek(0)
    position = 0
    while position < end:
        line = source.readline(LONGEST_LINE + 2)
        at, position = position, position + len(line)
        if not line:
            return
        if line.endswith(b"\n"):
            yield at, line[:-1]
            continue
        while line and not line.endswith(b"\n"):
            line = source.readline(1 << 20)
            position += len(line)


class _Facts:
    """What has to be known of a file before any of its lines can be left out."""

    def __init__(self, source: BinaryIO, end: int) -> None:
        self.last: dict[type, int] = {}
        """Where the last event of a type stands."""
        self.saved: dict[str, int] = {}
        self.begun = end
        """Where the first trainer began."""
        self._resumed: list[int] = []
        self._kept: list[int] = []
        self.notices: list[int] = []
        self.epochs = 1
        self.metrics = 1
        self.parts = math.inf
        """The least number that an epoch was divided into before."""
        current = 0
        for at, line in _lines(source, end):
            if line.startswith(BATCHES):
                event = decode(line)
                if isinstance(event, BatchesThinned):
                    self.parts = min(self.parts, event.parts)
                if isinstance(event, BatchesThinned | BatchesEnded):
                    self.metrics = max(self.metrics, len(event.values))
                    self.epochs = max(self.epochs, event.epoch)
                continue
            event = decode(line)
            if event is None:
                continue
            self.last[type(event)] = at
            if isinstance(event, FileSaved):
                self.saved[event.file] = at
            elif isinstance(event, Resumed):
                self._resumed.append(at)
                self._kept.append(event.epoch)
            elif isinstance(event, RunStarted):
                self.begun = min(self.begun, at)
            elif isinstance(event, Notice):
                self.notices.append(at)
            if isinstance(event, EpochEnded | EpochStarted):
                current = at  # the epoch at work begins behind it
        # The epoch at work stays whole, unless it is very long.
        self.whole_from = max(current, end - WHOLE)
        for place in reversed(range(len(self._kept) - 1)):
            self._kept[place] = min(self._kept[place : place + 2])

    def void(self, at: int, epoch: int) -> bool:
        """Say whether an epoch's event at a place is void: the run went on from before it."""
        later = bisect_right(self._resumed, at)
        return later < len(self._kept) and epoch > self._kept[later]


def shortened(source: BinaryIO, end: int) -> Iterator[bytes]:
    """Yield the lines of the shorter file, but for its first two.

    Args:
        source: the file.
        end: how many of its bytes are looked at.
    """
    facts = _Facts(source, end)
    parts = int(min(parts_per_epoch(facts.epochs, facts.metrics), facts.parts))
    notices = set(facts.notices[-NOTICES:])
    epoch = _Epoch(parts)
    for at, line in _lines(source, end):
        event = decode(line)
        if isinstance(event, BatchesEnded | BatchesThinned):
            if facts.void(at, event.epoch):
                continue
            if at >= facts.whole_from and isinstance(event, BatchesEnded):
                yield from epoch.taken()
                yield line
                continue
            if event.epoch != epoch.number:
                yield from epoch.taken()
            epoch.add(event)
        elif _stays(event, at, facts, notices):
            yield from epoch.taken()
            yield line
    yield from epoch.taken()


def _stays(event: Event | None, at: int, facts: _Facts, notices: set[int]) -> bool:
    if event is None:
        return True  # of a later version, or damaged: not ours to judge
    if isinstance(event, LogCompacted) or (isinstance(event, Resumed) and at < facts.begun):
        return False  # the first two lines of an earlier shorter file
    if at >= facts.whole_from:
        return True
    if isinstance(event, _PRESENT):
        return facts.last[type(event)] == at
    if isinstance(event, FileSaved):
        return facts.saved[event.file] == at
    if isinstance(event, Notice):
        return at in notices
    return True


class _Epoch:
    """The batches of an epoch, collected until all of them have been seen."""

    def __init__(self, parts: int) -> None:
        self._parts = parts
        self.number = 0
        self._at = 0.0
        self._steps = 1
        self._numbers: dict[str, list[int]] = {}
        self._values: dict[str, list[float]] = {}

    def add(self, event: BatchesEnded | BatchesThinned) -> None:
        """Take in some batches."""
        self.number, self._at, self._steps = event.epoch, event.at, max(event.steps, 1)
        for name, row in event.values.items():
            numbers = self._numbers.setdefault(name, [])
            values = self._values.setdefault(name, [])
            if isinstance(event, BatchesThinned):
                number = 0
                for gap, value in zip(event.batches.get(name, ()), row, strict=False):
                    number += gap
                    numbers.append(number)
                    values.append(value)  # type: ignore[arg-type]
                continue
            for number, one in enumerate(row, start=event.first):
                if one is not None:
                    numbers.append(number)
                    values.append(one)

    def taken(self) -> Iterator[bytes]:
        """Yield the line that says what is kept of them, and begin anew."""
        batches, values = {}, {}
        before = self.number - 1
        for name, numbers in self._numbers.items():
            xs = [before + number / self._steps for number in numbers]
            kept = list(kept_points(xs, self._values[name], self._parts))
            chosen = [numbers[index] for index in kept]
            batches[name] = tuple(b - a for a, b in pairwise([0, *chosen]))
            values[name] = tuple(self._values[name][index] for index in kept)
        if any(values.values()):
            yield encode(
                BatchesThinned(
                    at=self._at,
                    epoch=self.number,
                    steps=self._steps,
                    parts=self._parts,
                    batches=batches,
                    values=values,
                )
            )
        self.number, self._numbers, self._values = 0, {}, {}
