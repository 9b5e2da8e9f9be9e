"""Appending events to `events.jsonl`, and following it while it grows."""

from __future__ import annotations

import contextlib
import os
import threading
from collections import deque
from pathlib import Path
from typing import BinaryIO

import msgspec

from tui.common.atomic_write import sync_folder
from tui.common.safe_files import open_descriptor, open_reading
from tui.runs.events.event_types import Event, LogCompacted

_decoder: msgspec.json.Decoder[Event] = msgspec.json.Decoder(Event)
_encoder = msgspec.json.Encoder()

LONGEST_LINE = 16 * 1024 * 1024
"""Bytes of a line: `DataReady` names every image that is left out; no event is longer."""
BATCHES = b'{"type":"batches_'
"""How nearly all lines of a long file begin: whoever looks for others need not decode them."""


class EventWriter:
    """Appends events, each a whole line, and keeps them when the disk does not take them.

    A full disk must not end a training: what cannot be written waits in memory, in order, and
    is tried again with the next event. A line that was written in part is cut off first, so
    that a reader never sees half an event in the middle of the file. Threads may share a writer.
    """

    KEPT = 100_000

    def __init__(self, path: Path) -> None:
        self.path = path
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

    @property
    def size(self) -> int:
        """How many bytes are on the disk, all of them whole lines but for what a death left."""
        return self._end

    @property
    def inode(self) -> int:
        """The inode of the file."""
        return os.fstat(self._file).st_ino

    def take_over(self, beside: Path, file: int, was: int) -> None:
        """Write on in another file, which takes the place of this one; readers see one or other.

        Args:
            beside: its path, in the same folder.
            file: a descriptor of it to read and write, which is closed with this writer.
            was: what the first bytes of the old file say stands in it already.

        Raises:
            OSError: when the disk does not take it; all stays as it was.
        """
        with self._lock:
            self._flush()
            if self.problem is not None:
                raise self.problem
            end = os.lseek(file, 0, os.SEEK_END)
            while was < self._end:
                block = os.pread(self._file, min(self._end - was, 1 << 20), was)
                if not block or os.write(file, block) != len(block):
                    raise OSError(28, "No space left on device")
                was, end = was + len(block), end + len(block)
            os.fsync(file)
            os.replace(beside, self.path)
            with contextlib.suppress(OSError):  # some file systems cannot
                sync_folder(self.path.parent)
            os.close(self._file)
            self._file, self._end = file, end

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

    A torn last line stays unread until it is whole; a line that is damaged, of an unknown type or
    longer than any event is counted and passed over. A file that the trainer replaced by a shorter
    one (`tui.runs.events.compaction`) is read on behind what was read before; another one from its
    beginning.
    """

    BLOCK = 4 * 1024 * 1024

    def __init__(self, path: Path | str, offset: int = 0, inode: int = 0) -> None:
        """Begin to read.

        Args:
            path: of the file.
            offset: bytes that are not wanted.
            inode: of the file that they were counted in; 0: the file is not known yet.
        """
        self._path = path
        self._offset = offset
        self._inode = inode
        self._searched = 0
        """Bytes behind the offset in which there is no end of a line."""
        self.skipped = 0
        """Lines passed over: damaged, or of a type that this version does not know."""
        self.too_long = 0
        """How many of them had more than `LONGEST_LINE` bytes."""
        self.restarts = 0
        """How often the file was found replaced by another one, and read from its beginning."""

    def set_path(self, path: Path | str) -> None:
        """Read on from the same place in the same file, which is called otherwise now."""
        self._path = path

    def read(self) -> list[Event]:
        """Return the new events, in order; an absent file has none.

        A call decodes at most a few MB, so that a long history does not hold up the screen; call
        again until it returns nothing.

        Raises:
            OSError: when the file is there and cannot be read.
        """
        return [event for line in self.read_lines() if (event := self._decoded(line)) is not None]

    def read_lines(self) -> list[bytes]:
        """Return the new lines; as `read`."""
        try:
            with open_reading(self._path) as file:
                self._find_place(file)
                while True:
                    lines, more = self._block(file)
                    if lines or not more:
                        return lines
        except FileNotFoundError:
            return []

    def _find_place(self, file: BinaryIO) -> None:
        """Find the place to read on, in a file that may have been replaced."""
        status = os.fstat(file.fileno())
        known, self._inode = self._inode, status.st_ino
        if known in (0, status.st_ino) and status.st_size >= self._offset:
            return
        first = decode(file.readline(1024)) if known != status.st_ino else None
        self._searched = 0
        if isinstance(first, LogCompacted) and first.before == known and self._offset >= first.was:
            self._offset += first.now - first.was
        else:
            self.restarts += self._offset > 0
            self._offset = 0

    def _block(self, file: BinaryIO) -> tuple[list[bytes], bool]:
        """Return the lines of a block, and whether there may be more behind it."""
        start = self._offset + self._searched
        file.seek(start)
        block = file.read(self.BLOCK)
        end = block.rfind(b"\n") + 1
        if not end:  # what was searched is not read again, however slowly the line grows
            self._searched += len(block)
            return [], len(block) == self.BLOCK
        first = block.find(b"\n") + 1
        if self._searched + first > LONGEST_LINE:
            self._pass_over()
            lines = block[first:end].split(b"\n")
        elif self._searched:
            file.seek(self._offset)
            lines = (file.read(self._searched) + block[:end]).split(b"\n")
        else:
            lines = block[:end].split(b"\n")
        self._offset = start + end
        self._searched = len(block) - end
        kept = []
        for line in lines:
            if len(line) > LONGEST_LINE:
                self._pass_over()
            elif line:
                kept.append(line)
        return kept, len(block) == self.BLOCK

    def _pass_over(self) -> None:
        self.skipped += 1
        self.too_long += 1

    def _decoded(self, line: bytes) -> Event | None:
        event = decode(line)
        if event is None and line.strip():
            self.skipped += 1
        return event


def decode(line: bytes) -> Event | None:
    """Return the event of one line, or None where it is damaged or of an unknown type."""
    try:
        return _decoder.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def encode(event: Event) -> bytes:
    """Return an event as one line of JSON, without the newline."""
    return _encoder.encode(event)
