"""The pictures in a program's folder: a few of the generated shapes, divided as a course does."""

from __future__ import annotations

import shutil
from pathlib import Path

from tui.datasets.samples.generated_shapes import CLASSES
from tui.datasets.samples.sample_folders import shapes_folder

TRAIN, VALIDATION = 20, 8
"""Pictures of each class."""
OWN = "own.png"
"""A picture of the class `striped` that is in neither part."""


def lay_pictures(folder: Path) -> None:
    """Write `pictures/train` and `pictures/validation`, a sub-folder for each class, and `own.png`.

    Args:
        folder: the program's own.

    Raises:
        FolderError: when the sample pictures cannot be written.
        OSError: when these cannot be.
    """
    sample = shapes_folder()
    for name in CLASSES:
        files = sorted((sample / name).iterdir())
        parts = {"train": files[:TRAIN], "validation": files[TRAIN : TRAIN + VALIDATION]}
        for part, chosen in parts.items():
            place = folder / "pictures" / part / name
            place.mkdir(parents=True)
            for file in chosen:
                shutil.copyfile(file, place / file.name)
        shutil.copyfile(files[TRAIN + VALIDATION], folder / OWN)
