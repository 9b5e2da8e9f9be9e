"""Recognise folders that are parts of one dataset (train, validation, test) by their contents."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tui.datasets.folder.folder_summary import FolderError
from tui.datasets.folder.scan import FolderEntries, class_folders_in, has_images, scan_folder
from tui.datasets.folder.similar_names import name_key
from tui.datasets.layouts.folder_names import Role, is_generic_name, parse_folder_name, split_role

_DEEPEST = 3
_MOST_PARTS = 40


@dataclass(frozen=True, slots=True)
class Part:
    """A sub-folder of the chosen folder, and its contents.

    Args:
        name: the folder's name.
        role: its role in a dataset, according to its name.
        directory: the folder that holds its class folders: the folder itself, or the inner one
            of two with the same name, as in `seg_train/seg_train`.
        classes: names of the folders there that hold images.
        images: names of the images directly in it.
        inside: the sub-folder that holds the images if it is not a class, such as `images` in
            `test/images`.
    """

    name: str
    role: Role
    directory: str
    classes: tuple[str, ...]
    images: tuple[str, ...]
    inside: str = ""


@dataclass(frozen=True, slots=True)
class DatasetParts:
    """The parts of a dataset.

    Args:
        train: the training part; None if no name shows which it is, or it has no class folders.
        validation: the validation part; None if no other part has the same classes.
        left: the other parts.
    """

    train: Part | None
    validation: Part | None
    left: tuple[Part, ...]

    @property
    def parts(self) -> tuple[Part, ...]:
        """Return all parts, the training part first."""
        return tuple(part for part in (self.train, self.validation, *self.left) if part)


def find_parts(level: FolderEntries) -> DatasetParts | None:
    """Return the parts of a dataset, if the sub-folders are parts and not classes.

    They are parts if one is named like a training folder and holds class folders, or if several
    hold class folders of the same names and one of them is named like a part.

    Args:
        level: the chosen folder.

    Returns:
        None if the folders are classes, or nothing shows that they are parts.
    """
    roles = {name: parse_folder_name(name).role for name in level.folders}
    if not any(roles.values()) or len(level.folders) > _MOST_PARTS:
        return None
    parts = [read_part(level.path, name) for name in level.folders]
    parts = [part for part in parts if part.classes or part.images or part.role]
    full = [part for part in parts if part.classes and not part.images]
    training = [part for part in full if part.role == "train"]
    for part in sorted(training, key=lambda item: (-len(item.classes), len(item.name), item.name)):
        others = [other for other in parts if other is not part]
        shared = any(share_classes(part, other) for other in others)
        nested = [other for other in others if other.classes and not other.role]
        if shared or (len(part.classes) > 1 and not nested):
            return _choose_validation(part, others)
    if len(full) == 1 and _class_count(full[0]) > 1 and not full[0].role and len(parts) > 1:
        others = [part for part in parts if part is not full[0]]
        if all(
            part.role and not part.classes and not parse_folder_name(part.name).rest
            for part in others
        ):
            return _choose_validation(full[0], others)
    groups = [
        part
        for part in full
        if any(share_classes(part, other) for other in full if other is not part)
    ]
    plain = [part for part in groups if not part.role]
    if len(groups) > 1 and len(plain) < len(groups):
        if len(plain) == 1:
            return _choose_validation(plain[0], [part for part in parts if part is not plain[0]])
        return DatasetParts(None, None, tuple(parts))
    flat = [part for part in parts if part.images and not part.classes and part.role]
    if full and flat and all(part.role for part in parts) and max(map(_class_count, full)) > 1:
        return DatasetParts(None, None, tuple(parts))
    return None


def _class_count(part: Part) -> int:
    return len(part.classes)


def _choose_validation(train: Part, others: Sequence[Part]) -> DatasetParts:
    """Choose the validation part; a folder named validation comes before one named test."""
    fit = [
        part
        for part in others
        if share_classes(train, part) and part.role in ("validation", "test")
    ]
    fit.sort(key=lambda part: (part.role == "test", len(part.name), part.name))
    validation = fit[0] if fit else None
    return DatasetParts(train, validation, tuple(part for part in others if part is not validation))


def share_classes(first: Part, second: Part) -> bool:
    """Return whether two parts share at least half of the classes of the one with fewer."""
    both = {name_key(name) for name in first.classes} & {name_key(name) for name in second.classes}
    fewer = min(len(first.classes), len(second.classes))
    return bool(both) and 2 * len(both) >= fewer


def share_any_class(first: Part, second: Part) -> bool:
    """Return whether two parts have a class in common."""
    return not {name_key(name) for name in first.classes}.isdisjoint(map(name_key, second.classes))


def read_part(top: str, name: str) -> Part:
    """Read the contents of one sub-folder."""
    place = os.path.join(top, name)
    role = parse_folder_name(name).role
    try:
        level = scan_folder(place)
        for _ in range(_DEEPEST):
            if level.images or len(level.folders) != 1:
                break
            inner = scan_folder(os.path.join(level.path, level.folders[0]))
            again = level.folders[0].casefold() == os.path.basename(level.path).casefold()
            if not (again or len(folders_with_images(inner)) > 1):
                break
            level = inner
        if not level.images and len(level.folders) == 1 and is_generic_name(level.folders[0]):
            inner = scan_folder(os.path.join(level.path, level.folders[0]))
            if inner.images and not folders_with_images(inner):
                return Part(name, role, inner.path, (), inner.images, level.folders[0])
    except FolderError:  # it cannot be listed, which `describe` reports
        return Part(name, role, place, (), ())
    classes = folders_with_images(level)
    deeper = "" if classes or not level.images else os.path.relpath(level.path, place)
    inside = "" if deeper == os.curdir else deeper
    return Part(name, role, level.path, classes, level.images, inside)


def folders_with_images(level: FolderEntries) -> tuple[str, ...]:
    """Return the sub-folders that hold images, directly or one level down."""
    return tuple(
        name for name in level.folders if _has_images_below(os.path.join(level.path, name))
    )


def _has_images_below(folder: str) -> bool:
    return has_images(folder) or any(
        has_images(os.path.join(folder, name)) for name in class_folders_in(folder)[:_MOST_PARTS]
    )


def differ_in_numbers_only(names: Sequence[str]) -> bool:
    """Return whether names differ in their numbers only, as folds of a cross-validation do.

    >>> differ_in_numbers_only(["fold1", "fold2", "fold10"])
    True
    >>> differ_in_numbers_only(["cats", "dogs"])
    False
    """
    stems = {re.sub(r"\d+", "#", name).casefold() for name in names}
    return len(names) > 1 and len(stems) == 1 and "#" in stems.pop()


@dataclass(frozen=True, slots=True)
class PartClassFolders:
    """Folders of images whose names hold both a part of a dataset and a class.

    Args:
        train: class → its training folder, sorted.
        validation: class → its validation folder, for at least one class.
        left: names of folders of other parts.
    """

    train: Mapping[str, Part]
    validation: Mapping[str, Part]
    left: tuple[str, ...]


def find_part_class_folders(level: FolderEntries) -> PartClassFolders | None:
    """Recognise folders such as `train_sea`, whose names hold both a part and a class.

    Returns:
        None if the names hold fewer than two classes, or no class has two parts.
    """
    found: dict[Role, dict[str, tuple[str, str]]] = {}  # role → folded class → class, folder
    others = 0
    read = {name: split_role(name) for name in level.folders}
    if len({role for role, label in read.values() if role and label}) < 2:
        return None  # decided without reading the disk
    for name, (role, label) in read.items():
        if not has_images(os.path.join(level.path, name)):
            continue
        if not role or not label:
            others += 1
            continue
        if found.setdefault(role, {}).setdefault(name_key(label), (label, name))[1] != name:
            return None  # two folders for one class and part
    train = found.pop("train", {})
    both = {key for labels in found.values() for key in labels if key in train}
    if len(train) < 2 or not both or (len(both) == 1 and others):
        return None
    roles: tuple[Role, ...] = ("validation", "test")
    second = next(found[role] for role in roles if both & set(found.get(role, {})))
    spelled = {key: label for key, (label, _) in train.items()}
    validation = {
        spelled[key]: read_part(level.path, name)
        for key, (_, name) in sorted(second.items())
        if key in spelled
    }
    used = {name for _, name in train.values()} | {part.name for part in validation.values()}
    left = tuple(name for _, name in _sorted_pairs(found) if name not in used)
    parts = {label: read_part(level.path, name) for label, name in sorted(train.values())}
    return PartClassFolders(parts, validation, left)


def _sorted_pairs(found: Mapping[Role, Mapping[str, tuple[str, str]]]) -> list[tuple[str, str]]:
    return sorted(pair for labels in found.values() for pair in labels.values())
