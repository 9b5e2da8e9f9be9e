"""Folders of small images, written for a test."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image


def write_folder(
    folder: Path, classes: Sequence[str], each: int, size: tuple[int, int] = (12, 10)
) -> Path:
    """Write a folder for each class with PNG images of noise; return the folder.

    Args:
        folder: a new one.
        classes: the names.
        each: the number of images of a class.
        size: width and height in pixels.
    """
    noise = np.random.RandomState(0)
    for name in classes:
        (folder / name).mkdir(parents=True)
        for number in range(each):
            pixels = noise.randint(0, 256, (size[1], size[0], 3), dtype=np.uint8)
            Image.fromarray(pixels).save(folder / name / f"{number:02}.png")
    return folder
