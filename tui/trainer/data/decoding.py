"""Decoding all images before a training: they are cached, or only checked."""

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
from tui.trainer.run_session import RunSession

_REPORT_SECONDS = 0.3


@dataclass(frozen=True)
class Decoding:
    """The result of decoding every image once.

    Args:
        bad: files that cannot be read, in Keras's order.
        arrays: by folder, the decoded images; empty where the files are read in every epoch.
    """

    bad: tuple[BadImage, ...]
    arrays: dict[str, DecodedImages]

    @property
    def hit(self) -> bool:
        """Whether an earlier training had decoded everything."""
        return bool(self.arrays) and all(array.hit for array in self.arrays.values())

    @property
    def seconds(self) -> float:
        """Seconds that decoding took, now or in the earlier training."""
        return round(sum(array.seconds for array in self.arrays.values()), 3)


def decode_or_check(spec: TrainingSpec, session: RunSession) -> Decoding:
    """Decode every image into the cache, if the spec asks for it and there is space.

    Otherwise the images are decoded only to find the bad ones before the first epoch.

    Raises:
        Cancelled: when the user asked to stop meanwhile.
    """
    if spec.loader == "cached":
        try:
            return _decoded(spec, session)
        except NoRoomError as error:
            text = f"{error} Every epoch decodes the files again, with plain Keras: slower."
            session.emit(Notice(at=time.time(), text=text))
    report = check_images(
        spec.data, progress=progress_reporter(session), cancelled=session.stop_requested
    )
    session.raise_if_stopped()
    return Decoding(report.bad, {})


def _decoded(spec: TrainingSpec, session: RunSession) -> Decoding:
    arrays = decoded_images(
        array_plans(spec.data),
        progress=progress_reporter(session),
        cancelled=session.stop_requested,
    )
    if arrays is None:
        raise Cancelled
    session.raise_if_stopped()
    bad = [image for array in arrays for image in _left_out(array, spec.data)]
    return Decoding(tuple(bad), {array.plan.directory: array for array in arrays})


def _left_out(array: DecodedImages, settings: LoaderSettings) -> Iterator[BadImage]:
    """Yield the images that are not trained on, as `check_images` reports them."""
    directory = array.plan.directory
    unwanted = left_out_names(settings, directory)
    for row, file in enumerate(array.plan.files):
        why = LEFT_OUT if file.path in unwanted else array.bad.get(row)
        if why is not None:
            yield BadImage(file.path, directory, why)


def progress_reporter(session: RunSession) -> Callable[[int, int], None]:
    """Return a function that reports the progress of decoding, a few times a second."""
    reported = 0.0

    def progress(done: int, total: int) -> None:
        nonlocal reported
        if not reported:
            session.emit(CheckingImages(at=time.time(), done=0, total=total))
        if done == total or time.monotonic() - reported > _REPORT_SECONDS:
            reported = time.monotonic()
            session.emit(CheckingImages(at=time.time(), done=done, total=total))

    return progress
