"""Opening image files with Pillow, safely and quietly.

Pillow is imported inside the functions: the first screen does not wait for it.
"""

from __future__ import annotations

import os
import stat
import warnings
from typing import IO, TYPE_CHECKING

from tui.text import clean

if TYPE_CHECKING:
    from PIL import Image


class NotReadable(Exception):
    """A file holds no image that can be read; the message says why, safe to show."""


_ready: list[tuple[str, ...]] = []


def prepare() -> tuple[str, ...]:
    """Load Pillow's formats once and silence its warnings; return the formats to accept.

    Call it before opening images in several threads: Pillow registers its formats lazily, and two
    threads that do so at once can each see half of them.
    """
    from PIL import Image

    # Pillow warns on stderr, which would tear the screen. A filter that is set once and stays is
    # safe with threads; `warnings.catch_warnings` is not.
    warnings.filterwarnings("ignore", module=r"PIL\.")
    if not _ready:
        Image.init()
        # Decoding EPS starts Ghostscript on the file. A PostScript file named .jpg is no photo.
        _ready.append(tuple(name for name in Image.ID if name != "EPS"))
    return _ready[0]


def open_file(path: str) -> IO[bytes]:
    """Open a regular, non-empty file.

    Raises:
        NotReadable: when it is missing, empty, locked, or a pipe or device (opening one of those
            would wait for ever).
    """
    try:
        status = os.stat(path)
        if not stat.S_ISREG(status.st_mode):
            raise NotReadable("not a regular file")
        if status.st_size == 0:
            raise NotReadable("empty (0 bytes)")
        return open(path, "rb")
    except FileNotFoundError:
        missing = "a link that leads nowhere" if os.path.islink(path) else "missing"
        raise NotReadable(missing) from None
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise NotReadable(f"cannot be read: {clean(why).lower()}") from None


def open_image(file: IO[bytes]) -> Image.Image:
    """Read an image's header; the pixels are decoded when they are asked for.

    Raises:
        NotReadable: when it is no image, or larger than Pillow decodes.
    """
    from PIL import Image

    formats = prepare()
    try:
        return Image.open(file, formats=formats)
    except Exception as error:
        raise NotReadable(reason(error)) from None


def reason(error: Exception) -> str:
    """Say in a few words why Pillow could not decode a file.

    Args:
        error: whatever Pillow raised; a damaged file brings many kinds.

    >>> reason(OSError("image file is truncated (12 bytes not processed)"))
    'truncated: image file is truncated (12 bytes not processed)'
    """
    from PIL import Image, UnidentifiedImageError

    if isinstance(error, NotReadable):
        return str(error)
    if isinstance(error, UnidentifiedImageError):
        return "not an image"
    if isinstance(error, Image.DecompressionBombError):
        limit = 2 * (Image.MAX_IMAGE_PIXELS or 0)
        return f"larger than Pillow's limit of {limit:,} pixels"
    if isinstance(error, MemoryError):
        return "larger than the memory"
    message = clean(error, limit=120) or type(error).__name__
    kind = "truncated" if "truncat" in message.lower() else "damaged"
    return f"{kind}: {message}"
