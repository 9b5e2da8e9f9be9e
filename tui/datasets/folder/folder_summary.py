"""The values that describe a folder of images."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from tui.common.text import clean

Severity = Literal["error", "warning", "note"]
Layout = Literal["classes", "split"]
Reading = Literal["auto", "folders", "halves", "names", "table"]
"""How a folder is read: "auto" goes by its contents, "folders" takes each sub-folder as a class,
"halves" takes the sub-folders as parts of one dataset (training and validation), and "names" and
"table" take the labels from the file names or from a table."""
READINGS: tuple[Reading, ...] = ("auto", "folders", "halves", "names", "table")

_NAME_LENGTH = 60


class FolderError(Exception):
    """A folder cannot be used at all; the message is one sentence with its cure."""


@dataclass(frozen=True, slots=True)
class ClassCount:
    """One class and its images.

    Args:
        name: the class folder's name as on disk; clean it before display.
        images: images to train on (all of them, before any validation split).
        validation_images: images in the validation folder; None when there is no such folder.
    """

    name: str
    images: int
    validation_images: int | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that a user should know about a folder.

    Args:
        severity: "error" stops training, "warning" is likely a mistake, "note" is information.
        kind: a fixed identifier, such as "hidden_folders".
        sentence: what was found and what to do, safe to show.
        names: the files or folders it is about, all of them, safe to show.
        suggestion: path of the folder that was probably meant, as on disk.
        readings: other ways to read the folder that resolve it, most likely first.
    """

    severity: Severity
    kind: str
    sentence: str
    names: tuple[str, ...] = ()
    suggestion: str | None = None
    readings: tuple[Reading, ...] = ()


@dataclass(frozen=True, slots=True)
class FolderSummary:
    """The classes, image counts and findings of a folder.

    Args:
        path: absolute path of the folder.
        layout: "classes" (one folder for each class) or "split" (holds `train/`).
        train_directory: the folder whose sub-folders are the classes.
        validation_directory: the same for validation, or None.
        classes: every class folder, sorted by name, empty ones too.
        findings: errors first, then warnings, then notes.
        reading: the requested reading.
    """

    path: str
    layout: Layout
    train_directory: str
    validation_directory: str | None
    classes: tuple[ClassCount, ...]
    findings: tuple[Finding, ...] = ()
    reading: Reading = "auto"

    @property
    def training_images(self) -> int:
        """Return the number of images in the training folder."""
        return sum(item.images for item in self.classes)

    @property
    def validation_images(self) -> int:
        """Return the number of images in the validation folder, 0 when there is none."""
        return sum(item.validation_images or 0 for item in self.classes)

    @property
    def images(self) -> int:
        """Return the number of all images, for training and for validation."""
        return self.training_images + self.validation_images

    @property
    def trainable(self) -> bool:
        """Return whether nothing stops training on this folder."""
        return not any(item.severity == "error" for item in self.findings)

    @property
    def readings(self) -> tuple[Reading, ...]:
        """Return the other readings that findings offer, most likely first."""
        return next((item.readings for item in self.findings if item.readings), ())


def short_name(name: str) -> str:
    """Return a name from disk, safe to show and not too long."""
    return clean(name, limit=_NAME_LENGTH)


def clean_names(names: Iterable[str]) -> tuple[str, ...]:
    """Return all names, safe to show, none of them cut."""
    return tuple(clean(name) for name in names)


def join_names(names: Iterable[str], most: int = 4) -> str:
    """Return names as part of a sentence, safe to show.

    >>> join_names(["a", "b", "c"], most=2)
    'a, b and 1 more'
    """
    every = list(names)
    shown = [short_name(name) for name in every[:most]]
    rest = len(every) - len(shown)
    if rest:
        return f"{', '.join(shown)} and {rest:,} more"
    return " and ".join(filter(None, [", ".join(shown[:-1]), *shown[-1:]]))


def pluralize(number: int, singular: str, plural: str | None = None) -> str:
    """Return a number with its noun.

    >>> pluralize(1, "image"), pluralize(2000, "image"), pluralize(2, "class", "classes")
    ('1 image', '2,000 images', '2 classes')
    """
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"
