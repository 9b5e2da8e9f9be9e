"""The GPUs that a trainer computes on."""

from __future__ import annotations

import os
import sys

from tui.runs.events.assigned_gpus import VISIBLE
from tui.runs.queue.claims import take_gpus
from tui.runs.store.run_folder import RunFolder


def use_gpus(run: RunFolder) -> str:
    """See to it that this process computes on the GPUs of its run; before any is used.

    Returns:
        A sentence where it shares one with others; else empty.
    """
    gpus, sentence = take_gpus(run)
    if not gpus:
        return ""
    wanted = ",".join(gpu.key for gpu in gpus)
    if os.environ.get(VISIBLE) != wanted:
        os.environ[VISIBLE] = wanted
        # CUDA reads the variable once. TensorFlow and JAX ask CUDA when they first need a device;
        # PyTorch does so when Keras imports it.
        if "torch" in sys.modules:
            os.execv(sys.executable, [sys.executable, "-P", "-m", "tui.trainer", str(run.path)])
    return sentence
