"""Open image files with Pillow, safely and without printed warnings.

Pillow is imported inside the functions to keep start-up fast.
"""

from __future__ import annotations

import errno
import os
import stat
import warnings
from typing import IO, TYPE_CHECKING, Literal

from tui.common.text import clean
from tui.datasets.images.picture_formats import HEAD_BYTES, picture_format

if TYPE_CHECKING:
    from PIL import Image


Fault = Literal[
    "empty",
    "truncated",
    "damaged",
    "not_image",
    "foreign",
    "bomb",
    "dangling",
    "link_loop",
    "locked",
    "special",
]
"""Why a file cannot be read; `special` is a pipe or a device, `foreign` a picture of a format that
Pillow does not read."""


class UnreadableImage(Exception):
    """A file holds no image that can be read; the message says why, safe to show.

    Args:
        message: the reason.
        fault: its kind.
    """

    def __init__(self, message: str, fault: Fault) -> None:
        super().__init__(message)
        self.fault: Fault = fault


_PILLOW_READS = {
    **{name: name for name in ("JPEG", "PNG", "GIF", "BMP", "TIFF", "ICO", "ICNS", "PSD")},
    **{"WebP": "WEBP", "JPEG 2000": "JPEG2000", "PNM": "PPM", "AVIF": "AVIF"},
    **{name: name for name in ("QOI", "DDS")},
}
"""Formats that Pillow reads if it was built with their libraries, with its names for them."""

_ready: list[tuple[str, ...]] = []


def load_formats() -> tuple[str, ...]:
    """Load Pillow's formats once and silence its warnings; return the formats to accept.

    Call it before opening images in several threads: Pillow registers its formats lazily, and two
    threads that do so at once can each see half of them.
    """
    from PIL import Image

    # Pillow warns on stderr, which would garble the screen. A filter that is set once and stays is
    # safe with threads; `warnings.catch_warnings` is not.
    warnings.filterwarnings("ignore", module=r"PIL\.")
    if not _ready:
        Image.init()
        # Decoding EPS starts Ghostscript on the file. A PostScript file named .jpg is not a photo.
        _ready.append(tuple(name for name in Image.ID if name != "EPS"))
    return _ready[0]


def open_file(path: str) -> IO[bytes]:
    """Open a regular, non-empty file.

    Raises:
        UnreadableImage: if it is missing, empty, locked, or a pipe or device, where opening would
            wait forever.
    """
    try:
        status = os.stat(path)
        if not stat.S_ISREG(status.st_mode):
            raise UnreadableImage("not a regular file", "special")
        if status.st_size == 0:
            raise UnreadableImage("empty (0 bytes)", "empty")
        return open(path, "rb")
    except FileNotFoundError:
        missing = "a broken link" if os.path.islink(path) else "missing"
        raise UnreadableImage(missing, "dangling") from None
    except (OSError, ValueError) as error:
        if getattr(error, "errno", None) == errno.ELOOP:
            raise UnreadableImage("a link to itself", "link_loop") from None
        why = getattr(error, "strerror", None) or str(error)
        raise UnreadableImage(f"cannot be read: {clean(why).lower()}", "locked") from None


def open_image(file: IO[bytes]) -> Image.Image:
    """Read an image's header; the pixels are decoded on first access.

    Raises:
        UnreadableImage: if it is not an image, or larger than Pillow decodes.
    """
    from PIL import Image

    formats = load_formats()
    try:
        return Image.open(file, formats=formats)
    except Exception as error:
        problem = unreadable_image(error)
        raise (
            _format_error(file) or problem if problem.fault == "not_image" else problem
        ) from None


def _format_error(file: IO[bytes]) -> UnreadableImage | None:
    """Return an error that names the format of a picture; None if the file is not a picture."""
    file.seek(0)
    found = picture_format(file.read(HEAD_BYTES))
    if not found:
        return None
    if found in _PILLOW_READS and _PILLOW_READS[found] in load_formats():
        return UnreadableImage(
            f"damaged: it begins like {found}, but the rest does not match", "damaged"
        )
    return UnreadableImage(f"{found}, a format that cannot be read here", "foreign")


def unreadable_image(error: Exception) -> UnreadableImage:
    """Describe briefly why Pillow could not decode a file, with the kind of fault.

    Args:
        error: any error that Pillow raised.

    >>> unreadable_image(OSError("image file is truncated (12 bytes not processed)")).fault
    'truncated'
    """
    from PIL import Image, UnidentifiedImageError

    if isinstance(error, UnreadableImage):
        return error
    if isinstance(error, UnidentifiedImageError):
        return UnreadableImage("not an image", "not_image")
    if isinstance(error, Image.DecompressionBombError):
        limit = 2 * (Image.MAX_IMAGE_PIXELS or 0)
        return UnreadableImage(f"larger than Pillow's limit of {limit:,} pixels", "bomb")
    if isinstance(error, MemoryError):
        return UnreadableImage("too large for the memory", "bomb")
    message = clean(error, limit=120) or type(error).__name__
    fault: Fault = "truncated" if "truncat" in message.lower() else "damaged"
    return UnreadableImage(f"{fault}: {message}", fault)


def unreadable_reason(error: Exception) -> str:
    """Describe briefly why Pillow could not decode a file.

    >>> unreadable_reason(OSError("image file is truncated (12 bytes not processed)"))
    'truncated: image file is truncated (12 bytes not processed)'
    """
    return str(unreadable_image(error))
