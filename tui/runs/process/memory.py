"""Memory: how much this process may take, what limits it, and how to need less."""

from __future__ import annotations

import re
import resource
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tui.common.text import size_text

_OUT_OF_MEMORY = re.compile(
    r"OOM when allocating|ResourceExhausted|RESOURCE_EXHAUSTED|out of memory|OUT_OF_MEMORY"
    r"|[Ff]ailed to allocate memory|Unable to allocate \d|memory allocation failed"
    r"|std::bad_alloc|\bMemoryError\b|[Cc]annot allocate memory|failed to map segment"
    r"|can't start new thread|not enough memory"
)


def mentions_memory(text: str) -> bool:
    """Return whether a message or a log shows that memory ran out."""
    return _OUT_OF_MEMORY.search(text) is not None


def smaller_batch_advice(batch_size: int | None) -> str:
    """Return what to choose when memory ran out.

    Args:
        batch_size: images a batch; None if not known.

    >>> smaller_batch_advice(20)
    'Choose a smaller batch size, for example 10 instead of 20, a smaller target size or fewer \
units in the Dense layer.'
    """
    rest = "a smaller target size or fewer units in the Dense layer"
    if batch_size is None:
        return f"Choose a smaller batch size, {rest}."
    if batch_size == 1:
        return f"A batch has only one image already: choose {rest}."
    half = f"{batch_size // 2} instead of {batch_size}"
    return f"Choose a smaller batch size, for example {half}, {rest}."


TRAINER_BYTES = 10**9
"""Memory that Keras, TensorFlow and a small training take."""
TRAINER_ADDRESSES = 3 * 10**9
"""Their address space, most of which is never used."""
_PROC = Path("/proc")
_GROUPS = Path("/sys/fs/cgroup")


@dataclass(frozen=True, slots=True)
class MemoryLimit:
    """A limit on memory.

    Args:
        bytes: still available; for the address space, the whole limit.
        enough: bytes of this kind that a trainer needs.
        words: what sets the limit, with its value.
        cure: how to raise it.
    """

    bytes: int
    enough: int
    words: str
    cure: str

    @property
    def tight(self) -> bool:
        """Whether a trainer needs more."""
        return self.bytes < self.enough


def memory_limits(proc: Path = _PROC, groups: Path = _GROUPS) -> tuple[MemoryLimit, ...]:
    """Return the limits on this process's memory, the tightest first.

    Args:
        proc: the folder of processes and memory.
        groups: the folder of control groups, which containers and batch systems limit.
    """
    found = [*_address_space(), *_control_group(proc, groups), *_free(proc)]
    return tuple(sorted(found, key=lambda limit: limit.bytes / limit.enough))


def memory_shortage(limits: tuple[MemoryLimit, ...] | None = None) -> str:
    """Return which limit is too tight for a trainer, and how to raise it; empty if none is."""
    for limit in memory_limits() if limits is None else limits:
        if limit.tight:
            return (
                f"{limit.words}, and a training needs about {size_text(limit.enough)}: {limit.cure}"
            )
    return ""


def _address_space() -> Iterator[MemoryLimit]:
    soft, _ = resource.getrlimit(resource.RLIMIT_AS)
    if soft != resource.RLIM_INFINITY:
        yield MemoryLimit(
            soft,
            TRAINER_ADDRESSES,
            f"The address space is limited to {size_text(soft)} (ulimit -v)",
            "raise it with `ulimit -v unlimited`, or ask the administrator.",
        )


def _control_group(proc: Path, groups: Path) -> Iterator[MemoryLimit]:
    """Yield the tightest limit of this process's group and all groups above it."""
    left: list[tuple[int, int]] = []
    for name, limit_file, used_file in (
        ("", "memory.max", "memory.current"),
        ("memory", "memory.limit_in_bytes", "memory.usage_in_bytes"),
    ):
        inner = _group_path(proc, name)
        place = groups / name / inner
        for folder in (place, *place.parents):
            limit, used = _number(folder / limit_file), _number(folder / used_file)
            if used is not None:  # the file cache is freed when memory is needed
                used = max(used - _cached(folder / "memory.stat"), 0)
            if limit is not None and used is not None and limit < 2**60:
                left.append((max(limit - used, 0), limit))
            if folder == groups:
                break
    if left:
        free, limit = min(left)
        yield MemoryLimit(
            free,
            TRAINER_BYTES,
            f"The container or job may take {size_text(limit)} of memory and has "
            f"{size_text(free)} left",
            "ask for more, or end other programs in it.",
        )


def _group_path(proc: Path, controller: str) -> str:
    for line in _lines(proc / "self" / "cgroup"):
        number, _, rest = line.partition(":")
        names, _, path = rest.partition(":")
        if (controller and controller in names.split(",")) or (not controller and number == "0"):
            return path.strip().strip("/")
    return ""


def _free(proc: Path) -> Iterator[MemoryLimit]:
    for line in _lines(proc / "meminfo"):
        name, _, value = line.partition(":")
        if name == "MemAvailable" and value.split()[:1] and value.split()[0].isdigit():
            free = int(value.split()[0]) * 1024
            yield MemoryLimit(
                free,
                TRAINER_BYTES,
                f"The machine has {size_text(free)} of memory free",
                "close other programs.",
            )


def _cached(path: Path) -> int:
    for line in _lines(path):
        name, _, value = line.partition(" ")
        if name in {"inactive_file", "total_inactive_file"} and value.strip().isdigit():
            return int(value)
    return 0


def _number(path: Path) -> int | None:
    lines = _lines(path)
    return int(lines[0]) if lines and lines[0].strip().isdigit() else None


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text("utf-8", "replace").splitlines()
    except OSError:  # not on this system
        return []
