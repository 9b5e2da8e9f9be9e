"""The folder of test images: judged once, at the end of a training, with the best weights."""

from __future__ import annotations

import os

import msgspec

from tui.common.stop_rule import SpecError
from tui.common.text import clean
from tui.common.typed_paths import typed_path
from tui.datasets import LoaderSettings
from tui.datasets.folder.listing import iter_class_images


def named_test_folder(typed: str, settings: LoaderSettings) -> str | None:
    """Return the absolute path of a folder of test images; None if none is named.

    Args:
        typed: a path; `~` stands for the home folder. Empty or `none`: no test images.
        settings: how the images are loaded, which names the classes.

    Raises:
        SpecError: as `check_test_folder`.
    """
    if typed.strip().lower() in ("", "none"):
        return None
    path = os.path.abspath(typed_path(typed.strip()))
    check_test_folder(path, settings)
    return path


def check_test_folder(path: str, settings: LoaderSettings) -> None:
    """Look into a folder of test images, which takes as long as its disk.

    Args:
        path: of the folder.
        settings: how the images are loaded, which names the classes.

    Raises:
        SpecError: when it is not there, or lacks a folder for a class, or holds no image of them,
            or its images are those of the training or of the validation.
    """
    check_apart(path, settings)
    if not os.path.isdir(path):
        raise SpecError(
            f"There is no folder {clean(path)} of test images. Name a folder with one folder for "
            "each class."
        )
    missing = [name for name in settings.classes if not os.path.isdir(os.path.join(path, name))]
    if missing:
        names = ", ".join(clean(name, 40) for name in missing[:5])
        more = f" and {len(missing) - 5:,} more" if len(missing) > 5 else ""
        raise SpecError(
            f"The test folder {clean(path)} has no folder for {names}{more}. Name a folder with "
            "one folder for each class."
        )
    if not any(next(iter_class_images(path, name), None) for name in settings.classes):
        raise SpecError(
            f"The test folder {clean(path)} holds no image of these classes. Name another one."
        )


def check_apart(path: str, settings: LoaderSettings) -> None:
    """Check that test images are not those that a network learns from, or is chosen by.

    Raises:
        SpecError: when they are.
    """
    for name, folder in (
        ("training", settings.directory),
        ("validation", settings.validation_directory),
    ):
        if folder is not None and os.path.realpath(path) == os.path.realpath(folder):
            raise SpecError(
                f"The test folder {clean(path)} is the folder of the {name} images. Name one with "
                "images that are used for nothing else."
            )


def settings_for_test(folder: str, settings: LoaderSettings) -> LoaderSettings:
    """Return how test images are loaded: all of them, as the validation images are.

    Args:
        folder: of the test images.
        settings: of the training.
    """
    return msgspec.structs.replace(
        settings,
        directory=folder,
        validation_directory=None,
        validation_split=0.0,
        augmentation=type(settings.augmentation)(),
        leave_out=(),
        seed=None,
    )
