"""What looking at a folder's images has shown, as plain values."""

from __future__ import annotations

import os
from dataclasses import dataclass

from tui.datasets.doctor.facts import ImageFacts
from tui.datasets.settings import LoaderSettings
from tui.datasets.summary import FolderSummary

Groups = tuple[tuple[int, ...], ...]


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
        path: relative to `directory`, as it stands on disk; clean it before it is shown.
        facts: what it shows.
    """

    directory: str
    path: str
    facts: ImageFacts

    @property
    def label(self) -> str:
        """Return the name of its class."""
        return self.path.split(os.sep, 1)[0]


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
    files: tuple[ImageFile, ...]
    copies: Groups
    alike: Groups
    read: int
    seconds: float

    def fits(self, settings: LoaderSettings) -> bool:
        """Return whether these settings read the very files that were looked at."""
        return (
            self.directory == settings.directory
            and self.validation_directory == settings.validation_directory
            and self.classes == settings.classes
        )
