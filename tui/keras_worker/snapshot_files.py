"""Writing and reading snapshots: the weights that a run keeps for Look Inside."""

from __future__ import annotations

import time
import zipfile
import zlib
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tui.common.atomic_write import write_atomically
from tui.common.safe_files import check_file, make_own_folder
from tui.runs.events.event_types import SnapshotKept
from tui.runs.store.model_files import (
    SNAPSHOT_BYTES,
    SNAPSHOT_LIMIT,
    epochs_to_keep,
    snapshot_path,
    snapshots,
)
from tui.runs.store.run_folder import RunFolder

Weights = list[NDArray[Any]]


def keep_snapshot(run: RunFolder, epoch: int, weights: Weights) -> SnapshotKept | None:
    """Write a snapshot of the weights after an epoch, and delete others to make space for it.

    Returns:
        The event; None if the network is so large that two snapshots would need too much space.

    Raises:
        OSError: when they cannot be written.
    """
    size = sum(array.nbytes for array in weights)
    most = min(SNAPSHOT_LIMIT, SNAPSHOT_BYTES // max(size, 1))
    if most < 2:
        return None
    write_weights(snapshot_path(run, epoch), weights)
    dropped = sorted(set(snapshots(run)) - set(epochs_to_keep(epoch, most)))
    for old in dropped:
        with suppress(OSError):
            snapshot_path(run, old).unlink()
    return SnapshotKept(at=time.time(), epoch=epoch, dropped=tuple(dropped))


def write_weights(path: Path, weights: Weights) -> None:
    """Write weights atomically.

    Args:
        path: ends in `.npz`.
        weights: in the order of `model.get_weights()`.

    Raises:
        OSError: when they cannot be written.
    """
    make_own_folder(path.parent)
    arrays = {str(position): array for position, array in enumerate(weights)}
    write_atomically(path, lambda beside: np.savez(beside, **arrays))  # type: ignore[arg-type]


def read_weights(path: Path) -> Weights:
    """Read weights in the order of `model.set_weights()`.

    Raises:
        OSError: when there is no such file.
        ValueError: when the file is damaged.
    """
    try:
        check_file(path)
        with np.load(path, allow_pickle=False) as archive:
            return [archive[str(position)] for position in range(len(archive.files))]
    except (zipfile.BadZipFile, zlib.error, KeyError, EOFError, ValueError) as error:
        raise ValueError(f"The weights in {path} are damaged ({type(error).__name__}).") from error
