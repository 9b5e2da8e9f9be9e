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
from tui.runs.settings.class_weights import weights_in_use
from tui.runs.settings.spec import TrainingSpec, share_of
from tui.trainer.data.cached_iterator import CachedIterator
from tui.trainer.data.decoding import Decoding, decode_or_check
from tui.trainer.data.files_iterator import FilesIterator
from tui.trainer.run_session import RunSession


@dataclass(frozen=True)
class Loaders:
    """The loaders of a training.

    Args:
        training: of the training images.
        validation: None where there are no validation images.
        readable: number of training images before the share was taken.
        decoding: the bad files, and the decoded images.
    """

    training: DirectoryIterator
    validation: DirectoryIterator | None
    readable: int
    decoding: Decoding

    def class_weights(self, spec: TrainingSpec) -> tuple[float, ...]:
        """Return how much each class counts in the loss; empty where all count the same."""
        counts = images_per_class(self.training)
        return weights_in_use(spec.class_weight, spec.data.classes, counts)


def images_per_class(loader: Any) -> tuple[int, ...]:
    """Return how many images of each class a loader has; empty where there is no loader."""
    if loader is None:
        return ()
    counts = np.bincount(loader.classes, minlength=loader.num_classes)
    return tuple(counts.tolist())


def load(spec: TrainingSpec, session: RunSession) -> Loaders:
    """Make the loaders of a spec.

    Raises:
        TrainingError: when a folder is missing, or a class has no training image.
        Cancelled: when the user asked to stop meanwhile.
    """
    for folder in (spec.data.directory, spec.data.validation_directory):
        if folder is not None and not Path(folder).is_dir():
            raise TrainingError(
                f"The folder {clean(folder)} is not there.",
                "reading the folder",
                "Put it back, or start a new training with another one.",
            )
    decoding = decode_or_check(spec, session)
    training, validation = make_loaders(spec, decoding.bad)
    readable = training.n
    keep_share(training, spec.share, spec.seed)
    if validation is not None:
        validation = cached(validation, decoding)
    training = cached(training, decoding)
    for iterator in (training, validation):
        if isinstance(iterator, FilesIterator):
            iterator.changed = lambda path: session.emit(
                Notice(at=time.time(), text=_changed(path))
            )
    return Loaders(training, validation, readable, decoding)


def _changed(path: str) -> str:
    return (
        f"{clean(path)} was changed while the training ran. The training reads the files again in "
        "each epoch and uses what is in them then: its epochs are not strictly comparable."
    )


def require_validation(spec: TrainingSpec, loaded: Loaders) -> None:
    """Check that there are validation images if the spec asks for them.

    Raises:
        TrainingError: when none can be read.
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
    """Return an iterator with the same batches, made of decoded images if its folder has them."""
    decoded = decoding.arrays.get(iterator.directory)
    if decoded is None:
        iterator.__class__ = FilesIterator
        return iterator
    return CachedIterator(iterator, decoded)


def make_loaders(
    spec: TrainingSpec, bad: tuple[BadImage, ...]
) -> tuple[DirectoryIterator, DirectoryIterator | None]:
    """Make the training loader, and the validation loader where there are validation images.

    They are made by the calls that the app shows; then the bad images are removed. The share of
    the training images is taken later (`keep_share`), so that both counts can be reported.

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
    """Remove images from an iterator before its first batch."""
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
        iterator: of the training images, without the bad ones.
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
    """Keep only the images at these positions in an iterator; `class_indices` stay."""
    if len(keep) == len(iterator.filenames):
        return
    inside: Any = iterator
    inside.filenames = [iterator.filenames[position] for position in keep]
    inside._filepaths = [iterator.filepaths[position] for position in keep]
    inside.classes = iterator.classes[keep]
    inside.samples = inside.n = len(keep)
