"""From an exception to one sentence with a cure."""

from __future__ import annotations

import errno
import os
import re
from dataclasses import dataclass, replace

from tui.common.text import clean
from tui.runs.process.memory import memory_shortage, mentions_memory, smaller_batch_advice

# TensorFlow hands on what a loader raised as text only, in the middle of its own.
_INNER = re.compile(r"^((?:\w+\.)*\w*(?:Error|Exception)): (.+)$", re.MULTILINE)
_VANISHED = re.compile(r"FileNotFoundError: \[Errno \d+\] [^:]*: (['\"])(.*)\1")

_UNREADABLE = re.compile(
    r"(?:PermissionError|IsADirectoryError|OSError): \[Errno \d+\] (.+?): (['\"])(.*)\2"
)

_DEVICE = re.compile(
    r"CUDA_ERROR_|CUDA error|cudaError|CUDNN_STATUS|CUBLAS_STATUS|[Dd]evice (?:is |was )?lost"
    r"|no CUDA-capable device|fallen off the bus|failed to query event|Could not synchronize"
)


class Cancelled(Exception):
    """The learner asked to stop."""


@dataclass
class TrainingError(Exception):
    """The training cannot go on, for a reason that we can name."""

    what: str
    where: str
    cure: str
    learning_rate: float = 0.0
    """The one to go on with, where the present one is to blame; else 0."""
    not_finite: bool = False
    """Whether the loss or the weights stopped being finite numbers."""
    run: str = ""
    """The run's name, where a state is kept to resume it from."""
    kept: int = 0
    """The epoch of that state; 0: none."""

    def __str__(self) -> str:
        return f"{self.what} {self.cure}"


def explain_failure(error: BaseException, batch_size: int | None = None) -> TrainingError:
    """Return what failed, where, and what to do about it, for any exception.

    Args:
        error: what was raised.
        batch_size: images a batch, where a training was under way.
    """
    if isinstance(error, TrainingError):
        return error
    kind, text = type(error).__name__, str(error).strip().split("\n")[0]
    if inner := _INNER.search(str(error)):
        kind, text = inner.groups()
    text = clean(text.rstrip("."), 300) or kind
    vanished = _VANISHED.search(str(error))
    log = "The whole message is in trainer.log in the run's folder."
    if is_out_of_memory(error):
        if isinstance(error, ImportError):
            return _no_room_for_keras()
        cure = memory_shortage() or smaller_batch_advice(batch_size)
        return TrainingError("There was not enough memory.", "training", cure)
    if _DEVICE.search(str(error)):
        return TrainingError(
            f"The GPU does not answer any more ({text}).",
            "training",
            "See with `nvidia-smi` whether it is there; CUDA_VISIBLE_DEVICES=-1 in the environment "
            "trains on the CPU.",
        )
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return TrainingError("The disk is full.", "writing", "Free some space and start again.")
    if isinstance(error, FileNotFoundError) or vanished:
        name = vanished[2] if vanished else str(getattr(error, "filename", text))
        folder = os.path.dirname(name)
        alone = bool(folder) and os.path.isdir(folder)
        return TrainingError(
            f"A file has vanished: {clean(name)}.",
            "reading images",
            "Put it back; or go on without it: the images are looked at anew first."
            if alone
            else "Put the folder back, or choose it anew in Data.",
        )
    unreadable = _UNREADABLE.search(f"{type(error).__name__}: {error}")
    if unreadable:
        return TrainingError(
            f"A file cannot be read any more: {clean(unreadable[3])} ({clean(unreadable[1])}).",
            "reading images",
            "Put it right; or go on without it: the images are checked first, and the bad ones are "
            "left out.",
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


def explain_loading(error: BaseException) -> TrainingError:
    """Return what failed while Keras and TensorFlow were loaded.

    Where memory is short that shows in many ways, and not all of them speak of it: a module that
    was not found, an error without a text.
    """
    if is_out_of_memory(error) or (isinstance(error, Exception) and memory_shortage()):
        return _no_room_for_keras()
    return explain_failure(error)


def _no_room_for_keras() -> TrainingError:
    return TrainingError(
        "There was not enough memory to load Keras and TensorFlow.",
        "loading Keras",
        memory_shortage() or "Close other programs: they take about 1 GB.",
    )


def is_out_of_memory(error: BaseException) -> bool:
    """Say whether something failed for want of memory, the computer's or the GPU's."""
    return isinstance(error, MemoryError) or mentions_memory(str(error))


def explain_building(error: BaseException) -> TrainingError:
    """Return what failed while the network was built: no batch was there yet."""
    if not is_out_of_memory(error):
        return explain_failure(error)
    return TrainingError(
        "There was not enough memory for the network's weights.",
        "building the network",
        "Choose fewer units in the Dense layer, more pooling before it, or a smaller target size.",
    )


def with_checkpoint(failure: TrainingError, run: str, epoch: int) -> TrainingError:
    """Add to a failure which state is kept.

    Args:
        failure: what went wrong.
        run: the run's name.
        epoch: the last one whose state is on the disk; 0: none.
    """
    return replace(failure, run=run, kept=epoch) if epoch else failure
