"""The load of the machine as text: a line on a run's screen, and all of it in a window."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from textual.content import Content

from tui.common.text import clean, size_text
from tui.runs.events.event_types import GpuStats, SystemStats

BETWEEN = "  ·  "


def system_line(stats: SystemStats | None, width: int, rows: int = 1) -> Content:
    """Return the machine's load in as many rows as there are, with as much as fits whole.

    Args:
        stats: the last report; None without one.
        width: the width in columns.
        rows: the most rows.
    """
    if stats is None:
        return Content("")
    for pieces in _levels(stats):
        lines = _wrapped(pieces, width - 2)
        if lines and len(lines) <= rows and max(map(len, lines)) <= width - 2:
            break
    return Content.styled("\n".join(f" {line}" for line in lines[:rows]), "$text-muted")


def _levels(stats: SystemStats) -> Iterator[list[str]]:
    """Yield what to show, from all there is to the least."""
    machine = _machine(stats)
    long = [gpu_text(gpu, alone=len(stats.gpus) == 1, details=True) for gpu in stats.gpus]
    short = [gpu_text(gpu, alone=len(stats.gpus) == 1) for gpu in stats.gpus]
    for gpus in (long, short):
        for count in (len(machine), 3, 2, 1) if stats.gpus else (len(machine), 4, 3, 2):
            yield [*gpus, *machine[:count]]
    if stats.gpus:
        for count in (3, 1, 0):
            yield [_uses(stats.gpus), *machine[:count]]
        yield [_range(stats.gpus)]
    yield machine[:1]


def _wrapped(pieces: Sequence[str], width: int) -> list[str]:
    lines: list[str] = []
    for piece in filter(None, pieces):
        if lines and len(lines[-1]) + len(BETWEEN) + len(piece) <= width:
            lines[-1] += BETWEEN + piece
        else:
            lines.append(piece)
    return lines


def _uses(gpus: Sequence[GpuStats]) -> str:
    """Return the use of several GPUs in one piece: `GPUs 71 % 70 % 3 %`."""
    return "GPUs " + " ".join(_percent(gpu.percent) for gpu in gpus)


def _range(gpus: Sequence[GpuStats]) -> str:
    """Return the least and the greatest use of many GPUs."""
    known = [gpu.percent for gpu in gpus if gpu.percent is not None]
    if not known:
        return f"{len(gpus)} GPUs"
    return f"{len(gpus)} GPUs, {_percent(min(known))} to {_percent(max(known))}"


def _percent(value: float | None) -> str:
    return "?" if value is None else f"{value:.0f} %"


def gpu_text(gpu: GpuStats, *, alone: bool = False, details: bool = False) -> str:
    """Return the load of a GPU and its memory.

    Args:
        gpu: the GPU.
        alone: whether it is the only one, so that its number says nothing.
        details: whether to add its power and temperature.

    >>> gpu = GpuStats(index=3, percent=71.2, memory_used=31 * 10**8, memory_total=15**9, watts=250)
    >>> gpu_text(gpu), gpu_text(gpu, alone=True, details=True)
    ('GPU 3 71 %, 3.1 of 38.4 GB', 'GPU 71 %, 3.1 of 38.4 GB, 250 W')
    """
    parts = ["GPU" if alone else f"GPU {gpu.index}"]
    parts[0] += f" {_percent(gpu.percent)}" if gpu.percent is not None else ""
    if gpu.memory_used is not None and gpu.memory_total:
        parts.append(f"{gpu.memory_used / 1e9:.1f} of {gpu.memory_total / 1e9:.3g} GB")
    if details and gpu.watts is not None:
        parts.append(f"{gpu.watts:.0f} W")
    if details and gpu.celsius is not None:
        parts.append(f"{gpu.celsius:.0f} °C")
    return ", ".join(parts)


def _machine(stats: SystemStats) -> list[str]:
    """Return the load of everything but the GPUs, the most important first."""
    found = []
    if stats.cpu_percent is not None:
        found.append(f"CPU {_percent(stats.cpu_percent)}")
    found += _memory(stats)
    if stats.disk_free is not None:
        found.append(f"disk {size_text(stats.disk_free)} free")
    if stats.load is not None:
        found.append(f"load {stats.load:.3g}")
    return found


def _memory(stats: SystemStats) -> list[str]:
    """Return the memory in use, of the machine and of the training."""
    found = []
    if stats.memory_used is not None and stats.memory_total:
        used, total = stats.memory_used / 1e9, stats.memory_total / 1e9
        found.append(f"memory {used:.1f} of {total:.3g} GB")
    if stats.process_memory is not None:
        found.append(f"training {size_text(stats.process_memory)}")
    return found


def system_text(stats: SystemStats | None) -> Content:
    """Return all of a report, a line for each GPU and for each part of the machine."""
    if stats is None:
        return Content("")
    lines = []
    for gpu in stats.gpus:
        name = f" ({clean(gpu.name, 40)})" if gpu.name else ""
        lines.append(f" {gpu_text(gpu, details=True)}{name}")
    if stats.cpu_percent is not None or stats.process_cores is not None:
        cpu = f" CPU {_percent(stats.cpu_percent)}"
        cpu += f" of {stats.cores} cores" if stats.cores else ""
        if stats.process_cores is not None:
            cpu += f"; the training keeps {stats.process_cores:.1f} of them busy"
        lines.append(cpu + (f"; load {stats.load:.3g}" if stats.load is not None else ""))
    if memory := _memory(stats):
        lines.append(f" {'; '.join(memory)}")
    disk = [f"{size_text(stats.disk_free)} free"] if stats.disk_free is not None else []
    if stats.disk_read is not None and stats.disk_written is not None:
        read, written = size_text(stats.disk_read), size_text(stats.disk_written)
        disk.append(f"{read}/s read, {written}/s written, by all programs")
    if disk:
        lines.append(f" disk {'; '.join(disk)}")
    return Content("\n".join(lines))
