"""The states that a run can go on from: where they lie, and which there are."""

from __future__ import annotations

import os
import re
from pathlib import Path

from tui.runs.store.run_folder import RunFolder

_NAME = re.compile(r"epoch-(\d{4,6})\.state")


def checkpoint_path(run: RunFolder, epoch: int) -> Path:
    """Return where the whole state after an epoch is kept, if it is; only the trainer reads it."""
    return run.path / "checkpoints" / f"epoch-{epoch:04}.state"


def checkpoints(run: RunFolder) -> list[int]:
    """Return the epochs whose states are there, whole or damaged, in order."""
    try:
        names = os.listdir(run.path / "checkpoints")
    except OSError:
        return []
    return sorted(int(found[1]) for name in names if (found := _NAME.fullmatch(name)))
