"""Preview how a loader reads one image: target size and random augmentation.

The transformation is Keras's (the same ranges, the same matrices), with the nearest value instead
of an interpolation of four: good enough for a preview. numpy is imported inside the functions to
keep start-up fast.
"""

from __future__ import annotations

import math
import os
from typing import TYPE_CHECKING

from tui.common.text import clean
from tui.datasets.images.image_files import (
    UnreadableImage,
    open_file,
    open_image,
    unreadable_reason,
)
from tui.datasets.images.parallel_decoding import decoding
from tui.datasets.images.thumbnails import Picture, PictureError, draw_picture
from tui.datasets.loader.augmentation import Augmentation
from tui.datasets.loader.loader_settings import LoaderSettings

if TYPE_CHECKING:
    from numpy import float64, intp, uint8
    from numpy.random import Generator
    from numpy.typing import NDArray
    from PIL import Image


def load_image(path: str | os.PathLike[str], settings: LoaderSettings) -> Image.Image:
    """Read an image as the loader does: colour mode, target size, interpolation.

    Args:
        path: an image file.
        settings: the loader's settings.

    Raises:
        PictureError: when the file cannot be read as an image.
    """
    from PIL import Image

    height, width = settings.target_size
    mode = {"rgb": "RGB", "grayscale": "L", "rgba": "RGBA"}[settings.color_mode]
    file_path = os.fspath(path)
    try:
        with open_file(file_path) as file, open_image(file) as image, decoding(image):
            method = Image.Resampling[settings.interpolation.upper()]
            return image.convert(mode).resize((width, height), method)
    except UnreadableImage as error:
        why = str(error)
    except Exception as error:
        why = unreadable_reason(error)
    raise PictureError(f"{clean(os.path.basename(file_path), limit=60)} cannot be shown: {why}.")


def augment_image(image: Image.Image, augmentation: Augmentation, seed: int) -> Image.Image:
    """Change an image at random, within the ranges of the augmentation.

    Args:
        image: the loaded image.
        augmentation: the ranges.
        seed: seed of the random numbers.
    """
    import numpy as np
    from PIL import Image

    random = np.random.default_rng(seed)
    values = np.asarray(image)
    rows, columns = _source_coordinates(random, augmentation, *values.shape[:2])
    made = values[
        _fill_outside(rows, values.shape[0], augmentation.fill_mode),
        _fill_outside(columns, values.shape[1], augmentation.fill_mode),
    ]
    if augmentation.fill_mode == "constant":
        outside = (rows < -0.5) | (rows > values.shape[0] - 0.5)
        outside |= (columns < -0.5) | (columns > values.shape[1] - 0.5)
        made = np.where(outside if made.ndim == 2 else outside[..., None], 0, made)
    if augmentation.horizontal_flip and random.random() < 0.5:
        made = made[:, ::-1]
    if augmentation.vertical_flip and random.random() < 0.5:
        made = made[::-1]
    pixels: NDArray[uint8] = np.ascontiguousarray(made).astype(np.uint8)
    return Image.fromarray(pixels)


def _source_coordinates(
    random: Generator, augmentation: Augmentation, height: int, width: int
) -> tuple[NDArray[float64], NDArray[float64]]:
    """Return the row and the column that each pixel comes from."""
    import numpy as np

    def either(most: float) -> float:
        return float(random.uniform(-most, most)) if most else 0.0

    theta = math.radians(either(augmentation.rotation_range))
    down = either(augmentation.height_shift_range) * height
    right = either(augmentation.width_shift_range) * width
    shear = math.radians(either(augmentation.shear_range))
    zoom = augmentation.zoom_range
    high, wide = random.uniform(1 - zoom, 1 + zoom, 2) if zoom else (1.0, 1.0)
    sine, cosine = math.sin(theta), math.cos(theta)
    matrix = (
        np.array([[cosine, -sine, 0], [sine, cosine, 0], [0, 0, 1]])
        @ np.array([[1, 0, down], [0, 1, right], [0, 0, 1]])
        @ np.array([[1, -math.sin(shear), 0], [0, math.cos(shear), 0], [0, 0, 1]])
        @ np.array([[high, 0, 0], [0, wide, 0], [0, 0, 1]])
    )
    middle = np.array([height / 2 - 0.5, width / 2 - 0.5])
    places = np.stack(np.meshgrid(np.arange(height), np.arange(width), indexing="ij"), -1)
    found = (places - middle) @ matrix[:2, :2].T + matrix[:2, 2] + middle
    return found[..., 0], found[..., 1]


def _fill_outside(places: NDArray[float64], size: int, fill_mode: str) -> NDArray[intp]:
    """Round coordinates to indices, and move those outside inside as the fill mode says."""
    import numpy as np

    near = np.rint(places).astype(np.intp)
    if fill_mode == "wrap":
        return near % size
    if fill_mode == "reflect":  # abcd becomes … dcba abcd dcba …
        near = near % (2 * size)
        return np.where(near < size, near, 2 * size - 1 - near)
    return np.clip(near, 0, size - 1)


def preview_pictures(
    path: str | os.PathLike[str],
    settings: LoaderSettings,
    columns: int,
    rows: int,
    count: int,
    seed: int = 0,
) -> tuple[Picture, ...]:
    """Draw an image as loaded, then augmented several times.

    Args:
        path: an image file.
        settings: the loader's settings.
        columns, rows: the largest size of one picture in cells.
        count: number of augmented pictures; none are made without augmentation.
        seed: seed of the first one; each next one adds 1.

    Returns:
        The loaded image, then the augmented ones.

    Raises:
        PictureError: when the file cannot be read as an image.
    """
    image = load_image(path, settings)
    made = [image]
    if settings.augmentation.on:
        made += [
            augment_image(image, settings.augmentation, seed + number) for number in range(count)
        ]
    return tuple(draw_picture(picture, columns, rows) for picture in made)
