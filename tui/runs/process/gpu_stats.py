"""The load of the GPUs, read from NVIDIA's driver where its library is installed."""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from tui.common.text import clean
from tui.runs.events.event_types import GpuStats

VISIBLE = "CUDA_VISIBLE_DEVICES"
"""The variable that names the GPUs a process may use."""


class Gpus:
    """The GPUs that this process may use. Nothing here raises: without a driver there are none."""

    def __init__(self) -> None:
        self._nvml = _library()
        self._devices: list[tuple[int, str, Any]] = []
        """Number on this machine, name, and the driver's handle."""
        if self._nvml is not None:
            with suppress(Exception):
                self._devices = _devices(self._nvml, os.environ.get(VISIBLE))

    def read(self) -> tuple[GpuStats, ...]:
        """Return the load of each GPU; one that says nothing, as after a fault, is left out."""
        found = (self._stats(*device) for device in self._devices)
        return tuple(one for one in found if one is not None)

    def _stats(self, index: int, name: str, device: Any) -> GpuStats | None:
        nvml = self._nvml
        memory = _asked(lambda: nvml.nvmlDeviceGetMemoryInfo(device))
        percent = _asked(lambda: float(nvml.nvmlDeviceGetUtilizationRates(device).gpu))
        watts = _asked(lambda: round(nvml.nvmlDeviceGetPowerUsage(device) / 1000, 1))
        celsius = _asked(lambda: float(nvml.nvmlDeviceGetTemperature(device, 0)))
        if memory is None and percent is None:
            return None
        return GpuStats(
            index=index,
            name=name,
            percent=percent,
            memory_used=_asked(lambda: int(memory.used)),
            memory_total=_asked(lambda: int(memory.total)),
            watts=watts,
            celsius=celsius,
        )

    def close(self) -> None:
        """Release the driver."""
        nvml, self._nvml, self._devices = self._nvml, None, []
        if nvml is not None:
            with suppress(Exception):
                nvml.nvmlShutdown()


def _asked(question: Callable[[], Any]) -> Any:
    """Return an answer of the driver, or None: not every GPU answers every question."""
    try:
        return question()
    except Exception:  # the library's own errors, which need it to be named
        return None


def _library() -> Any:
    """Return NVML, which comes with the extra `gpu`; None where it does not work."""
    try:
        nvml = importlib.import_module("pynvml")
        nvml.nvmlInit()
    except Exception:  # no such package, no driver, no permission
        return None
    return nvml


def _devices(nvml: Any, visible: str | None) -> list[tuple[int, str, Any]]:
    """Return the GPUs that CUDA uses.

    Args:
        nvml: the library.
        visible: `CUDA_VISIBLE_DEVICES`: numbers or ids; None for all. As CUDA does, it is read up
            to the first entry that names no GPU. The numbers are taken for those of `nvidia-smi`,
            which they are where all GPUs are of one kind, or with `CUDA_DEVICE_ORDER=PCI_BUS_ID`.
    """
    every = [nvml.nvmlDeviceGetHandleByIndex(i) for i in range(int(nvml.nvmlDeviceGetCount()))]
    if visible is None:
        chosen = every
    else:
        chosen = []
        for entry in visible.split(","):
            device = _named(nvml, every, entry.strip())
            if device is None:
                break
            chosen.append(device)
    return [_described(nvml, device, place) for place, device in enumerate(chosen)]


def _described(nvml: Any, device: Any, place: int) -> tuple[int, str, Any]:
    """Return a GPU's number on this machine, its name, and its handle.

    Args:
        nvml: the library.
        device: the handle.
        place: the number to give it where the driver says none.
    """
    index = _asked(lambda: int(nvml.nvmlDeviceGetIndex(device)))
    name = _asked(lambda: _text(nvml.nvmlDeviceGetName(device)))
    return (place if index is None else index, name or "", device)


def _named(nvml: Any, every: list[Any], entry: str) -> Any:
    """Return the GPU that an entry names by its number, its id, or the beginning of its id."""
    if entry.isdecimal():
        return every[int(entry)] if int(entry) < len(every) else None
    if not entry or entry.startswith("-"):
        return None
    device = _asked(lambda: nvml.nvmlDeviceGetHandleByUUID(entry))
    if device is not None:
        return device
    named = [one for one in every if _id(nvml, one).startswith(entry)]
    return named[0] if len(named) == 1 else None


def _id(nvml: Any, device: Any) -> str:
    """Return a GPU's id; empty where the driver does not say."""
    return _asked(lambda: _text(nvml.nvmlDeviceGetUUID(device))) or ""


def _text(value: str | bytes) -> str:
    """Return a text of the driver, which older libraries return as bytes."""
    return clean(value.decode("utf-8", "replace") if isinstance(value, bytes) else value, 60)
