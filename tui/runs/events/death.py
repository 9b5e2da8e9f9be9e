"""What is known of a trainer that ended without a last word."""

from __future__ import annotations

import os

from tui.common.safe_files import open_reading
from tui.runs.process.memory import smaller, speaks_of_memory
from tui.runs.process.memory_limits import short_of_memory
from tui.runs.store.model_files import checkpoints
from tui.runs.store.run_access import RunError
from tui.runs.store.run_folder import RunFolder

LOADED = b'"libraries_loaded"'
_TAIL = 16 * 1024
"""Bytes at the end of a log that a dying process wrote last."""


def death_cause(run: RunFolder) -> str:
    """Return why a trainer died, in one or two sentences, as far as its log tells.

    Where there was no memory a C++ library ends the process at once, and only its log says so. A
    kernel that is short of memory kills it, and nothing of the trainer's says so.
    """
    try:
        batch_size = run.spec().data.batch_size
    except RunError:
        batch_size = None
    loading = not _loaded(run)
    if speaks_of_memory(_tail(run)):
        if loading:
            return f"There was not enough memory to load Keras and TensorFlow. {_advice()}"
        return f"There was not enough memory. {smaller(batch_size)}"
    cause = "It was killed, ran out of memory, or the machine went down."
    if loading:
        return f"{cause} Keras and TensorFlow were not loaded yet. {_advice()}"
    if batch_size is None or batch_size == 1:
        return cause
    return f"{cause} A batch size of {batch_size // 2} instead of {batch_size} needs less memory."


def _advice() -> str:
    return short_of_memory() or "`cnn-tui doctor` says whether there is memory enough for them."


def _loaded(run: RunFolder) -> bool:
    """Say whether Keras was loaded, as far as the events of the run tell; they begin with it."""
    try:
        with open_reading(run.events) as file:
            return LOADED in file.read(_TAIL)
    except OSError:
        return False


def after_death(run: RunFolder) -> str:
    """Return what can be done with a run whose trainer died, for the command line; clean."""
    kept = checkpoints(run)
    if not kept:
        return "No epoch is kept: train anew."
    return f"`cnn-tui runs resume {run.name}` goes on after epoch {kept[-1]}."


def _tail(run: RunFolder) -> str:
    try:
        with open_reading(run.log) as file:
            file.seek(-min(_TAIL, file.seek(0, os.SEEK_END)), os.SEEK_END)
            return file.read().decode("utf-8", "replace")
    except OSError:
        return ""
