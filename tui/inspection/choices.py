"""What can be looked into: runs with weights, which weights, and which images."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Sequence

import msgspec

from tui.common.typed_paths import typed_path
from tui.datasets import LoaderSettings
from tui.datasets.folder.left_out import left_out_names
from tui.datasets.folder.listing import class_images
from tui.runs.events.event_types import DataReady, LeftOutImage
from tui.runs.settings.external_spec import ExternalSpec
from tui.runs.store.model_files import saved_models, snapshots
from tui.runs.store.run_folder import RunFolder
from tui.runs.store.run_summary import RunSummary

_BEGINNING = 8_000_000
"""Bytes at the beginning of a run's events, in which the images that were left out are named."""

NO_WEIGHTS = (
    "has no weights yet: they are there after its first epoch. Wait for it, or choose another run."
)


def no_weights(title: str, external: ExternalSpec | None) -> str:
    """Return why a run cannot be looked into, with the cure.

    Args:
        title: of the run; clean.
        external: what is known of a training that cnn-tui did not start; None for any other.

    >>> fit = ExternalSpec(name="kernels", source="script", path="/x/train.py", optimizer="Adam")
    >>> no_weights("kernels", fit)
    'kernels has no saved weights: RunCallback(save="best") in train.py saves them.'
    """
    if external is None:
        return f"{title} {NO_WEIGHTS}"
    if external.source == "log":
        return f"{title} is read from a log, which holds no weights."
    if external.save:
        return f"{title} has no weights yet: {external.origin} saves them after its epochs."
    if not external.by_callback:
        return f"{title} has no weights in its folder: {external.origin} saves its model itself."
    return (
        f'{title} has no saved weights: RunCallback(save="best") in {external.origin} saves them.'
    )


def available_weights(run: RunFolder) -> list[tuple[str, str]]:
    """Return the weights of a run that can be opened: name in the request, and description."""
    found = []
    # Not Path.is_file: it raises if the run's folder is not accessible.
    if os.path.isfile(run.path / "best.keras"):
        found.append(("best", "best: of the best epoch"))
    if os.path.isfile(run.path / "final.keras"):
        found.append(("final", "final: of the training's end"))
    if _has_checkpoint(run):
        found.append(("last", "last: the newest checkpoint"))
    for epoch in snapshots(run):
        words = "before the first epoch" if epoch == 0 else f"after epoch {epoch}"
        found.append((f"epoch-{epoch}", f"kept {words}"))
    for name in saved_models(run):
        found.append((name, f"saved on request: {name.removeprefix('saved-').replace('-', ' ')}"))
    return found


def _has_checkpoint(run: RunFolder) -> bool:
    try:
        return any(True for _ in os.scandir(run.path / "checkpoints"))
    except OSError:
        return False


def neighbouring_epoch(epochs: Sequence[int], present: int, step: int) -> int:
    """Return the kept epoch after the current one, or before it; at the ends the last or the first.

    Args:
        epochs: the kept epochs, ascending, at least one.
        present: the current epoch.
        step: positive for the next one, negative for the one before.

    >>> kept = (0, 2, 4)
    >>> [neighbouring_epoch(kept, present, step) for present, step in ((2, 1), (3, -1), (4, 1))]
    [4, 2, 4]
    """
    if step > 0:
        return next((epoch for epoch in epochs if epoch > present), epochs[-1])
    return next((epoch for epoch in reversed(epochs) if epoch < present), epochs[0])


def has_weights(run: RunFolder) -> bool:
    """Return whether a run has weights that can be opened."""
    return bool(available_weights(run))


def newest_with_weights(runs: Iterable[RunSummary]) -> RunFolder | None:
    """Return the run with weights that was trained last (blocking).

    A run that was queued or resumed may have been trained after runs that were created later. A
    model that cnn-tui did not build is only opened when it is asked for.
    """
    own = (summary for summary in runs if summary.external is None)
    by_time = sorted(own, key=lambda summary: _last_event(summary.run), reverse=True)
    return next((summary.run for summary in by_time if has_weights(summary.run)), None)


def _last_event(run: RunFolder) -> float:
    """Return the time of the last event of its trainer; 0 if unknown."""
    try:
        return os.stat(run.events).st_mtime
    except OSError:
        return 0.0


def excluded_images(run: RunFolder, settings: LoaderSettings) -> frozenset[str]:
    """Return the paths of the images that a training left out (blocking).

    These are the images excluded by the user, and those that the trainer could not read.
    """
    found: set[str] = set()
    for folder in (settings.directory, settings.validation_directory):
        if folder:
            names = left_out_names(settings, folder)
            found.update(os.path.join(folder, name) for name in names)
    for one in _unread(run):
        folder = settings.validation_directory if one.validation else settings.directory
        found.add(os.path.join(folder or settings.directory, one.file))
    return frozenset(found)


def _unread(run: RunFolder) -> tuple[LeftOutImage, ...]:
    """Return the images that the trainer reported as unreadable at its start."""
    try:
        with open(run.events, "rb") as events:
            for line in events.readlines(_BEGINNING):
                if b'"data_ready"' in line:
                    return msgspec.json.decode(line, type=DataReady).left_out
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        pass  # then nothing is known
    return ()


def validation_folder(settings: LoaderSettings) -> str:
    """Return the folder with the validation images, which may be the training folder."""
    return settings.validation_directory or settings.directory


def first_image(settings: LoaderSettings, left_out: Collection[str] = ()) -> str:
    """Return the image to show first: the first of the first class that has one.

    Without a validation folder, `validation_split` keeps the first images of each class for it.

    Args:
        settings: of the run.
        left_out: images that its training left out.

    Returns:
        Its path; empty if there is none.
    """
    folder = validation_folder(settings)
    for name in settings.classes:
        for image in class_images(folder, name):
            path = os.path.join(folder, image)
            if path not in left_out:
                return path
    return ""


def neighbouring_image(
    settings: LoaderSettings, picture: str, step: int, left_out: Collection[str] = ()
) -> str:
    """Return the image some places further in its class folder, in Keras's order, wrapping.

    Args:
        settings: of the run.
        picture: the current image.
        step: how many places; may be negative.
        left_out: images that are skipped.

    Returns:
        Its path; the current one if its folder does not belong to the run.
    """
    for folder in {validation_folder(settings), settings.directory}:
        for name in settings.classes:
            top = os.path.join(folder, name) + os.sep
            if picture.startswith(top):
                inside = os.path.relpath(picture, folder)
                images = [
                    image
                    for image in class_images(folder, name)
                    if image == inside or os.path.join(folder, image) not in left_out
                ]
                if inside in images:
                    place = (images.index(inside) + step) % len(images)
                    return os.path.join(folder, images[place])
    return picture


def class_of(settings: LoaderSettings, picture: str) -> str:
    """Return the class folder of an image; empty if it does not belong to the run."""
    for name in settings.classes:
        for folder in (settings.validation_directory, settings.directory):
            if folder and picture.startswith(os.path.join(folder, name) + os.sep):
                return name
    return ""


def typed_image_path(text: str) -> str:
    """Return a typed path as an absolute one, which the inspector can open."""
    return str(typed_path(text).absolute())
