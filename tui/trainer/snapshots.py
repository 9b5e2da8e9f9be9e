"""Writing and reading the weights that a run keeps to be looked at."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tui.trainer.files import write_whole

Weights = list[NDArray[Any]]


def write_weights(path: Path, weights: Weights) -> None:
    """Write weights whole or not at all.

    Args:
        path: ends in `.npz`.
        weights: in the order of `model.get_weights()`.

    Raises:
        OSError: when they cannot be written.
    """
    path.parent.mkdir(mode=0o700, exist_ok=True)
    arrays = {str(position): array for position, array in enumerate(weights)}
    write_whole(path, lambda beside: np.savez(beside, **arrays))  # type: ignore[arg-type]


def read_weights(path: Path) -> Weights:
    """Read weights, to be given to `model.set_weights()`.

    Raises:
        OSError: when there are none.
        ValueError: when the file is damaged.
    """
    try:
        with np.load(path, allow_pickle=False) as archive:
            return [archive[str(position)] for position in range(len(archive.files))]
    except (zipfile.BadZipFile, KeyError, EOFError) as error:
        raise ValueError(f"The weights in {path} are damaged: {error}.") from error
