"""GPUs in what the program `nvidia-smi` prints, which comes with NVIDIA's driver."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import replace

from tui.common.text import clean
from tui.runs.process.gpus import Gpu, GpuProcess, process_owner

ANSWER_SECONDS = 20.0
"""The longest to wait for it: without its daemon the driver wakes each GPU first."""
MIB = 1024 * 1024
_FIELDS = "index,uuid,name,memory.total,memory.used,utilization.gpu"
_LISTED = re.compile(r"GPU (\d+): .*\(UUID: (GPU-[^)\s]+)\)")
_LISTED_PART = re.compile(r"\s+(MIG .*?)\s+Device\s+\d+: \(UUID: (MIG-[^)\s]+)\)")


def gpus_from_nvidia_smi() -> tuple[Gpu, ...]:
    """Return all GPUs that `nvidia-smi` lists; none where it is missing or fails."""
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
