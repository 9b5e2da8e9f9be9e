"""Keras's iterator over a folder, whose errors name the file that cannot be read."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from keras.src.legacy.preprocessing.image import DirectoryIterator
from keras.src.utils import image_utils

from tui.datasets.images.image_files import unreadable_reason

NO_FILE = "Not a regular file any more"


class FilesIterator(DirectoryIterator):  # type: ignore[misc]
    """Keras's own iterator, which checks before each batch that its files are regular files.

    They were before the first epoch. Opening a named pipe waits until somebody writes to it, and a
    training that waits there could not be stopped. Keras's own error names no file.
    """

    changed: Callable[[str], object] | None = None
    """Called once, with the path of the first image whose file was changed."""
    _marks: Any = None

    def _get_batches_of_transformed_samples(self, index_array: Any) -> Any:
        paths = [self.filepaths[index] for index in index_array]
        refuse_irregular_files(paths)
        try:
            batch = super()._get_batches_of_transformed_samples(index_array)
        except Exception as error:
            raise error_naming_file(error, paths, self) from error
        if self.changed is not None:
            self._compare(index_array, paths)
        return batch

    def _compare(self, index_array: Any, paths: list[str]) -> None:
        """Compare files with those of the epoch before, by size, time and inode."""
        if self._marks is None:
            self._marks = np.zeros((self.n, 3), np.int64)
        for index, path in zip(index_array, paths, strict=True):
            try:
                status = os.stat(path)
            except OSError:
                continue  # gone since it was read: the next epoch reports it
            mark = (status.st_size, status.st_mtime_ns, status.st_ino)
            before = tuple(self._marks[index].tolist())
            self._marks[index] = mark
            if any(before) and before != mark and self.changed is not None:
                report, self.changed = self.changed, None
                report(path)
                return


def refuse_irregular_files(paths: Iterable[str]) -> None:
    """Raise if one of the paths is a pipe, a socket or a device.

    Raises:
        OSError: with its path.
    """
    for path in paths:
        try:
            mode = os.stat(path).st_mode
        except OSError:
            continue  # opening it says what is wrong
        if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
            raise OSError(errno.EINVAL, NO_FILE, path)


def error_naming_file(
    error: Exception, paths: Iterable[str], iterator: DirectoryIterator
) -> Exception:
    """Return an error that names the file that could not be read.

    Args:
        error: as Keras or Pillow raised it.
        paths: the batch's files.
        iterator: has the settings with which they are read.

    Returns:
        The same error, if it names a file already, or if every file can be read now.
    """
    if isinstance(error, MemoryError) or (isinstance(error, OSError) and error.filename):
        return error
    for path in paths:
        try:
            with image_utils.load_img(
                path,
                color_mode=iterator.color_mode,
                target_size=iterator.target_size,
                interpolation=iterator.interpolation,
                keep_aspect_ratio=iterator.keep_aspect_ratio,
            ) as image:
                image.load()  # one that is neither converted nor resized is only opened by then
        except MemoryError:
            return error
        except Exception as found:
            if isinstance(found, OSError) and found.filename:
                return found
            return OSError(
                errno.EIO, "empty" if _is_empty(path) else unreadable_reason(found), path
            )
    return error


def _is_empty(path: str) -> bool:
    try:
        return os.path.getsize(path) == 0
    except OSError:
        return False
