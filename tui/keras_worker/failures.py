"""Explaining exceptions of a training: what failed, in one sentence, with a cure."""

from __future__ import annotations

import errno
import os
import re
from dataclasses import dataclass, replace

from tui.common.text import clean
from tui.runs.process.machines import PROCESSES
from tui.runs.process.memory import memory_shortage, mentions_memory, smaller_batch_advice

# TensorFlow reports the exception of a loader as text, in the middle of its own message.
_INNER = re.compile(r"^((?:\w+\.)*\w*(?:Error|Exception)): (.+)$", re.MULTILINE)
_MISSING_FILE = re.compile(r"FileNotFoundError: \[Errno \d+\] [^:]*: (['\"])(.*)\1")

_UNREADABLE = re.compile(
    r"(?:PermissionError|IsADirectoryError|OSError): \[Errno \d+\] (.+?): (['\"])(.*)\2"
)

_DEVICE = re.compile(
    r"CUDA_ERROR_|CUDA error|cudaError|CUDNN_STATUS|CUBLAS_STATUS|[Dd]evice (?:is |was )?lost"
    r"|no CUDA-capable device|fallen off the bus|failed to query event|Could not synchronize"
)


_OTHER_PROCESS = re.compile(
    r"Gloo \w+ failed|NCCL (?:operation|error)|remote process exited|heartbeat timeout"
    r"|[Cc]oordination service|Connection (?:reset|closed) by peer"
)


class Cancelled(Exception):
    """The user asked to stop."""


@dataclass
class TrainingError(Exception):
    """The training cannot continue, for a known reason."""

    what: str
    where: str
    cure: str
    learning_rate: float = 0.0
    """The rate to continue with, if the present one is the cause; else 0."""
    not_finite: bool = False
    """Whether the loss or the weights are no longer finite numbers."""
    run: str = ""
    """The run's name, if there is a checkpoint to resume it from."""
    kept: int = 0
    """The epoch of that checkpoint; 0: none."""

    def __str__(self) -> str:
        return f"{self.what} {self.cure}"


def explain_failure(error: BaseException, batch_size: int | None = None) -> TrainingError:
    """Return what failed, where, and what to do about it, for any exception.

    Args:
        error: that was raised.
        batch_size: images a batch; None if the training had not begun.
    """
    if isinstance(error, TrainingError):
        return error
    kind, text = type(error).__name__, str(error).strip().split("\n")[0]
    if inner := _INNER.search(str(error)):
        kind, text = inner.groups()
    text = clean(text.rstrip("."), 300) or kind
    missing_file = _MISSING_FILE.search(str(error))
    log = "The whole message is in trainer.log in the run's folder."
    if is_out_of_memory(error):
        if isinstance(error, ImportError):
            return _no_memory_for_keras()
        cure = memory_shortage() or smaller_batch_advice(batch_size)
        return TrainingError("There was not enough memory.", "training", cure)
    if os.environ.get(PROCESSES) and _OTHER_PROCESS.search(str(error)):
        return TrainingError(
            f"The {os.environ[PROCESSES]} processes no longer train together: one of them has "
            f"ended, or its machine cannot be reached ({text}).",
            "training",
            "The output of the other processes says which. Resume the run with all of them: "
            "`cnn-tui runs resume` with the same --processes and --coordinator.",
        )
    if _DEVICE.search(str(error)):
        return TrainingError(
            f"The GPU no longer responds ({text}).",
            "training",
            "Check with `nvidia-smi` that it is available; CUDA_VISIBLE_DEVICES=-1 in the "
            "environment trains on the CPU.",
        )
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return TrainingError("The disk is full.", "writing", "Free some space and start again.")
    if isinstance(error, FileNotFoundError) or missing_file:
        name = missing_file[2] if missing_file else str(getattr(error, "filename", text))
        folder = os.path.dirname(name)
        only_file = bool(folder) and os.path.isdir(folder)
        return TrainingError(
            f"A file is missing: {clean(name)}.",
            "reading images",
            "Put it back, or continue without it: the images are checked again first."
            if only_file
            else "Put the folder back, or choose it again in Data.",
        )
    unreadable = _UNREADABLE.search(f"{type(error).__name__}: {error}")
    if unreadable:
        return TrainingError(
            f"A file can no longer be read: {clean(unreadable[3])} ({clean(unreadable[1])}).",
            "reading images",
            "Repair it, or continue without it: the images are checked first, and the bad ones are "
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

    A lack of memory may show as another error: a module that was not found, an error without a
        text.
    """
    if is_out_of_memory(error) or (isinstance(error, Exception) and memory_shortage()):
        return _no_memory_for_keras()
    return explain_failure(error)


def _no_memory_for_keras() -> TrainingError:
    return TrainingError(
        "There was not enough memory to load Keras and TensorFlow.",
        "loading Keras",
        memory_shortage() or "Close other programs: they take about 1 GB.",
    )


def is_out_of_memory(error: BaseException) -> bool:
    """Return whether an error means that memory ran out, the computer's or the GPU's."""
    return isinstance(error, MemoryError) or mentions_memory(str(error))


def explain_building(error: BaseException) -> TrainingError:
    """Return what failed while the network was built, before the first batch."""
    if not is_out_of_memory(error):
        return explain_failure(error)
    return TrainingError(
        "There was not enough memory for the network's weights.",
        "building the network",
        "Choose fewer units in the Dense layer, more pooling before it, or a smaller target size.",
    )


def with_checkpoint(failure: TrainingError, run: str, epoch: int) -> TrainingError:
    """Add the run's last checkpoint to a failure.

    Args:
        failure: what went wrong.
        run: the run's name.
        epoch: the last one with a checkpoint; 0: none.
    """
    return replace(failure, run=run, kept=epoch) if epoch else failure
