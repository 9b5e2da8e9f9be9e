"""What can be looked into: runs that have weights, which weights, and which pictures."""

from __future__ import annotations

import os
from collections.abc import Iterable

from tui.datasets import LoaderSettings
from tui.datasets.listing import class_images
from tui.training.run_list import RunSummary
from tui.training.runs import RunFolder
from tui.training.snapshots import snapshots
from tui.typed_paths import typed_path

NO_WEIGHTS = (
    "has no weights yet: they are there after its first epoch. Wait for it, or choose another run."
)


def weights_of(run: RunFolder) -> list[tuple[str, str]]:
    """Return the weights of a run that can be opened: the request's word, and words on it."""
    found = []
    # Not Path.is_file: it raises where the run's folder may not be looked into.
    if os.path.isfile(run.path / "best.keras"):
        found.append(("best", "best: of the epoch with the best validation accuracy"))
    if os.path.isfile(run.path / "final.keras"):
        found.append(("final", "final: of the training's end"))
    if _has_checkpoint(run):
        found.append(("last", "last: the newest checkpoint"))
    for epoch in snapshots(run):
        words = "before the first epoch" if epoch == 0 else f"after epoch {epoch}"
        found.append((f"epoch-{epoch}", f"kept {words}"))
    return found


def _has_checkpoint(run: RunFolder) -> bool:
    try:
        return any(True for _ in os.scandir(run.path / "checkpoints"))
    except OSError:
        return False


def has_weights(run: RunFolder) -> bool:
    """Say whether anything of a run can be looked into."""
    return bool(weights_of(run))


def newest_with_weights(runs: Iterable[RunSummary]) -> RunFolder | None:
    """Return the first run of a list that can be looked into."""
    return next((summary.run for summary in runs if has_weights(summary.run)), None)


def unseen_folder(settings: LoaderSettings) -> str:
    """Return the folder whose pictures say most: those for validation, if they stand apart."""
    return settings.validation_directory or settings.directory


def first_picture(settings: LoaderSettings) -> str:
    """Return a picture to begin with: the first of the first class that has one.

    Without a folder for validation those are the ones that `validation_split` keeps for it.

    Returns:
        Its path; empty when there is none.
    """
    folder = unseen_folder(settings)
    for name in settings.classes:
        images = class_images(folder, name)
        if images:
            return os.path.join(folder, images[0])
    return ""


def neighbour(settings: LoaderSettings, picture: str, step: int) -> str:
    """Return the picture some places further in its class's folder, in Keras's order; round
    the end.

    Args:
        settings: the run's.
        picture: the present one.
        step: how many places, perhaps negative.

    Returns:
        Its path; the present one where its folder is none of the run's.
    """
    for folder in {unseen_folder(settings), settings.directory}:
        for name in settings.classes:
            top = os.path.join(folder, name) + os.sep
            if picture.startswith(top):
                images = class_images(folder, name)
                inside = os.path.relpath(picture, folder)
                if inside in images:
                    place = (images.index(inside) + step) % len(images)
                    return os.path.join(folder, images[place])
    return picture


def class_of(settings: LoaderSettings, picture: str) -> str:
    """Return the class folder that a picture lies in; empty where it is none of the run's."""
    for name in settings.classes:
        for folder in (settings.validation_directory, settings.directory):
            if folder and picture.startswith(os.path.join(folder, name) + os.sep):
                return name
    return ""


def typed_picture(text: str) -> str:
    """Return a typed path as the child can open it."""
    return str(typed_path(text).absolute())
