"""Read names from disk: a folder's direct entries, and everything in a class folder."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass

from tui.common.text import clean
from tui.datasets.folder.folder_summary import FolderError, short_name
from tui.datasets.folder.listing import (
    NON_IMAGE_ENDINGS,
    UNREAD_IMAGE_ENDINGS,
    is_folder,
    is_image_name,
    walk_folder,
)
from tui.datasets.images.picture_formats import file_format
from tui.datasets.layouts.label_tables import TABLE_ENDINGS

# Left behind by unpackers, interpreters and file servers: never a class of images.
SYSTEM_FOLDERS = frozenset({"__MACOSX", "__pycache__", "@eaDir", "lost+found"})
ARCHIVE_ENDINGS = (".zip", ".tar", ".tgz", ".gz", ".bz2", ".xz", ".7z", ".rar")


@dataclass(frozen=True, slots=True)
class FolderEntries:
    """A folder's direct entries.

    Args:
        path: the folder.
        folders: names of the folders that can be classes, sorted.
        hidden: names of folders that are never classes, sorted.
        loops: names of links back to this folder or to one above it, sorted.
        images: names of the images directly in it, sorted.
        dangling: names of broken links and links to themselves, sorted; without those that are
            named like images.
        tables: names of the tables (CSV) directly in it, sorted.
    """

    path: str
    folders: tuple[str, ...]
    hidden: tuple[str, ...]
    loops: tuple[str, ...]
    images: tuple[str, ...]
    dangling: tuple[str, ...]
    tables: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ClassScan:
    """The contents of a class folder; its paths begin with the class name.

    Args:
        images: number of files that Keras reads, at any depth.
        skipped: number of files that are not pictures, by ending; safe to show.
        pictures: paths of pictures that Keras does not read.
        formats: number of those, by ending or format; safe to show.
        nested: paths of folders inside it that hold images.
        links: paths of links to folders.
        unreadable: paths of folders that could not be listed.
        closed: whether the class folder itself could not be listed.
    """

    images: int
    skipped: Counter[str]
    pictures: tuple[str, ...]
    formats: Counter[str]
    nested: tuple[str, ...]
    links: tuple[str, ...]
    unreadable: tuple[str, ...]
    closed: bool


def scan_folder(path: str) -> FolderEntries:
    """Read a folder's direct entries, sorted by kind.

    Raises:
        FolderError: when it cannot be listed.
    """
    folders, hidden, loops, images, dangling, tables = [], [], [], [], [], []
    real = os.path.realpath(path)
    try:
        with os.scandir(path) as entries:
            for entry in entries:
                if not is_folder(entry):
                    if is_image_name(entry.name):
                        images.append(entry.name)
                    elif entry.name.lower().endswith(TABLE_ENDINGS):
                        tables.append(entry.name)
                    elif entry.is_symlink() and not os.path.exists(entry.path):
                        dangling.append(entry.name)
                elif entry.name.startswith(".") or entry.name in SYSTEM_FOLDERS:
                    hidden.append(entry.name)
                elif entry.is_symlink() and _leads_up(entry.path, real):
                    loops.append(entry.name)
                else:
                    folders.append(entry.name)
    except OSError as error:
        raise FolderError(
            f"The folder {clean(path)} cannot be listed ({error.strerror or clean(error)}): "
            "make it readable, or choose another one."
        ) from error
    found = (folders, hidden, loops, images, dangling, tables)
    ordered = [tuple(sorted(names)) for names in found]
    return FolderEntries(path, *ordered)


def scan_class(folder: str) -> ClassScan:
    """Count the files in a class folder, at any depth."""
    tree = walk_folder(folder)
    images = 0
    skipped: Counter[str] = Counter()
    nested = []
    pictures = []
    formats: Counter[str] = Counter()
    above = os.path.dirname(folder)
    for path, names in tree.folders:
        here = sum(map(is_image_name, names))
        images += here
        for name in names if here < len(names) else ():
            if is_image_name(name):
                continue
            kind = _picture_kind(path, name)
            if kind:
                formats[kind] += 1
                pictures.append(os.path.relpath(os.path.join(path, name), above))
            else:
                skipped[_ending(name)] += 1
        if here and path != folder:
            nested.append(os.path.relpath(path, above))
    return ClassScan(
        images,
        skipped,
        tuple(pictures),
        formats,
        tuple(nested),
        tuple(os.path.relpath(path, above) for path in tree.links),
        tuple(os.path.relpath(path, above) for path in tree.unreadable),
        folder in tree.unreadable,
    )


def class_folders_in(path: str) -> list[str]:
    """Return the sub-folders that can be classes; none if the folder cannot be listed."""
    try:
        return list(scan_folder(path).folders)
    except FolderError:
        return []


def has_images(path: str) -> bool:
    """Return whether a folder holds an image directly; stops at the first."""
    try:
        with os.scandir(path) as entries:
            return any(is_image_name(entry.name) and not is_folder(entry) for entry in entries)
    except OSError:
        return False


def archives_in(path: str) -> list[str]:
    """Return the names of the archives in a folder, sorted; none if it cannot be listed."""
    try:
        with os.scandir(path) as entries:
            return sorted(
                entry.name
                for entry in entries
                if entry.name.lower().endswith(ARCHIVE_ENDINGS) and not is_folder(entry)
            )
    except OSError:
        return []


def _leads_up(link: str, real: str) -> bool:
    target = os.path.realpath(link)
    return os.path.commonpath([target, real]) == target


def _picture_kind(folder: str, name: str) -> str:
    """Return a picture's ending, or its format if the ending is unknown; else an empty text."""
    ending = os.path.splitext(name)[1].lower()
    if ending in UNREAD_IMAGE_ENDINGS:
        return ending
    if ending in NON_IMAGE_ENDINGS or name.startswith("."):
        return ""
    found = file_format(os.path.join(folder, name))
    return f"{_ending(name)}: {found} by its content" if found else ""


def _ending(name: str) -> str:
    stem, ending = os.path.splitext(name)
    if ending:
        return short_name(ending.lower())
    # A file such as .DS_Store has no ending: its name says more.
    return short_name(stem) if stem.startswith(".") else "no ending"
