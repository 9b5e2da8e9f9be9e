"""Planning the trainings of a lesson page: their specs, made for the images at hand."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import msgspec

from tui.common.text import clean
from tui.course.lesson.page_blocks import TrainBlock
from tui.datasets import (
    SAMPLES,
    FolderError,
    FolderSummary,
    LoaderSettings,
    describe,
    image_sizes,
    recent_folders,
    suggest_settings,
)
from tui.datasets.loader.image_counts import count_images
from tui.datasets.loader.loader_settings import DEFAULT_SPLIT
from tui.geometry import (
    GeometryError,
    Network,
    Vector,
    format_network,
    output_shape,
    parse_network,
)
from tui.runs.network_check import input_volume, output_count
from tui.runs.settings.findings import NetworkRefused, network_difference
from tui.runs.settings.make_spec import (
    adapt_network,
    check_network,
    default_model,
    make_spec,
    network_for,
)
from tui.runs.settings.spec import SpecError, StopRule, TrainingSpec, share_name, share_of

LARGEST_SIDE = 64  # pixels; larger images of the user are scaled down in a lesson
LESSON_SECONDS = 60.0
"""Time that all trainings of a page may take on two CPU cores, approximately."""
_SECONDS_PER_IMAGE = 1e-3  # to train on an image of 64×64
_SECONDS_PER_PIXEL = 7e-9  # to decode a pixel
_SMALLEST_PART = 0.02


class ChosenFolder(Protocol):
    """A folder that was chosen in Data, with its loader settings."""

    @property
    def name(self) -> str: ...
    @property
    def summary(self) -> FolderSummary: ...
    @property
    def settings(self) -> LoaderSettings: ...


@dataclass(frozen=True)
class Folder:
    """A folder of images to train on."""

    name: str
    summary: FolderSummary
    settings: LoaderSettings


@dataclass(frozen=True)
class LessonPlan:
    """The trainings of a page.

    Args:
        shares: of the lesson, above 0 to 1.
        specs: one for each share.
        images: number of training images of each, before the bad files are known.
        validation_images: of each.
        data: name of the images, safe to show.
        network: the layers in a few words.
        notes: sentences on what one might not expect.
    """

    shares: tuple[float, ...]
    specs: tuple[TrainingSpec, ...]
    images: tuple[int, ...]
    validation_images: int
    data: str
    network: str
    notes: tuple[str, ...] = ()


def make_plan(block: TrainBlock, lesson_id: str, chosen: ChosenFolder | None) -> LessonPlan:
    """Return the trainings of a block of a lesson. Reads folders, so call it in a thread.

    Args:
        block: of the lesson.
        lesson_id: of the lesson.
        chosen: the folder that is chosen in Data; read only if the block asks for it.

    Raises:
        FolderError: when the images cannot be read or written.
        StateError: when there is no folder for the digits.
        SpecError: when the network does not fit the images, or a value is not valid.
    """
    folder, notes, part = _images(block, chosen)
    settings = msgspec.structs.replace(folder.settings, seed=block.seed)
    network, changed = _network(block.network, settings)
    rule = StopRule.parse(block.stop)
    specs = tuple(
        msgspec.structs.replace(
            make_spec(
                folder.name,
                settings,
                model=format_network(network),
                epochs=block.epochs,
                stop_rule=rule,
                seed=block.seed,
                share=part * share,
            ),
            name=_title(lesson_id, folder.name, share, len(block.shares)),
            origin=f"lesson {lesson_id} / {block.id}",
        )
        for share in block.shares
    )
    counts = class_counts(folder.summary, settings)
    return LessonPlan(
        shares=block.shares,
        specs=specs,
        images=tuple(sum(share_of(count, spec.share) for count, _ in counts) for spec in specs),
        validation_images=sum(count for _, count in counts),
        data=clean(folder.name, 40),
        network=layer_list(network),
        notes=(*notes, *changed),
    )


def class_counts(summary: FolderSummary, settings: LoaderSettings) -> list[tuple[int, int]]:
    """Return the numbers of training and validation images of each class."""
    counts = count_images(summary, settings)
    return list(zip(counts.training, counts.validation, strict=True))


def layer_list(network: Network) -> str:
    """Return a network's layers in a few words.

    >>> layer_list(parse_network("8x8x1 conv:k=4,f=3,a=relu flatten dense:k=10"))
    'conv 4, flatten, dense 10'
    """
    words = []
    for word in format_network(network).split()[1:]:
        kind, _, rest = word.partition(":")
        size = re.search(r"\bk=(\d+)", rest)
        words.append(f"{kind} {size[1]}" if size else kind)
    return ", ".join(words)


def _title(lesson_id: str, data: str, share: float, count: int) -> str:
    """Return the run's name: the lesson comes first, because lists cut names off."""
    part = f" {share_name(share)}" if count > 1 or share < 1 else ""
    return f"{lesson_id}{part} · {data}"


def _images(
    block: TrainBlock, chosen: ChosenFolder | None
) -> tuple[Folder, tuple[str, ...], float]:
    """Return the images of a block, notes on them, and the fraction of them to use."""
    if block.data == "digits":
        return _digits(), (), 1.0
    own = _own_folder(chosen)
    if own is not None:
        return _limited(own, block)
    note = "No folder of your own is chosen under 3 Data yet: these are the digits."
    return _digits(), (note,), 1.0


def _digits() -> Folder:
    summary = describe(SAMPLES["digits"].build())
    return Folder("digits", summary, suggest_settings(summary))


def _own_folder(chosen: ChosenFolder | None) -> Folder | None:
    """Return the chosen folder, else the last opened one that can be trained on."""
    if chosen is not None:
        return Folder(chosen.name, chosen.summary, chosen.settings)
    for path in recent_folders():
        try:
            summary = describe(path)
        except FolderError:
            continue  # it cannot be read now: try the one before it
        if summary.trainable:
            name = clean(path.rstrip("/").rpartition("/")[2] or path, 40)
            return Folder(name, summary, suggest_settings(summary))
    return None


def _limited(folder: Folder, block: TrainBlock) -> tuple[Folder, tuple[str, ...], float]:
    """Return a folder as a lesson loads it, notes on it, and the fraction of it to use."""
    notes = []
    settings = folder.settings
    side = max(settings.target_size)
    if side > LARGEST_SIDE:
        height, width = (
            max(round(length * LARGEST_SIDE / side), 1) for length in settings.target_size
        )
        settings = msgspec.structs.replace(settings, target_size=(height, width))
        notes.append(f"Your images are loaded as {settings.input_volume_text} here, to be quick.")
    if settings.validation_directory is None and settings.validation_split == 0:
        settings = msgspec.structs.replace(settings, validation_split=DEFAULT_SPLIT)
        notes.append("A fifth of each class is kept for validation here.")
    counts = class_counts(folder.summary, settings)
    training, validation = (sum(one) for one in zip(*counts, strict=True)) if counts else (0, 0)
    part = _part(folder.summary, training, validation, block.epochs, block.shares)
    if part < 1:
        kept = sum(share_of(count, part) for count, _ in counts)
        notes.append(
            f"{kept:,} of your {training:,} training images stand for all of them here, so that "
            "it takes about a minute."
        )
    return replace(folder, settings=settings), tuple(notes), part


def _part(
    summary: FolderSummary, training: int, validation: int, epochs: int, shares: Sequence[float]
) -> float:
    """Return the fraction of the training images that can be read in time, to two digits."""
    sizes = image_sizes(summary)
    width, height = sizes.most_common or (0, 0)
    seconds = _SECONDS_PER_IMAGE + _SECONDS_PER_PIXEL * width * height
    images = LESSON_SECONDS / seconds / epochs - len(shares) * validation
    part = images / max(training * sum(shares), 1)
    return 1.0 if part >= 1 else max(math.floor(100 * part) / 100, _SMALLEST_PART)


def _network(line: str, settings: LoaderSettings) -> tuple[Network, tuple[str, ...]]:
    """Return the lesson's network fitted to the images, and notes on corrections.

    Changes of the input and the last layer are not noted.
    """
    if not line:
        return network_for(default_model(settings), settings), ()
    whole = line if line[:1].isdigit() else f"{input_volume(settings)} {line}"
    try:
        network = parse_network(whole)
        fitted = _fitted(network, settings)
        try:
            check_network(fitted, settings)
        except NetworkRefused as error:
            if error.finding.network is None:
                raise
            words = network_difference(fitted, error.finding.network)
            return error.finding.network, (
                f"{error.finding.sentence} Trained with a change: {words}.",
            )
    except GeometryError as error:
        raise SpecError(error.message) from error
    return fitted, ()


def _fitted(network: Network, settings: LoaderSettings) -> Network:
    """Return a network with the input and the number of outputs that the images need."""
    last = output_shape(network)
    if network.input == input_volume(settings) and last == Vector(output_count(settings)):
        return network
    return adapt_network(network, settings)
