"""The GPUs of this machine that one training can share its batches among."""

from __future__ import annotations

import os

from tui.common.stop_rule import SpecError
from tui.runs.queue.slots import usable_gpus
from tui.runs.settings.several_gpus import ALL_GPUS, indivisible

LOGICAL_DEVICES = "CNN_TUI_LOGICAL_DEVICES"
"""For tests: into how many devices the CPU is divided, which then stand in for GPUs."""


def logical_devices() -> int:
    """Return into how many devices the CPU is to be divided; 0: it is not."""
    text = os.environ.get(LOGICAL_DEVICES, "").strip()
    return int(text) if text.isascii() and text.isdecimal() else 0


def sharable_gpus() -> int:
    """Return the number of GPUs that a training may use here; reads the driver.

    0 where none is found: without NVML and `nvidia-smi` TensorFlow may still see some.
    """
    return logical_devices() or len(usable_gpus())


def check_sharing(gpus: int, batch_size: int, there: int) -> None:
    """Check that this machine has as many GPUs, and that they can share a batch evenly.

    Args:
        gpus: as in `TrainingSpec.gpus`.
        batch_size: images a batch.
        there: from `sharable_gpus`; with 0 the trainer finds out.

    Raises:
        SpecError: when it cannot be.
    """
    if 0 < there < gpus:
        usable = f"{there} GPUs" if there > 1 else "one GPU"
        raise SpecError(
            f"{gpus} GPUs were asked for, and a training can use {usable} here. `cnn-tui doctor` "
            "says which are seen."
        )
    if gpus == ALL_GPUS and (problem := indivisible(there, batch_size)):
        raise SpecError(problem)
