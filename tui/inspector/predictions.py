"""Predictions for images: one, several, or a whole set."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import keras
import numpy as np
from keras.src.legacy.preprocessing.image import ImageDataGenerator
from numpy.typing import NDArray

from tui.common.text import clean
from tui.datasets import list_images, loader_arguments
from tui.datasets.folder.left_out import left_out_names
from tui.datasets.images.image_files import UnreadableImage
from tui.datasets.images.parallel_decoding import map_in_order
from tui.inspection.answers import Classified, Evaluated, Prediction
from tui.inspection.requests import Classify, Evaluate
from tui.inspector.classifier_head import head_of, probabilities
from tui.inspector.opened_network import OpenedNetwork
from tui.inspector.refusal import Refusal
from tui.runs.events.event_types import DataReady, LeftOutImage
from tui.runs.events.log_end import last_events

MAX_BATCH = 64
MAX_PER_PAIR = 8
"""Mistakes that are reported for each confused pair of classes."""
MAX_EXAMPLES = 1000
"""Of all pairs together, besides those requested."""
_BATCH_BYTES = 256 * 2**20

ReportProgress = Callable[[int, int], None]


@dataclass(frozen=True)
class LabelledImages:
    """Images with their classes.

    Args:
        files: the path and the class index of each image.
        classes: their names.
        note: a sentence where they are not those of the run.
    """

    files: Sequence[tuple[str, int]]
    classes: tuple[str, ...]
    note: str = ""


def predict(network: OpenedNetwork, batch: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the probabilities, (images, classes)."""
    head = head_of(network.model, network.last)
    return probabilities(head, keras.ops.convert_to_numpy(network.model(batch, training=False)))


def batch_size(network: OpenedNetwork) -> int:
    """Return how many images are predicted at once."""
    return max(1, min(MAX_BATCH, _BATCH_BYTES // max(sum(network.features.sizes), 1)))


def classify(network: OpenedNetwork, request: Classify) -> Classified:
    """Predict some images; one that cannot be read gets a problem instead."""
    files = [(path, -1) for path in request.pictures]
    return Classified(
        id=request.id,
        predictions=tuple(_predictions(network, files, lambda *_: None)),
    )


def evaluate(network: OpenedNetwork, request: Evaluate, report: ReportProgress) -> Evaluated:
    """Predict a whole set and sum up the predictions."""
    images = _of_folder(network, request.folder) if request.folder else _of_run(network)
    count = len(images.classes)
    confusion = np.zeros((count, count), int)
    mistakes: list[Prediction] = []
    unreadable: list[str] = []
    for prediction in _predictions(network, images.files, report):
        if prediction.problem:
            unreadable.append(prediction.picture)
            continue
        if len(prediction.probabilities) != count:
            raise Refusal(
                f"The network has {len(prediction.probabilities)} classes, but the images "
                f"have {count}.",
                "Choose a folder with the classes of the network.",
            )
        confusion[prediction.truth, prediction.predicted] += 1
        if prediction.predicted != prediction.truth:
            mistakes.append(prediction)
    mistakes.sort(key=lambda mistake: -max(mistake.probabilities))
    most = max(request.most_mistakes, 0)
    return Evaluated(
        id=request.id,
        classes=images.classes,
        confusion=tuple(map(tuple, confusion.tolist())),
        mistakes=tuple(mistakes[:most]),
        examples=_examples(mistakes, most) if most else (),
        unreadable=tuple(unreadable),
        note=images.note,
    )


def _examples(mistakes: Sequence[Prediction], first: int) -> tuple[Prediction, ...]:
    """Return mistakes after the first ones, of pairs of classes with few mistakes so far."""
    seen: Counter[tuple[int, int]] = Counter()
    found: list[Prediction] = []
    for number, mistake in enumerate(mistakes):
        pair = mistake.truth, mistake.predicted
        seen[pair] += 1
        if number >= first and seen[pair] <= MAX_PER_PAIR and len(found) < MAX_EXAMPLES:
            found.append(mistake)
    return tuple(found)


def _predictions(
    network: OpenedNetwork, files: Sequence[tuple[str, int]], report: ReportProgress
) -> Iterator[Prediction]:
    """Predict the files in batches, decoded on all cores."""
    head_of(network.model, network.last)  # before the first file is opened

    def load(file: tuple[str, int]) -> NDArray[np.float32] | str:
        try:
            return network.preparation.array_of(network.preparation.image(file[0]))
        except UnreadableImage as error:
            return str(error)

    size, total = batch_size(network), len(files)
    waiting: list[tuple[str, int, NDArray[np.float32] | str]] = []

    def flush() -> Iterator[Prediction]:
        arrays = [loaded for *_, loaded in waiting if not isinstance(loaded, str)]
        rows = iter(predict(network, np.stack(arrays)).tolist() if arrays else ())
        for path, label, loaded in waiting:
            problem = loaded if isinstance(loaded, str) else ""
            row = () if problem else tuple(next(rows))
            yield Prediction(picture=path, probabilities=row, problem=problem, truth=label)
        waiting.clear()

    report(0, total)
    for done, ((path, label), loaded) in enumerate(map_in_order(load, files), 1):
        waiting.append((path, label, loaded))
        if len(waiting) == size or done == total:
            yield from flush()
            report(done, total)


def _of_run(network: OpenedNetwork) -> LabelledImages:
    """Return the validation images of the run, by the same call as in training."""
    if network.spec is None or network.run is None:
        raise Refusal("A file has no validation images.", "Name a folder of images.")
    settings = network.spec.data
    plan = loader_arguments(settings)
    if plan.validation is None:
        raise Refusal(
            "The run had no validation images.",
            "Name a folder of images, or train with a validation split.",
        )
    directory = settings.validation_directory or settings.directory
    if not os.path.isdir(directory):
        raise Refusal(
            f"The folder {clean(directory)} no longer exists.",
            "Put it back, or name another folder.",
        )
    generator = ImageDataGenerator(**plan.validation_generator)
    found = generator.flow_from_directory(**plan.validation)
    ready = last_events(network.run.events, (DataReady,)).get(DataReady)
    by_choice = left_out_names(settings, directory)
    reported = ready.left_out if isinstance(ready, DataReady) else ()
    # By the name as shown, which two files may share: only those are compared one by one.
    left_out: dict[str, list[LeftOutImage]] = {}
    for bad in reported:
        if bad.validation == (settings.validation_directory is not None):
            left_out.setdefault(bad.file, []).append(bad)
    kept = [
        (path, label)
        for name, path, label in zip(
            found.filenames, found.filepaths, found.classes.tolist(), strict=True
        )
        if name not in by_choice
        and not any(bad.names(name) for bad in left_out.get(clean(name), ()))
    ]
    note = ""
    if isinstance(ready, DataReady) and ready.validation_images != len(kept):
        note = (
            f"The run had {ready.validation_images:,} validation images, but the folder now has "
            f"{len(kept):,}: it has changed since."
        )
    if not kept:
        raise Refusal("There are no validation images.", "Name a folder of images.")
    return LabelledImages(kept, settings.classes, note)


def _of_folder(network: OpenedNetwork, folder: str) -> LabelledImages:
    """Return the images of a folder of class folders."""
    try:
        with os.scandir(folder) as entries:
            inside = sorted(
                entry.name for entry in entries if entry.is_dir() and entry.name[0] != "."
            )
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise Refusal(
            f"The folder {clean(folder)} cannot be read: {clean(why).lower()}.",
            "Name a folder with one folder for each class.",
        ) from error
    classes = network.classes or tuple(inside)
    missing = [name for name in classes if name not in inside]
    if missing or not classes:
        names = ", ".join(clean(name, 40) for name in missing[:5]) or "any class"
        raise Refusal(
            f"The folder {clean(folder)} has no folder for {names}.",
            "Name a folder with one folder for each class of the network.",
        )
    files = [
        (os.path.join(folder, name), label)
        for label, kind in enumerate(classes)
        for name in list_images(folder, [kind])
    ]
    if not files:
        raise Refusal(f"The folder {clean(folder)} holds no images.", "Name another one.")
    others = [name for name in inside if name not in classes]
    note = ""
    if others:
        names = ", ".join(clean(name, 40) for name in others[:5])
        note = f"Not predicted, since they are not classes of the network: {names}."
    return LabelledImages(files, tuple(classes), note)
