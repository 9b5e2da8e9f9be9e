"""The weights that a run keeps to be looked at: where they lie, and which there are."""

from __future__ import annotations

import os
import re
from pathlib import Path

from tui.training.runs import RunFolder

_NAME = re.compile(r"epoch-(\d{4,6})\.npz")


def snapshot_path(run: RunFolder, epoch: int) -> Path:
    """Return where the weights after an epoch are kept, if they are; 0: before the first.

    It is a NumPy `.npz` (no pickles in it) of float32 arrays named `0`, `1`, … in the order of
    `model.get_weights()`.
    """
    return run.path / "kept" / f"epoch-{epoch:04}.npz"


def snapshots(run: RunFolder) -> list[int]:
    """Return the epochs whose weights are kept, in order; empty where there are none."""
    try:
        names = os.listdir(run.path / "kept")
    except OSError:
        return []
    return sorted(int(found[1]) for name in names if (found := _NAME.fullmatch(name)))
