"""What looking at a folder's images has shown, as plain values."""

from __future__ import annotations

import os
from array import array
from collections.abc import Sequence
from dataclasses import dataclass

from tui.datasets.doctor.compact_sequences import CompactSequence, Groups
from tui.datasets.doctor.fact_table import FactTable, Paths
from tui.datasets.doctor.image_facts import ImageFacts
from tui.datasets.folder.folder_summary import FolderSummary
from tui.datasets.loader.loader_settings import LoaderSettings


class ExaminationCancelled(Exception):
    """The examination was asked to stop; what it had read is kept for the next one."""


@dataclass(frozen=True, slots=True)
class ExaminationProgress:
    """How far an examination is.

    Args:
        done: files whose facts are known.
        total: files in all.
        read: files that were opened, the others being known from before.
    """

    done: int
    total: int
    read: int


@dataclass(frozen=True, slots=True)
class ImageFile:
    """One file that Keras reads.

    Args:
        directory: the folder that holds the class folders.
        path: relative to `directory`, as on disk; clean it before display.
        facts: what it shows.
    """

    directory: str
    path: str
    facts: ImageFacts

    @property
    def label(self) -> str:
        """Return the name of its class."""
        return self.path.split(os.sep, 1)[0]


class ImageFiles(CompactSequence[ImageFile]):
    """The files of a folder, or of one for training and one for validation, one after the other.

    Args:
        directories: the folders.
        starts: for each, the place of its first file.
        labels: the names of the classes.
    """

    __slots__ = ("classes", "directories", "labels", "paths", "starts", "table")
    __hash__ = CompactSequence.__hash__

    def __init__(self, directories: Sequence[str], labels: Sequence[str]) -> None:
        self.directories = tuple(directories)
        self.starts: list[int] = []
        self.labels = tuple(labels)
        self.classes = array("i")
        """For each file the place of its class in `labels`."""
        self.paths = Paths()
        self.table = FactTable()

    def __len__(self) -> int:
        return len(self.paths)

    def _item(self, place: int) -> ImageFile:
        return ImageFile(self.directory(place), self.paths[place], self.table[place])

    def directory(self, place: int) -> str:
        """Return the folder that holds a file's class folder."""
        later = (number for number, start in enumerate(self.starts) if start <= place)
        return self.directories[max(later)]

    def end(self, number: int) -> int:
        """Return the place behind the last file of a folder."""
        return self.starts[number + 1] if number + 1 < len(self.starts) else len(self.paths)

    def label(self, place: int) -> str:
        """Return the name of a file's class."""
        return self.labels[self.classes[place]]


@dataclass(frozen=True, slots=True)
class Examination:
    """What a folder's images show.

    Args:
        summary: the folder, its classes and what its names alone tell.
        directory: of the training images.
        validation_directory: of the validation images, or None.
        classes: the classes that were looked at, in label order.
        files: every file that Keras reads, in its order; training before validation.
        copies: indices into `files` of those with the same bytes, group by group.
        alike: indices of those that look alike and are no copies, group by group; of files
            with the same bytes only the first stands there.
        read: files that were opened, the others being known from before.
        seconds: how long it took.
    """

    summary: FolderSummary
    directory: str
    validation_directory: str | None
    classes: tuple[str, ...]
    files: ImageFiles
    copies: Groups
    similar: Groups
    read: int
    seconds: float

    def fits(self, settings: LoaderSettings) -> bool:
        """Return whether these settings read the very files that were looked at."""
        return (
            self.directory == settings.directory
            and self.validation_directory == settings.validation_directory
            and self.classes == settings.classes
        )
