"""The facts about one image file, read by decoding it; findings are made from them.

numpy and Pillow are imported inside the functions to keep start-up fast.
"""

from __future__ import annotations

import hashlib
from typing import IO, TYPE_CHECKING

import msgspec

from tui.datasets.images.image_files import load_formats, open_file, open_image
from tui.datasets.images.image_files import unreadable_image as fault_of
from tui.datasets.images.parallel_decoding import decoding

if TYPE_CHECKING:
    from PIL import Image

LOOK_BITS = 128
_LOOK_SIDE = 9  # 8 differences in each of 8 rows, and the same down each of 8 columns
_SMALLEST_LOOK = 32  # pixels a side: in smaller pictures different things look alike
_LEAST_CONTRAST = 16  # grey levels between the darkest and the brightest of the 81 places
_LARGE = 16_000_000  # pixels: a larger picture is turned grey strip by strip
_ORIENTATION = 0x0112  # the EXIF tag that says how a picture is to be turned


class ImageFacts(msgspec.Struct, frozen=True, array_like=True):
    """The facts about one file.

    Args:
        size: bytes; -1 if unknown.
        modified: a number that changes when the file may have changed.
        fault: why it cannot be read (`tui.datasets.images.image_files.Fault`); empty where it can.
        reason: the same in a few words, safe to show.
        width: in pixels; 0 if the file cannot be read. The other values are then 0 or empty too.
        height: in pixels.
        mode: Pillow's, such as "RGB", "L", "P", "CMYK", "I;16".
        format: Pillow's, such as "JPEG": by its content, whatever its ending.
        turn: the EXIF orientation; 1 if the picture is upright or has no tag.
        highest: the highest grey value of a 16- or 32-bit picture, 0 for all others.
        brightness: mean grey value, 0 to 255.
        look: a perceptual hash of `LOOK_BITS` bits; empty if the picture is too small or too
            uniform to have one.
        digest: a hash of its bytes; empty if no other file has the same size.
    """

    size: int
    modified: int
    fault: str = ""
    reason: str = ""
    width: int = 0
    height: int = 0
    mode: str = ""
    format: str = ""
    turn: int = 1
    highest: int = 0
    brightness: float = 0.0
    look: bytes = b""
    digest: bytes = b""

    @property
    def readable(self) -> bool:
        """Return whether Keras can read the file."""
        return not self.fault

    @property
    def pixels(self) -> int:
        """Return width × height."""
        return self.width * self.height


def read_facts(path: str, size: int, modified: int, *, digest: bool) -> ImageFacts:
    """Open a file, decode it completely as Keras does, and return its facts.

    Args:
        path: of an image file.
        size: its bytes, as `os.stat` gives them.
        modified: a number that changes when the file may have changed.
        digest: whether to hash its bytes.

    Returns:
        The facts. A bad file never raises.
    """
    load_formats()
    known = b""
    try:
        with open_file(path) as file:
            if digest:
                known = _digest(file)
            with open_image(file) as image, decoding(image):
                return _facts(image, size, modified, known)
    except Exception as error:
        problem = fault_of(error)
        return ImageFacts(size, modified, problem.fault, str(problem), digest=known)


def _digest(file: IO[bytes]) -> bytes:
    hasher = hashlib.blake2b(digest_size=16)
    while block := file.read(1 << 16):
        hasher.update(block)
    file.seek(0)
    return hasher.digest()


def _facts(image: Image.Image, size: int, modified: int, digest: bytes) -> ImageFacts:
    image.load()
    highest = 0
    if image.mode.startswith("I"):
        highest = int(image.getextrema()[1])  # type: ignore[arg-type]
    brightness, look = _in_gray(image, highest)
    return ImageFacts(
        size,
        modified,
        width=image.width,
        height=image.height,
        mode=image.mode,
        format=image.format or "",
        turn=_turn(image),
        highest=highest,
        brightness=brightness,
        look=look,
        digest=digest,
    )


def _in_gray(image: Image.Image, highest: int) -> tuple[float, bytes]:
    """Return the mean grey value and the perceptual hash.

    A huge picture is turned grey in strips, so that it takes no second copy.
    """
    from PIL import Image, ImageStat

    if image.width * image.height <= _LARGE:
        gray = _gray(image, highest)
        counts, small = gray.histogram(), gray
    else:
        counts = [0] * 256
        across = Image.new("L", (_LOOK_SIDE, image.height))
        step = max(_LARGE // image.width, 1)
        for top in range(0, image.height, step):
            box = (0, top, image.width, min(top + step, image.height))
            strip = _gray(image.crop(box), highest)
            counts = [one + more for one, more in zip(counts, strip.histogram(), strict=True)]
            across.paste(strip.resize((_LOOK_SIDE, strip.height), Image.Resampling.BOX), (0, top))
        small = across
    places = small.resize((_LOOK_SIDE, _LOOK_SIDE), Image.Resampling.BOX)
    look = _difference_hash(places) if min(image.size) >= _SMALLEST_LOOK else b""
    return round(ImageStat.Stat(counts).mean[0], 2), look


def _gray(image: Image.Image, highest: int) -> Image.Image:
    if highest > 255:
        # Pillow's own conversion cuts off at 255, and nearly every place would be white.
        return image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    try:
        return image.convert("L")
    except ValueError:  # LAB reaches grey only by way of RGB
        return image.convert("RGB").convert("L")


def _turn(image: Image.Image) -> int:
    try:
        turn = image.getexif().get(_ORIENTATION, 1)
    except Exception:  # Keras never reads the tags, so broken ones are no fault
        return 1
    return turn if turn in range(2, 9) else 1


def _difference_hash(small: Image.Image) -> bytes:
    """Return which of 9×9 places are brighter than their neighbours, one bit each.

    A picture that is scaled, saved again or made a little brighter keeps nearly all of them.
    """
    import numpy as np

    places = np.asarray(small, dtype=np.int16)
    if int(places.max() - places.min()) < _LEAST_CONTRAST:
        return b""
    rows = places[:-1, 1:] > places[:-1, :-1]
    columns = places[1:, :-1] > places[:-1, :-1]
    return np.packbits(np.concatenate([rows.ravel(), columns.ravel()])).tobytes()
