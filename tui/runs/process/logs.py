"""Keeping logs short: what libraries write of each image of each epoch fills a disk in a week."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from tui.common.safe_files import open_descriptor

LARGEST = 8 * 1024 * 1024
"""Bytes that a log may have."""
KEPT = 256 * 1024
"""Bytes at its beginning and at its end that stay when it has more."""


def shorten_log(path: Path) -> bool:
    """Take the middle out of a log that has grown too large; return whether it had.

    Whoever writes to it goes on: they append. A line that is written in the same instant may be
    lost. A log that is not there, or cannot be changed, is left alone.
    """
    with contextlib.suppress(OSError):
        if os.stat(path).st_size <= LARGEST:
            return False
        file = open_descriptor(path, os.O_RDWR)
        try:
            size = os.fstat(file).st_size
            end = os.pread(file, KEPT, size - KEPT).partition(b"\n")[2]
            left_out = size - KEPT - len(end)
            words = f"\n… {left_out:,} bytes were taken out here: the log grew too large …\n"
            os.ftruncate(file, KEPT)
            os.pwrite(file, words.encode() + end, KEPT)
        finally:
            os.close(file)
        return True
    return False
