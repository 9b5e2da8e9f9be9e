"""Keeping `events.jsonl` short during a long run.

Only the trainer does this, to the file that it writes. The shorter file is written beside the old
one and replaces it in one step, so that a trainer that dies leaves one or the other complete. It
keeps every event that a reader uses; of old batches, and of old reports on the machine's load, it
keeps those that the charts draw (`tui.runs.events.thinning`), and of events about the present state
only the last. Its first line says which bytes of the old file it replaces, so that a reader of the
old file can continue after them.
"""

from __future__ import annotations

import contextlib
import math
import os
import threading
import time
from bisect import bisect_right
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from tui.common.safe_files import open_descriptor, open_reading
from tui.runs.events.event_log import BATCHES, LONGEST_LINE, EventWriter, decode, encode
from tui.runs.events.event_types import (
    BatchesEnded,
    BatchesThinned,
    CalculatingFeatures,
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
    SystemStats,
    SystemThinned,
    Validating,
)
from tui.runs.events.thinned_lines import EpochBatches, SystemReports
from tui.runs.events.thinning import FINEST, parts_per_epoch, parts_per_hour

GROWTH = 12 * 1024 * 1024
"""Bytes by which the file may grow before it is compacted again."""
WHOLE = 2 * 1024 * 1024
"""Bytes at its end that stay as they are."""
NOTICES = 200
"""The number of notices that stay."""

_PRESENT = (
    CheckingImages,
    CalculatingFeatures,
    DeviceStats,
    EpochStarted,
    Validating,
    ControlRead,
    CheckpointWritten,
)
"""Types of which a reader uses only the last event."""


class Compactor:
    """Compacts the file of a writer in a thread whenever it has grown enough."""

    def __init__(self, writer: EventWriter) -> None:
        self._writer = writer
        self._limit = GROWTH
        self._thread: threading.Thread | None = None
        with contextlib.suppress(OSError):
            _beside(writer.path).unlink(missing_ok=True)  # of a trainer that was killed

    def start_if_due(self) -> None:
        """Start to compact the file if it is long enough; costs nothing otherwise."""
        if self._writer.size < self._limit or self._thread is not None:
            return
        self._thread = threading.Thread(target=self._compact, name="compact", daemon=True)
        self._thread.start()

    def _compact(self) -> None:
        try:
            compact(self._writer)
        except OSError:
            pass  # a full disk: tried again when the file has grown more
        finally:
            self._limit = self._writer.size + GROWTH
            self._thread = None

    def wait(self) -> None:
        """Wait until the thread is done."""
        thread = self._thread
        if thread is not None:
            thread.join()


def _beside(path: Path) -> Path:
    return path.with_name(f"{path.name}.shorter")


def compact(writer: EventWriter) -> None:
    """Replace the file of a writer by a shorter one with the same content.

    Raises:
        OSError: when it cannot be read, or the new one cannot be written; the old one then stays.
    """
    beside, was = _beside(writer.path), writer.size
    with contextlib.suppress(FileNotFoundError):
        beside.unlink()
    file = open_descriptor(beside, os.O_RDWR | os.O_CREAT | os.O_EXCL)
    try:
        with os.fdopen(os.dup(file), "wb") as out, open_reading(writer.path) as source:
            head = _head(writer.inode, was, 0)
            out.write(head)
            for line in compacted_lines(source, was):
                out.write(line + b"\n")
            out.flush()
            head = _head(writer.inode, was, out.tell())
            out.seek(0)
            out.write(head)
            out.flush()
            os.fsync(file)
        writer.switch_to(beside, file, was)
    except BaseException:
        os.close(file)
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)
        raise


def _head(inode: int, was: int, now: int) -> bytes:
    """Return the first two lines, padded to a fixed length."""
    at = round(time.time())
    first = encode(LogCompacted(at=at, old_inode=inode, old_bytes=was, new_bytes=now))
    return first.ljust(200) + b"\n" + encode(Resumed(at=at, epoch=0)) + b"\n"


def _lines(source: BinaryIO, end: int) -> Iterator[tuple[int, bytes]]:
    """Yield each line and its offset, without lines that are too long or incomplete."""
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


class _FileSummary:
    """What has to be known about a file before any of its lines can be left out."""

    def __init__(self, source: BinaryIO, end: int) -> None:
        self.last: dict[type, int] = {}
        """The offset of the last event of each type."""
        self.saved: dict[str, int] = {}
        self.begun = end
        """The offset of the first `RunStarted`."""
        self._resumed: list[int] = []
        self._kept: list[int] = []
        self.notices: list[int] = []
        self.epochs = 1
        self.metrics = 1
        self.parts = math.inf
        """The lowest number of parts that an epoch was divided into before."""
        self.system_seconds: list[float] = []
        """For each trainer, how long it reported on the machine."""
        self.system_parts = FINEST
        """The lowest number of parts that an hour was divided into before."""
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
            if isinstance(event, SystemStats | SystemThinned):
                self._system(event)
            elif isinstance(event, FileSaved):
                self.saved[event.file] = at
            elif isinstance(event, Resumed):
                self._resumed.append(at)
                self._kept.append(event.epoch)
            elif isinstance(event, RunStarted):
                self.begun = min(self.begun, at)
                self.system_seconds.append(0.0)
            elif isinstance(event, Notice):
                self.notices.append(at)
            if isinstance(event, EpochEnded | EpochStarted):
                current = at  # the epoch at work begins after it
        # The epoch at work stays whole, unless it is very long.
        self.whole_from = max(current, end - WHOLE)
        for place in reversed(range(len(self._kept) - 1)):
            self._kept[place] = min(self._kept[place : place + 2])

    def _system(self, event: SystemStats | SystemThinned) -> None:
        if isinstance(event, SystemStats):
            seconds = event.seconds
        else:
            seconds = max((row[-1] for row in event.seconds.values() if row), default=0.0)
            self.system_parts = min(self.system_parts, event.parts)
        before = self.system_seconds.pop() if self.system_seconds else 0.0
        self.system_seconds.append(max(before, seconds))

    def is_old(self, at: int, event: SystemStats) -> bool:
        """Return whether a report on the machine may be thinned: all but the newest."""
        return at < min(self.whole_from, self.last[type(event)])

    def is_void(self, at: int, epoch: int) -> bool:
        """Return whether an epoch's event is void, because the run was resumed from before it."""
        later = bisect_right(self._resumed, at)
        return later < len(self._kept) and epoch > self._kept[later]


def compacted_lines(source: BinaryIO, end: int) -> Iterator[bytes]:
    """Yield the lines of the shorter file, without its first two.

    Args:
        source: the file.
        end: the number of its bytes to read.
    """
    facts = _FileSummary(source, end)
    parts = int(min(parts_per_epoch(facts.epochs, facts.metrics), facts.parts))
    notices = set(facts.notices[-NOTICES:])
    batches = EpochBatches(parts)
    reports = SystemReports(
        min(parts_per_hour(sum(facts.system_seconds) / 3600), facts.system_parts)
    )
    for at, line in _lines(source, end):
        event = decode(line)
        if isinstance(event, BatchesEnded | BatchesThinned):
            if facts.is_void(at, event.epoch):
                continue
            if at >= facts.whole_from and isinstance(event, BatchesEnded):
                yield from batches.pop_line()
                yield line
                continue
            if event.epoch != batches.number:
                yield from batches.pop_line()
            batches.add(event)
        elif isinstance(event, SystemThinned) or (
            isinstance(event, SystemStats) and facts.is_old(at, event)
        ):
            reports.add(event)
        elif _is_kept(event, at, facts, notices):
            if isinstance(event, SystemStats | RunStarted):  # what follows is later
                yield from reports.pop_line()
            yield from batches.pop_line()
            yield line
    yield from batches.pop_line()
    yield from reports.pop_line()


def _is_kept(event: Event | None, at: int, facts: _FileSummary, notices: set[int]) -> bool:
    if event is None:
        return True  # of a later version, or damaged: kept
    if isinstance(event, LogCompacted) or (isinstance(event, Resumed) and at < facts.begun):
        return False  # the first two lines of a file that was compacted before
    if at >= facts.whole_from:
        return True
    if isinstance(event, _PRESENT):
        return facts.last[type(event)] == at
    if isinstance(event, FileSaved):
        return facts.saved[event.file] == at
    if isinstance(event, Notice):
        return at in notices
    return True
