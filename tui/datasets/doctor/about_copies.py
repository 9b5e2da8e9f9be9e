"""The same picture more than once: in two classes, in training and validation, in one class."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tui.datasets.doctor.members import Members
from tui.datasets.doctor.model import Diagnosis, Pair, Remedy, Side
from tui.datasets.summary import counted

_LEAK = (
    "The network has seen the very image that it is judged by: the validation score is better "
    "than it will be on new images, and overfitting shows too late."
)


@dataclass(frozen=True)
class _Group:
    """Files that are used and belong together; the first is the one the others are like."""

    training: list[int]
    validation: list[int]
    labels: set[str]

    @property
    def all(self) -> list[int]:
        return sorted(self.training + self.validation)


def about_copies(members: Members) -> Iterable[Diagnosis]:
    """Yield images whose bytes are the same."""
    groups = [_group(members, group) for group in members.examination.copies]
    groups = [group for group in groups if len(group.all) > 1]
    yield from _split_copies(members, [one for one in groups if one.training and one.validation])
    yield from _class_copies(members, [one for one in groups if len(one.labels) > 1])
    within = [one for one in groups if len(one.labels) == 1 and not _crosses(one)]
    if within:
        again = [index for group in within for index in group.all[1:]]
        yield Diagnosis(
            "note",
            "copies_within",
            f"{_images(within)} more than once in a class",
            members.names(_indices(within)),
            "The same bytes under several names.",
            "Each copy counts once more: the network leans towards what is copied.",
            "It reads every copy.",
            tuple(_copy_of(members, within)),
            Remedy(
                f"leave out {counted(len(again), 'copy', 'copies')}", members.leaving_out(again)
            ),
            _pairs(members, within),
        )


def about_alike(members: Members) -> Iterable[Diagnosis]:
    """Yield images that look alike and are not the same bytes."""
    copies = {group[0]: group for group in members.examination.copies}
    groups = []
    for alike in members.examination.alike:
        # Of files with the same bytes one a side stands for all.
        kept: list[int] = []
        distinct = 0
        for first in alike:
            one = _group(members, copies.get(first, (first,)))
            kept += one.training[:1] + one.validation[:1]
            distinct += bool(one.all)
        if distinct > 1:
            groups.append(_group(members, kept))
    split = [group for group in groups if _crosses(group)]
    if split:
        yield _alike(
            members,
            split,
            "alike_split",
            "in training and validation",
            "If they are the same scene, saved twice or shot in a row, the validation score is "
            "better than it will be on new images.",
            _other_split(members, split),
        )
    across = [group for group in groups if len(group.labels) > 1]
    if across:
        yield _alike(
            members,
            across,
            "alike_across",
            "in different classes",
            "If they are the same scene, one of the labels is wrong.",
        )
    within = [group for group in groups if len(group.labels) == 1 and not _crosses(group)]
    if within:
        yield _alike(
            members,
            within,
            "alike_within",
            "in a class",
            "Scenes shot in a row, or saved again at another size, count several times.",
        )


def _split_copies(members: Members, groups: list[_Group]) -> Iterator[Diagnosis]:
    if not groups:
        return
    training = [index for group in groups for index in group.training]
    yield Diagnosis(
        "warning",
        "copies_split",
        f"{_images(groups)} in training and in validation",
        members.names(_indices(groups)),
        "The same bytes stand on both sides.",
        _LEAK,
        "It reads both.",
        tuple(_copy_of(members, groups, sides=True)),
        Remedy(
            f"leave out {counted(len(training), 'copy', 'copies')} in training",
            members.leaving_out(training),
        ),
        _pairs(members, groups),
    )


def _class_copies(members: Members, groups: list[_Group]) -> Iterator[Diagnosis]:
    if not groups:
        return
    everything = _indices(groups)
    yield Diagnosis(
        "warning",
        "copies_across",
        f"{_images(groups)} in more than one class",
        members.names(everything),
        "The same bytes have two labels, so at least one of them is wrong. Look which, and delete "
        "the other.",
        "The network is told two answers for one image: it can never learn it, and half of the "
        "copies count as mistakes.",
        "It reads every copy.",
        tuple(_copy_of(members, groups)),
        Remedy(f"leave out all {len(everything):,} of them", members.leaving_out(everything)),
        _pairs(members, groups),
    )


def _alike(
    members: Members,
    groups: list[_Group],
    kind: str,
    where: str,
    why: str,
    remedy: Remedy | None = None,
) -> Diagnosis:
    indices = _indices(groups)
    return Diagnosis(
        "note" if kind == "alike_within" else "warning",
        kind,
        f"{counted(len(indices), 'image')} that look alike {where}",
        members.names(indices),
        "Their light and dark places lie nearly the same. That is a guess: look at them before "
        "you leave any out.",
        why,
        "It reads them all.",
        tuple(_like(members, groups, sides=kind == "alike_split")),
        remedy,
        _pairs(members, groups),
    )


def _other_split(members: Members, groups: list[_Group]) -> Remedy:
    if members.settings.validation_directory is None:
        return Remedy("split anew by a seed, what looks alike on one side")
    training = [index for group in groups for index in group.training]
    return Remedy(
        f"leave out {counted(len(training), 'image')} in training", members.leaving_out(training)
    )


def _group(members: Members, indices: Iterable[int]) -> _Group:
    used = [index for index in indices if index in members.is_used]
    return _Group(
        [index for index in used if index not in members.validates],
        [index for index in used if index in members.validates],
        {members.files[index].label for index in used},
    )


def _crosses(group: _Group) -> bool:
    return bool(group.training and group.validation)


def _indices(groups: list[_Group]) -> list[int]:
    return [index for group in groups for index in group.all]


def _images(groups: list[_Group]) -> str:
    return counted(len(groups), "image is", "images are")


def _copy_of(members: Members, groups: list[_Group], *, sides: bool = False) -> Iterator[str]:
    yield from _relation(members, groups, "the same as", sides=sides)


def _like(members: Members, groups: list[_Group], *, sides: bool) -> Iterator[str]:
    yield from _relation(members, groups, "looks like", sides=sides)


def _pairs(members: Members, groups: list[_Group]) -> tuple[Pair, ...]:
    """Return the first of each group beside each of the others."""
    return tuple(
        Pair(_side(members, group.all[0]), _side(members, index))
        for group in groups
        for index in group.all[1:]
    )


def _side(members: Members, index: int) -> Side:
    file = members.files[index]
    part = "validation" if index in members.validates else "training"
    size = f"{file.facts.width:,}×{file.facts.height:,} pixels"
    path = os.path.join(file.directory, file.path)
    return Side(path, f"{members.names([index])[0]}\n{part}, {size}")


def _relation(members: Members, groups: list[_Group], words: str, *, sides: bool) -> Iterator[str]:
    """Say of each file but the first of its group what it is like, and on which side it stands."""
    for group in groups:
        first = members.names(group.all[:1])[0]
        for position, index in enumerate(group.all):
            side = "validation" if index in members.validates else "training"
            parts = [side] if sides else []
            parts += [f"{words} {first}"] if position else []
            yield ", ".join(parts)
