"""Folders whose names hold a part of a set and a class in one, as `train_sea` and `test_sea`."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

from tui.datasets.folder.same_names import alike_key
from tui.datasets.folder.scan import Level, has_images
from tui.datasets.layouts.halves import Part, part_of
from tui.datasets.layouts.roles import Role, apart


@dataclass(frozen=True, slots=True)
class Grid:
    """Folders of images by part and class.

    Args:
        train: class → its folder to train on, sorted.
        validation: class → its folder to validate on, of at least one class.
        left: names of folders of other parts.
    """

    train: Mapping[str, Part]
    validation: Mapping[str, Part]
    left: tuple[str, ...]


def find_grid(level: Level) -> Grid | None:
    """Recognise folders whose names hold both a part of a set and a class.

    Returns:
        None where fewer than two classes stand in the names, or not two parts of the same class.
    """
    found: dict[Role, dict[str, tuple[str, str]]] = {}  # role → folded class → class, folder
    others = 0
    read = {name: apart(name) for name in level.folders}
    if len({role for role, label in read.values() if role and label}) < 2:
        return None  # without a look at the disk
    for name, (role, label) in read.items():
        if not has_images(os.path.join(level.path, name)):
            continue
        if not role or not label:
            others += 1
            continue
        if found.setdefault(role, {}).setdefault(alike_key(label), (label, name))[1] != name:
            return None  # two folders for one class and part
    train = found.pop("train", {})
    both = {key for labels in found.values() for key in labels if key in train}
    if len(train) < 2 or not both or (len(both) == 1 and others):
        return None
    roles: tuple[Role, ...] = ("validation", "test")
    second = next(found[one] for one in roles if both & set(found.get(one, {})))
    spelled = {key: label for key, (label, _) in train.items()}
    validation = {
        spelled[key]: part_of(level.path, name)
        for key, (_, name) in sorted(second.items())
        if key in spelled
    }
    used = {name for _, name in train.values()} | {part.name for part in validation.values()}
    left = tuple(name for _, name in _all(found) if name not in used)
    parts = {label: part_of(level.path, name) for label, name in sorted(train.values())}
    return Grid(parts, validation, left)


def _all(found: Mapping[Role, Mapping[str, tuple[str, str]]]) -> list[tuple[str, str]]:
    return sorted(pair for labels in found.values() for pair in labels.values())
