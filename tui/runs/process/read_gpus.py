"""Reading the GPUs of this machine, with what is used of them; nothing is computed on them."""

from __future__ import annotations

import functools
from typing import Any

from tui.runs.process.gpus import Gpu
from tui.runs.process.nvidia_smi import gpus_from_nvidia_smi
from tui.runs.process.nvml import answer, gpus_from_nvml, open_nvml


def read_gpus() -> tuple[Gpu, ...]:
    """Return all GPUs of this machine; none where there is no driver, or where it does not answer.

    NVML is asked where it is installed, else the program `nvidia-smi`. It may take a second or two,
    where the driver has to wake the GPUs.
    """
    nvml = _nvml()
    if nvml is not None:
        found = answer(lambda: gpus_from_nvml(nvml))
        if found is not None:
            return found
    return gpus_from_nvidia_smi()


@functools.cache
def _nvml() -> Any:
    """Return NVML, which is opened once: the queue reads the GPUs every few seconds."""
    return open_nvml()
