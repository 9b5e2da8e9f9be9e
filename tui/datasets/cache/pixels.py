"""One image from its file to the bytes of its row, exactly as Keras's `load_img` reads it."""

from __future__ import annotations

import io
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui.datasets.cache.donor import Donor, digest_of
from tui.datasets.cache.key import ArrayPlan, ImageFile
from tui.datasets.images.at_once import decoding
from tui.datasets.images.decode import NotReadable, open_file, open_image, reason
from tui.datasets.images.fast_jpeg import decode_rgb, nearest

if TYPE_CHECKING:
    from PIL import Image

_MODES = {"rgb": "RGB", "rgba": "RGBA"}
# Keras keeps these as they are in grayscale; everything else becomes 8-bit.
_WIDE_MODES = frozenset({"I;16", "I"})


@dataclass(frozen=True, slots=True)
class Row:
    """What came of one file.

    Args:
        pixels: height × width × channels bytes; empty where it has none.
        bad: why it cannot be read, safe to show; empty when it can.
        wide: whether its values need more than 8 bits, so that it has no row.
        changed: whether the file is not the one that was planned any more.
        digest: of the file's bytes; empty where they could not be read.
        reused: whether the pixels are an earlier array's.
    """

    pixels: bytes = b""
    bad: str = ""
    wide: bool = False
    changed: bool = False
    digest: bytes = b""
    reused: bool = False


def read_row(plan: ArrayPlan, file: ImageFile, donor: Donor | None = None) -> Row:
    """Decode one file; a bad one never raises.

    Args:
        plan: what it belongs to.
        file: as it was planned.
        donor: an earlier array, which may have its pixels already.
    """
    changed, digest = False, b""
    row = donor.unchanged.get(file) if donor is not None else None
    if donor is not None and row is not None:
        return Row(donor.pixels(row), digest=donor.digests[row], reused=True)
    try:
        with open_file(os.path.join(plan.directory, file.path)) as opened:
            status = os.fstat(opened.fileno())
            changed = ImageFile.of(file.path, status) != file
            # As Keras does: Pillow decodes faster from memory than through a file.
            content = opened.read()
        digest = digest_of(content)
        row = donor.by_digest.get(digest) if donor is not None else None
        if donor is not None and row is not None:
            return Row(donor.pixels(row), changed=changed, digest=digest, reused=True)
        pixels = _fast_pixels(content, plan) or _pixels(io.BytesIO(content), plan)
    except NotReadable as error:
        return Row(bad=str(error), changed=changed, digest=digest)
    except Exception as error:  # damaged files bring many kinds
        return Row(bad=reason(error), changed=changed, digest=digest)
    return Row(pixels, wide=not pixels, changed=changed, digest=digest)


def _fast_pixels(content: bytes, plan: ArrayPlan) -> bytes:
    """Return the bytes of an ordinary colour photograph; none for everything else."""
    if plan.color_mode != "rgb":
        return b""
    pixels = decode_rgb(content)
    if pixels is None:
        return b""
    height, width = plan.target_size
    if pixels.shape[:2] == (height, width):
        return pixels.tobytes()
    if plan.interpolation == "nearest":
        return nearest(pixels, height, width).tobytes()
    from PIL import Image

    method = Image.Resampling[plan.interpolation.upper()]
    return Image.fromarray(pixels).resize((width, height), method).tobytes()


def _pixels(content: io.BytesIO, plan: ArrayPlan) -> bytes:
    """Return an image's bytes, or none where they are wider than 8 bits.

    Raises:
        Exception: of whatever kind Pillow chooses.
    """
    with open_image(content) as opened, decoding(opened):
        return _converted(opened, plan)


def _converted(image: Image.Image, plan: ArrayPlan) -> bytes:
    from PIL import Image

    height, width = plan.target_size
    mode = _MODES.get(plan.color_mode, "L")
    wide = mode == "L" and image.mode in _WIDE_MODES
    if image.mode != mode and not wide:
        image = image.convert(mode)
    if image.size != (width, height):
        image = image.resize((width, height), Image.Resampling[plan.interpolation.upper()])
    pixels = image.tobytes()
    return b"" if wide else pixels
