"""Findings about duplicates: across classes, in training and validation, within a class."""

from __future__ import annotations

import os
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tui.datasets.doctor.compact_sequences import Groups, LazySequence, LazyTexts
from tui.datasets.doctor.diagnosis_types import ComparedImage, Diagnosis, ImagePair, Remedy
from tui.datasets.doctor.subsets import Subsets
from tui.datasets.folder.folder_summary import pluralize

_LEAK = (
    "The network is validated on images that it was trained on: the validation score is better "
    "than it will be on new images, and overfitting shows too late."
)


class _DuplicateGroups:
    """The groups of a finding; each holds only files that are used."""

    def __init__(self, subsets: Subsets) -> None:
        self._subsets = subsets
        self._indices, self._ends = array("i"), array("i")

    def add(self, group: Iterable[int]) -> None:
        """Add a group."""
        self._indices.extend(sorted(group))
        self._ends.append(len(self._indices))

    def __len__(self) -> int:
        return len(self._ends)

    @property
    def indices(self) -> array[int]:
        """All files, group after group."""
        return self._indices

    @property
    def training(self) -> array[int]:
        """The training files among them."""
        return array("i", (index for index in self._indices if not self._subsets.validates[index]))

    @property
    def again(self) -> array[int]:
        """All but the first of each group."""
        return Groups(self._indices, self._ends).later()

    def relations(self, words: str, *, sides: bool = False) -> LazyTexts:
        """Describe each file: its subset, and the first of its group, which it resembles."""
        firsts = Groups(self._indices, self._ends).firsts()

        def text(place: int) -> str:
            index, first = self._indices[place], firsts[place]
            side = "validation" if self._subsets.validates[index] else "training"
            parts = [side] if sides else []
            parts += [f"{words} {self._subsets.name(first)}"] if index != first else []
            return ", ".join(parts)

        return LazyTexts(len(self._indices), text)

    def pairs(self) -> LazySequence[ImagePair]:
        """Return the first of each group beside each of the others."""
        indices, ends = self._indices, self._ends
        groups = range(len(ends))

        def pair(number: int) -> ImagePair:
            # A group has one pair less than files.
            group = bisect_right(groups, number, key=lambda item: ends[item] - (item + 1))
            first = ends[group - 1] if group else 0
            return ImagePair(self._side(indices[first]), self._side(indices[number + group + 1]))

        return LazySequence(len(indices) - len(ends), pair)

    def _side(self, index: int) -> ComparedImage:
        files = self._subsets.files
        facts = files.table[index]
        part = "validation" if self._subsets.validates[index] else "training"
        size = f"{facts.width:,}×{facts.height:,} pixels"
        path = os.path.join(files.directory(index), files.paths[index])
        return ComparedImage(path, f"{self._subsets.name(index)}\n{part}, {size}")


@dataclass(frozen=True)
class _UsedGroup:
    """Files that are used and belong together."""

    used: list[int]
    crosses: bool
    classes: int


def diagnose_copies(subsets: Subsets) -> Iterable[Diagnosis]:
    """Yield images whose bytes are the same."""
    split, across, within = (
        _DuplicateGroups(subsets),
        _DuplicateGroups(subsets),
        _DuplicateGroups(subsets),
    )
    for indices in subsets.examination.copies:
        group = _group(subsets, indices)
        if len(group.used) > 1:
            _add_to_kinds(group, split, across, within)
    yield from _split_copies(subsets, split)
    yield from _class_copies(subsets, across)
    if len(within):
        again = within.again
        yield Diagnosis(
            "note",
            "copies_within",
            f"{_images(within)} duplicated within a class",
            subsets.names(within.indices),
            "The same bytes under several names.",
            "Each copy counts once more, which biases the network towards duplicated images.",
            "It reads every copy.",
            within.relations("the same as"),
            Remedy(
                f"leave out {pluralize(len(again), 'copy', 'copies')}", subsets.leaving_out(again)
            ),
            within.pairs(),
        )


def diagnose_similar(subsets: Subsets) -> Iterable[Diagnosis]:
    """Yield images that look alike and are not the same bytes."""
    copies = _CopiesOf(subsets)
    split, across, within = (
        _DuplicateGroups(subsets),
        _DuplicateGroups(subsets),
        _DuplicateGroups(subsets),
    )
    for similar in subsets.examination.similar:
        # Of files with the same bytes, one for each subset represents all.
        kept: list[int] = []
        distinct = 0
        for first in similar:
            used = _group(subsets, copies.of(first)).used
            sides = {bool(subsets.validates[index]): index for index in reversed(used)}
            kept += sides.values()
            distinct += bool(used)
        if distinct > 1:
            _add_to_kinds(_group(subsets, kept), split, across, within)
    if len(split):
        yield _similar_diagnosis(
            subsets,
            split,
            "alike_split",
            "in training and validation",
            "If they are the same scene, saved twice or shot in a row, the validation score is "
            "better than it will be on new images.",
            _other_split(subsets, split),
        )
    if len(across):
        yield _similar_diagnosis(
            subsets,
            across,
            "alike_across",
            "in different classes",
            "If they are the same scene, one of the labels is wrong.",
        )
    if len(within):
        yield _similar_diagnosis(
            subsets,
            within,
            "alike_within",
            "in a class",
            "Scenes shot in a row, or saved again at another size, count several times.",
        )


class _CopiesOf:
    """Finds the copies of a file that is the first of its group."""

    def __init__(self, subsets: Subsets) -> None:
        self._groups = subsets.examination.copies
        # In the order of their first, so that a file's group is found by bisection.
        self._firsts = array("i", (group[0] for group in self._groups))

    def of(self, first: int) -> tuple[int, ...]:
        place = bisect_left(self._firsts, first)
        if place < len(self._firsts) and self._firsts[place] == first:
            return self._groups[place]
        return (first,)


def _split_copies(subsets: Subsets, found: _DuplicateGroups) -> Iterator[Diagnosis]:
    if not len(found):
        return
    training = found.training
    yield Diagnosis(
        "warning",
        "copies_split",
        f"{_images(found)} in training and in validation",
        subsets.names(found.indices),
        "The same bytes are in both subsets.",
        _LEAK,
        "It reads both.",
        found.relations("the same as", sides=True),
        Remedy(
            f"leave out {pluralize(len(training), 'copy', 'copies')} in training",
            subsets.leaving_out(training),
        ),
        found.pairs(),
    )


def _class_copies(subsets: Subsets, found: _DuplicateGroups) -> Iterator[Diagnosis]:
    if not len(found):
        return
    yield Diagnosis(
        "warning",
        "copies_across",
        f"{_images(found)} in more than one class",
        subsets.names(found.indices),
        "The same bytes have two labels, so at least one of them is wrong. Find out which, and "
        "delete that copy.",
        "The network gets two labels for one image: it can never learn it, and half of the copies "
        "count as errors.",
        "It reads every copy.",
        found.relations("the same as"),
        Remedy(f"leave out all {len(found.indices):,} of them", subsets.leaving_out(found.indices)),
        found.pairs(),
    )


def _similar_diagnosis(
    subsets: Subsets,
    found: _DuplicateGroups,
    kind: str,
    where: str,
    why: str,
    remedy: Remedy | None = None,
) -> Diagnosis:
    return Diagnosis(
        "note" if kind == "alike_within" else "warning",
        kind,
        f"{pluralize(len(found.indices), 'image')} that look alike {where}",
        subsets.names(found.indices),
        "Their light and dark areas are nearly the same. That is a guess: look at them before you "
        "leave any out.",
        why,
        "It reads them all.",
        found.relations("looks like", sides=kind == "alike_split"),
        remedy,
        found.pairs(),
    )


def _other_split(subsets: Subsets, found: _DuplicateGroups) -> Remedy:
    if subsets.settings.validation_directory is None:
        return Remedy("split again by a seed, with similar images in the same subset")
    training = found.training
    return Remedy(
        f"leave out {pluralize(len(training), 'image')} in training", subsets.leaving_out(training)
    )


def _group(subsets: Subsets, indices: Iterable[int]) -> _UsedGroup:
    used = [index for index in indices if subsets.is_used[index]]
    sides = {bool(subsets.validates[index]) for index in used}
    classes = {subsets.files.classes[index] for index in used}
    return _UsedGroup(used, len(sides) > 1, len(classes))


def _add_to_kinds(
    group: _UsedGroup, split: _DuplicateGroups, across: _DuplicateGroups, within: _DuplicateGroups
) -> None:
    """Add a group to the kinds that apply to it; it may be both of the first two."""
    if group.crosses:
        split.add(group.used)
    if group.classes > 1:
        across.add(group.used)
    if group.classes == 1 and not group.crosses:
        within.add(group.used)


def _images(found: _DuplicateGroups) -> str:
    return pluralize(len(found), "image is", "images are")
