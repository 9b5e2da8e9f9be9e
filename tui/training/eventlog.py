"""Appending events to `events.jsonl`, and following it while it grows."""

from __future__ import annotations

import contextlib
import math
import os
import threading
from collections import deque
from pathlib import Path

import msgspec

from tui.safe_files import open_descriptor, open_reading
from tui.training.events import EpochEnded, Event, Resumed

_decoder: msgspec.json.Decoder[Event] = msgspec.json.Decoder(Event)
_encoder = msgspec.json.Encoder()

BACKWARDS_BLOCK = 64 * 1024
"""Bytes of a step when a file is read from its end."""


class EventWriter:
    """Appends events, each a whole line, and keeps them when the disk does not take them.

    A full disk must not end a training: what cannot be written waits in memory, in order, and
    is tried again with the next event. A line that was written in part is cut off first, so
    that a reader never sees half an event in the middle of the file. Threads may share a writer.
    """

    KEPT = 100_000

    def __init__(self, path: Path) -> None:
        self._file = open_descriptor(path, os.O_RDWR | os.O_CREAT)
        self._end = os.lseek(self._file, 0, os.SEEK_END)
        # After a death in the middle of a line, begin on a line of one's own.
        torn = self._end > 0 and os.pread(self._file, 1, self._end - 1) != b"\n"
        self._waiting: deque[bytes] = deque([b"\n"] if torn else [], maxlen=self.KEPT)
        self._lock = threading.Lock()
        self.problem: OSError | None = None
        """Why the last attempt to write failed; None when all is on disk."""

    def write(self, event: Event) -> None:
        """Append one event; never raises for a disk that does not take it."""
        line = _encoder.encode(event) + b"\n"
        with self._lock:
            self._waiting.append(line)
            self._flush()

    def flush(self) -> None:
        """Try to write whatever waits."""
        with self._lock:
            self._flush()

    def _flush(self) -> None:
        while self._waiting:
            line = self._waiting[0]
            try:
                os.lseek(self._file, self._end, os.SEEK_SET)
                if os.write(self._file, line) != len(line):
                    raise OSError(28, "No space left on device")
            except OSError as error:
                self.problem = error
                # Should this fail too, the next attempt writes over the torn part anyway.
                with contextlib.suppress(OSError):
                    os.ftruncate(self._file, self._end)
                return
            self._end += len(line)
            self._waiting.popleft()
        self.problem = None

    def sync(self) -> None:
        """Put what was written on the disk for good (fsync)."""
        try:
            os.fsync(self._file)
        except OSError as error:
            self.problem = error

    def close(self) -> None:
        """Write what waits, put it on the disk for good, and close the file."""
        self.flush()
        self.sync()
        os.close(self._file)


class EventReader:
    """Reads the events that came since the last look.

    A torn last line stays unread until it is whole; a line that is damaged or of an unknown
    type is counted and passed over.
    """

    BLOCK = 4 * 1024 * 1024

    def __init__(self, path: Path) -> None:
        self._path = path
        self._offset = 0
        self.skipped = 0
        """Lines passed over: damaged, or of a type that this version does not know."""

    def go_on_with(self, path: Path) -> None:
        """Read on from the same place in the same file, which is called otherwise now."""
        self._path = path

    def read(self) -> list[Event]:
        """Return the new events, in order; an absent file has none.

        A call reads at most a few MB, so that a long history does not hold up the screen; call
        again until it returns nothing.

        Raises:
            OSError: when the file is there and cannot be read.
        """
        try:
            with open_reading(self._path) as file:
                if os.fstat(file.fileno()).st_size < self._offset:
                    self._offset = 0  # the file was replaced by a shorter one
                file.seek(self._offset)
                block = file.read(self.BLOCK)
                if len(block) == self.BLOCK:
                    block += file.readline()  # never stop inside a line, however long
        except FileNotFoundError:
            return []
        end = block.rfind(b"\n") + 1
        self._offset += end
        events = []
        for line in block[:end].splitlines():
            event = decode(line)
            if event is not None:
                events.append(event)
            elif line.strip():
                self.skipped += 1
        return events


def decode(line: bytes) -> Event | None:
    """Return the event of one line, or None where it is damaged or of an unknown type."""
    try:
        return _decoder.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def encode(event: Event) -> bytes:
    """Return an event as one line of JSON, without the newline."""
    return _encoder.encode(event)


def last_events(path: Path, wanted: tuple[type, ...]) -> dict[type, Event]:
    """Return the last event of each wanted type, the latest first; reads from the file's end.

    For a list of runs: a long history is not read whole to learn how it ended. An epoch that is
    void, because the run was taken up again from before it, is not found.
    """
    found: dict[type, Event] = {}
    valid = math.inf
    try:
        with open_reading(path) as file:
            position = file.seek(0, os.SEEK_END)
            rest = b""
            while position > 0 and len(found) < len(wanted):
                step = min(BACKWARDS_BLOCK, position)
                position -= step
                file.seek(position)
                lines = (file.read(step) + rest).split(b"\n")
                # The first piece may begin in the middle of a line: keep it for the next block.
                rest = lines.pop(0) if position > 0 else b""
                for line in reversed(lines):
                    event = decode(line) if line else None
                    if isinstance(event, Resumed):
                        valid = min(valid, event.epoch)
                    if isinstance(event, EpochEnded) and event.epoch > valid:
                        continue
                    if event is not None and type(event) in wanted:
                        found.setdefault(type(event), event)
    except OSError:
        pass  # not there, or not to be read: then nothing is known of it
    return found
