"""Small pictures for a terminal: two pixels in each character cell.

A cell is about twice as high as it is wide, so the half block `▀` with one colour for its upper
and one for its lower half shows two square pixels.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tui.common.text import clean
from tui.datasets.folder.folder_summary import FolderSummary
from tui.datasets.folder.listing import class_images
from tui.datasets.images.image_files import (
    UnreadableImage,
    open_file,
    open_image,
    unreadable_reason,
)
from tui.datasets.images.parallel_decoding import decoding

if TYPE_CHECKING:
    from PIL import Image

RGB = tuple[int, int, int]
Cell = tuple[RGB, RGB]


class PictureError(Exception):
    """A picture cannot be shown; the message is one sentence, safe to show."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture made of half blocks.

    Args:
        columns: width in cells, one pixel each.
        rows: height in cells, two pixels each.
        cells: `rows` rows of `columns` cells; each cell is (upper colour, lower colour), each
            colour is red, green and blue, 0 to 255.
        sharp: the same picture with more pixels, for terminals with graphics; else None.
    """

    columns: int
    rows: int
    cells: tuple[tuple[Cell, ...], ...]
    sharp: Image.Image | None = field(default=None, compare=False, repr=False)


SHARP_WIDTH, SHARP_HEIGHT = 12, 24
"""Pixels of one cell of a sharp picture: about the size of a character in most terminals."""

_sharp: list[bool] = []


def set_sharp_pictures(wanted: bool) -> None:
    """Set whether pictures are also kept with more pixels, for terminals with graphics."""
    _sharp[:] = [True] if wanted else []


def fit_cells(width: int, height: int, columns: int, rows: int) -> tuple[int, int]:
    """Return the largest size with the same proportions that fits in a box of cells.

    Args:
        width, height: the image's size in pixels.
        columns, rows: the box in cells, each 1 pixel wide and 2 pixels high.

    Returns:
        Width and height in pixels; the height is even, so that it fills whole cells.

    >>> fit_cells(400, 300, columns=20, rows=20)
    (20, 16)
    """
    scale = min(columns / width, 2 * rows / height)
    pixels_high = min(2 * rows, max(2, 2 * round(height * scale / 2)))
    return min(columns, max(1, round(width * scale))), pixels_high


def thumbnail(
    path: str | os.PathLike[str],
    columns: int,
    rows: int,
    *,
    size: tuple[int, int] | None = None,
) -> Picture:
    """Read an image and scale it to fit in a box of cells.

    Transparent areas become black. The EXIF orientation is ignored, because Keras ignores it too:
    this is what the network sees.

    Args:
        path: an image file.
        columns: the most cells across.
        rows: the most cells down.
        size: height and width in pixels to resize the image to first, as `target_size` does
            (its proportions are then those of the target); None keeps its own proportions.

    Returns:
        A picture of at most `columns` × `rows` cells.

    Raises:
        PictureError: when the file cannot be read as an image.
        ValueError: when the box has no room.
    """
    if columns < 1 or rows < 1:
        raise ValueError(f"A picture of {columns}×{rows} cells has no room. Give at least 1×1.")
    file_path = os.fspath(path)
    try:
        with open_file(file_path) as file, open_image(file) as image, decoding(image):
            return _picture(image, columns, rows, size)
    except UnreadableImage as error:
        why = str(error)
    except Exception as error:
        why = unreadable_reason(error)
    raise PictureError(f"{clean(os.path.basename(file_path), limit=60)} cannot be shown: {why}.")


def draw_picture(image: Image.Image, columns: int, rows: int) -> Picture:
    """Draw an image that is already open.

    Args:
        image: an image of any mode.
        columns, rows: the largest size in cells.
    """
    return _picture(image, columns, rows, None)


def _picture(image: Image.Image, columns: int, rows: int, size: tuple[int, int] | None) -> Picture:
    from PIL import Image

    if size is None:
        width, height = fit_cells(*image.size, columns, rows)
        # A JPEG can be decoded at 1/2, 1/4 or 1/8 of its size in a fraction of the time; twice
        # the needed size leaves something to average.
        finer = SHARP_WIDTH if _sharp else 2
        image.draft("RGB", (finer * width, finer * height))
    else:
        width, height = fit_cells(size[1], size[0], columns, rows)
    shown = _on_black(image)
    if size is not None and shown.size != (size[1], size[0]):
        shown = shown.resize((size[1], size[0]), Image.Resampling.NEAREST)
    sharp = _sharp_picture(shown, width, height) if _sharp else None
    if shown.size != (width, height):
        grows = shown.width < width or shown.height < height
        # Enlarged pixels stay square and sharp, as in a digit of 8×8; otherwise they are averaged.
        method = Image.Resampling.NEAREST if grows else Image.Resampling.BOX
        shown = shown.resize((width, height), method)
    values = shown.tobytes()
    pixels: list[RGB] = list(zip(values[0::3], values[1::3], values[2::3], strict=True))
    lines = [tuple(pixels[start : start + width]) for start in range(0, len(pixels), width)]
    cells = tuple(
        tuple(zip(upper, lower, strict=True))
        for upper, lower in zip(lines[0::2], lines[1::2], strict=True)
    )
    return Picture(width, height // 2, cells, sharp)


def _sharp_picture(image: Image.Image, width: int, height: int) -> Image.Image:
    """Resize an image to the pixels of the cells that it will fill."""
    from PIL import Image

    size = width * SHARP_WIDTH, height * SHARP_HEIGHT // 2
    grows = image.width < size[0] or image.height < size[1]
    return image.resize(size, Image.Resampling.NEAREST if grows else Image.Resampling.LANCZOS)


def _on_black(image: Image.Image) -> Image.Image:
    from PIL import Image

    if not image.has_transparency_data:
        return image.convert("RGB")
    layer = image.convert("RGBA")
    ground = Image.new("RGBA", layer.size, (0, 0, 0, 255))
    return Image.alpha_composite(ground, layer).convert("RGB")


def sample_paths(summary: FolderSummary, per_class: int) -> dict[str, tuple[str, ...]]:
    """Choose a few images of each class, evenly spread over its files.

    The same folder gives the same choice each time.

    Args:
        summary: the folder, as `describe` returns it.
        per_class: the most images of one class.

    Returns:
        Class name (as on disk) → paths of its images; a class without images has none.
    """
    return {
        item.name: tuple(
            os.path.join(summary.train_directory, path)
            for path in _evenly_spread(class_images(summary.train_directory, item.name), per_class)
        )
        for item in summary.classes
    }


def _evenly_spread(items: list[str], most: int) -> list[str]:
    number = min(len(items), max(most, 0))
    return [items[(2 * index + 1) * len(items) // (2 * number)] for index in range(number)]
