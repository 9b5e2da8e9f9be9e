"""Check whether the first files of each class, which a validation split takes, differ."""

from __future__ import annotations

import math
import os
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from statistics import fmean, pvariance
from typing import TYPE_CHECKING

from tui.common.text import exact
from tui.datasets.doctor.diagnosis_types import Diagnosis, Remedy
from tui.datasets.doctor.subsets import Subsets
from tui.datasets.folder.folder_summary import clean_names, short_name

if TYPE_CHECKING:
    from tui.datasets.doctor.subsets import Indices

_MIN_IMAGES = 5  # images on each side; fewer say nothing
_MIN_GROUP = 5  # files that share the beginning of their names; fewer are no group
_NAMES_APART = 0.5
_LARGE_EFFECT = 0.8  # of a standard deviation: what Cohen calls large
_STANDARD_ERRORS = 4.0  # standard errors: chance alone does that once in ten thousand
_WORD = re.compile(r"[^\W\d_]{3,}")


def diagnose_file_order(subsets: Subsets) -> Iterable[Diagnosis]:
    """Yield classes whose first files, in sorted order, differ from the others.

    They differ if at least half of the files would have to change their group (the sub-folder
    and the word that the name begins with) for both subsets to have the same groups, or if mean
    brightness or the mean number of pixels differs by at least 0.8 standard deviations and by 4
    standard errors.
    """
    settings = subsets.settings
    if settings.validation_directory is not None or not settings.validation_split:
        return
    validation, training = subsets.subset(validation=True), subsets.subset(validation=False)
    found = {
        name: reason
        for name in settings.classes
        if (reason := _order_difference(subsets, validation[name], training[name]))
    }
    if not found:
        return
    yield Diagnosis(
        "warning",
        "order_bias",
        f"the split goes by file order: the first files differ in "
        f"{'1 class' if len(found) == 1 else f'{len(found)} classes'}",
        clean_names(found),
        f"validation_split={exact(settings.validation_split)} takes the first files of each class "
        "in sorted order, not a random sample, and these differ from the rest.",
        "Validation then uses a kind of image that the network was not trained on, or leaves out "
        "the others.",
        "It splits as Keras does.",
        tuple(found.values()),
        Remedy("split again at random within each class, by a seed"),
    )


def _order_difference(subsets: Subsets, first: Indices, rest: Indices) -> str:
    """Describe how one class's first files differ from its others; empty where they do not."""
    if min(len(first), len(rest)) < _MIN_IMAGES:
        return ""
    files = subsets.files
    names = _name_difference(_groups(subsets, first), _groups(subsets, rest))
    if names:
        return names
    brightness, pixels = files.table.columns["brightness"], files.table.pixels
    bright = [brightness[side].tolist() for side in (first, rest)]
    if means_differ(*bright):
        means = [f"{fmean(side):.0f}" for side in bright]
        return f"mean brightness {means[0]} in validation, {means[1]} in training"
    sizes = [[math.log(number) for number in pixels[side].tolist()] for side in (first, rest)]
    if means_differ(*sizes):
        typical = [math.exp(fmean(side) / 2) for side in sizes]
        return f"about {typical[0]:.0f} pixels a side in validation, {typical[1]:.0f} in training"
    return ""


def _groups(subsets: Subsets, side: Indices) -> list[str]:
    """Return the group of each file; files of one group share one text object."""
    texts: dict[str, str] = {}
    found = (_group(subsets.files.paths[index]) for index in side.tolist())
    return [texts.setdefault(group, group) for group in found]


def _group(path: str) -> str:
    """Return the sub-folder inside the class and the word that the name begins with.

    >>> _group("cats/night/cam_0012.jpg"), _group("cats/0012.jpg")
    ('night/cam', '')
    """
    inner, name = os.path.split(path.split(os.sep, 1)[1])
    word = _WORD.match(name)
    return os.path.join(inner, word[0].lower() if word else "")


def _name_difference(first: Sequence[str], rest: Sequence[str]) -> str:
    """Describe the group that most distinguishes the first files; empty if there is none."""
    every = Counter(first) + Counter(rest)
    ours = Counter(name if every[name] >= _MIN_GROUP else "" for name in first)
    theirs = Counter(name if every[name] >= _MIN_GROUP else "" for name in rest)
    excess = {name: ours[name] / len(first) - theirs[name] / len(rest) for name in {*ours, *theirs}}
    if sum(value for value in excess.values() if value > 0) < _NAMES_APART:
        return ""
    group = max(excess, key=lambda name: excess[name])
    shown = (
        f"names that begin with {short_name(group)}"
        if group
        else "names without a common beginning"
    )
    return (
        f"{shown}: {ours[group] / len(first):.0%} of validation, "
        f"{theirs[group] / len(rest):.0%} of training"
    )


def means_differ(first: Sequence[float], rest: Sequence[float]) -> bool:
    """Return whether two means lie clearly apart.

    >>> means_differ([10, 11, 12, 10, 11], [90, 91, 92, 90, 91])
    True
    >>> means_differ([10, 90, 12, 80, 11], [20, 85, 14, 75, 19])
    False
    """
    distance = abs(fmean(first) - fmean(rest))
    variance, other = pvariance(first), pvariance(rest)
    pooled = (len(first) * variance + len(rest) * other) / (len(first) + len(rest))
    error = math.sqrt(variance / len(first) + other / len(rest))
    return (
        distance > 1e-9
        and distance >= _LARGE_EFFECT * math.sqrt(pooled)
        and distance >= _STANDARD_ERRORS * error
    )
