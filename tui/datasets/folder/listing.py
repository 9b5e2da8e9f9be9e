"""The files of a folder that Keras reads, in its order.

`flow_from_directory` walks each class folder with `os.walk`, sorts the folders by their path
and the names within each folder, and takes every name with one of its endings. The same rules
are implemented here without Keras, because the screens must not import it.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

IMAGE_ENDINGS = ("png", "jpg", "jpeg", "bmp", "ppm", "tif", "tiff")
"""The endings that Keras accepts, without a dot: Keras checks only how the name ends."""

UNREAD_IMAGE_ENDINGS = frozenset(
    {".gif", ".webp", ".heic", ".heif", ".hif", ".avif", ".avifs", ".jfif", ".jpe", ".jxl", ".mpo"}
    | {".jp2", ".j2k", ".j2c", ".jpc", ".jpf", ".jpx", ".jxr", ".svg", ".svgz", ".ico", ".icns"}
    | {".cur", ".tga", ".icb", ".vda", ".vst", ".pgm", ".pbm", ".pnm", ".pfm", ".pcx", ".dcx"}
    | {".psd", ".dds", ".dib", ".sgi", ".bw", ".rgb", ".rgba", ".ras", ".xbm", ".xpm", ".qoi"}
    | {".fit", ".fits", ".fli", ".flc", ".ftc", ".ftu", ".gbr", ".im", ".msp", ".pcd", ".pxr"}
    | {".blp", ".iim", ".emf", ".wmf", ".palm", ".eps", ".exr", ".hdr", ".bpg"}
    | {".dng", ".cr2", ".cr3", ".nef", ".arw", ".orf", ".rw2", ".raf", ".pef", ".srw"}  # raw photos
)
"""Endings of picture files that Keras skips silently."""

NON_IMAGE_ENDINGS = frozenset(
    {".txt", ".csv", ".tsv", ".json", ".jsonl", ".xml", ".md", ".ini", ".db", ".yaml", ".yml"}
    | {".html", ".htm", ".py", ".ipynb", ".npy", ".npz", ".pdf", ".zip", ".gz", ".tar", ".mat"}
    | {".log", ".doc", ".docx", ".mp4", ".mov", ".avi", ".mkv", ".mp3", ".wav", ".cat", ".url"}
)
"""Endings of common files that are not pictures; they are not opened to check."""


@dataclass(frozen=True, slots=True)
class FolderTree:
    """One class folder as Keras walks it.

    Args:
        folders: each folder's path and its sorted file names, sorted by path.
        links: paths of links to folders, which Keras does not follow.
        unreadable: paths of folders that could not be listed.
    """

    folders: tuple[tuple[str, tuple[str, ...]], ...]
    links: tuple[str, ...] = ()
    unreadable: tuple[str, ...] = ()


@dataclass(slots=True)
class _WalkLists:
    folders: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)


def is_image_name(name: str) -> bool:
    """Return whether Keras would take a file of this name for an image.

    >>> is_image_name("CAT.JPG"), is_image_name("cat.webp")
    (True, False)
    """
    return name.lower().endswith(IMAGE_ENDINGS)


def is_folder(entry: os.DirEntry[str]) -> bool:
    """Return whether an entry is a folder or a link to one, as `os.walk` decides it."""
    try:
        return entry.is_dir()
    except OSError:  # a link to itself
        return False


def walk_folder(folder: str) -> FolderTree:
    """List everything below a folder as `os.walk(folder, followlinks=False)` would.

    A folder that cannot be listed is skipped, as in Keras, and named in the result.

    Args:
        folder: path of a class folder; it may itself be a link.

    Returns:
        The folders with their file names, and what was skipped.
    """
    found = _WalkLists()
    # An explicit stack: os.walk recurses before Python 3.12, and a tree can be deep.
    waiting = [folder]
    while waiting:
        path = waiting.pop()
        names: list[str] = []
        try:
            with os.scandir(path) as entries:
                for entry in entries:
                    if not is_folder(entry):
                        names.append(entry.name)
                    elif entry.is_symlink():
                        found.links.append(entry.path)
                    else:
                        waiting.append(entry.path)
        except OSError:
            found.unreadable.append(path)
            continue
        found.folders.append((path, tuple(sorted(names))))
    return FolderTree(
        tuple(sorted(found.folders, key=lambda pair: pair[0])),
        tuple(sorted(found.links)),
        tuple(sorted(found.unreadable)),
    )


def class_images(directory: str, name: str) -> list[str]:
    """List one class's images as paths relative to `directory`, in Keras's order.

    Args:
        directory: the folder that holds the class folders.
        name: the class, which is the name of its folder.

    Returns:
        Paths that begin with the class name.
    """
    return list(iter_class_images(directory, name))


def iter_class_images(directory: str, name: str) -> Iterator[str]:
    """Yield the paths of :func:`class_images` one by one."""
    top = os.path.join(directory, name)
    for folder, names in walk_folder(top).folders:
        inner = os.path.join(name, folder[len(top) :].strip(os.sep))
        for file in names:
            if is_image_name(file):
                yield os.path.join(inner, file)


def list_images(directory: str | os.PathLike[str], classes: Iterable[str]) -> list[str]:
    """List the images that `flow_from_directory(directory, classes=classes)` reads.

    The order is Keras's `filenames`: class after class, folders sorted, names sorted.

    Args:
        directory: the folder that holds the class folders.
        classes: class names in label order.

    Returns:
        Paths relative to `directory`.
    """
    top = os.fspath(directory)
    return [path for name in classes for path in class_images(top, name)]


def split_counts(images: int, validation_split: float) -> tuple[int, int]:
    """Divide one class's images as Keras does: the first part of the list is for validation.

    Args:
        images: images in the class.
        validation_split: fraction for validation, in [0, 1).

    Returns:
        Images for training and images for validation.

    >>> split_counts(559, 0.2)
    (448, 111)
    """
    validation = int(validation_split * images)
    return images - validation, validation
