"""From an exception to one sentence with a cure."""

from __future__ import annotations

import errno
import re
from dataclasses import dataclass

from tui.text import clean

# TensorFlow hands on what a loader raised as text only, in the middle of its own.
_INNER = re.compile(r"^((?:\w+\.)*\w*(?:Error|Exception)): (.+)$", re.MULTILINE)
_VANISHED = re.compile(r"FileNotFoundError: \[Errno \d+\] [^:]*: (['\"])(.*)\1")


class Cancelled(Exception):
    """The learner asked to stop."""


@dataclass
class TrainingError(Exception):
    """The training cannot go on, for a reason that we can name."""

    what: str
    where: str
    cure: str

    def __str__(self) -> str:
        return f"{self.what} {self.cure}"


def explain(error: BaseException) -> TrainingError:
    """Return what failed, where, and what to do about it, for any exception."""
    if isinstance(error, TrainingError):
        return error
    kind, text = type(error).__name__, str(error).strip().split("\n")[0]
    if inner := _INNER.search(str(error)):
        kind, text = inner.groups()
    text = clean(text.rstrip("."), 300) or kind
    vanished = _VANISHED.search(str(error))
    log = "The whole message is in trainer.log in the run's folder."
    if isinstance(error, MemoryError) or "OOM when allocating" in str(error):
        return TrainingError(
            "There was not enough memory.",
            "training",
            "Choose a smaller batch size, a smaller target size or fewer units in the Dense layer.",
        )
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return TrainingError("The disk is full.", "writing", "Free some space and start again.")
    if isinstance(error, FileNotFoundError) or vanished:
        name = vanished[2] if vanished else getattr(error, "filename", text)
        return TrainingError(
            f"A file has vanished: {clean(name)}.",
            "reading images",
            "Put the folder back, or choose it anew in Data.",
        )
    if "cannot identify image file" in str(error) or "image file is truncated" in str(error):
        return TrainingError(
            "An image became unreadable while training.",
            "reading images",
            "Start again: the images are checked first and the bad ones are left out.",
        )
    if isinstance(error, ImportError):
        return TrainingError(
            f"A library cannot be loaded: {text}.",
            "loading Keras",
            "Install the program again, for example with `make run` or `pipx reinstall cnn-tui`.",
        )
    return TrainingError(f"{kind}: {text}.", "training", log)
