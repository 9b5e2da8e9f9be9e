"""How the trainer's malloc is set up: large tensors stay with the process between two steps.

By default glibc gives every block above 32 MB back to the system as soon as it is freed. On a CPU
where TensorFlow takes its tensors from malloc, a training step then spends most of its time in
page faults. (With oneDNN, TensorFlow keeps a pool of its own, and these settings change little.)
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path

SETTINGS = {
    "MALLOC_MMAP_THRESHOLD_": str(1 << 30),
    "MALLOC_TRIM_THRESHOLD_": str(1 << 32),
    "MALLOC_TOP_PAD_": str(1 << 26),
}
"""Blocks up to 1 GB come from the heap, which keeps up to 4 GB that are free."""

_OTHERS = re.compile(r"jemalloc|tcmalloc|mimalloc|snmalloc|rpmalloc|hoard|tbbmalloc", re.IGNORECASE)


def allocator_settings(
    environment: Mapping[str, str],
    *,
    libc: str | None = None,
    mapped: str | None = None,
) -> dict[str, str]:
    """Return the variables to set for the trainer; empty where they would do nothing or harm.

    Only glibc's own malloc knows these names. They are left out as well where somebody has set
    malloc up already: by a variable, or by an allocator that is loaded before.

    Args:
        environment: what the trainer's environment will be otherwise.
        libc: name and version of the C library; None to ask this system.
        mapped: the libraries that this process has loaded; None to look.
    """
    if (_libc() if libc is None else libc).split(" ")[0] != "glibc" or sys.maxsize < 1 << 32:
        return {}
    chosen = any(name.startswith("MALLOC_") for name in environment)
    if chosen or "glibc.malloc." in environment.get("GLIBC_TUNABLES", ""):
        return {}
    if _OTHERS.search(environment.get("LD_PRELOAD", "")):
        return {}
    # /etc/ld.so.preload and a Python that was linked so: this process has it then, too.
    if _OTHERS.search(_mapped() if mapped is None else mapped):
        return {}
    return dict(SETTINGS)


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


VARIABLE = "TF_ENABLE_ONEDNN_OPTS"
"""TensorFlow looks at it as it is imported: 1 or 0."""


def onednn_settings(*, system: str | None = None, flags: str | None = None) -> dict[str, str]:
    """Return the variable to set for the trainer; empty where TensorFlow shall decide.

    Args:
        system: operating system and processor; None to ask this machine.
        flags: what the processor can do, in words with spaces between; None to look.

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
    return {VARIABLE: "1"} if "avx2" in able else {}


def _flags() -> str:
    try:
        with Path("/proc/cpuinfo").open(errors="replace") as lines:
            return next((line for line in lines if line.startswith("flags")), "")
    except OSError:
        return ""
