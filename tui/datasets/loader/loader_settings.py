"""How images are read: the settings of `ImageDataGenerator.flow_from_directory`."""

from __future__ import annotations

import math
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import msgspec

from tui.common.text import clean
from tui.datasets.loader.augmentation import Augmentation, augmentation_problems

ColorMode = Literal["rgb", "grayscale", "rgba"]
ClassMode = Literal["binary", "categorical", "sparse"]

CHANNELS: dict[str, int] = {"rgb": 3, "grayscale": 1, "rgba": 4}
CLASS_MODES = ("binary", "categorical", "sparse")
INTERPOLATIONS = ("nearest", "bilinear", "bicubic", "lanczos", "box", "hamming")
DEFAULT_SPLIT = 0.2
MAX_TARGET_SIZE = 2048  # pixels a side
MAX_BATCH_SIZE = 8192
# Keras seeds NumPy with seed + batches seen, and NumPy takes seeds below 2**32.
MAX_SEED = 2**31 - 1


class LoaderSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What to read and how, with the argument names of `flow_from_directory`.

    Args:
        directory: the folder that holds one folder for each class.
        classes: class names in label order. Named one by one, so that a hidden folder such as
            `.ipynb_checkpoints` never becomes a class.
        validation_directory: a second such folder, or None to split `directory`.
        validation_split: fraction of each class kept for validation, in [0, 1). Read only when
            there is no `validation_directory`.
        target_size: height and width in pixels, in Keras's order.
        color_mode: "rgb", "grayscale" or "rgba".
        batch_size: images per batch.
        rescale_divisor: each value 0..255 is divided by it.
        class_mode: shape of the labels: "binary", "categorical" or "sparse".
        interpolation: how an image is resized to `target_size`.
        seed: seed of the shuffling, or None for another order in every run.
        leave_out: files used neither for training nor for validation, as paths relative to
            `directory`; those in `validation_directory` begin with `..`. The split is made before
            they are removed, as for files that cannot be read.
        augmentation: random changes to the training images; validation images stay as they are.

    >>> LoaderSettings(directory="pets", classes=("cats", "dogs")).input_volume_text
    '150×150×3'
    """

    directory: str
    classes: tuple[str, ...]
    validation_directory: str | None = None
    validation_split: float = DEFAULT_SPLIT
    target_size: tuple[int, int] = (150, 150)
    color_mode: ColorMode = "rgb"
    batch_size: int = 20
    rescale_divisor: float = 255.0
    class_mode: ClassMode = "binary"
    interpolation: str = "nearest"
    seed: int | None = 42
    leave_out: tuple[str, ...] = ()
    augmentation: Augmentation = Augmentation()

    @property
    def channels(self) -> int:
        """Return the depth D of one image: 1, 3 or 4."""
        return CHANNELS[self.color_mode]

    @property
    def input_volume_text(self) -> str:
        """Return the input volume as `W×H×D`."""
        height, width = self.target_size
        return f"{width}×{height}×{self.channels}"


@dataclass(frozen=True, slots=True)
class Problem:
    """A value that cannot be used.

    Args:
        field: the setting's name in :class:`LoaderSettings`.
        sentence: what is wrong with which value, and the cure.
    """

    field: str
    sentence: str


def is_utf8(name: str) -> bool:
    """Return whether a name from disk can be stored as text.

    Python carries bytes that are not UTF-8 as lone surrogates, and no JSON file can hold those.

    >>> is_utf8("café"), is_utf8("caf\\udce9")
    (True, False)
    """
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def validate(settings: LoaderSettings) -> tuple[Problem, ...]:
    """Check settings without looking at the disk.

    Args:
        settings: the settings to check.

    Returns:
        One problem for each invalid value; empty if the settings can be used.

    >>> validate(LoaderSettings(directory="pets", classes=("cats", "dogs"), batch_size=0))[0].field
    'batch_size'
    """
    return tuple(
        Problem(field, sentence)
        for part in (_folders, _classes, _images, _batches, _changes)
        for field, sentence in part(settings)
    )


_Found = Iterator[tuple[str, str]]


def _folders(settings: LoaderSettings) -> _Found:
    for field in ("directory", "validation_directory"):
        path = getattr(settings, field)
        if path is None:
            continue
        if not path or "\0" in path:
            yield field, f"The folder {clean(path)!r} is not a path. Choose a folder."
        elif not is_utf8(path):
            yield field, f"{clean(path)} holds bytes that are not UTF-8. Rename the folder."
    second = settings.validation_directory
    if second and os.path.normpath(second) == os.path.normpath(settings.directory):
        yield (
            "validation_directory",
            f"Training and validation read the same folder, {clean(second)}. Choose another one "
            "for validation, or none and a validation split.",
        )
    split = settings.validation_split
    if second is None and not 0 <= split < 1:
        yield (
            "validation_split",
            f"The validation split is {split}. Choose at least 0 and less than 1, such as 0.2.",
        )


def _classes(settings: LoaderSettings) -> _Found:
    names = settings.classes
    for name in names:
        if name in {"", ".", ".."} or "\0" in name or os.path.basename(name) != name:
            yield "classes", f"{clean(name)!r} is not a class name. Use the name of a class folder."
        elif not is_utf8(name):
            yield (
                "classes",
                f"The class name {clean(name)} holds bytes that are not UTF-8. Rename its folder.",
            )
    for name, times in Counter(names).items():
        if times > 1:
            yield "classes", f"The class {clean(name)} is listed {times} times. List it once."
    count = len(names)
    if count < 2:
        number = "is 1 class" if count == 1 else "are no classes"
        yield "classes", f"There {number}. Choose at least two."
    elif settings.class_mode == "binary" and count != 2:
        yield (
            "class_mode",
            f"Class mode binary needs exactly two classes, and there are {count}. Choose "
            "categorical or sparse, or two classes.",
        )
    if settings.class_mode not in CLASS_MODES:
        yield (
            "class_mode",
            f"The class mode is {clean(settings.class_mode)!r}. "
            f"Choose one of {', '.join(CLASS_MODES)}.",
        )


def _images(settings: LoaderSettings) -> _Found:
    height, width = settings.target_size
    if not (1 <= height <= MAX_TARGET_SIZE and 1 <= width <= MAX_TARGET_SIZE):
        yield (
            "target_size",
            f"The target size is {height}×{width} (height×width). "
            f"Choose 1 to {MAX_TARGET_SIZE} pixels a side.",
        )
    if settings.color_mode not in CHANNELS:
        yield (
            "color_mode",
            f"The color mode is {clean(settings.color_mode)!r}. "
            f"Choose one of {', '.join(CHANNELS)}.",
        )
    if settings.interpolation not in INTERPOLATIONS:
        yield (
            "interpolation",
            f"The interpolation is {clean(settings.interpolation)!r}. "
            f"Choose one of {', '.join(INTERPOLATIONS)}.",
        )
    divisor = settings.rescale_divisor
    if not (math.isfinite(divisor) and divisor > 0):
        yield (
            "rescale_divisor",
            f"Values are divided by {divisor}. Choose a number above 0: "
            "255 brings them between 0 and 1.",
        )


def _batches(settings: LoaderSettings) -> _Found:
    if not 1 <= settings.batch_size <= MAX_BATCH_SIZE:
        yield (
            "batch_size",
            f"The batch size is {settings.batch_size}. Choose 1 to {MAX_BATCH_SIZE}; "
            "the course uses 20.",
        )
    if settings.seed is not None and not 0 <= settings.seed <= MAX_SEED:
        yield "seed", f"The seed is {settings.seed}. Choose 0 to {MAX_SEED}, or none."


def _changes(settings: LoaderSettings) -> _Found:
    yield from augmentation_problems(settings.augmentation)
