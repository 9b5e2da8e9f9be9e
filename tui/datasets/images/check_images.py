"""Decode every image once and report those that cannot be decoded.

Keras stops in the middle of an epoch at the first bad file, and its error names no file. So all
files are decoded beforehand, on all cores, in the way Keras reads them.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass

from tui.datasets.folder.left_out import left_out_names
from tui.datasets.folder.listing import list_images
from tui.datasets.images.image_files import (
    UnreadableImage,
    load_formats,
    open_file,
    open_image,
    unreadable_reason,
)
from tui.datasets.images.parallel_decoding import decoding, map_in_order
from tui.datasets.loader.loader_settings import LoaderSettings

__all__ = ["BadImage", "CheckReport", "check_images", "list_images"]

LEFT_OUT = "left out by the settings"
"""The reason given for a file that the user left out."""

_PROGRESS_SECONDS = 0.1
_MODES = {"rgb": "RGB", "rgba": "RGBA"}
# Keras keeps these as they are in grayscale and makes everything else 8-bit.
_GRAY_MODES = frozenset({"L", "I;16", "I"})


@dataclass(frozen=True, slots=True)
class BadImage:
    """A file that is not trained on, or that deserves a warning.

    Args:
        path: relative to `directory`, as on disk; clean it before display.
        directory: the folder that holds the class folders.
        reason: a few words, safe to show.
    """

    path: str
    directory: str
    reason: str


@dataclass(frozen=True, slots=True)
class CheckReport:
    """The result of decoding every file.

    Args:
        bad: files that Keras cannot read or that the settings leave out, in Keras's order.
        checked: number of files that were checked.
        seconds: how long it took.
        huge: files that Keras reads, but that Pillow warns of: they take much memory.
        cancelled: whether it ended before the last file.
    """

    bad: tuple[BadImage, ...]
    checked: int
    seconds: float
    huge: tuple[BadImage, ...] = ()
    cancelled: bool = False


def left_out_images(settings: LoaderSettings) -> tuple[BadImage, ...]:
    """Return the files that the settings leave out, whether they exist or not."""
    return tuple(
        BadImage(path, directory, LEFT_OUT)
        for directory in (settings.directory, settings.validation_directory)
        if directory is not None
        for path in sorted(left_out_names(settings, directory))
    )


def check_images(
    settings: LoaderSettings,
    *,
    progress: Callable[[int, int], None] | None = None,
    workers: int | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> CheckReport:
    """Decode every file that Keras would read, for training and for validation.

    Args:
        settings: which folders and classes, and the color mode to convert to.
        progress: called in the calling thread with files done and files in all, at most ten
            times a second and once at the end.
        workers: threads; all cores when None. Pillow releases Python's lock while it decodes.
        cancelled: called between files; True ends the check early.

    Returns:
        The bad files, and among them those that `settings.leave_out` names, which are not
        opened. A bad file never raises.
    """
    started = time.perf_counter()
    load_formats()
    files = [
        (directory, path)
        for directory in (settings.directory, settings.validation_directory)
        if directory is not None
        for path in list_images(directory, settings.classes)
    ]
    unwanted = {(image.directory, image.path) for image in left_out_images(settings)}

    def check(file: _File) -> _Outcome:
        if file in unwanted:
            return LEFT_OUT, ""
        return _try_image(os.path.join(*file), settings.color_mode)

    bad: list[BadImage] = []
    huge: list[BadImage] = []
    done, reported, stopped = 0, started, False
    # Closed explicitly, not by the garbage collector: closing cancels the waiting tasks.
    with closing(map_in_order(check, files, workers)) as results:
        for (directory, path), (why, warning) in results:
            done += 1
            if why:
                bad.append(BadImage(path, directory, why))
            elif warning:
                huge.append(BadImage(path, directory, warning))
            now = time.perf_counter()
            if progress is not None and now - reported >= _PROGRESS_SECONDS:
                reported = now
                progress(done, len(files))
            if cancelled is not None and cancelled():
                stopped = done < len(files)
                break
    if progress is not None:
        progress(done, len(files))
    return CheckReport(tuple(bad), done, time.perf_counter() - started, tuple(huge), stopped)


_Outcome = tuple[str, str]  # why it is bad, and a warning; each empty if there is none
_File = tuple[str, str]


def _try_image(path: str, color_mode: str) -> _Outcome:
    """Decode one file as Keras does."""
    from PIL import Image

    try:
        with open_file(path) as file, open_image(file) as image, decoding(image):
            width, height = image.size
            image.load()
            mode = _MODES.get(color_mode, "L")
            kept = image.mode in _GRAY_MODES if mode == "L" else image.mode == mode
            if not kept:
                image.convert(mode)
            if width * height > (Image.MAX_IMAGE_PIXELS or width * height):
                return "", f"{width:,}×{height:,} pixels, more than Pillow reads without a warning"
            return "", ""
    except UnreadableImage as error:
        return str(error), ""
    except Exception as error:
        return unreadable_reason(error), ""
