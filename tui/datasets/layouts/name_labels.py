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
# What is done to a picture, or seen from where: many pictures end so, whatever they show.
_VERSIONS = frozenset(
    {"small", "medium", "large", "big", "thumb", "thumbnail", "left", "right", "front", "back"}
    | {"top", "bottom", "side", "mask", "label", "seg", "orig", "original", "edited", "crop"}
    | {"cropped", "resized", "flip", "flipped", "rotated", "aug", "final", "new", "old", "day"}
    | {"night", "before", "after", "color", "colour", "gray", "grey", "hdr", "raw", "rgb", "depth"}
)
# What cameras, telephones and programs call every picture.
_GENERIC = frozenset(
    {"img", "image", "images", "dsc", "dscn", "dscf", "pic", "picture", "photo", "frame", "file"}
    | {"screenshot", "pxl", "mvimg", "copy", "download", "scan", "untitled", "unnamed", "test"}
    | {"train", "val", "valid", "validation", "sample", "data", "p", "im", "wp", "gopr"}
)
_LEAST = 2  # images that share a beginning, and different beginnings
_MOST_LEFT = 0.1  # of the images may have no such beginning


@dataclass(frozen=True, slots=True)
class NameLabels:
    """The labels in the names of images.

    Args:
        files: label → names of its files, sorted.
        others: names without one of them, sorted.
        place: where in the names they stand.
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
        """Return whether these may well be no classes.

        They may be where hardly any image bears them, and where they are numbers of something.
        """
        stems = {re.sub(r"\d+", "", label).strip(" ._-").casefold() for label in self.files}
        numbered = len(stems) == 1 and stems <= _GENERIC
        return numbered or min(map(len, self.files.values())) <= _LEAST


def name_labels(names: Iterable[str]) -> NameLabels | None:
    """Find the labels that the names of images begin with, or end with.

    Args:
        names: of the images in one folder, without a path.

    Returns:
        At least two labels of at least two images each; None where the names have no such
        beginnings, or nearly every name has its own.

    >>> found = name_labels(["cat.0.jpg", "cat.1.jpg", "dog (1).jpg", "dog (2).jpg"])
    >>> found.labels
    ('cat', 'dog')
    >>> name_labels(["IMG_1.jpg", "IMG_2.jpg", "IMG_3.jpg"]) is None
    True
    """
    # ._cat.0.jpg is no picture but what macOS writes beside one.
    known = sorted(name for name in names if not name.startswith("."))
    for pattern in _PATTERNS:
        found = _by_pattern(pattern, known)
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
        The files of those labels; None where not one name begins so.
    """
    spelled = {name_key(label): label for label in labels}
    known = sorted(name for name in names if not name.startswith("."))
    for pattern in _PATTERNS:
        files: dict[str, list[str]] = defaultdict(list)
        others = []
        for name in known:
            label = spelled.get(name_key(_label(pattern, name)))
            if label is None:
                others.append(name)
            else:
                files[label].append(name)
        if files and len(others) <= _MOST_LEFT * len(known):
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
    for key in [key for key, members in groups.items() if len(members) < _LEAST]:
        others += groups.pop(key)
    if len(groups) < _LEAST or len(others) > _MOST_LEFT * len(names):
        return None
    files = {spelling[key].most_common(1)[0][0]: tuple(groups[key]) for key in sorted(groups)}
    return NameLabels(files, tuple(sorted(others)))


def _label(pattern: re.Pattern[str], name: str) -> str:
    """Return the label in one name; empty where there is none with a letter in it."""
    found = pattern.fullmatch(os.path.splitext(name)[0])
    label = found["label"].strip(" \t._-([{") if found else ""
    return label if any(sign.isalpha() for sign in label) else ""
