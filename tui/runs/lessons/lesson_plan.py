"""From a training that a lesson asks for to the specs that train it."""

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
from tui.runs.settings.findings import NetworkRefused, network_difference
from tui.runs.settings.make_spec import (
    adapt_network,
    check_network,
    default_model,
    input_volume,
    make_spec,
    network_for,
    output_count,
)
from tui.runs.settings.spec import SpecError, StopRule, TrainingSpec, share_name, share_of

LARGEST_SIDE = 64  # pixels of an image of one's own, in a lesson
LESSON_SECONDS = 60.0
"""What all trainings of a page may take on two CPU cores, about."""
_SECONDS_AN_IMAGE = 1e-3  # to train on one of 64×64
_SECONDS_A_PIXEL = 7e-9  # to decode it
_LEAST_PART = 0.02


class ChosenFolder(Protocol):
    """A folder that was chosen under Data, and how it is to be loaded."""

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
class Plan:
    """What a page trains.

    Args:
        shares: what the lesson calls them, above 0 to 1.
        specs: one for each share.
        images: training images of each, bad files not known yet.
        validation_images: of each.
        data: what the images are called, safe to show.
        network: the layers in a few words.
        notes: sentences on what is not as one might expect.
    """

    shares: tuple[float, ...]
    specs: tuple[TrainingSpec, ...]
    images: tuple[int, ...]
    validation_images: int
    data: str
    network: str
    notes: tuple[str, ...] = ()


def make_plan(block: TrainBlock, lesson_id: str, chosen: ChosenFolder | None) -> Plan:
    """Return what a lesson's block trains; reads folders, so not on the screen's own thread.

    Args:
        block: from the lesson.
        lesson_id: the lesson's.
        chosen: the folder that is chosen under Data; read only where the block asks for it.

    Raises:
        FolderError: when the images cannot be read or written.
        StateError: when there is no folder to keep the digits in.
        SpecError: when the network does not fit the images, or a value cannot be.
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
    return Plan(
        shares=block.shares,
        specs=specs,
        images=tuple(sum(share_of(count, spec.share) for count, _ in counts) for spec in specs),
        validation_images=sum(count for _, count in counts),
        data=clean(folder.name, 40),
        network=network_words(network),
        notes=(*notes, *changed),
    )


def class_counts(summary: FolderSummary, settings: LoaderSettings) -> list[tuple[int, int]]:
    """Return training and validation images of each class that is trained on."""
    counts = count_images(summary, settings)
    return list(zip(counts.training, counts.validation, strict=True))


def network_words(network: Network) -> str:
    """Return a network's layers in a few words.

    >>> network_words(parse_network("8x8x1 conv:k=4,f=3,a=relu flatten dense:k=10"))
    'conv 4, flatten, dense 10'
    """
    words = []
    for word in format_network(network).split()[1:]:
        kind, _, rest = word.partition(":")
        size = re.search(r"\bk=(\d+)", rest)
        words.append(f"{kind} {size[1]}" if size else kind)
    return ", ".join(words)


def _title(lesson_id: str, data: str, share: float, count: int) -> str:
    """Return the run's name: the lesson comes first, for lists that are cut off."""
    part = f" {share_name(share)}" if count > 1 or share < 1 else ""
    return f"{lesson_id}{part} · {data}"


def _images(
    block: TrainBlock, chosen: ChosenFolder | None
) -> tuple[Folder, tuple[str, ...], float]:
    """Return the images of a block, what to say of them, and which part of them is all."""
    if block.data == "digits":
        return _digits(), (), 1.0
    own = _own(chosen)
    if own is not None:
        return _limited(own, block)
    note = "No folder of your own is chosen under 3 Data yet: these are the digits."
    return _digits(), (note,), 1.0


def _digits() -> Folder:
    summary = describe(SAMPLES["digits"].build())
    return Folder("digits", summary, suggest_settings(summary))


def _own(chosen: ChosenFolder | None) -> Folder | None:
    """Return the folder that is chosen, else the one opened last that can be trained on."""
    if chosen is not None:
        return Folder(chosen.name, chosen.summary, chosen.settings)
    for path in recent_folders():
        try:
            summary = describe(path)
        except FolderError:
            continue  # it cannot be read now: perhaps the one before it can
        if summary.trainable:
            name = clean(path.rstrip("/").rpartition("/")[2] or path, 40)
            return Folder(name, summary, suggest_settings(summary))
    return None


def _limited(folder: Folder, block: TrainBlock) -> tuple[Folder, tuple[str, ...], float]:
    """Return a folder as a lesson loads it, what to say of it, and which part of it is all."""
    notes = []
    settings = folder.settings
    side = max(settings.target_size)
    if side > LARGEST_SIDE:
        height, width = (max(round(one * LARGEST_SIDE / side), 1) for one in settings.target_size)
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
    """Return which part of the training images can be read in time, to two digits."""
    sizes = image_sizes(summary)
    width, height = sizes.most_common or (0, 0)
    seconds = _SECONDS_AN_IMAGE + _SECONDS_A_PIXEL * width * height
    images = LESSON_SECONDS / seconds / epochs - len(shares) * validation
    part = images / max(training * sum(shares), 1)
    return 1.0 if part >= 1 else max(math.floor(100 * part) / 100, _LEAST_PART)


def _network(line: str, settings: LoaderSettings) -> tuple[Network, tuple[str, ...]]:
    """Return the lesson's network as the images need it, and what to say of a correction.

    The input and the last layer follow the images without a word.
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
