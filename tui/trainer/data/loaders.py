"""The loaders of a training: `flow_from_directory`, without the images that cannot be read.

The iterators are always Keras's own, made by the very calls that the app shows. With the spec's
loader `cached` they then take their pixels from an array instead of from the files.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from keras.src.legacy.preprocessing.image import DirectoryIterator, ImageDataGenerator

from tui.common.text import clean
from tui.datasets import BadImage, loader_arguments
from tui.keras_worker.failures import TrainingError
from tui.runs.events.event_types import Notice
from tui.runs.settings.spec import TrainingSpec, share_of
from tui.trainer.data.cached_iterator import CachedIterator
from tui.trainer.data.decoding import Decoding, decode_or_check
from tui.trainer.data.files_iterator import FilesIterator
from tui.trainer.run_session import Link


@dataclass(frozen=True)
class Loaded:
    """The loaders of a training, and how they came about.

    Args:
        training: gives batch after batch.
        validation: as `training`; None where there are no validation images.
        readable: training images before a share of them was taken.
        decoding: which files are bad, and what was decoded ahead.
    """

    training: DirectoryIterator
    validation: DirectoryIterator | None
    readable: int
    decoding: Decoding


def load(spec: TrainingSpec, link: Link) -> Loaded:
    """Make the loaders that a spec asks for.

    Raises:
        TrainingError: when a folder or a class has no training image, or is not there.
        Cancelled: when the learner asked to stop meanwhile.
    """
    for folder in (spec.data.directory, spec.data.validation_directory):
        if folder is not None and not Path(folder).is_dir():
            raise TrainingError(
                f"The folder {clean(folder)} is not there.",
                "reading the folder",
                "Put it back, or train anew from another one.",
            )
    decoding = decode_or_check(spec, link)
    training, validation = make_loaders(spec, decoding.bad)
    readable = training.n
    keep_share(training, spec.share, spec.seed)
    if validation is not None:
        validation = cached(validation, decoding)
    training = cached(training, decoding)
    for iterator in (training, validation):
        if isinstance(iterator, FilesIterator):
            iterator.changed = lambda path: link.tell(Notice(at=time.time(), text=_changed(path)))
    return Loaded(training, validation, readable, decoding)


def _changed(path: str) -> str:
    return (
        f"{clean(path)} was changed while the training ran. The training reads the files in each "
        "epoch and goes on with what is in them then: its epochs cannot be compared strictly."
    )


def need_validation(spec: TrainingSpec, loaded: Loaded) -> None:
    """Refuse to begin without validation images where the spec asks for them.

    Raises:
        TrainingError: when none is left.
    """
    data = spec.data
    if loaded.validation is not None or not (data.validation_directory or data.validation_split):
        return
    if data.validation_directory:
        where = f"in the validation folder {clean(data.validation_directory)}"
    else:
        where = f"by the validation split of {data.validation_split:g}"
    raise TrainingError(
        f"No readable validation image is left {where}.",
        "reading the folder",
        "Add images, choose another split, or a validation split of 0 to train without validation.",
    )


def cached(iterator: DirectoryIterator, decoding: Decoding) -> DirectoryIterator:
    """Return an iterator of the same batches from decoded images, where its folder has them."""
    decoded = decoding.arrays.get(iterator.directory)
    if decoded is None:
        iterator.__class__ = FilesIterator
        return iterator
    return CachedIterator(iterator, decoded)


def make_loaders(
    spec: TrainingSpec, bad: tuple[BadImage, ...]
) -> tuple[DirectoryIterator, DirectoryIterator | None]:
    """Make the training loader and, where there are validation images, theirs.

    The very calls that the app shows are made; then the bad images are taken out. A share of
    the training images is taken later (`keep_share`), so that both counts can be told.

    Raises:
        TrainingError: when no training image is left, or a class has none.
    """
    plan = loader_arguments(spec.data)
    training = ImageDataGenerator(**plan.generator).flow_from_directory(**plan.train)
    validation = None
    if plan.validation is not None:
        plain = ImageDataGenerator(**plan.validation_generator)
        validation = plain.flow_from_directory(**plan.validation)
        leave_out(validation, bad)
        validation = validation if validation.n else None
    leave_out(training, bad)
    counts = np.bincount(training.classes, minlength=training.num_classes)
    empty = [name for name, index in training.class_indices.items() if counts[index] == 0]
    if empty:
        raise TrainingError(
            f"No readable training image is left in the class {', '.join(map(repr, empty))}.",
            "reading the folder",
            "Add images to it, take the class out, or lower the validation split.",
        )
    return training, validation


def leave_out(iterator: DirectoryIterator, bad: tuple[BadImage, ...]) -> None:
    """Take images out of an iterator before its first batch."""
    paths = {(image.directory, image.path) for image in bad}
    keep_only(
        iterator,
        [
            position
            for position, name in enumerate(iterator.filenames)
            if (iterator.directory, name) not in paths
        ],
    )


def keep_share(iterator: DirectoryIterator, share: float, seed: int) -> None:
    """Keep a share of each class's images, at least one, before the first batch.

    The first images of a seeded permutation are taken, class after class: with the same seed a
    smaller share is a part of a larger one. `tui.runs.export.training_script` writes out the same
    lines.

    Args:
        iterator: of the training images, bad ones taken out.
        share: above 0 to 1.
        seed: the spec's.
    """
    if share >= 1:
        return
    order = np.random.RandomState(seed)
    kept: list[int] = []
    for label in range(iterator.num_classes):
        images = np.flatnonzero(iterator.classes == label)
        kept += order.permutation(images)[: share_of(len(images), share)].tolist()
    keep_only(iterator, sorted(kept))


def keep_only(iterator: DirectoryIterator, keep: list[int]) -> None:
    """Leave only the images at these positions in an iterator; `class_indices` stay."""
    if len(keep) == len(iterator.filenames):
        return
    inside: Any = iterator
    inside.filenames = [iterator.filenames[position] for position in keep]
    inside._filepaths = [iterator.filepaths[position] for position in keep]
    inside.classes = iterator.classes[keep]
    inside.samples = inside.n = len(keep)
