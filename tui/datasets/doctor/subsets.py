"""The training files and the validation files under given settings."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from tui.common.text import clean
from tui.datasets.doctor.compact_sequences import LazyTexts
from tui.datasets.doctor.examination_result import Examination, ImageFiles
from tui.datasets.folder.left_out import leave_out, left_out_name, left_out_names
from tui.datasets.folder.listing import split_counts
from tui.datasets.loader.image_counts import ImageCounts
from tui.datasets.loader.loader_settings import LoaderSettings

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Marks = NDArray[np.bool_]
    Indices = NDArray[np.int64]


@dataclass(frozen=True)
class Subsets:
    """The files of an examination, divided as the settings divide them.

    Args:
        examination: the examined files.
        settings: the loader's settings; `examination.fits(settings)` must be true.
    """

    examination: Examination
    settings: LoaderSettings

    @property
    def files(self) -> ImageFiles:
        """Return all files of both subsets."""
        return self.examination.files

    @cached_property
    def left_out(self) -> Marks:
        """Return for each file whether the settings leave it out."""
        import numpy as np

        marks = np.zeros(len(self.files), dtype=np.bool_)
        for number, directory in enumerate(self.files.directories):
            names = left_out_names(self.settings, directory)
            if names:
                for place in range(self.files.starts[number], self.files.end(number)):
                    marks[place] = self.files.paths[place] in names
        return marks

    @cached_property
    def validates(self) -> Marks:
        """Return for each file whether it is for validation, readable or not.

        Keras takes the first share of each class's list before anything is left out.
        """
        import numpy as np

        files = self.files
        marks = np.zeros(len(files), dtype=np.bool_)
        if self.settings.validation_directory is not None:
            marks[files.starts[-1] :] = True
            return marks
        split = self.settings.validation_split
        if not 0 <= split < 1:  # invalid, and reported elsewhere
            return marks
        for places in self.classes().values():
            marks[places[: split_counts(len(places), split)[1]]] = True
        return marks

    @cached_property
    def is_used(self) -> Marks:
        """Return for each file whether it is used: readable, and not left out."""
        return ~self.left_out & self.files.table.readable

    @cached_property
    def used(self) -> Indices:
        """Return the indices of the used files."""
        import numpy as np

        return np.flatnonzero(self.is_used)

    def subset(self, *, validation: bool) -> dict[str, Indices]:
        """Return the used files of one subset, by class in label order."""
        import numpy as np

        here = self.is_used & (self.validates == validation)
        numbers = self._numbers()
        return {
            name: np.flatnonzero(here & (numbers == self.files.labels.index(name)))
            for name in self.settings.classes
        }

    @property
    def counts(self) -> ImageCounts:
        """Return how many images a training reads, by class in label order."""
        training, validation = self.subset(validation=False), self.subset(validation=True)
        return ImageCounts(
            tuple(map(len, training.values())),
            tuple(map(len, validation.values())),
            int(self.left_out.sum()),
        )

    def classes(self) -> dict[str, Indices]:
        """Return the files of each class that has any, used or not."""
        import numpy as np

        numbers = self._numbers()
        found = {
            name: np.flatnonzero(numbers == number) for number, name in enumerate(self.files.labels)
        }
        return {name: places for name, places in found.items() if len(places)}

    def _numbers(self) -> NDArray[np.int32]:
        import numpy as np

        return np.frombuffer(self.files.classes, dtype=np.int32)

    def name(self, index: int) -> str:
        """Return a file's path below the chosen folder, safe to show."""
        directory = self.files.directory(index)
        inner = self._inner[directory]
        return clean(os.path.normpath(os.path.join(inner, self.files.paths[index])))

    @cached_property
    def _inner(self) -> dict[str, str]:
        top = self.examination.summary.path
        return {each: os.path.relpath(each, top) for each in self.files.directories}

    def names(self, indices: Sequence[int] | Indices) -> LazyTexts:
        """Return paths below the chosen folder, safe to show, each made when it is read."""
        return LazyTexts(len(indices), lambda place: self.name(int(indices[place])))

    def texts(self, indices: Sequence[int] | Indices, text: Callable[[int], str]) -> LazyTexts:
        """Return a text for each of some files, made when it is read."""
        return LazyTexts(len(indices), lambda place: text(int(indices[place])))

    def leaving_out(self, indices: Iterable[int] | Indices) -> Callable[[], LoaderSettings]:
        """Return a function that returns settings which also leave out these files."""
        files, settings = self.files, self.settings
        return lambda: leave_out(
            settings,
            (
                left_out_name(settings, files.directory(index), files.paths[index])
                for index in map(int, indices)
            ),
        )
