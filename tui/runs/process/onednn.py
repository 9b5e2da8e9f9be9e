"""Having TensorFlow compute with oneDNN where that is faster and it would not by itself.

TensorFlow uses oneDNN by itself only on CPUs with instructions for neural networks (AVX512 VNNI
and later). On those that have AVX2 it is faster too: a training step of the course's network takes
about three quarters of the time, one of a network for digits two thirds. Below AVX2 it is slower.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

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
