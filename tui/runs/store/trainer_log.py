"""What the trainer of a run printed."""

from __future__ import annotations

import os

from tui.common.safe_files import open_reading
from tui.common.text import clean
from tui.runs.store.run_folder import RunFolder

_MOST_SHOWN = 64 * 1024
"""Bytes of the end that a user is shown."""


def log_end(run: RunFolder, most: int) -> str:
    """Return the end of the trainer's output; not clean.

    Args:
        run: the run.
        most: the most bytes of it.

    Raises:
        OSError: when it cannot be read.
    """
    with open_reading(run.log) as file:
        file.seek(-min(most, file.seek(0, os.SEEK_END)), os.SEEK_END)
        return file.read().decode("utf-8", "replace")


def log_text(run: RunFolder) -> str:
    """Return the end of the trainer's output, clean, or why there is none."""
    try:
        text = log_end(run, _MOST_SHOWN)
    except OSError as error:
        return f"There is no log: {error.strerror}."
    return "\n".join(clean(line) for line in text.split("\n")) or "The trainer printed nothing."
