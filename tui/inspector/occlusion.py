"""Occlusion: how much the probability of a class falls where a patch hides the picture."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from tui.inspector.opened import OpenedNetwork
from tui.inspector.predictions import batch_size, predict

CELLS = 12
"""Places of the patch on each side; fewer on a picture of fewer pixels."""
GREY = 127.5
"""Of 0..255, before the rescaling."""


def places(side: int) -> list[tuple[int, int]]:
    """Return where the patch begins and ends along one side, once for each cell.

    It is two cells wide, its middle is the cell's, and it stops at the border.

    >>> places(4)
    [(0, 2), (0, 3), (1, 4), (2, 4)]
    """
    cells = min(CELLS, side)
    width = side / cells
    return [
        (
            max(0, int(np.ceil((cell - 0.5) * width))),
            min(side, int(np.ceil((cell + 1.5) * width))),
        )
        for cell in range(cells)
    ]


def occlusion(
    network: OpenedNetwork,
    picture: NDArray[np.float32],
    label: int,
    whole: float,
    tell: Callable[[int, int], None],
) -> NDArray[np.float64]:
    """Return how much a class's probability falls, place by place; 0 where it rises.

    Args:
        network: what is asked.
        picture: what it gets, (height, width, depth).
        label: index of the class.
        whole: its probability for the whole picture.
        tell: called with the places done and all of them.
    """
    rows, columns = places(picture.shape[0]), places(picture.shape[1])
    patches = [(row, column) for row in rows for column in columns]
    grey = GREY / network.preparation.divisor
    heat: list[float] = []
    size = batch_size(network)
    tell(0, len(patches))
    for first in range(0, len(patches), size):
        part = patches[first : first + size]
        batch = np.repeat(picture[None], len(part), axis=0)
        for image, ((top, bottom), (left, right)) in zip(batch, part, strict=True):
            image[top:bottom, left:right] = grey
        heat += (whole - predict(network, batch)[:, label]).tolist()
        tell(len(heat), len(patches))
    return np.asarray(np.maximum(heat, 0), np.float64).reshape(len(rows), len(columns))
