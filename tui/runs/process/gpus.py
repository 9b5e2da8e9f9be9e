"""GPUs as NVIDIA's driver describes them, and which of them a process may use."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tui.common.safe_files import user_name
from tui.runs.events.assigned_gpus import VISIBLE


@dataclass(frozen=True)
class GpuProcess:
    """A process that uses a GPU.

    Args:
        pid: its process id; in a container perhaps that of the machine outside.
        memory: bytes of GPU memory; None: not known.
        user: whose it is; empty: not known.
    """

    pid: int
    memory: int | None = None
    user: str = ""


@dataclass(frozen=True)
class Gpu:
    """A GPU, or a MIG device: a part of a GPU that is used as one of its own.

    Args:
        index: its number on this machine, in the order of the PCI bus; a MIG device has that of
            its GPU.
        uuid: its id, `GPU-…` or `MIG-…`; empty: not known.
        name: of the model.
        memory_total: bytes; None: not known.
        memory_used: bytes; None: not known.
        use: percent of the last second or so in which it computed; None: not known.
        processes: those that use it and that the driver shows to this user.
    """

    index: int
    uuid: str = ""
    name: str = ""
    memory_total: int | None = None
    memory_used: int | None = None
    use: float | None = None
    processes: tuple[GpuProcess, ...] = ()

    @property
    def key(self) -> str:
        """What to write into `CUDA_VISIBLE_DEVICES` for it: its id, else its number.

        CUDA may count the GPUs in another order than the driver, so the id is the safe one.
        """
        return self.uuid or str(self.index)


def visible_gpus(environment: Mapping[str, str], gpus: Sequence[Gpu]) -> tuple[Gpu, ...]:
    """Return the GPUs that a process with these variables may use, its first one first.

    As CUDA does, the list in the variable is read up to the first entry that names no GPU: with
    `-1` or an empty text there is none. Numbers are taken in the driver's order.

    Args:
        environment: its variables; without `CUDA_VISIBLE_DEVICES` all GPUs are visible.
        gpus: all GPUs.

    >>> four = [Gpu(number, f"GPU-{number}a") for number in range(4)]
    >>> [gpu.index for gpu in visible_gpus({"CUDA_VISIBLE_DEVICES": "2,GPU-0"}, four)]
    [2, 0]
    >>> [gpu.index for gpu in visible_gpus({"CUDA_VISIBLE_DEVICES": "1,7,0"}, four)]
    [1]
    >>> visible_gpus({"CUDA_VISIBLE_DEVICES": "-1"}, four)
    ()
    """
    text = environment.get(VISIBLE)
    if text is None:
        return tuple(gpus)
    return named_gpus(text.split(","), gpus)


def named_gpus(entries: Sequence[str], gpus: Sequence[Gpu]) -> tuple[Gpu, ...]:
    """Return the GPUs with these numbers or ids, up to the first entry that names none."""
    found: list[Gpu] = []
    for entry in entries:
        gpu = _named(entry.strip(), gpus)
        if gpu is None:
            break
        if gpu not in found:
            found.append(gpu)
    return tuple(found)


def _named(entry: str, gpus: Sequence[Gpu]) -> Gpu | None:
    if entry.isdecimal():
        return next((gpu for gpu in gpus if gpu.index == int(entry)), None)
    if not entry or entry.startswith("-"):
        return None
    same = [gpu for gpu in gpus if gpu.uuid == entry]
    same = same or [gpu for gpu in gpus if gpu.uuid.startswith(entry)]
    return same[0] if len(same) == 1 else None


def process_owner(pid: int) -> str:
    """Return the user of a process of this machine; empty if it is not seen from here."""
    try:
        return user_name(os.stat(f"/proc/{pid}").st_uid)
    except OSError:
        return ""
