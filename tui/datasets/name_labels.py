"""Labels from the names of files, as in `cat.0.jpg` and `dog.0.jpg`."""

from __future__ import annotations

import os
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tui.datasets.settings import is_utf8

_BREAK = r"[\s._\-]"
_PATTERNS = (
    # cat.0, cat_0, cat-0, cat0, cat (1), n02085620_7
    re.compile(rf"(?P<label>.*?){_BREAK}*[(\[{{]?\d+[)\]}}]?"),
    # cat.0.flipped, cat_1_2
    re.compile(rf"(?P<label>\D+?){_BREAK}*[(\[{{]?\d.*"),
    # cat_b81f
    re.compile(rf"(?P<label>[^\s._\-]+){_BREAK}.+"),
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
    """The labels that names begin with.

    Args:
        files: label → names of its files, sorted.
        others: names that begin with none of them, sorted.
    """

    files: Mapping[str, tuple[str, ...]]
    others: tuple[str, ...]

    @property
    def labels(self) -> tuple[str, ...]:
        """Return the labels, sorted."""
        return tuple(sorted(self.files))


def name_labels(names: Iterable[str]) -> NameLabels | None:
    """Find the labels that the names of images begin with.

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
        if found is not None:
            return found
    return None


def same_labels(names: Iterable[str], labels: Iterable[str]) -> NameLabels | None:
    """Find given labels in the names of another folder, such as the validation images'.

    Returns:
        The files of those labels; None where not one name begins so.
    """
    spelled = {_folded(label): label for label in labels}
    known = sorted(name for name in names if not name.startswith("."))
    for pattern in _PATTERNS:
        files: dict[str, list[str]] = defaultdict(list)
        others = []
        for name in known:
            label = spelled.get(_folded(_label(pattern, name)))
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
        key = _folded(label)
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
    """Return the beginning of one name; empty where there is none with a letter in it."""
    found = pattern.fullmatch(os.path.splitext(name)[0])
    label = found["label"].strip(" \t._-([{") if found else ""
    return label if any(sign.isalpha() for sign in label) else ""


def _folded(label: str) -> str:
    return unicodedata.normalize("NFC", label).casefold()
