"""GPUs as NVIDIA's library NVML describes them; its Python package comes with the extra `gpu`."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

from tui.common.text import clean
from tui.runs.process.gpus import Gpu, GpuProcess, process_owner

T = TypeVar("T")


def open_nvml() -> Any:
    """Return NVML, ready for questions; None where it is not installed or there is no driver."""
    try:
        nvml = importlib.import_module("pynvml")
        nvml.nvmlInit()
    except Exception:  # no such package, no driver, no permission
        return None
    return nvml


def answer(question: Callable[[], T]) -> T | None:
    """Return an answer of the driver, or None: not every GPU answers every question."""
    try:
        return question()
    except Exception:  # the library's own errors, which need it to be named
        return None


def whole_gpus(nvml: Any) -> list[tuple[Gpu, Any]]:
    """Return each GPU with its name and id, and its handle; without one that cannot be reached.

    Raises:
        Exception: when the driver does not say how many there are.
    """
    count = int(nvml.nvmlDeviceGetCount())
    handles = (answer(partial(nvml.nvmlDeviceGetHandleByIndex, index)) for index in range(count))
    return [
        (_named(nvml, handle, index), handle)
        for index, handle in enumerate(handles)
        if handle is not None  # such as a GPU that has fallen off the bus
    ]


def mig_devices(nvml: Any, gpu: Gpu, handle: Any) -> list[tuple[Gpu, Any]] | None:
    """Return the MIG devices of a GPU; None where it is used as a whole."""
    if not answer(lambda: nvml.nvmlDeviceGetMigMode(handle)[0]):
        return None
    most = answer(lambda: int(nvml.nvmlDeviceGetMaxMigDeviceCount(handle))) or 0
    parts = (
        answer(partial(nvml.nvmlDeviceGetMigDeviceHandleByIndex, handle, number))
        for number in range(most)
    )
    return [(_named(nvml, part, gpu.index), part) for part in parts if part is not None]


def gpus_from_nvml(nvml: Any) -> tuple[Gpu, ...]:
    """Return all GPUs with what is used of them; each that is divided as its MIG devices.

    Raises:
        Exception: as `whole_gpus`.
    """
    found = []
    for whole in whole_gpus(nvml):
        parts = mig_devices(nvml, *whole)
        found += [_with_use(nvml, *one) for one in ([whole] if parts is None else parts)]
    return tuple(found)


def memory(nvml: Any, handle: Any) -> tuple[int | None, int | None]:
    """Return the bytes of a GPU's memory that are used, and all; None: not known."""
    found: Any = answer(lambda: nvml.nvmlDeviceGetMemoryInfo(handle))
    return answer(lambda: int(found.used)), answer(lambda: int(found.total))


def percent_in_use(nvml: Any, handle: Any) -> float | None:
    """Return the percentage of the last second or so in which a GPU computed; None: not known."""
    return answer(lambda: float(nvml.nvmlDeviceGetUtilizationRates(handle).gpu))


def _named(nvml: Any, handle: Any, index: int) -> Gpu:
    return Gpu(
        index=index,
        uuid=_text(answer(lambda: nvml.nvmlDeviceGetUUID(handle))),
        name=_text(answer(lambda: nvml.nvmlDeviceGetName(handle))),
    )


def _with_use(nvml: Any, gpu: Gpu, handle: Any) -> Gpu:
    used, total = memory(nvml, handle)
    processes = answer(lambda: nvml.nvmlDeviceGetComputeRunningProcesses(handle)) or []
    return replace(
        gpu,
        memory_total=total,
        memory_used=used,
        use=percent_in_use(nvml, handle),
        processes=tuple(
            GpuProcess(
                int(one.pid),
                int(one.usedGpuMemory) if one.usedGpuMemory is not None else None,
                process_owner(int(one.pid)),
            )
            for one in processes
        ),
    )


def _text(value: str | bytes | None) -> str:
    """Return a text of the driver, which older libraries return as bytes."""
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else value or ""
    return clean(text, 80)
