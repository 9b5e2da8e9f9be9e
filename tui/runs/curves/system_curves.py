"""The load of the machine over the hours of a training, as curves with names and units."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from tui.common.text import clean
from tui.runs.curves.growing_curve import Curve
from tui.runs.events.event_types import GpuStats, SystemStats, SystemThinned
from tui.runs.events.thinning import SYSTEM_POINTS, parts_per_hour

IN_MEMORY = 2 * SYSTEM_POINTS
"""From so many values on a curve is thinned in memory."""
_LONGEST = 3600.0 * 24 * 366 * 10
"""Seconds; no trainer runs longer, so a longer time is damage."""

_GPU: dict[str, Callable[[GpuStats], float | None]] = {
    "percent": lambda gpu: gpu.percent,
    "memory_used": lambda gpu: gpu.memory_used,
    "watts": lambda gpu: gpu.watts,
    "celsius": lambda gpu: gpu.celsius,
}
_MACHINE: dict[str, Callable[[SystemStats], float | None]] = {
    "cpu_percent": lambda stats: stats.cpu_percent,
    "process_cores": lambda stats: stats.process_cores,
    "load": lambda stats: stats.load,
    "memory_used": lambda stats: stats.memory_used,
    "process_memory": lambda stats: stats.process_memory,
    "disk_free": lambda stats: stats.disk_free,
    "disk_read": lambda stats: stats.disk_read,
    "disk_written": lambda stats: stats.disk_written,
}


@dataclass(frozen=True)
class Figure:
    """A figure of the machine's load, for people.

    Args:
        title: its name.
        unit: of the values shown.
        scale: what a stored value is divided by, to be in that unit.
    """

    title: str
    unit: str = ""
    scale: float = 1.0


_FIGURES = {
    "percent": Figure("use", "%"),
    "memory_used": Figure("memory", "GB", 1e9),
    "watts": Figure("power", "W"),
    "celsius": Figure("temperature", "°C"),
    "cpu_percent": Figure("CPU", "%"),
    "process_cores": Figure("cores, training"),
    "load": Figure("load"),
    "process_memory": Figure("memory, training", "GB", 1e9),
    "disk_free": Figure("disk free", "GB", 1e9),
    "disk_read": Figure("disk read", "MB/s", 1e6),
    "disk_written": Figure("disk written", "MB/s", 1e6),
}
_OF_GPU = re.compile(r"gpu(\d{1,6})_(\w+)")


def figure_of(name: str) -> Figure:
    """Return how a figure is shown; one of a later version has its name and no unit.

    >>> figure_of("gpu1_memory_used")
    Figure(title='GPU 1 memory', unit='GB', scale=1000000000.0)
    """
    match = _OF_GPU.fullmatch(name)
    if match is not None and match[2] in _GPU:
        figure = _FIGURES[match[2]]
        return Figure(f"GPU {match[1]} {figure.title}", figure.unit, figure.scale)
    return _FIGURES.get(name) or Figure(clean(name, 40))


def figures(stats: SystemStats) -> dict[str, float]:
    """Return the finite figures of a report by name: those of the GPUs, then the machine's.

    >>> gpu = GpuStats(index=2, percent=71.0)
    >>> figures(SystemStats(at=0, seconds=0, gpus=(gpu,), cpu_percent=12.5))
    {'gpu2_percent': 71.0, 'cpu_percent': 12.5}
    """
    found = {
        f"gpu{gpu.index}_{name}": value(gpu) for gpu in stats.gpus for name, value in _GPU.items()
    }
    found |= {name: value(stats) for name, value in _MACHINE.items()}
    return {
        name: float(value)
        for name, value in found.items()
        if value is not None and math.isfinite(value)
    }


def in_order(names: Iterable[str]) -> list[str]:
    """Return figures in the order in which they are shown: GPU by GPU, then the machine's.

    >>> in_order(["load", "cpu_percent", "gpu10_watts", "gpu2_watts", "gpu2_percent", "npu"])
    ['gpu2_percent', 'gpu2_watts', 'gpu10_watts', 'cpu_percent', 'load', 'npu']
    """
    of_gpu, of_machine = list(_GPU), list(_MACHINE)

    def key(name: str) -> tuple[int, int, int]:
        match = _OF_GPU.fullmatch(name)
        if match is not None and match[2] in _GPU:
            return 0, int(match[1]), of_gpu.index(match[2])
        return (1, 0, of_machine.index(name)) if name in _MACHINE else (2, 0, 0)

    return sorted(names, key=key)


class SystemCurves:
    """Each figure over the hours that a run was trained; the time between two trainers is none."""

    def __init__(self) -> None:
        self.curves: dict[str, Curve] = {}
        """By the name of the figure; x in hours."""
        self.hours = 0.0
        """The x of the last report."""
        self._began = 0.0
        """The x at which the present trainer began."""

    def begin(self) -> None:
        """Continue behind the last report: another trainer has begun."""
        self._began = self.hours

    def add(self, stats: SystemStats) -> None:
        """Add a report."""
        self.hours = max(self.hours, self._x(stats.seconds))
        for name, value in figures(stats).items():
            self.curves.setdefault(name, Curve()).append(self.hours, value)
        if max(map(len, self.curves.values()), default=0) > IN_MEMORY:
            self._thin()

    def add_thinned(self, event: SystemThinned) -> None:
        """Add the reports that are kept of a trainer."""
        for name, values in event.values.items():
            seconds = event.seconds.get(name, ())
            if not values or len(seconds) != len(values):
                continue  # damaged
            curve = self.curves.setdefault(name, Curve())
            x = curve.x[-1] if len(curve) else 0.0
            for second, value in zip(seconds, values, strict=True):
                x = max(x, self._x(second))
                curve.append(x, value)
            curve.note_thinned(event.parts, x)
            self.hours = max(self.hours, x)

    def _x(self, seconds: float) -> float:
        """Return the x of a time since the present trainer's first report."""
        return self._began + min(max(seconds, 0.0), _LONGEST) / 3600

    def _thin(self) -> None:
        """Keep two values of each part of an hour, except of the newest."""
        parts = parts_per_hour(self.hours)
        for name, curve in self.curves.items():
            if len(curve) > SYSTEM_POINTS // 4:
                # A new curve: another thread may be drawing the old one.
                until = curve.x[-SYSTEM_POINTS // 4]
                self.curves[name] = curve.thinned(min(parts, curve.parts or parts), until)
