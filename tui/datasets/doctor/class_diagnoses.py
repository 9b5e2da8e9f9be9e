"""Findings about classes and settings: too few images, class imbalance, invalid settings."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from tui.common.numbers import percent, tenths
from tui.common.text import exact
from tui.datasets.doctor.diagnosis_types import Diagnosis, Remedy
from tui.datasets.doctor.subsets import Subsets
from tui.datasets.folder.folder_summary import clean_names, join_names, pluralize, short_name
from tui.datasets.folder.listing import split_counts
from tui.datasets.loader.image_counts import UNEVEN
from tui.datasets.loader.loader_settings import DEFAULT_SPLIT, validate

BALANCED_WEIGHTS = "balanced"
"""Class weights that let each class count the same in the loss."""
_SPLITS = (0.2, 0.25, 0.3, 0.4, 0.5)


def diagnose_settings(subsets: Subsets) -> Iterable[Diagnosis]:
    """Yield the settings that cannot be trained with, for any images."""
    settings = subsets.settings
    for problem in validate(settings):
        if problem.field in {"classes", "directory"}:
            continue  # `describe` has reported it, with the folder's name
        binary = problem.field == "class_mode" and settings.class_mode == "binary"
        if binary:
            changed = msgspec.structs.replace(settings, class_mode="categorical")
            numbers = ", ".join(str(number) for number in range(len(settings.classes)))
            yield Diagnosis(
                "error",
                "binary_classes",
                f"{len(settings.classes)} classes with class mode binary",
                clean_names(settings.classes),
                problem.sentence,
                f"Keras alone trains on the labels {numbers} without a warning, though one sigmoid "
                "output never gives more than 1: accuracy stays low, and nothing says why.",
                "It does not start.",
                remedy=Remedy("use class mode categorical", changed),
            )
        else:
            yield Diagnosis(
                "error",
                f"setting_{problem.field}",
                f"{problem.field} cannot be used",
                (),
                problem.sentence,
                "Keras rejects it, or trains on something else than you meant.",
                "It does not start.",
            )


def diagnose_training_images(subsets: Subsets) -> Iterable[Diagnosis]:
    """Yield classes of which nothing is left to train on."""
    empty = [name for name, indices in subsets.subset(validation=False).items() if not len(indices)]
    if empty and len(subsets.settings.classes) > 1:
        yield Diagnosis(
            "error",
            "no_training_images",
            pluralize(
                len(empty),
                "class without a readable training image",
                "classes without a readable training image",
            ),
            clean_names(empty),
            f"No image of {join_names(empty)} is left without unreadable and left-out files. Add "
            "images, leave out fewer, or lower the validation split.",
            "A class that is never seen is never learned.",
            "It fails before the first epoch.",
        )


def diagnose_validation_images(subsets: Subsets) -> Iterable[Diagnosis]:
    """Yield a split or a validation folder of which no image is left."""
    settings = subsets.settings
    wanted = settings.validation_directory is not None or 0 < settings.validation_split < 1
    if (
        not wanted
        or len(settings.classes) < 2
        or any(map(len, subsets.subset(validation=True).values()))
    ):
        return
    if not any(map(len, subsets.subset(validation=False).values())):
        return
    where = (
        "the validation folder"
        if settings.validation_directory is not None
        else f"the validation split of {exact(settings.validation_split)}"
    )
    yield Diagnosis(
        "error",
        "no_validation_images",
        "no validation image is left",
        (),
        f"No image of {where} is left without unreadable and left-out files. Add images, choose "
        "another split, or a split of 0 to train without validation.",
        "Keras alone stops at the end of the first epoch: it has no batch to validate on.",
        "It does not start.",
    )


def diagnose_balance(subsets: Subsets) -> Iterable[Diagnosis]:
    """Yield a class imbalance that is large enough to matter."""
    sizes = {name: len(found) for name, found in subsets.subset(validation=False).items()}
    counts = {name: size for name, size in sizes.items() if size}
    if len(counts) < 2:
        return
    largest = max(counts, key=lambda name: counts[name])
    smallest = min(counts, key=lambda name: counts[name])
    if counts[largest] < UNEVEN * counts[smallest]:
        return
    share = counts[largest] / sum(counts.values())
    yield Diagnosis(
        "warning",
        "imbalance",
        f"uneven classes: {counts[largest]:,} {short_name(largest)}, {counts[smallest]:,} "
        f"{short_name(smallest)}",
        clean_names(counts),
        f"The largest class has {tenths(counts[largest] / counts[smallest])} times the training "
        f"images of the smallest (reported from {UNEVEN} times on). Add images to the small ones, "
        "or train with balanced class weights, which let a rare image count more in the loss.",
        f"A network that always answers {short_name(largest)} is right on {percent(share)} of the "
        "training images: compare every accuracy with that.",
        "It trains on them as they are, without weights.",
        tuple(f"{number:,} to train on" for number in counts.values()),
        Remedy("train with balanced class weights", subsets.settings, BALANCED_WEIGHTS),
    )


def diagnose_split_size(subsets: Subsets) -> Iterable[Diagnosis]:
    """Yield a validation split that gives a class no image, and one of 0."""
    settings = subsets.settings
    if settings.validation_directory is not None or not settings.classes:
        return
    full = {name: len(places) for name, places in subsets.classes().items()}
    if not full or not 0 <= settings.validation_split < 1:
        return
    split = settings.validation_split
    small = [name for name, size in full.items() if not split_counts(size, split)[1]]
    better = next(
        (other for other in _SPLITS if other > split and _split_works(other, full.values())), None
    )
    remedy = None
    if better is not None:
        changed = msgspec.structs.replace(settings, validation_split=better)
        remedy = Remedy(f"use a validation split of {better}", changed)
    if not split:
        yield Diagnosis(
            "note",
            "no_validation",
            "no validation images",
            (),
            f"The validation split is 0. Use {DEFAULT_SPLIT}, or choose a validation folder.",
            "Without them nothing shows whether the network generalises or only memorises.",
            "It trains on all images, and validates on none.",
            remedy=remedy,
        )
    elif small:
        yield Diagnosis(
            "warning",
            "few_images",
            pluralize(
                len(small),
                "class too small for the split",
                "classes too small for the split",
            ),
            clean_names(small),
            f"Too few images in {join_names(small)}: a validation split of {exact(split)} takes "
            "none of them. Add images, or choose a larger split.",
            "Keras rounds down for each class: the validation score says nothing about these.",
            "It trains on them, and validates on the others.",
            tuple(pluralize(full[name], "image") for name in small),
            remedy,
        )


def _split_works(split: float, sizes: Iterable[int]) -> bool:
    return all(split_counts(size, split)[1] and split_counts(size, split)[0] for size in sizes)


def diagnose_left_out(subsets: Subsets) -> Iterable[Diagnosis]:
    """Yield the files that the settings leave out, so that they are not forgotten."""
    settings = subsets.settings
    if not settings.leave_out:
        return
    indices = subsets.left_out.nonzero()[0]
    yield Diagnosis(
        "note",
        "left_out",
        pluralize(len(indices), "image left out by you", "images left out by you"),
        subsets.names(indices),
        "The files are still in their folders; the settings skip them.",
        "The Python call alone cannot leave them out: it reads every file.",
        "It leaves them out and lists them.",
        remedy=Remedy("use them again", msgspec.structs.replace(settings, leave_out=())),
    )
