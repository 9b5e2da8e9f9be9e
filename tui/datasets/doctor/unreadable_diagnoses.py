"""Files that cannot be read, each kind of fault by itself."""

from __future__ import annotations

import os
from array import array
from collections.abc import Iterable
from functools import partial
from typing import NamedTuple

from tui.datasets.doctor.diagnosis_types import Diagnosis
from tui.datasets.doctor.subsets import Subsets
from tui.datasets.folder.folder_summary import pluralize


class _Words(NamedTuple):
    singular: str
    plural: str
    sentence: str
    why: str


_KERAS_STOPS = (
    "Keras alone stops in the middle of an epoch at the first of them, and its error names no file."
)
_TRAINING = "It leaves them out and lists them; the split is made before that."

_WORDS = {
    "empty": _Words(
        "empty file (0 bytes)",
        "empty files (0 bytes)",
        "They contain nothing: a copy or a download broke off. Get them again, or delete them.",
        _KERAS_STOPS,
    ),
    "truncated": _Words(
        "truncated image",
        "truncated images",
        "The file ends before the picture does: a copy or a download broke off. Get them again.",
        _KERAS_STOPS,
    ),
    "damaged": _Words(
        "damaged image",
        "damaged images",
        "They begin like images, but the rest cannot be decoded. Get them again.",
        _KERAS_STOPS,
    ),
    "not_image": _Words(
        "file that is not an image despite its ending",
        "files that are not images despite their endings",
        "Often a web page with an error message, saved instead of a picture. Get them again.",
        _KERAS_STOPS,
    ),
    "foreign": _Words(
        "picture of a format that cannot be read here",
        "pictures of formats that cannot be read here",
        "Their endings say one format, their bytes another: phones save HEIC, and web sites "
        "send AVIF, under the name of a JPEG. Convert them to JPEG or PNG.",
        _KERAS_STOPS,
    ),
    "apple_double": _Words(
        "._ file of macOS",
        "._ files of macOS",
        "macOS writes such a file beside each one that it copies to a drive of another system. "
        "They are not pictures, though they end like them, and can be deleted.",
        _KERAS_STOPS,
    ),
    "bomb": _Words(
        "image too large to decode",
        "images too large to decode",
        "Pillow refuses so many pixels: a small file could otherwise fill the memory. Make them "
        "smaller.",
        _KERAS_STOPS,
    ),
    "dangling": _Words(
        "broken link",
        "broken links",
        "Their targets were moved or deleted, or are on a drive that is not connected.",
        _KERAS_STOPS,
    ),
    "link_loop": _Words(
        "link to itself",
        "links to themselves",
        "There is no file behind them. They can be deleted.",
        _KERAS_STOPS,
    ),
    "locked": _Words(
        "file without read permission",
        "files without read permission",
        "Your account may not open them. Change their permissions (chmod u+r) to use them.",
        _KERAS_STOPS,
    ),
    "special": _Words(
        "pipe or device named like an image",
        "pipes or devices named like images",
        "They are not files on a disk.",
        "Keras alone opens it and waits for ever.",
    ),
}


_WITH_REASON = frozenset({"truncated", "damaged", "locked", "foreign"})
"""Faults whose reason says more than their title."""


def diagnose_unreadable(subsets: Subsets) -> Iterable[Diagnosis]:
    """Yield the files that cannot be read, by kind of fault."""
    found: dict[str, array[int]] = {}
    files = subsets.files
    bad = (~files.table.readable & ~subsets.left_out).nonzero()[0]
    for index in bad.tolist():
        fault = files.table.text("fault", index)
        if fault == "not_image" and os.path.basename(files.paths[index]).startswith("._"):
            fault = "apple_double"
        found.setdefault(fault, array("i")).append(index)
    for fault, indices in found.items():
        words = _WORDS[fault]
        yield Diagnosis(
            "warning",
            # "link_loop" is the kind of a class folder's link back to a folder above it.
            "file_loop" if fault == "link_loop" else fault,
            pluralize(len(indices), words.singular, words.plural),
            subsets.names(indices),
            words.sentence,
            words.why,
            _TRAINING,
            details=subsets.texts(indices, partial(_reason, subsets, fault)),
        )


def _reason(subsets: Subsets, fault: str, index: int) -> str:
    """Return the reason, if it says more than the title."""
    return subsets.files.table.text("reason", index) if fault in _WITH_REASON else ""
