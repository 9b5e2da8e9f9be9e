"""A limit on memory while a foreign network is open."""

from __future__ import annotations

import contextlib
import resource
from pathlib import Path

_BEFORE = resource.getrlimit(resource.RLIMIT_DATA)


def limit_memory(more: int) -> None:
    """Let this process take so many bytes more than it has now, where the system can say so."""
    try:
        status = Path("/proc/self/status").read_text()
        used = next(line for line in status.splitlines() if line.startswith("VmData:"))
        limit = int(used.split()[1]) * 1024 + more
    except (OSError, StopIteration, ValueError):
        return  # no Linux
    hard = _BEFORE[1]
    if hard != resource.RLIM_INFINITY:
        limit = min(limit, hard)
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_DATA, (limit, hard))


def lift_memory_limit() -> None:
    """Take the limit away again."""
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_DATA, _BEFORE)
