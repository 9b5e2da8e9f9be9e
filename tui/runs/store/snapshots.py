"""The weights that a run keeps to be looked at: where they lie, and which there are."""

from __future__ import annotations

import os
import re
from pathlib import Path

from tui.runs.store.run_folder import RunFolder

MOST = 10
"""Snapshots that a run keeps."""
ROOM = 1_000_000_000
"""Bytes that they may take."""

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


def worth_keeping(newest: int, most: int = MOST) -> list[int]:
    """Return the epochs whose weights are kept once `newest` is whole.

    Those before the first and after the newest epoch are, and between them every first, second,
    fourth, eighth … as there is room. What is wanted later was never dropped before.

    Args:
        newest: the last whole epoch.
        most: how many may be kept, at least 2.

    >>> worth_keeping(5), worth_keeping(21), worth_keeping(22)
    ([0, 1, 2, 3, 4, 5], [0, 4, 8, 12, 16, 20, 21], [0, 4, 8, 12, 16, 20, 22])
    """
    step = 1
    while len(wanted := sorted({*range(0, newest, step), newest})) > most:
        step *= 2
    return wanted
