"""The GPUs of this machine, as NVIDIA's driver describes them; nothing is computed on them.

They are read with NVML where its Python package is installed (the extra `gpu`), else from the
program `nvidia-smi`, which comes with the driver.
"""

from __future__ import annotations

import functools
import importlib
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from tui.common.safe_files import user_name
from tui.common.text import clean
from tui.runs.events.assigned_gpus import VISIBLE

ANSWER_SECONDS = 20.0
"""The longest to wait for `nvidia-smi`: without its daemon the driver wakes each GPU first."""
MIB = 1024 * 1024

T = TypeVar("T")


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


def read_gpus() -> tuple[Gpu, ...]:
    """Return all GPUs of this machine; none where there is no driver, or where it does not answer.

    It may take a second or two, where the driver has to wake the GPUs.
    """
    nvml = _library()
    if nvml is not None:
        found = _asked(lambda: _from_nvml(nvml))
        if found is not None:
            return found
    return _from_program()


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


def _asked(question: Callable[[], T]) -> T | None:
    """Return an answer of the driver, or None: not every GPU answers every question."""
    try:
        return question()
    except Exception:  # the library's own errors, which need it to be named
        return None


# NVML


@functools.cache
def _library() -> Any:
    """Return NVML, ready to be asked; None where it is not installed or there is no driver."""
    try:
        nvml = importlib.import_module("pynvml")
        nvml.nvmlInit()
    except Exception:  # no such package, no driver, no permission
        return None
    return nvml


def _from_nvml(nvml: Any) -> tuple[Gpu, ...]:
    found: list[Gpu] = []
    for index in range(int(nvml.nvmlDeviceGetCount())):
        device = _asked(functools.partial(nvml.nvmlDeviceGetHandleByIndex, index))
        if device is None:  # such as a GPU that has fallen off the bus
            continue
        parts = _nvml_parts(nvml, device)
        whole = _nvml_gpu(nvml, device, index)
        if parts is None:
            found.append(whole)
            continue
        found += [_nvml_gpu(nvml, part, index) for part in parts]
    return tuple(found)


def _nvml_gpu(nvml: Any, device: Any, index: int) -> Gpu:
    memory: Any = _asked(lambda: nvml.nvmlDeviceGetMemoryInfo(device))
    processes = _asked(lambda: nvml.nvmlDeviceGetComputeRunningProcesses(device)) or []
    return Gpu(
        index=index,
        uuid=_text(_asked(lambda: nvml.nvmlDeviceGetUUID(device))),
        name=_text(_asked(lambda: nvml.nvmlDeviceGetName(device))),
        memory_total=_asked(lambda: int(memory.total)),
        memory_used=_asked(lambda: int(memory.used)),
        use=_asked(lambda: float(nvml.nvmlDeviceGetUtilizationRates(device).gpu)),
        processes=tuple(
            GpuProcess(
                int(one.pid),
                int(one.usedGpuMemory) if one.usedGpuMemory is not None else None,
                process_owner(int(one.pid)),
            )
            for one in processes
        ),
    )


def _nvml_parts(nvml: Any, device: Any) -> list[Any] | None:
    """Return the MIG devices of a GPU; None where it is used as a whole."""
    mode = _asked(lambda: nvml.nvmlDeviceGetMigMode(device)[0])
    if not mode:
        return None
    most = _asked(lambda: int(nvml.nvmlDeviceGetMaxMigDeviceCount(device))) or 0
    parts = (
        _asked(functools.partial(nvml.nvmlDeviceGetMigDeviceHandleByIndex, device, number))
        for number in range(most)
    )
    return [part for part in parts if part is not None]


def _text(value: str | bytes | None) -> str:
    """Return a text of the driver, which older libraries return as bytes."""
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else value or ""
    return clean(text, 80)


# nvidia-smi

_FIELDS = "index,uuid,name,memory.total,memory.used,utilization.gpu"
_LISTED = re.compile(r"GPU (\d+): .*\(UUID: (GPU-[^)\s]+)\)")
_LISTED_PART = re.compile(r"\s+(MIG .*?)\s+Device\s+\d+: \(UUID: (MIG-[^)\s]+)\)")


def _from_program() -> tuple[Gpu, ...]:
    found = gpus_from_csv(_printed(f"--query-gpu={_FIELDS}", "--format=csv,noheader,nounits"))
    if not found:
        return ()
    processes = processes_from_csv(
        _printed("--query-compute-apps=gpu_uuid,pid,used_memory", "--format=csv,noheader,nounits")
    )
    found = tuple(replace(gpu, processes=processes.get(gpu.uuid, ())) for gpu in found)
    if any(gpu.use is None for gpu in found):  # so it is where MIG is switched on
        found = with_parts(found, _printed("-L"))
    return found


def _printed(*arguments: str) -> str:
    """Return what `nvidia-smi` prints; empty where there is none, or it fails."""
    program = shutil.which("nvidia-smi")
    if program is None:
        return ""
    try:
        answer = subprocess.run(
            [program, *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=ANSWER_SECONDS,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return answer.stdout.decode("utf-8", "replace")


def gpus_from_csv(text: str) -> tuple[Gpu, ...]:
    """Return the GPUs in the output of `nvidia-smi --query-gpu`; other lines are skipped.

    Args:
        text: a line for each GPU: number, id, name, memory and used memory in MiB, use in percent.

    >>> gpus_from_csv("1, GPU-5d, NVIDIA H200, 143771, 4, [N/A]")
    (Gpu(index=1, uuid='GPU-5d', name='NVIDIA H200', memory_total=150754820096, \
memory_used=4194304, use=None, processes=()),)
    >>> gpus_from_csv("Unable to determine the device handle for GPU 0000:01:00.0: Unknown Error")
    ()
    """
    found = []
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.split(",")]
        if len(cells) < 6 or not cells[0].isdecimal():
            continue
        index, uuid, *name, total, used, use = cells
        memory_total, memory_used = _number(total), _number(used)
        found.append(
            Gpu(
                index=int(index),
                uuid=clean(uuid, 80),
                name=clean(", ".join(name), 80),
                memory_total=None if memory_total is None else round(memory_total * MIB),
                memory_used=None if memory_used is None else round(memory_used * MIB),
                use=_number(use),
            )
        )
    return tuple(found)


def processes_from_csv(text: str) -> dict[str, tuple[GpuProcess, ...]]:
    """Return the processes in the output of `nvidia-smi --query-compute-apps`, by the GPU's id."""
    found: dict[str, tuple[GpuProcess, ...]] = {}
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.split(",")]
        if len(cells) != 3 or not cells[1].isdecimal():
            continue
        pid, memory = int(cells[1]), _number(cells[2])
        process = GpuProcess(
            pid, None if memory is None else round(memory * MIB), process_owner(pid)
        )
        found[cells[0]] = (*found.get(cells[0], ()), process)
    return found


def with_parts(gpus: Sequence[Gpu], listed: str) -> tuple[Gpu, ...]:
    """Return GPUs with each that is divided replaced by its MIG devices.

    How much of its memory is used is not known of a MIG device here; NVML knows it.

    Args:
        gpus: whole ones.
        listed: the output of `nvidia-smi -L`.

    >>> listed = "GPU 0: A100 (UUID: GPU-a)\\n  MIG 1g.5gb     Device  0: (UUID: MIG-b)"
    >>> with_parts([Gpu(0, "GPU-a", "A100"), Gpu(1, "GPU-c", "A100")], listed)[0].name
    'A100 MIG 1g.5gb'
    """
    parts: dict[str, list[tuple[str, str]]] = {}
    whole = ""
    for line in listed.splitlines():
        if match := _LISTED.match(line):
            whole = match[2]
        elif match := _LISTED_PART.match(line):
            parts.setdefault(whole, []).append((match[1], match[2]))
    found: list[Gpu] = []
    for gpu in gpus:
        divided = parts.get(gpu.uuid)
        if divided is None:
            found.append(gpu)
            continue
        found += [Gpu(gpu.index, uuid, clean(f"{gpu.name} {kind}", 80)) for kind, uuid in divided]
    return tuple(found)


def _number(cell: str) -> float | None:
    """Return a number in a cell; None for `[N/A]` and the like."""
    try:
        return float(cell)
    except ValueError:
        return None
