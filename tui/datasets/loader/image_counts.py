"""Count the images that a training run reads: after the split, without files left out."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from tui.common.text import clean, exact
from tui.datasets.folder.folder_summary import FolderSummary, pluralize
from tui.datasets.folder.left_out import left_out_names
from tui.datasets.folder.listing import class_images, split_counts
from tui.datasets.loader.loader_settings import LoaderSettings

UNEVEN = 3
"""Class imbalance is reported if the largest class has this many times the smallest's images."""
_SPLITS = (0.1, 0.2, 0.25, 0.3, 0.4, 0.5)


@dataclass(frozen=True, slots=True)
class ImageCounts:
    """The numbers of images that a training run reads.

    Args:
        training: training images of each class, in label order.
        validation: validation images of each class.
        left_out: images that the settings leave out, in both subsets together.
    """

    training: tuple[int, ...]
    validation: tuple[int, ...]
    left_out: int

    @property
    def text(self) -> str:
        """Return the counts in the words that a run uses.

        >>> ImageCounts((4, 4), (1, 1), 2).text
        '8 training and 2 validation images in 2 classes, 2 left out'
        """
        images = f"{sum(self.training):,} training and {sum(self.validation):,} validation images"
        return f"{images} in {self.classes_text}"

    @property
    def classes_text(self) -> str:
        """Return the number of classes, and of images left out.

        >>> ImageCounts((4, 4), (1, 1), 2).classes_text
        '2 classes, 2 left out'
        """
        left = f", {self.left_out:,} left out" if self.left_out else ""
        return f"{pluralize(len(self.training), 'class', 'classes')}{left}"

    @property
    def short_text(self) -> str:
        """Return the images of both subsets, for a narrow place.

        >>> ImageCounts((4, 4), (1, 1), 2).short_text
        '8 training, 2 validation'
        """
        return f"{sum(self.training):,} training, {sum(self.validation):,} validation"


def count_images(summary: FolderSummary, settings: LoaderSettings) -> ImageCounts:
    """Count the images that a training run reads, by file names.

    Files that cannot be decoded are counted too. Files are listed only if some are left out; that
    result is cached.

    Args:
        summary: the folder, as `describe` returns it.
        settings: how it is loaded.
    """
    sizes = {item.name: (item.images, item.validation_images or 0) for item in summary.classes}
    class_sizes = tuple(sizes.get(name, (0, 0)) for name in settings.classes)
    second = settings.validation_directory
    split = settings.validation_split
    if settings.leave_out:
        return _count_without_left_out(
            class_sizes, settings.directory, second, settings.classes, split, settings.leave_out
        )
    if second is not None:
        parts = list(class_sizes)
    else:
        parts = [split_counts(images, split) for images, _ in class_sizes]
    return ImageCounts(
        tuple(training for training, _ in parts), tuple(validation for _, validation in parts), 0
    )


@lru_cache(maxsize=16)
def _count_without_left_out(
    class_sizes: tuple[tuple[int, int], ...],  # part of the cache's key: changes with the folder
    directory: str,
    second: str | None,
    classes: tuple[str, ...],
    split: float,
    leave_out: tuple[str, ...],
) -> ImageCounts:
    settings = LoaderSettings(
        directory=directory, classes=classes, validation_directory=second, leave_out=leave_out
    )
    unwanted = left_out_names(settings, directory)
    training, validation, left = [], [], 0
    for name in classes:
        images = class_images(directory, name)
        first = split_counts(len(images), split)[1] if second is None else 0
        ours = [path not in unwanted for path in images]
        training.append(sum(ours[first:]))
        validation.append(sum(ours[:first]))
        left += len(ours) - sum(ours)
    if second is not None:
        unwanted = left_out_names(settings, second)
        validation = []
        for name in classes:
            theirs = [path not in unwanted for path in class_images(second, name)]
            validation.append(sum(theirs))
            left += len(theirs) - sum(theirs)
    return ImageCounts(tuple(training), tuple(validation), left)


def validation_problem(summary: FolderSummary, settings: LoaderSettings) -> str:
    """Return why validation has no images although the settings ask for it.

    Returns:
        A sentence with its cure; empty if there are validation images, or none are wanted.
    """
    second, split = settings.validation_directory, settings.validation_split
    if second is None and not 0 < split < 1:
        return ""
    counts = count_images(summary, settings)
    if any(counts.validation) or not any(counts.training):
        return ""
    if second is not None:
        left = " that is not left out" if counts.left_out else ""
        return (
            f"The validation folder {clean(second)} has no image of these classes{left}. Put some "
            "there, or choose another folder."
        )
    sizes = [item.images for item in summary.classes if item.name in settings.classes]
    better = next(
        (s for s in _SPLITS if s > split and any(split_counts(n, s)[1] for n in sizes)), 0
    )
    cure = f"Choose a validation split of {better}" if better else "Add images"
    if counts.left_out:
        why = "all of them are left out"
    else:
        why = f"no class has enough images (the largest has {max(sizes, default=0):,})"
    return (
        f"The validation split of {exact(split)} gives no validation image: {why}. {cure}, or a "
        "split of 0 to train without validation."
    )
