"""Limit the memory of the process while a foreign network is open."""

from __future__ import annotations

import contextlib
import resource
from pathlib import Path

_BEFORE = resource.getrlimit(resource.RLIMIT_DATA)


def limit_memory(more: int) -> None:
    """Let this process allocate so many more bytes than now; only on Linux."""
    try:
        status = Path("/proc/self/status").read_text()
        used = next(line for line in status.splitlines() if line.startswith("VmData:"))
        limit = int(used.split()[1]) * 1024 + more
    except (OSError, StopIteration, ValueError):
        return  # not Linux
    hard = _BEFORE[1]
    if hard != resource.RLIM_INFINITY:
        limit = min(limit, hard)
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_DATA, (limit, hard))


def lift_memory_limit() -> None:
    """Remove the limit."""
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_DATA, _BEFORE)
