"""The result of examining a folder's images."""

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
    """The examination was cancelled; what it had read is cached for the next one."""


@dataclass(frozen=True, slots=True)
class ExaminationProgress:
    """How far an examination is.

    Args:
        done: files whose facts are known.
        total: files in all.
        read: files that were opened; the facts of the others were cached.
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
        facts: its facts.
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
        starts: for each, the index of its first file.
        labels: the names of the classes.
    """

    __slots__ = ("classes", "directories", "labels", "paths", "starts", "table")
    __hash__ = CompactSequence.__hash__

    def __init__(self, directories: Sequence[str], labels: Sequence[str]) -> None:
        self.directories = tuple(directories)
        self.starts: list[int] = []
        self.labels = tuple(labels)
        self.classes = array("i")
        """For each file the index of its class in `labels`."""
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
        """Return the index after the last file of a folder."""
        return self.starts[number + 1] if number + 1 < len(self.starts) else len(self.paths)

    def label(self, place: int) -> str:
        """Return the name of a file's class."""
        return self.labels[self.classes[place]]


@dataclass(frozen=True, slots=True)
class Examination:
    """The result of examining a folder's images.

    Args:
        summary: the folder, as `describe` returns it.
        directory: the folder of the training images.
        validation_directory: the folder of the validation images, or None.
        classes: the examined classes, in label order.
        files: every file that Keras reads, in its order; training before validation.
        copies: indices into `files` of those with the same bytes, group by group.
        similar: indices of those that look alike and are not copies, group by group; of files
            with the same bytes only the first is included.
        read: files that were opened; the facts of the others were cached.
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
        """Return whether these settings read exactly the files that were examined."""
        return (
            self.directory == settings.directory
            and self.validation_directory == settings.validation_directory
            and self.classes == settings.classes
        )
