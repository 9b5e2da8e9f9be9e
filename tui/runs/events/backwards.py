"""Reading `events.jsonl` from its end: what came last is found without reading all of it."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from pathlib import Path

from tui.common.safe_files import open_reading
from tui.runs.events.event_types import BatchesEnded, BatchesThinned, EpochEnded, Event, Resumed
from tui.runs.events.eventlog import BATCHES, LONGEST_LINE, decode

BACKWARDS_BLOCK = 64 * 1024
"""Bytes of a step when a file is read from its end."""


def lines_backwards(file: int, size: int) -> Iterator[bytes | None]:
    """Yield the lines of an open file from the last one on, without their ends.

    The first is what stands behind the last end of a line, so usually nothing. The time is linear
    in the bytes that are read.

    Args:
        file: its descriptor; where it stands is not changed.
        size: bytes that it has, or is taken to have.

    Yields:
        A line; None in the place of one that is longer than `LONGEST_LINE`.

    Raises:
        OSError: when it cannot be read.
    """
    position = size
    pieces: list[bytes] = []  # of the line whose beginning is not reached yet, the last first
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
    """Return the last event of each wanted type, the latest first; reads from the file's end.

    An epoch that is void, because the run was taken up again from before it, is not found.
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
        pass  # not there, or not to be read: then nothing is known of it
    return found
