"""Labels from the names of files, as in `cat.0.jpg` and `dog.0.jpg`, or `0_cat.jpg`."""

from __future__ import annotations

import os
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from tui.datasets.folder.similar_names import name_key
from tui.datasets.loader.loader_settings import is_utf8

_BREAK = r"[\s._\-]"
_BEGINNINGS = (
    # cat.0, cat_0, cat-0, cat0, cat (1), n02085620_7
    re.compile(rf"(?P<label>.*?){_BREAK}*[(\[{{]?\d+[)\]}}]?"),
    # cat.0.flipped, cat_1_2
    re.compile(rf"(?P<label>\D+?){_BREAK}*[(\[{{]?\d.*"),
    # cat_b81f
    re.compile(rf"(?P<label>[^\s._\-]+){_BREAK}.+"),
)
_ENDINGS = (
    # 0_cat, 0001-cat, img_12_red-panda
    re.compile(rf"(?:.*{_BREAK})?\d+{_BREAK}+(?P<label>\D+)"),
)
_PATTERNS = (*_BEGINNINGS, *_ENDINGS)
# Versions and views of a picture: common ends of names that say nothing about the class.
_VERSIONS = frozenset(
    {"small", "medium", "large", "big", "thumb", "thumbnail", "left", "right", "front", "back"}
    | {"top", "bottom", "side", "mask", "label", "seg", "orig", "original", "edited", "crop"}
    | {"cropped", "resized", "flip", "flipped", "rotated", "aug", "final", "new", "old", "day"}
    | {"night", "before", "after", "color", "colour", "gray", "grey", "hdr", "raw", "rgb", "depth"}
)
# Generic names that cameras, phones and programs give to pictures.
_GENERIC = frozenset(
    {"img", "image", "images", "dsc", "dscn", "dscf", "pic", "picture", "photo", "frame", "file"}
    | {"screenshot", "pxl", "mvimg", "copy", "download", "scan", "untitled", "unnamed", "test"}
    | {"train", "val", "valid", "validation", "sample", "data", "p", "im", "wp", "gopr"}
)
_FEWEST = 2  # images of each label, and labels
_MOST_UNLABELLED = 0.1  # fraction of the images that may have no label


@dataclass(frozen=True, slots=True)
class NameLabels:
    """The labels in the names of images.

    Args:
        files: label → names of its files, sorted.
        others: names without a label, sorted.
        place: whether the names begin or end with the label.
    """

    files: Mapping[str, tuple[str, ...]]
    others: tuple[str, ...]
    place: Literal["begin", "end"] = "begin"

    @property
    def labels(self) -> tuple[str, ...]:
        """Return the labels, sorted."""
        return tuple(sorted(self.files))

    @property
    def guessed(self) -> bool:
        """Return whether the labels are only a guess.

        They are if a label has very few images, or if they differ only in a number.
        """
        stems = {re.sub(r"\d+", "", label).strip(" ._-").casefold() for label in self.files}
        numbered = len(stems) == 1 and stems <= _GENERIC
        return numbered or min(map(len, self.files.values())) <= _FEWEST


def name_labels(names: Iterable[str]) -> NameLabels | None:
    """Find the labels that the names of images begin with, or end with.

    Args:
        names: file names of the images in one folder.

    Returns:
        At least two labels of at least two images each; None if the names have no such labels, or
        nearly every name has its own.

    >>> found = name_labels(["cat.0.jpg", "cat.1.jpg", "dog (1).jpg", "dog (2).jpg"])
    >>> found.labels
    ('cat', 'dog')
    >>> name_labels(["IMG_1.jpg", "IMG_2.jpg", "IMG_3.jpg"]) is None
    True
    """
    # ._cat.0.jpg is not a picture: macOS writes it beside one.
    visible = sorted(name for name in names if not name.startswith("."))
    for pattern in _PATTERNS:
        found = _by_pattern(pattern, visible)
        if found is None:
            continue
        if pattern not in _ENDINGS:
            return found
        ends = set(map(name_key, found.files))
        if _VERSIONS.isdisjoint(ends) and any(len(label) > 1 for label in ends):
            return replace(found, place="end")
    return None


def match_labels(names: Iterable[str], labels: Iterable[str]) -> NameLabels | None:
    """Find given labels in the names of another folder, such as the validation images'.

    Returns:
        The files of those labels; None if too few names have one.
    """
    spelled = {name_key(label): label for label in labels}
    visible = sorted(name for name in names if not name.startswith("."))
    for pattern in _PATTERNS:
        files: dict[str, list[str]] = defaultdict(list)
        others = []
        for name in visible:
            label = spelled.get(name_key(_label(pattern, name)))
            if label is None:
                others.append(name)
            else:
                files[label].append(name)
        if files and len(others) <= _MOST_UNLABELLED * len(visible):
            return NameLabels({key: tuple(files[key]) for key in sorted(files)}, tuple(others))
    return None


def _by_pattern(pattern: re.Pattern[str], names: list[str]) -> NameLabels | None:
    groups: dict[str, list[str]] = defaultdict(list)
    spelling: dict[str, Counter[str]] = defaultdict(Counter)
    others = []
    for name in names:
        label = _label(pattern, name)
        key = name_key(label)
        if not key or key in _GENERIC or not is_utf8(label):
            others.append(name)
        else:
            groups[key].append(name)
            spelling[key][label] += 1
    for key in [key for key, files in groups.items() if len(files) < _FEWEST]:
        others += groups.pop(key)
    if len(groups) < _FEWEST or len(others) > _MOST_UNLABELLED * len(names):
        return None
    labels = {spelling[key].most_common(1)[0][0]: tuple(groups[key]) for key in sorted(groups)}
    return NameLabels(labels, tuple(sorted(others)))


def _label(pattern: re.Pattern[str], name: str) -> str:
    """Return the label in a name; empty if there is none, or it has no letter."""
    found = pattern.fullmatch(os.path.splitext(name)[0])
    label = found["label"].strip(" \t._-([{") if found else ""
    return label if any(character.isalpha() for character in label) else ""
