"""The environment of a trainer: variables that make TensorFlow faster on a CPU.

malloc: by default glibc returns every block above 32 MB to the system as soon as it is freed. Where
TensorFlow takes its tensors from malloc, a training step then spends most of its time in page
faults. (With oneDNN, TensorFlow keeps a pool of its own, and these settings change little.)

oneDNN: by default TensorFlow uses it only on CPUs with instructions for neural networks (AVX512
VNNI and later). With AVX2 it is faster too: a training step of the course's network takes about
three quarters of the time, one of a network for digits two thirds. Below AVX2 it is slower.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path

MALLOC_SETTINGS = {
    "MALLOC_MMAP_THRESHOLD_": str(1 << 30),
    "MALLOC_TRIM_THRESHOLD_": str(1 << 32),
    "MALLOC_TOP_PAD_": str(1 << 26),
}
"""Blocks up to 1 GB come from the heap, which keeps up to 4 GB of free memory."""

_OTHERS = re.compile(r"jemalloc|tcmalloc|mimalloc|snmalloc|rpmalloc|hoard|tbbmalloc", re.IGNORECASE)


def trainer_environment() -> dict[str, str]:
    """Return the environment of a trainer: this process's, with defaults for a few variables."""
    environment = dict(os.environ)
    defaults = {
        **allocator_settings(environment),
        **onednn_settings(),
        "TF_CPP_MIN_LOG_LEVEL": "2",
        "PYTHONUNBUFFERED": "1",
    }
    for name, value in defaults.items():
        environment.setdefault(name, value)
    environment["PYTHONIOENCODING"] = "utf-8"  # of its log; the terminal may have another one
    return environment


def allocator_settings(
    environment: Mapping[str, str],
    *,
    libc: str | None = None,
    mapped: str | None = None,
) -> dict[str, str]:
    """Return the malloc variables for the trainer; empty where they have no effect or do harm.

    Only glibc's malloc has these variables. They are not set either where the user has configured
    malloc: by a variable, or by preloading another allocator.

    Args:
        environment: the other variables of the trainer.
        libc: name and version of the C library; None: this system's.
        mapped: the libraries that this process has loaded; None to find out.
    """
    if (_libc() if libc is None else libc).split(" ")[0] != "glibc" or sys.maxsize < 1 << 32:
        return {}
    chosen = any(name.startswith("MALLOC_") for name in environment)
    if chosen or "glibc.malloc." in environment.get("GLIBC_TUNABLES", ""):
        return {}
    if _OTHERS.search(environment.get("LD_PRELOAD", "")):
        return {}
    # By /etc/ld.so.preload, or linked with Python: then this process has it too.
    if _OTHERS.search(_mapped() if mapped is None else mapped):
        return {}
    return dict(MALLOC_SETTINGS)


def _libc() -> str:
    try:
        return os.confstr("CS_GNU_LIBC_VERSION") or ""
    except (AttributeError, ValueError, OSError):
        return ""  # musl, macOS


def _mapped() -> str:
    try:
        lines = Path("/proc/self/maps").read_text(errors="replace").splitlines()
    except OSError:
        return ""
    names = {line.rsplit("/", 1)[-1] for line in lines if "/" in line}
    return "\n".join(sorted(names))


ONEDNN_VARIABLE = "TF_ENABLE_ONEDNN_OPTS"
"""1 or 0; TensorFlow reads it when it is imported."""


def onednn_settings(*, system: str | None = None, flags: str | None = None) -> dict[str, str]:
    """Return the oneDNN variable for the trainer; empty to leave it to TensorFlow.

    Args:
        system: operating system and processor; None: this machine's.
        flags: of the processor, as in /proc/cpuinfo; None: this machine's.

    >>> onednn_settings(system="linux x86_64", flags="fma avx avx2")
    {'TF_ENABLE_ONEDNN_OPTS': '1'}
    >>> onednn_settings(system="linux x86_64", flags="fma avx")
    {}
    """
    if system is None:
        system = f"{sys.platform} {os.uname().machine}"
    if system != "linux x86_64":
        return {}
    able = (_flags() if flags is None else flags).split()
    return {ONEDNN_VARIABLE: "1"} if "avx2" in able else {}


def _flags() -> str:
    try:
        with Path("/proc/cpuinfo").open(errors="replace") as lines:
            return next((line for line in lines if line.startswith("flags")), "")
    except OSError:
        return ""
