"""Keeping logs short: a library that writes a line an image can fill a disk in a week."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from tui.common.safe_files import open_descriptor

LARGEST = 8 * 1024 * 1024
"""The most bytes of a log."""
KEPT = 256 * 1024
"""Bytes kept at the beginning and at the end of a log that is longer."""


def shorten_log(path: Path) -> bool:
    """Remove the middle of a log that is too large; return whether it was.

    Its writers can continue, because they append. A line that is written in the same instant may be
    lost. A log that is missing, or cannot be changed, is left alone.
    """
    with contextlib.suppress(OSError):
        if os.stat(path).st_size <= LARGEST:
            return False
        file = open_descriptor(path, os.O_RDWR)
        try:
            size = os.fstat(file).st_size
            end = os.pread(file, KEPT, size - KEPT).partition(b"\n")[2]
            left_out = size - KEPT - len(end)
            words = f"\n… {left_out:,} bytes were removed here: the log grew too large …\n"
            os.ftruncate(file, KEPT)
            os.pwrite(file, words.encode() + end, KEPT)
        finally:
            os.close(file)
        return True
    return False
