"""The images of a training before its loaders: decoded once and kept, or only checked."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tui.datasets import BadImage, LoaderSettings, check_images
from tui.datasets.cache import DecodedImages, NoRoomError, array_plans, decoded_images
from tui.datasets.folder.left_out import left_out_names
from tui.datasets.images.check_images import LEFT_OUT
from tui.keras_worker.failures import Cancelled
from tui.runs.events.event_types import CheckingImages, Notice
from tui.runs.settings.spec import TrainingSpec
from tui.trainer.run_session import Link

_TELL_SECONDS = 0.3


@dataclass(frozen=True)
class Decoding:
    """What decoding every image once has brought.

    Args:
        bad: files that cannot be read, in Keras's order.
        arrays: by folder, the decoded images; empty where the files are read in every epoch.
    """

    bad: tuple[BadImage, ...]
    arrays: dict[str, DecodedImages]

    @property
    def hit(self) -> bool:
        """Whether everything was there from an earlier training."""
        return bool(self.arrays) and all(array.hit for array in self.arrays.values())

    @property
    def seconds(self) -> float:
        """How long decoding took, now or in the earlier training."""
        return round(sum(array.seconds for array in self.arrays.values()), 3)


def decode_or_check(spec: TrainingSpec, link: Link) -> Decoding:
    """Decode every image and keep it, where the spec asks for it and there is room.

    Otherwise every image is decoded only to find the bad ones before an epoch does.

    Raises:
        Cancelled: when the learner asked to stop meanwhile.
    """
    if spec.loader == "cached":
        try:
            return _decoded(spec, link)
        except NoRoomError as error:
            text = f"{error} Every epoch decodes the files again, with plain Keras: slower."
            link.tell(Notice(at=time.time(), text=text))
    report = check_images(spec.data, progress=teller(link), cancelled=link.stop_wanted)
    link.check()
    return Decoding(report.bad, {})


def _decoded(spec: TrainingSpec, link: Link) -> Decoding:
    arrays = decoded_images(
        array_plans(spec.data), progress=teller(link), cancelled=link.stop_wanted
    )
    if arrays is None:
        raise Cancelled
    link.check()
    bad = [image for array in arrays for image in _left_out(array, spec.data)]
    return Decoding(tuple(bad), {array.plan.directory: array for array in arrays})


def _left_out(array: DecodedImages, settings: LoaderSettings) -> Iterator[BadImage]:
    """Name the images that are not trained on, as `check_images` does."""
    directory = array.plan.directory
    unwanted = left_out_names(settings, directory)
    for row, file in enumerate(array.plan.files):
        why = LEFT_OUT if file.path in unwanted else array.bad.get(row)
        if why is not None:
            yield BadImage(file.path, directory, why)


def teller(link: Link) -> Callable[[int, int], None]:
    """Return a function that tells how far the images are, a few times a second."""
    told = 0.0

    def progress(done: int, total: int) -> None:
        nonlocal told
        if not told:
            link.tell(CheckingImages(at=time.time(), done=0, total=total))
        if done == total or time.monotonic() - told > _TELL_SECONDS:
            told = time.monotonic()
            link.tell(CheckingImages(at=time.time(), done=done, total=total))

    return progress
