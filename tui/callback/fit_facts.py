"""What a call of `fit` was given: batch size, number of images, classes, as far as it shows."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import FrameType
from typing import Any

_KERAS_BATCH = 32
"""The batch size of `fit` where arrays are given without one."""
_MOST_FRAMES = 60
_MOST_SOURCES = 50


@dataclass(frozen=True)
class FitFacts:
    """What is known of a call of `fit`. What is not known is 0 or empty.

    Args:
        batch_size: samples a batch.
        samples: of the training.
        validation_samples: of the validation.
        classes: their names, in the order of the labels.
    """

    batch_size: int = 0
    samples: int = 0
    validation_samples: int = 0
    classes: tuple[str, ...] = ()


def fit_facts(model: Any, batch_size: int = 0) -> FitFacts:
    """Return what is known of the call of `fit` that is at work on a model.

    Keras gives a callback neither the data nor the batch size, so the arguments are read from the
    call itself, which is still on the stack. Nothing of it is kept.

    Args:
        model: that is being trained.
        batch_size: where the user has said it; else 0.
    """
    call = _call_of_fit(model)
    if call is None:
        return FitFacts(batch_size)
    try:
        return _facts(call, batch_size)
    finally:
        del call  # or this frame would keep the data


def _call_of_fit(model: Any) -> dict[str, Any] | None:
    frame: FrameType | None = sys._getframe(1)
    for _ in range(_MOST_FRAMES):
        if frame is None:
            return None
        if frame.f_code.co_name == "fit" and "x" in frame.f_locals:
            found = dict(frame.f_locals)
            if found.get("self") is model:
                return found
        frame = frame.f_back
    return None


def _facts(call: dict[str, Any], batch_size: int) -> FitFacts:
    data, given = call.get("x"), _number(lambda: call["batch_size"])
    size = batch_size or given or _batch_size(data)
    if not size and not _makes_batches(data):
        size = _KERAS_BATCH
    validation = call.get("validation_data")
    if isinstance(validation, (tuple, list)) and validation:
        validation = validation[0]
    return FitFacts(
        size,
        _samples(data, size) or _steps(call) * size,
        _samples(validation, size) if validation is not None else 0,
        _classes(data),
    )


def _number(read: Callable[[], Any]) -> int:
    """Return a positive whole number, or 0 where there is none."""
    with contextlib.suppress(Exception):
        return max(int(read()), 0)
    return 0


def _makes_batches(data: Any) -> bool:
    """Return whether data comes in batches: a dataset, a loader, a generator, and not an array."""
    return hasattr(data, "element_spec") or hasattr(data, "__next__") or not hasattr(data, "shape")


def _sources(data: Any) -> Iterator[Any]:
    """Yield a tf.data.Dataset and those that it was made from by `map`, `prefetch` and the like."""
    for _ in range(_MOST_SOURCES):
        if data is None:
            return
        yield data
        data = getattr(data, "_input_dataset", None) if hasattr(data, "element_spec") else None


def _batch_size(data: Any) -> int:
    # Of an iterator over a folder, a PyTorch DataLoader; of a tf.data.Dataset.
    sizes = (
        _number(lambda: data.batch_size) or _number(lambda: data._batch_size)  # noqa: B023
        for data in _sources(data)
    )
    return next((size for size in sizes if size), 0)


def _samples(data: Any, batch_size: int) -> int:
    """Return how many samples data has."""
    for read in (
        lambda: data.n if hasattr(data, "class_indices") else 0,  # an iterator over a folder
        lambda: len(_attribute(data, "file_paths")),  # image_dataset_from_directory
        lambda: len(data.dataset),  # a PyTorch DataLoader
        lambda: 0 if _makes_batches(data) else data.shape[0],
        lambda: len(_first(data)) if isinstance(data, (dict, list, tuple)) else 0,
    ):
        if found := _number(read):
            return found
    return _number(lambda: len(data)) * batch_size


def _first(data: Any) -> Any:
    return next(iter(data.values())) if isinstance(data, dict) else data[0]


def _attribute(data: Any, name: str) -> Any:
    """Return an attribute of a dataset, or of one that it was made from."""
    return next(getattr(one, name) for one in _sources(data) if hasattr(one, name))


def _steps(call: dict[str, Any]) -> int:
    return _number(lambda: call["steps_per_epoch"])


def _classes(data: Any) -> tuple[str, ...]:
    for read in (
        lambda: sorted(data.class_indices, key=data.class_indices.get),  # ImageDataGenerator
        lambda: _attribute(data, "class_names"),  # image_dataset_from_directory
        lambda: data.dataset.classes,  # torchvision
    ):
        with contextlib.suppress(Exception):
            found = [str(name) for name in read()]
            if 2 <= len(found) <= 10_000:
                return tuple(found)
    return ()
