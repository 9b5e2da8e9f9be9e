"""Writing events to `events.jsonl`, and reading them while the file grows."""

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
"""Bytes of the longest event: `DataReady` lists every image that is left out."""
BATCHES = b'{"type":"batches_'
"""The beginning of most lines in a long file: a search for other events need not decode them."""
FREQUENT = (BATCHES, b'{"type":"system_')
"""The same, with the reports on the machine's load."""


class EventWriter:
    """Appends events, one a line, and keeps them in memory while the disk is full.

    A full disk must not end a training: events that cannot be written wait in order, and are tried
    again with the next event. A partly written line is cut off first, so that a reader never finds
    half an event in the middle of the file. Threads may share a writer.
    """

    KEPT = 100_000

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = open_descriptor(path, os.O_RDWR | os.O_CREAT)
        self._end = os.lseek(self._file, 0, os.SEEK_END)
        # Where a trainer died in the middle of a line, begin with a new one.
        torn = self._end > 0 and os.pread(self._file, 1, self._end - 1) != b"\n"
        self._waiting: deque[bytes] = deque([b"\n"] if torn else [], maxlen=self.KEPT)
        self._lock = threading.Lock()
        self.problem: OSError | None = None
        """Why the last attempt to write failed; None when all is on disk."""

    def write(self, event: Event) -> None:
        """Append an event; on a full disk it waits in memory, and `problem` says why."""
        line = _encoder.encode(event) + b"\n"
        with self._lock:
            self._waiting.append(line)
            self._flush()

    def flush(self) -> None:
        """Try to write the events that wait."""
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
                # If this fails too, the next attempt overwrites the partly written line.
                with contextlib.suppress(OSError):
                    os.ftruncate(self._file, self._end)
                return
            self._end += len(line)
            self._waiting.popleft()
        self.problem = None

    @property
    def size(self) -> int:
        """Bytes on the disk: complete lines, except for the rest of a trainer that died."""
        return self._end

    @property
    def inode(self) -> int:
        """The inode of the file."""
        return os.fstat(self._file).st_ino

    def switch_to(self, beside: Path, file: int, was: int) -> None:
        """Replace the file by another one and continue to write there.

        Args:
            beside: its path, in the same folder.
            file: its descriptor, for reading and writing; it is closed with this writer.
            was: the number of bytes at the beginning of the old file that the new one replaces.

        Raises:
            OSError: when the disk is full; the old file then stays.
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
        """Flush the file to the disk (fsync)."""
        try:
            os.fsync(self._file)
        except OSError as error:
            self.problem = error

    def close(self) -> None:
        """Write the events that wait, flush the file to the disk, and close it."""
        self.flush()
        self.sync()
        os.close(self._file)


class EventReader:
    """Reads the events that are new since the last call.

    An incomplete last line waits until it is complete; a line that is damaged, of an unknown type
    or longer than any event is counted and skipped. Where the trainer has replaced the file by a
    shorter one (`tui.runs.events.compaction`), reading continues where it was; any other new file
    is read from its beginning.
    """

    BLOCK = 4 * 1024 * 1024

    def __init__(self, path: Path | str, offset: int = 0, inode: int = 0) -> None:
        """Create a reader.

        Args:
            path: of the file.
            offset: number of bytes to skip.
            inode: of the file that the offset is for; 0: any.
        """
        self._path = path
        self._offset = offset
        self._inode = inode
        self._searched = 0
        """Bytes after the offset that are known to have no newline."""
        self.skipped = 0
        """Lines that were skipped: damaged, or of a type that this version does not know."""
        self.too_long = 0
        """The number of them that were longer than `LONGEST_LINE`."""
        self.restarts = 0
        """How often another file was found, and read from its beginning."""

    def set_path(self, path: Path | str) -> None:
        """Continue at the same place of the same file under its new path."""
        self._path = path

    def read(self) -> list[Event]:
        """Return the new events in order; a missing file has none.

        A call decodes at most a few MB, so that a long history does not block the screen; call it
        again until it returns nothing.

        Raises:
            OSError: when the file exists and cannot be read.
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
        """Find the place to continue at, in a file that may have been replaced."""
        status = os.fstat(file.fileno())
        known, self._inode = self._inode, status.st_ino
        if known in (0, status.st_ino) and status.st_size >= self._offset:
            return
        first = decode(file.readline(1024)) if known != status.st_ino else None
        self._searched = 0
        if (
            isinstance(first, LogCompacted)
            and first.old_inode == known
            and self._offset >= first.old_bytes
        ):
            self._offset += first.new_bytes - first.old_bytes
        else:
            self.restarts += self._offset > 0
            self._offset = 0

    def _block(self, file: BinaryIO) -> tuple[list[bytes], bool]:
        """Return the lines of a block, and whether there may be more after it."""
        start = self._offset + self._searched
        file.seek(start)
        block = file.read(self.BLOCK)
        end = block.rfind(b"\n") + 1
        if not end:  # what was searched is not read again, even if the line grows slowly
            self._searched += len(block)
            return [], len(block) == self.BLOCK
        first = block.find(b"\n") + 1
        if self._searched + first > LONGEST_LINE:
            self._skip()
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
                self._skip()
            elif line:
                kept.append(line)
        return kept, len(block) == self.BLOCK

    def _skip(self) -> None:
        self.skipped += 1
        self.too_long += 1

    def _decoded(self, line: bytes) -> Event | None:
        event = decode(line)
        if event is None and line.strip():
            self.skipped += 1
        return event


def decode(line: bytes) -> Event | None:
    """Return the event of a line, or None if it is damaged or of an unknown type."""
    try:
        return _decoder.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def encode(event: Event) -> bytes:
    """Return an event as one line of JSON, without the newline."""
    return _encoder.encode(event)
