"""Folders of images beside folders of masks or labels drawn for each: no classes."""

from __future__ import annotations

from collections.abc import Sequence

from tui.datasets.folder.summary import Finding, Reading, listed, plain_all
from tui.datasets.layouts.roles import apart, words_of

_IMAGES = frozenset(
    {"image", "images", "img", "imgs", "photo", "photos", "picture", "pictures", "frame", "frames"}
    | {"input", "inputs", "rgb", "original", "originals"}
)
_MASKS = frozenset(
    {"mask", "masks", "label", "labels", "annotation", "annotations", "annot", "annots", "gt"}
    | {"groundtruth", "truth", "segmentation", "segmentations", "seg", "segs", "target", "targets"}
    | {"trimap", "trimaps", "contour", "contours", "bbox", "bboxes"}
)
_BESIDE = frozenset({"jpeg", "jpg", "png", "class", "object", "ground", "set", "sets", "binary"})


def is_mask(name: str) -> bool:
    """Return whether a folder is called like one of masks or labels.

    >>> is_mask("train_masks"), is_mask("SegmentationClass"), is_mask("cats")
    (True, True, False)
    """
    return not _MASKS.isdisjoint(words_of(name))


def about_masks(names: Sequence[str], readings: tuple[Reading, ...]) -> Finding | None:
    """Say that folders hold images and what was drawn for each of them.

    Args:
        names: of all the folders that hold images.
        readings: other ways to read the folder.

    Returns:
        None where another name is among them, or one of the two kinds is missing.
    """
    words = [set(words_of(apart(name)[1])) - _BESIDE for name in names]
    masks = [name for name in names if is_mask(name)]
    images = [name for name in names if name not in masks]
    known = all(said and said <= _IMAGES | _MASKS for said in words)
    if not (masks and images and known):
        return None
    return Finding(
        "error",
        "masks",
        f"{listed(images)} beside {listed(masks)}: images and what was drawn or written for each, "
        "as for segmentation or detection, not classes. A network of this program tells classes "
        "apart: make one sub-folder for each class and put its images there.",
        plain_all(names),
        readings=readings,
    )
