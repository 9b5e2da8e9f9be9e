"""Findings about the classes of a folder: their number, their images and their names."""

from __future__ import annotations

import os
import shlex
from collections.abc import Collection, Iterable, Mapping, Sequence

from tui.common.text import clean
from tui.datasets.folder.folder_summary import (
    ClassCount,
    Finding,
    clean_names,
    join_names,
    pluralize,
    short_name,
)
from tui.datasets.folder.listing import split_counts
from tui.datasets.folder.scan import (
    ClassScan,
    FolderEntries,
    archives_in,
    class_folders_in,
    has_images,
    scan_class,
)
from tui.datasets.layouts.folder_names import parse_folder_name
from tui.datasets.loader.loader_settings import DEFAULT_SPLIT, is_utf8

_CURE = "Make one sub-folder for each class and put its images there."
_MOST_SIBLINGS = 50
_DEEPEST = 5


def check_path(path: str) -> list[Finding]:
    """Check the path of the chosen folder."""
    if is_utf8(path):
        return []
    return [
        Finding(
            "error",
            "undecodable_path",
            f"The path {clean(path)} holds bytes that are not UTF-8. Rename the folder.",
        )
    ]


def check_classes(
    level: FolderEntries,
    classes: Sequence[ClassCount],
    scans: Mapping[str, ClassScan],
    *,
    chosen: bool,
) -> list[Finding]:
    """Check that there are at least two classes with images.

    Args:
        level: the folder that holds the class folders.
        classes: its classes, empty ones too.
        scans: what each class folder holds.
        chosen: whether `level` is the folder that the user chose, not `train/` inside it.
    """
    full = [item.name for item in classes if item.images]
    found: list[Finding] = []
    if not classes and level.images:
        found.append(_no_class_folders(level, look_beside=chosen))
    elif not full:
        found.append(_no_images(level))
    elif len(full) == 1:
        found.append(_single_class(level, full[0]))
    empty = [item.name for item in classes if not item.images and not scans[item.name].closed]
    if full and empty:
        found.append(
            Finding(
                "warning",
                "empty_class",
                f"No images in {join_names(empty)}: not used as "
                f"{'a class' if len(empty) == 1 else 'classes'}. Add images there, or remove the "
                "empty folder.",
                clean_names(empty),
            )
        )
    return found + _names(full)


def _names(full: Sequence[str]) -> list[Finding]:
    found: list[Finding] = []
    undecodable = [name for name in full if not is_utf8(name)]
    if undecodable:
        found.append(
            Finding(
                "error",
                "undecodable_class",
                f"Not UTF-8: the class {'name' if len(undecodable) == 1 else 'names'} "
                f"{join_names(undecodable)}. Rename the "
                f"{'folder' if len(undecodable) == 1 else 'folders'}.",
                clean_names(undecodable),
            )
        )
    unprintable = [name for name in full if is_utf8(name) and clean(name) != name]
    if unprintable:
        found.append(
            Finding(
                "warning",
                "control_characters",
                f"Control characters in the class name {join_names(unprintable)}, shown here as "
                "symbols. Rename the folder, unless they are intended.",
                clean_names(unprintable),
            )
        )
    return found


def _no_class_folders(level: FolderEntries, *, look_beside: bool) -> Finding:
    """Report images without class folders; perhaps a class folder was chosen by mistake."""
    number = pluralize(len(level.images), "image")
    parent, own = os.path.split(level.path)
    siblings = _siblings_with_images(parent, own) if look_beside else []
    if siblings:
        return Finding(
            "error",
            "class_folder",
            f"{short_name(own)} holds {number} and no sub-folders, and {join_names(siblings)} "
            f"beside it {'holds' if len(siblings) == 1 else 'hold'} images too: this looks like "
            f"one class. Choose the folder above, {clean(parent)}.",
            clean_names([own, *siblings]),
            suggestion=parent,
        )
    return Finding(
        "error",
        "flat",
        f"{number} directly in {short_name(own)}, and no sub-folders. {_CURE}",
        clean_names(level.images),
    )


def _siblings_with_images(parent: str, own: str) -> list[str]:
    beside = [name for name in class_folders_in(parent) if name != own][:_MOST_SIBLINGS]
    return [name for name in beside if has_images(os.path.join(parent, name))]


def _no_images(level: FolderEntries) -> Finding:
    archives = archives_in(level.path)
    if archives:
        # Prefer an archive that is named like training images.
        likely = next(
            (name for name in archives if parse_folder_name(name).role == "train"), archives[0]
        )
        command = shlex.quote(clean(os.path.join(level.path, likely)))
        return Finding(
            "error",
            "no_images",
            f"No images here, but {'an archive' if len(archives) == 1 else 'archives'}: "
            f"{join_names(archives)}. Unpack first: cnn-tui data get {command}",
            clean_names(archives),
        )
    if not level.folders:
        others = scan_class(level.path)
        formats = join_names(
            f"{name} ({number:,})" for name, number in others.formats.most_common()
        )
        more = (
            f" Keras does not read the {pluralize(len(others.pictures), 'picture')} there "
            f"({formats}): convert {'it' if len(others.pictures) == 1 else 'them'} to PNG or JPEG."
            if others.pictures
            else ""
        )
        return Finding(
            "error",
            "no_images",
            f"No images and no class folders in {short_name(os.path.basename(level.path))}.{more} "
            f"{_CURE}",
        )
    return Finding(
        "error",
        "no_images",
        f"No images in {join_names(level.folders)}. Keras reads files that end in png, jpg, jpeg, "
        "bmp, ppm, tif or tiff: put some there, or choose another folder.",
        clean_names(level.folders),
    )


def _single_class(level: FolderEntries, name: str) -> Finding:
    inside = os.path.join(level.path, name)
    # Unpacking an archive often leaves a folder in a folder of the same name.
    for _ in range(_DEEPEST):
        inner = class_folders_in(inside)
        if has_images(inside) or len(inner) != 1:
            break
        inside = os.path.join(inside, inner[0])
    if not has_images(inside) and len(class_folders_in(inside)) > 1:
        return Finding(
            "error",
            "look_inside",
            f"The only folder with images is {short_name(name)}, and the class folders are further "
            f"down. Choose {clean(inside)}.",
            clean_names([name]),
            suggestion=inside,
        )
    return Finding(
        "error",
        "single_class",
        f"Only one class has images, {short_name(name)}: there is nothing to tell apart. Add a "
        "second sub-folder with other images.",
        clean_names([name]),
    )


def check_class_sizes(classes: Iterable[ClassCount]) -> list[Finding]:
    """Report classes so small that the default validation split takes none of their images."""
    few = [
        item.name
        for item in classes
        if item.images and not split_counts(item.images, DEFAULT_SPLIT)[1]
    ]
    if not few:
        return []
    return [
        Finding(
            "warning",
            "few_images",
            f"Too few images in {join_names(few)}: a validation split of {DEFAULT_SPLIT} takes "
            "none of them. Add images, or choose a larger split.",
            clean_names(few),
        )
    ]


def check_validation(
    level: FolderEntries,
    classes: Iterable[ClassCount],
    extra: Sequence[str],
    *,
    reported: Collection[str],
) -> list[Finding]:
    """Compare the validation folder's classes with those of the training folder.

    Args:
        level: the validation folder.
        classes: the training folder's classes.
        extra: class folders that only the validation folder has.
        reported: classes whose missing validation images another finding explains.
    """
    full = [item for item in classes if item.images]
    without = [item.name for item in full if not item.validation_images]
    found: list[Finding] = []
    missing = [name for name in without if name not in reported]
    where = short_name(os.path.basename(level.path))
    if full and len(without) == len(full):
        found.append(
            Finding(
                "warning",
                "validation_empty",
                f"The validation folder {clean(level.path)} has no images of these classes. Use a "
                "validation split, or put one sub-folder for each class there.",
            )
        )
    elif missing:
        found.append(
            Finding(
                "warning",
                "validation_missing",
                f"No images of {join_names(missing)} in {where}. Add some; otherwise the "
                "validation score says nothing about them.",
                clean_names(missing),
            )
        )
    if extra:
        found.append(
            Finding(
                "warning",
                "validation_extra",
                f"{join_names(extra)} in {where}: not a class of the training folder, so left "
                f"out. Rename {'it' if len(extra) == 1 else 'them'} to match if a class was meant.",
                clean_names(extra),
            )
        )
    return found


def check_parent(path: str, train: Sequence[str], validation: Sequence[str]) -> list[Finding]:
    """Report that the chosen folder is one half of a training and validation pair."""
    parent, own = os.path.split(path)
    if own.lower() not in {*train, *validation}:
        return []
    beside = {name.lower() for name in class_folders_in(parent)}
    if not (beside & set(train) and beside & set(validation)):
        return []
    return [
        Finding(
            "note",
            "split_above",
            f"This is one half of a training and validation pair. Choose {clean(parent)} to use "
            "both.",
            suggestion=parent,
        )
    ]
