"""A picture as one plane of grey values, and filters and layers applied to it.

numpy is imported inside the functions to keep start-up fast.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tui.common.installed import files_in, is_installed, not_installed
from tui.common.text import clean
from tui.datasets.folder.folder_summary import FolderError
from tui.datasets.images.image_files import (
    UnreadableImage,
    open_file,
    open_image,
    unreadable_reason,
)
from tui.datasets.images.parallel_decoding import decoding
from tui.datasets.images.thumbnails import Picture, PictureError
from tui.datasets.samples.sample_folders import digits_folder, shape_picture
from tui.geometry import (
    Activation,
    AveragePool2D,
    Conv2D,
    GeometryError,
    Layer,
    MaxPool2D,
    Pair,
    Volume,
    apply_layer,
)

if TYPE_CHECKING:
    from numpy import float32
    from numpy.typing import NDArray
    from PIL import Image

_PHOTOGRAPHS: Mapping[str, tuple[str, str]] = {
    "flower": ("flower.jpg", "a flower (photograph by vultilion, CC BY 2.0)"),
    "temple": ("china.jpg", "a temple (photograph by danielbuechele, CC BY 2.0)"),
}
"""Photographs in scikit-learn's package: name here → file, description with its author."""
_SAMPLES: Mapping[str, tuple[Callable[[], Path], str]] = {
    "digit": (
        lambda: min((digits_folder() / "3").iterdir()),
        "a handwritten digit, 8×8 pixels enlarged",
    ),
    "shape": (shape_picture, "a generated picture of a checked shape"),
}
"""Pictures like those of the samples: name here → its file, description."""
DIGIT_SIDE = 28
"""Pixels that the digit is enlarged to; it has 8, too few to slide a filter over."""


def picture_names() -> Mapping[str, str]:
    """Return the included pictures: name → short description."""
    return {
        **{name: words for name, (_, words) in _PHOTOGRAPHS.items()},
        **{name: words for name, (_, words) in _SAMPLES.items()},
    }


def first_picture() -> str:
    """Return the picture to begin with: a photograph, or one that is generated without it."""
    return next(iter(_PHOTOGRAPHS)) if is_installed("sklearn") else "shape"


def picture_path(name: str) -> Path:
    """Return the file of an included picture.

    Args:
        name: one of :func:`picture_names`.

    Raises:
        PictureError: when scikit-learn, which contains it, is incomplete.
    """
    if name in _SAMPLES:
        try:
            return _SAMPLES[name][0]()
        except (FolderError, OSError, ValueError) as error:
            raise PictureError(f"The {name} cannot be shown: {clean(error)}") from error
    for file in files_in("sklearn", "datasets", "images", _PHOTOGRAPHS[name][0]):
        return file
    if not is_installed("sklearn"):
        raise PictureError(not_installed(f"The picture {name!r}", "sklearn"))
    raise PictureError(
        f"The picture {name!r} comes with scikit-learn, but its file is missing. "
        "Install it again: pip install --force-reinstall scikit-learn"
    )


MOST_CUT = 0.25
"""The largest part of a picture's width or height that is cut off to show the rest larger."""


@dataclass(frozen=True, eq=False, slots=True)
class Plane:
    """One slice of a volume: H rows of W numbers.

    Args:
        values: the numbers, `values[row][column]`.
        signed: whether 0 is in the middle of the range, as after an edge filter; 0 is then drawn
            as mid grey, otherwise as black.
    """

    values: NDArray[float32]
    signed: bool = False

    @property
    def volume(self) -> Volume:
        """Return its size, with a depth of 1."""
        return Volume(self.values.shape[1], self.values.shape[0], 1)

    @property
    def flat(self) -> bool:
        """Return whether all values are equal."""
        return bool(self.values.min() == self.values.max())


def read_plane(path: str | os.PathLike[str], width: int, height: int) -> Plane:
    """Read an image as grey values 0 to 255, scaled to fit in a box.

    Args:
        path: an image file.
        width, height: the box in pixels. A side may be cropped; proportions are kept.

    Raises:
        PictureError: when the file cannot be read as an image.
    """
    import numpy as np
    from PIL import Image

    file_path = os.fspath(path)
    try:
        with open_file(file_path) as file, open_image(file) as image, decoding(image):
            if max(image.size) < DIGIT_SIDE:  # enlarged by repeating, as target_size would
                scale = DIGIT_SIDE / max(image.size)
                size = (max(round(image.width * scale), 1), max(round(image.height * scale), 1))
                grey = image.convert("L").resize(size, Image.Resampling.NEAREST)
            else:
                grey = _fill_box(image.convert("L"), width, height)
            return Plane(np.asarray(grey, dtype=np.float32))
    except UnreadableImage as error:
        why = str(error)
    except Exception as error:
        why = unreadable_reason(error)
    raise PictureError(f"{clean(os.path.basename(file_path), limit=60)} cannot be shown: {why}.")


def _fill_box(image: Image.Image, width: int, height: int) -> Image.Image:
    """Scale an image to fill a box, cropping at most a quarter of a side."""
    from PIL import Image

    whole = min(width / image.width, height / image.height)
    filling = max(width / image.width, height / image.height)
    scale = min(filling, whole / (1 - MOST_CUT))
    across, down = (max(round(side * scale), 1) for side in image.size)
    small = image.resize((across, down), Image.Resampling.BOX)
    left, top = max(across - width, 0) // 2, max(down - height, 0) // 2
    return small.crop((left, top, left + min(across, width), top + min(down, height)))


def convolve_plane(plane: Plane, weights: Sequence[Sequence[float]], stride: int = 1) -> Plane:
    """Slide one filter over a plane, without padding.

    Args:
        plane: the input.
        weights: the filter, rows of columns.
        stride: S, the same across and down.

    Raises:
        GeometryError: when the filter is larger than the plane.
    """
    import numpy as np

    kernel = Pair(len(weights[0]), len(weights))
    apply_layer(Conv2D(1, kernel, Pair.square(stride)), plane.volume)
    filter_ = np.asarray(weights, dtype=np.float32)
    windows = np.lib.stride_tricks.sliding_window_view(plane.values, (kernel.h, kernel.w))
    output = np.einsum("yxij,ij->yx", windows[::stride, ::stride], filter_, dtype=np.float32)
    return Plane(output, signed=abs(float(filter_.sum())) < 1e-6 and bool(output.min() < 0))


def apply_to_plane(plane: Plane, layer: Layer) -> Plane:
    """Apply a layer without parameters to a plane.

    Args:
        plane: the input.
        layer: an activation "relu" or "linear", or a pooling without padding.

    Raises:
        GeometryError: for another layer, or one that does not fit.
    """
    import numpy as np

    if isinstance(layer, Activation) and layer.function in {"relu", "linear"}:
        if layer.function == "linear":
            return plane
        return Plane(np.maximum(plane.values, 0))
    if isinstance(layer, MaxPool2D | AveragePool2D) and layer.padding == "valid":
        apply_layer(layer, plane.volume)
        windows = np.lib.stride_tricks.sliding_window_view(
            plane.values, (layer.pool.h, layer.pool.w)
        )[:: layer.stride.h, :: layer.stride.w]
        pooled = windows.max((2, 3)) if isinstance(layer, MaxPool2D) else windows.mean((2, 3))
        return Plane(pooled.astype(np.float32), plane.signed)
    raise GeometryError(
        f"{layer.keras_name} cannot be shown on a picture: use a relu, or a pooling layer "
        "without padding."
    )


def draw_plane(plane: Plane) -> Picture:
    """Draw a plane with half blocks, one pixel for each value.

    Values 0 to 255 keep their grey unless some lie outside; a signed plane has 0 at mid grey, and
    any other one is stretched from 0, or its lowest value, to its highest.
    """
    import numpy as np

    values = plane.values
    low, high = float(values.min()), float(values.max())
    if plane.signed:
        reach = max(abs(low), abs(high)) or 1.0
        grey = 127.5 + values / reach * 127.5
    elif low >= 0 and 128 <= high <= 255:
        grey = values
    else:
        low = min(max(low, 0.0), high)  # below 0 is black, as a screen shows it
        grey = (values - low) / ((high - low) or 1.0) * 255
    pixels = np.clip(grey, 0, 255).astype(np.uint8).tolist()
    if len(pixels) % 2:
        pixels.append(pixels[-1])
    cells = tuple(
        tuple(((up,) * 3, (down,) * 3) for up, down in zip(upper, lower, strict=True))
        for upper, lower in zip(pixels[0::2], pixels[1::2], strict=True)
    )
    return Picture(values.shape[1], len(cells), cells)
