"""Findings about images that Keras loads unlike viewers show them: 16 bits, EXIF, alpha."""

from __future__ import annotations

import os
from array import array
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import msgspec

from tui.common.text import exact
from tui.datasets.doctor.diagnosis_types import Diagnosis, Remedy
from tui.datasets.doctor.fact_table import FactTable
from tui.datasets.doctor.subsets import Subsets
from tui.datasets.folder.folder_summary import pluralize

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from tui.datasets.doctor.subsets import Indices

_ALPHA = frozenset({"RGBA", "LA", "PA", "La", "RGBa"})
_ODD = frozenset({"1", "F", "LAB", "HSV", "YCbCr"})
_KEPT_RAW = frozenset({"I;16", "I"})  # what Keras's grayscale passes on as it is
_FORMATS = {
    "png": {"PNG"},
    "jpg": {"JPEG", "MPO"},  # cameras and phones write MPO: a JPEG with another behind it
    "jpeg": {"JPEG", "MPO"},
    "bmp": {"BMP", "DIB"},
    "ppm": {"PPM"},
    "tif": {"TIFF"},
    "tiff": {"TIFF"},
}
_SIDES = {
    2: "mirrored",
    3: "upside down",
    4: "upside down and mirrored",
    5: "lying and mirrored",
    6: "lying on its left side",
    7: "lying and mirrored",
    8: "lying on its right side",
}


def diagnose_image_modes(subsets: Subsets) -> Iterable[Diagnosis]:
    """Yield the readable images that are loaded differently than expected."""
    yield from _sixteen_bit(subsets)
    yield from _huge(subsets)
    yield from _rotated_by_exif(subsets)
    yield from _alpha(subsets)
    yield from _converted(subsets)
    yield from _wrong_ending(subsets)


def _used_and(subsets: Subsets, marks: NDArray[np.bool_]) -> Indices:
    """Return the used files among those that are marked."""
    found: Indices = (subsets.is_used & marks).nonzero()[0]
    return found


def _modes(subsets: Subsets, found: Indices) -> Sequence[str]:
    return subsets.texts(found, lambda index: subsets.files.table.text("mode", index))


def _sixteen_bit(subsets: Subsets) -> Iterable[Diagnosis]:
    table = subsets.files.table
    found = _used_and(subsets, table.columns["highest"] > 255)
    if not len(found):
        return
    kept_raw = bool(table.is_in("mode", _KEPT_RAW)[found].all())
    raw = subsets.settings.color_mode == "grayscale" and kept_raw
    if raw:
        divisor = subsets.settings.rescale_divisor
        training = (
            f"It passes the values on as they are, up to 65535; divided by {exact(divisor)} "
            f"they reach {65535 / divisor:,.0f} where other images end at {255 / divisor:g}."
        )
    else:
        training = "Pillow clips every value above 255: the image is nearly all white."
    others = len(subsets.used) - len(found)
    yield Diagnosis(
        "warning",
        "gray16",
        pluralize(len(found), "image of 16-bit grey values", "images of 16-bit grey values"),
        subsets.names(found),
        "Save them with 8 bits, their values divided by 256, to train on them.",
        "Keras takes grey values as they are; it does not scale them to 0 to 255.",
        training,
        subsets.texts(found, lambda index: f"up to {table.columns['highest'][index]:,}"),
        Remedy(f"leave out {pluralize(len(found), 'image')}", subsets.leaving_out(found))
        if others
        else None,
    )


def _huge(subsets: Subsets) -> Iterable[Diagnosis]:
    from PIL import Image

    limit = Image.MAX_IMAGE_PIXELS
    if limit is None:
        return
    found = _used_and(subsets, subsets.files.table.pixels > limit)
    if not len(found):
        return
    yield Diagnosis(
        "warning",
        "huge",
        pluralize(len(found), "huge image"),
        subsets.names(found),
        f"They have more than {limit:,} pixels, where Pillow begins to warn. Make them smaller.",
        "Decoding each takes 3 bytes per pixel and much time, in every epoch.",
        "It reads them.",
        subsets.texts(found, lambda index: _size(subsets.files.table, index)),
        Remedy(f"leave out {pluralize(len(found), 'image')}", subsets.leaving_out(found)),
    )


def _size(table: FactTable, index: int) -> str:
    return f"{table.columns['width'][index]:,}×{table.columns['height'][index]:,} pixels"


def _rotated_by_exif(subsets: Subsets) -> Iterable[Diagnosis]:
    table = subsets.files.table
    found = _used_and(subsets, table.columns["turn"] != 1)
    if not len(found):
        return
    yield Diagnosis(
        "warning",
        "turned",
        pluralize(
            len(found),
            "image rotated only by its EXIF tag",
            "images rotated only by their EXIF tags",
        ),
        subsets.names(found),
        "The camera stored how to rotate them, and viewers do so. Rotate the pixels themselves in "
        "a copy of the folder, or augment with rotations.",
        "Keras ignores the tag, so the network sees them sideways or upside down.",
        "It reads them as Keras does, without rotation; so they are shown here.",
        subsets.texts(found, lambda index: _SIDES[table.columns["turn"][index]]),
    )


def _alpha(subsets: Subsets) -> Iterable[Diagnosis]:
    found = _used_and(subsets, subsets.files.table.is_in("mode", _ALPHA))
    if not len(found) or subsets.settings.color_mode == "rgba":
        return
    remedy = None
    if len(found) == len(subsets.used):
        changed = msgspec.structs.replace(subsets.settings, color_mode="rgba")
        remedy = Remedy("read them with colour mode rgba", changed)
    yield Diagnosis(
        "note",
        "alpha",
        pluralize(len(found), "image with transparency", "images with transparency"),
        subsets.names(found),
        "If the background should be white or black, put them on it in a copy of the folder.",
        "Transparent areas show the hidden colour that is stored there, often black or noise.",
        "It drops the alpha channel, as Keras does with every colour mode but rgba.",
        _modes(subsets, found),
        remedy,
    )


def _converted(subsets: Subsets) -> Iterable[Diagnosis]:
    mode = subsets.settings.color_mode
    for kind, modes, noun, why in (
        ("cmyk", {"CMYK"}, "CMYK image", "Made for printing: the colours come out shifted."),
        (
            "palette",
            {"P"},
            "palette image",
            "Each pixel is one of at most 256 colours: fine shades are lost before Keras reads it.",
        ),
        (
            "odd_mode",
            _ODD,
            "image of an unusual mode",
            "Black-and-white, float or Lab images can lose their range when they are converted.",
        ),
    ):
        found = _used_and(subsets, subsets.files.table.is_in("mode", modes))
        if len(found):
            yield Diagnosis(
                "note",
                kind,
                pluralize(len(found), noun, noun.replace("image", "images")),
                subsets.names(found),
                "Look at a few of them as they are loaded; convert them yourself if they look "
                "wrong.",
                why,
                f"It converts them to {mode}, as Keras does.",
                _modes(subsets, found),
            )


def _wrong_ending(subsets: Subsets) -> Iterable[Diagnosis]:
    found = array("i")
    files = subsets.files
    for index in subsets.used.tolist():
        ending = os.path.splitext(files.paths[index])[1].lower().lstrip(".")
        actual = files.table.text("format", index)
        if actual not in _FORMATS.get(ending, {actual}):
            found.append(index)
    if not found:
        return
    yield Diagnosis(
        "note",
        "wrong_ending",
        pluralize(
            len(found),
            "image of another format than its ending",
            "images of other formats than their endings",
        ),
        subsets.names(found),
        "The ending says one format, the bytes another. Rename a copy if another tool is to read "
        "them.",
        "Pillow goes by the bytes and reads them; of an animation it reads only the first picture.",
        "It reads them.",
        subsets.texts(found, lambda index: f"is {files.table.text('format', index)}"),
    )
