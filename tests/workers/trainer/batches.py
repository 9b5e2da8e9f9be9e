"""Batches of Keras's own iterator and of the cached one, held against each other."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from keras.src.legacy.preprocessing.image import DirectoryIterator, ImageDataGenerator
from numpy.typing import NDArray

from tests.workers.zoo import CLASSES
from tui.datasets import LoaderSettings
from tui.datasets.cache import DecodedImages, array_plans, decoded_images
from tui.trainer.data.cached_iterator import CachedIterator

# SciPy may join a product and a sum into one step on other machines: the last bit of a 64-bit sum.
EXACT = platform.machine() in ("x86_64", "AMD64")
TOLERANCE = 1e-4  # of 255

Arrays = tuple[NDArray[Any], ...]

AUGMENTED: dict[str, Any] = {
    "rotation_range": 40,
    "width_shift_range": 0.2,
    "height_shift_range": 0.2,
    "shear_range": 20,
    "zoom_range": 0.2,
    "horizontal_flip": True,
}
"""The course's own."""


def decoded(folder: Path, **changes: Any) -> DecodedImages:
    """Return the decoded images of some classes, read as the changes say."""
    loader = LoaderSettings(
        directory=str(folder), classes=CLASSES, target_size=(17, 13), class_mode="sparse"
    )
    found = decoded_images(array_plans(msgspec.structs.replace(loader, **changes)))
    assert found is not None
    return found[0]


def flow(folder: Path, generator: ImageDataGenerator, **changes: Any) -> DirectoryIterator:
    """Return Keras's own iterator over them."""
    arguments: dict[str, Any] = {"classes": list(CLASSES), "target_size": (17, 13)}
    arguments |= {"batch_size": 4, "class_mode": "sparse", "seed": 42, **changes}
    return generator.flow_from_directory(folder, **arguments)


def arrays(batch: Any) -> Arrays:
    """Return a batch as a tuple, which it is not where there are no labels."""
    return batch if isinstance(batch, tuple) else (batch,)


def same(expected: Any, got: Any) -> bool:
    """Return whether two batches are the same to the last bit."""
    pairs = list(zip(arrays(expected), arrays(got), strict=True))
    kinds = all((a.dtype, a.shape) == (b.dtype, b.shape) for a, b in pairs)
    if EXACT:
        return kinds and all(a.tobytes() == b.tobytes() for a, b in pairs)
    return kinds and all(np.allclose(a, b, rtol=0, atol=TOLERANCE) for a, b in pairs)


def epochs(iterator: DirectoryIterator, number: int) -> Iterator[Any]:
    """Yield the batches as `fit` takes them, and at last the state of the random numbers."""
    np.random.seed(9)
    for _ in range(number):
        for position in range(len(iterator)):
            yield iterator[position]
        iterator.on_epoch_end()
    yield np.random.random(3)


def assert_same(plain: DirectoryIterator, ours: DirectoryIterator, number: int = 3) -> None:
    """Compare some epochs of two iterators, batch by batch."""
    assert isinstance(ours, CachedIterator)
    assert ours.class_indices == plain.class_indices
    assert (ours.n, len(ours), ours.filenames) == (plain.n, len(plain), plain.filenames)
    # One after the other, for both draw from NumPy's one source of random numbers.
    expected, got = list(epochs(plain, number)), list(epochs(ours, number))
    assert len(got) == len(expected)
    for step, (one, other) in enumerate(zip(expected, got, strict=True)):
        assert same(one, other), f"batch {step} of {len(plain)} an epoch"


def compare(
    folder: Path, arguments: dict[str, Any], flowing: dict[str, Any], number: int = 3
) -> None:
    """Compare every batch of some epochs."""
    read = {name: flowing[name] for name in ("color_mode", "interpolation") if name in flowing}
    plain, other = (flow(folder, ImageDataGenerator(**arguments), **flowing) for _ in range(2))
    assert_same(plain, CachedIterator(other, decoded(folder, **read)), number)
