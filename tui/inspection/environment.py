"""The environment of the child that looks into networks."""

from __future__ import annotations

import os

from tui.runs.process.allocator import SETTINGS
from tui.runs.process.launch import trainer_environment


def looking_environment() -> dict[str, str]:
    """Return a trainer's environment, but with malloc as it is.

    A trainer's malloc keeps what is freed for the next step. The child takes much once, while a
    network is loaded, and would keep it for as long as it lives: of VGG-16 two gigabytes, and the
    limit on a file from elsewhere would be reached before its weights are read.
    """
    environment = trainer_environment()
    for name in SETTINGS:
        if name not in os.environ:
            environment.pop(name, None)
    return environment
