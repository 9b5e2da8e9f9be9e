"""The load of the GPUs that a process computes on, read with NVML where that is installed."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import Any

from tui.runs.events.assigned_gpus import VISIBLE
from tui.runs.events.event_types import GpuStats
from tui.runs.process.gpus import Gpu, visible_gpus
from tui.runs.process.nvml import (
    answer,
    memory,
    mig_devices,
    open_nvml,
    percent_in_use,
    whole_gpus,
)


class GpuMonitor:
    """The GPUs that this process may use. Nothing here raises: without a driver there are none."""

    def __init__(self) -> None:
        self._nvml = nvml = open_nvml()
        self._gpus = (answer(lambda: _used_gpus(nvml)) or []) if nvml is not None else []

    def read(self) -> tuple[GpuStats, ...]:
        """Return the load of each GPU; one that says nothing, as after a fault, is left out."""
        found = (self._stats(*one) for one in self._gpus)
        return tuple(one for one in found if one is not None)

    def _stats(self, gpu: Gpu, handle: Any) -> GpuStats | None:
        nvml = self._nvml
        (used, total), percent = memory(nvml, handle), percent_in_use(nvml, handle)
        if used is None and percent is None:
            return None
        return GpuStats(
            index=gpu.index,
            name=gpu.name,
            percent=percent,
            memory_used=used,
            memory_total=total,
            watts=answer(lambda: round(nvml.nvmlDeviceGetPowerUsage(handle) / 1000, 1)),
            celsius=answer(lambda: float(nvml.nvmlDeviceGetTemperature(handle, 0))),
        )

    def close(self) -> None:
        """Release the driver."""
        nvml, self._nvml, self._gpus = self._nvml, None, []
        if nvml is not None:
            with suppress(Exception):
                nvml.nvmlShutdown()


def _used_gpus(nvml: Any) -> list[tuple[Gpu, Any]]:
    """Return the GPUs that CUDA uses in this process, with their handles.

    The numbers in `CUDA_VISIBLE_DEVICES` are taken for those of `nvidia-smi`, which they are where
    all GPUs are of one kind, or with `CUDA_DEVICE_ORDER=PCI_BUS_ID`.
    """
    wholes = whole_gpus(nvml)
    if VISIBLE not in os.environ:
        return wholes
    parts = [part for whole in wholes for part in mig_devices(nvml, *whole) or ()]
    handles = dict([*wholes, *parts])
    return [(gpu, handles[gpu]) for gpu in visible_gpus(os.environ, list(handles))]
