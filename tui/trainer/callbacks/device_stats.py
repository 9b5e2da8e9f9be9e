"""The GPU's load, reported every few seconds where NVML is installed."""

from __future__ import annotations

import importlib
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from tui.runs.events.event_types import DeviceStats, Event

EVERY_SECONDS = 2.0


@contextmanager
def report_device_stats(
    emit: Callable[[Event], None], *, gpu: bool, every: float = EVERY_SECONDS
) -> Iterator[None]:
    """Report the load of the GPU in use from a thread, within a `with` block.

    Args:
        emit: takes the events.
        gpu: whether a GPU computes; nothing is reported for a CPU.
        every: seconds between two reports.
    """
    nvml = _library() if gpu else None
    if nvml is None:
        yield
        return
    over = threading.Event()
    watcher = threading.Thread(
        target=_watch, args=(nvml, emit, over, every), name="gpu", daemon=True
    )
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join(every)


def _library() -> Any:
    """Return NVML, which comes with the extra `gpu`; None where it does not work."""
    try:
        nvml = importlib.import_module("pynvml")
        nvml.nvmlInit()
    except Exception:  # no such package, no driver, no permission
        return None
    return nvml


def _watch(nvml: Any, emit: Callable[[Event], None], over: threading.Event, every: float) -> None:
    # An error of the driver must not reach the training: the reports just end.
    with suppress(Exception):
        device = _device(nvml, os.environ.get("CUDA_VISIBLE_DEVICES"))
        while True:
            memory = nvml.nvmlDeviceGetMemoryInfo(device)
            emit(
                DeviceStats(
                    at=time.time(),
                    gpu_percent=float(nvml.nvmlDeviceGetUtilizationRates(device).gpu),
                    memory_used=int(memory.used),
                    memory_total=int(memory.total),
                )
            )
            if over.wait(every):
                break
    with suppress(Exception):
        nvml.nvmlShutdown()


def _device(nvml: Any, visible: str | None) -> Any:
    """Return the GPU that CUDA counts as its first.

    Args:
        nvml: the library.
        visible: `CUDA_VISIBLE_DEVICES`: numbers or ids; None for all.
    """
    first = (visible or "0").split(",")[0].strip()
    if first.isdecimal():
        return nvml.nvmlDeviceGetHandleByIndex(int(first))
    return nvml.nvmlDeviceGetHandleByUUID(first)
