"""Which files train and which validate, once the settings have had their say."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from tui.datasets.doctor.examination import Examination, ImageFile
from tui.datasets.leaving import name_left_out, names_left_out, without
from tui.datasets.listing import split_counts
from tui.datasets.planned import Planned
from tui.datasets.settings import LoaderSettings
from tui.text import clean


@dataclass(frozen=True)
class Members:
    """The files of an examination as these settings use them.

    Args:
        examination: what the files show.
        settings: that read them; `examination.fits(settings)` holds.
    """

    examination: Examination
    settings: LoaderSettings

    @property
    def files(self) -> tuple[ImageFile, ...]:
        """Return all files, of both sides."""
        return self.examination.files

    @cached_property
    def left_out(self) -> frozenset[int]:
        """Indices of the files that the settings leave out."""
        names = {
            directory: names_left_out(self.settings, directory)
            for directory in {file.directory for file in self.files}
        }
        return frozenset(
            index for index, file in enumerate(self.files) if file.path in names[file.directory]
        )

    @cached_property
    def validates(self) -> frozenset[int]:
        """Indices of the files on the validation side, readable or not.

        Keras takes the first share of each class's list before anything is left out.
        """
        if self.settings.validation_directory is not None:
            second = self.settings.validation_directory
            return frozenset(i for i, file in enumerate(self.files) if file.directory == second)
        split = self.settings.validation_split
        if not 0 <= split < 1:  # impossible, and told as such
            return frozenset()
        chosen: list[int] = []
        for members in self._classes().values():
            count = split_counts(len(members), split)[1]
            chosen += members[:count]
        return frozenset(chosen)

    @cached_property
    def used(self) -> tuple[int, ...]:
        """Indices of the files that are read at all: not left out, and readable."""
        return tuple(
            index
            for index, file in enumerate(self.files)
            if index not in self.left_out and file.facts.readable
        )

    @cached_property
    def is_used(self) -> frozenset[int]:
        """The same as a set."""
        return frozenset(self.used)

    def side(self, *, validation: bool) -> dict[str, list[int]]:
        """Return the used files of one side, by class in label order."""
        sides: dict[str, list[int]] = {name: [] for name in self.settings.classes}
        for index in self.used:
            if (index in self.validates) == validation:
                sides[self.files[index].label].append(index)
        return sides

    @property
    def counts(self) -> Planned:
        """Return how many images a training reads, by class in label order."""
        training, validation = self.side(validation=False), self.side(validation=True)
        return Planned(
            tuple(map(len, training.values())),
            tuple(map(len, validation.values())),
            len(self.left_out),
        )

    def _classes(self) -> dict[str, list[int]]:
        classes: dict[str, list[int]] = {}
        for index, file in enumerate(self.files):
            classes.setdefault(file.label, []).append(index)
        return classes

    def names(self, indices: Iterable[int]) -> tuple[str, ...]:
        """Return paths below the chosen folder, safe to show."""
        top = self.examination.summary.path
        inner: dict[str, str] = {}
        shown = []
        for index in indices:
            file = self.files[index]
            if file.directory not in inner:
                inner[file.directory] = os.path.relpath(file.directory, top)
            path = os.path.normpath(os.path.join(inner[file.directory], file.path))
            shown.append(clean(path))
        return tuple(shown)

    def leaving_out(self, indices: Iterable[int]) -> LoaderSettings:
        """Return settings that leave out these files too."""
        return without(
            self.settings,
            (
                name_left_out(self.settings, self.files[index].directory, self.files[index].path)
                for index in indices
            ),
        )
