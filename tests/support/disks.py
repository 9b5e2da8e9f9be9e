"""Disks that take nothing: read-only for whoever runs the tests, root too, or full."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_VERSION = 0x20080522
_PASSES = (1 << 1) | (1 << 2)
"""CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH: what lets root write where the mode says no."""


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """Let nobody write into a folder and all that is in it, as on a read-only disk."""
    inside = [folder, *folder.rglob("*")]
    modes = [(path, path.stat().st_mode & 0o7777) for path in inside if not path.is_symlink()]
    for path, mode in modes:
        path.chmod(mode & ~0o222)
    try:
        with _without_passes():
            yield
    finally:
        make_writable(modes)


def make_writable(modes: list[tuple[Path, int]]) -> None:
    """Give files and folders their modes back."""
    for path, mode in modes:
        if path.exists():
            path.chmod(mode)


@contextmanager
def full(size: int = 0) -> Iterator[None]:
    """Let no file of this process grow beyond some bytes, as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)


@contextmanager
def _without_passes() -> Iterator[None]:
    """Have modes hold for root as well, in this thread and those that it starts."""
    if os.geteuid() != 0 or sys.platform != "linux":
        yield
        return
    libc = ctypes.CDLL(None, use_errno=True)
    header = (ctypes.c_uint32 * 2)(_VERSION, 0)
    # Twice: effective, permitted, inheritable; the second three are those above bit 31.
    sets = (ctypes.c_uint32 * 6)()
    assert libc.capget(header, sets) == 0
    before = sets[0]
    sets[0] = before & ~_PASSES
    assert libc.capset(header, sets) == 0
    try:
        yield
    finally:
        sets[0] = before
        assert libc.capset(header, sets) == 0
