"""The files and settings that an array of decoded images is made from, and its key.

The key changes with anything that may change a pixel: the files with their sizes, times and
inodes, the target size, the colour mode, the interpolation, and the versions of Pillow and its
JPEG decoder.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from functools import cached_property

from tui.datasets.folder.listing import list_images
from tui.datasets.loader.loader_settings import CHANNELS, LoaderSettings

FORMAT = 2
"""Increased when the file format or the way of decoding changes."""


@dataclass(frozen=True, slots=True)
class FileState:
    """The state of an image file on disk.

    Args:
        path: relative to the folder that holds the class folders.
        size: bytes; -1 if there is no such file.
        changed: modification time (mtime) in nanoseconds.
        inode: distinguishes two files that have swapped names.
        status_changed: change time (ctime) in nanoseconds: name, mode or content; it cannot be set
            back.
    """

    path: str
    size: int
    changed: int
    inode: int = 0
    status_changed: int = 0

    @classmethod
    def of(cls, path: str, status: os.stat_result) -> FileState:
        """Return the state of a file from its `os.stat` result."""
        return cls(path, status.st_size, status.st_mtime_ns, status.st_ino, status.st_ctime_ns)


@dataclass(frozen=True)
class ArrayPlan:
    """The files of an array, and how they are read.

    Args:
        directory: the folder that holds the class folders.
        files: every image of the classes, in Keras's order; one for each row of the array.
        target_size: height and width.
        color_mode: as in :class:`LoaderSettings`.
        interpolation: as in :class:`LoaderSettings`.
    """

    directory: str
    files: tuple[FileState, ...]
    target_size: tuple[int, int]
    color_mode: str
    interpolation: str

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """Return images, height, width, channels."""
        return (len(self.files), *self.target_size, CHANNELS[self.color_mode])

    @property
    def row_bytes(self) -> int:
        """Return the bytes of one image."""
        _, height, width, channels = self.shape
        return height * width * channels

    @property
    def bytes(self) -> int:
        """Return the bytes of all images."""
        return len(self.files) * self.row_bytes

    @cached_property
    def decoding_digest(self) -> str:
        """Return a digest of all that determines a file's pixels besides the file itself."""
        import PIL
        from PIL import features

        facts = (
            FORMAT,
            PIL.__version__,
            features.version("jpg"),
            features.version("libjpeg_turbo"),
            self.target_size,
            self.color_mode,
            self.interpolation,
        )
        return hashlib.sha256(repr(facts).encode()).hexdigest()[:10]

    @cached_property
    def folder_digest(self) -> str:
        """Return a digest of the folder's path."""
        # Two folders unpacked from the same archive can agree in every name, size and time.
        real = os.fsencode(os.path.realpath(self.directory))
        return hashlib.sha256(real).hexdigest()[:10]

    @cached_property
    def key(self) -> str:
        """Return the array's key: equal keys mean equal pixels."""
        found = hashlib.sha256()
        for file in self.files:
            facts = (file.size, file.changed, file.inode, file.status_changed)
            found.update(os.fsencode(f"\0{file.path}\0{facts}"))
        return self.decoding_digest + self.folder_digest + found.hexdigest()[:20]


def plan_array(directory: str, settings: LoaderSettings) -> ArrayPlan:
    """Plan the array of a folder's files as they are now."""
    files = tuple(file_state(directory, path) for path in list_images(directory, settings.classes))
    return ArrayPlan(
        directory, files, settings.target_size, settings.color_mode, settings.interpolation
    )


def array_plans(settings: LoaderSettings) -> tuple[ArrayPlan, ...]:
    """Plan the arrays of a run: one for `directory`, and one for a validation folder."""
    folders = (settings.directory, settings.validation_directory)
    return tuple(plan_array(folder, settings) for folder in folders if folder is not None)


def file_state(directory: str, path: str) -> FileState:
    """Return a file's state; a missing file has size -1 and is reported when it is decoded."""
    try:
        status = os.stat(os.path.join(directory, path))
    except (OSError, ValueError):
        return FileState(path, -1, 0)
    return FileState.of(path, status)
