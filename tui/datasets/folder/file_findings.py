"""Findings about files and folders that are not read, or that are read unexpectedly."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from tui.datasets.folder.folder_summary import (
    Finding,
    clean_names,
    join_names,
    pluralize,
    short_name,
)
from tui.datasets.folder.scan import ClassScan, FolderEntries
from tui.datasets.layouts.folder_names import parse_folder_name


def check_folder_entries(level: FolderEntries) -> list[Finding]:
    """Report what is beside the class folders and is not read."""
    found: list[Finding] = []
    if level.hidden:
        found.append(
            Finding(
                "note",
                "hidden_folders",
                f"Not used as {'a class' if len(level.hidden) == 1 else 'classes'}: hidden or "
                f"system {'folder' if len(level.hidden) == 1 else 'folders'} "
                f"{join_names(level.hidden)}.",
                clean_names(level.hidden),
            )
        )
    if level.loops:
        found.append(
            Finding(
                "warning",
                "link_loop",
                f"Left out: {join_names(level.loops)}, a link back to a folder that contains it.",
                clean_names(level.loops),
            )
        )
    if level.dangling:
        found.append(
            Finding(
                "warning",
                "dangling_folder",
                f"{join_names(level.dangling)} beside the class folders: "
                f"{'a broken link' if len(level.dangling) == 1 else 'broken links'}. "
                "If a class was meant, fix the link.",
                clean_names(level.dangling),
            )
        )
    if level.images and level.folders:
        found.append(
            Finding(
                "warning",
                "stray_images",
                f"{pluralize(len(level.images), 'image')} beside the class folders, such as "
                f"{short_name(level.images[0])}: not read. Move them into a class folder to use "
                "them.",
                clean_names(level.images),
            )
        )
    return found


def check_unused_folders(level: FolderEntries, used: Collection[str]) -> list[Finding]:
    """Report what is beside `train/` and `validation/` and is not read."""
    found = check_folder_entries(level)
    others = [name for name in level.folders if name not in used]
    if others:
        words = f"Not read: {join_names(others)}."
        tests = [name for name in others if parse_folder_name(name).role == "test"]
        if tests:
            words += f" Kept for a final test: {join_names(tests)}."
        found.append(Finding("note", "other_folders", words, clean_names(others)))
    return found


def check_class_contents(scans: Mapping[str, ClassScan]) -> list[Finding]:
    """Report what in the class folders is read unexpectedly, or not read."""
    skipped: Counter[str] = Counter()
    pictures: Counter[str] = Counter()
    for scan in scans.values():
        skipped.update(scan.skipped)
        pictures.update(scan.formats)
    paths = [path for scan in scans.values() for path in scan.pictures]
    found = _skipped_files(dict(skipped.most_common()), dict(pictures.most_common()), paths)
    inner = [path for scan in scans.values() for path in scan.nested]
    # Jupyter puts copies of opened images into `.ipynb_checkpoints`, in class folders too.
    hidden = [path for path in inner if f"{os.sep}." in path]
    nested = [path for path in inner if f"{os.sep}." not in path]
    if hidden:
        found.append(
            Finding(
                "warning",
                "hidden_nested",
                f"{pluralize(len(hidden), 'hidden folder')} inside the class folders, such as "
                f"{short_name(hidden[0])}: Keras reads the images there too, and they are often "
                "copies. Remove them, unless they are intended.",
                clean_names(hidden),
            )
        )
    if nested:
        found.append(
            Finding(
                "note",
                "nested",
                f"{pluralize(len(nested), 'folder')} inside the class folders, such as "
                f"{short_name(nested[0])}: Keras reads the images there as part of the class.",
                clean_names(nested),
            )
        )
    links = [path for scan in scans.values() for path in scan.links]
    if links:
        found.append(
            Finding(
                "warning",
                "links_not_followed",
                f"{pluralize(len(links), 'link')} to a folder inside the class folders, such as "
                f"{short_name(links[0])}: Keras does not follow them. Copy the images to use them.",
                clean_names(links),
            )
        )
    closed = [path for scan in scans.values() for path in scan.unreadable]
    if closed:
        found.append(
            Finding(
                "warning",
                "unreadable",
                f"{join_names(closed)} cannot be listed, so the images there are not read. Change "
                "the permissions to use them.",
                clean_names(closed),
            )
        )
    return found


def _skipped_files(
    others: Mapping[str, int], pictures: Mapping[str, int], paths: Sequence[str]
) -> list[Finding]:
    found: list[Finding] = []
    if pictures:
        found.append(
            Finding(
                "warning",
                "other_pictures",
                f"{pluralize(sum(pictures.values()), 'picture')} that Keras does not read: "
                f"{_endings(pictures)}. Convert them to PNG or JPEG to train on them.",
                clean_names(paths),
            )
        )
    if others:
        found.append(
            Finding(
                "note",
                "skipped_files",
                f"{pluralize(sum(others.values()), 'other file')} not read: {_endings(others)}.",
                clean_names(others),
            )
        )
    return found


def _endings(numbers: Mapping[str, int]) -> str:
    return join_names([f"{name} ({number:,})" for name, number in numbers.items()])
