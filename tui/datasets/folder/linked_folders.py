"""Views: a folder's images in other class folders, as links in the program's own folder.

Keras reads links to files as it reads files, so the Python call on screen is the call that runs.
The user's files are neither moved nor changed. There is one view for each folder and kind; it is
updated when the folder's files change.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from tui.common.atomic_write import replace_file
from tui.common.file_locks import locked
from tui.common.paths import StateError, private_folder, state_dir
from tui.common.safe_files import read_small
from tui.common.text import clean

MANIFEST = "view.json"
_VERSION = 1

LinkedSubsets = Mapping[str, Mapping[str, Iterable[str]]]
"""Subset ("train", "validation") → class → paths of its images."""


def write_linked_folders(source: str, kind: str, sides: LinkedSubsets) -> Path:
    """Create or update a view of a folder.

    Args:
        source: absolute path of the folder.
        kind: how it is arranged, such as "names".
        sides: the images of each class; file names are unique within a class.

    Returns:
        The folder that holds one folder for each subset.

    Raises:
        StateError: when the links cannot be written.
    """
    name = re.sub(r"[^A-Za-z0-9_-]+", "-", os.path.basename(source)).strip("-")[:40]
    digest = hashlib.blake2b(os.fsencode(f"{kind}\0{source}"), digest_size=6).hexdigest()
    above = private_folder(state_dir() / "views")
    folder = private_folder(above / f"{name or 'folder'}-{digest}")
    try:
        with locked(folder / "lock"):
            for side, classes in sides.items():
                _write_side(folder / side, classes)
            for gone in {"train", "validation"} - set(sides):
                _write_side(folder / gone, {})
            manifest = {"version": _VERSION, "kind": kind, "source": source}
            data = json.dumps(manifest, indent=1).encode()  # preserves names that are not UTF-8
            if not _has_content(folder / MANIFEST, data):
                replace_file(folder / MANIFEST, data)
    except (OSError, NotImplementedError) as error:
        why = getattr(error, "strerror", None) or clean(error)
        raise StateError(
            f"The folders of links cannot be written to {clean(folder)} ({why}). Free some space "
            "there, or set CNN_TUI_HOME to a folder on a drive that supports links."
        ) from error
    return folder


def view_source(directory: str | os.PathLike[str]) -> tuple[str, str] | None:
    """Return the folder that a view shows, and the view's kind.

    Args:
        directory: a view, or its training or validation folder.

    Returns:
        None for any other folder, and for a view whose folder no longer exists.
    """
    for place in (Path(directory), Path(directory).parent):
        try:
            manifest = json.loads(read_small(place / MANIFEST))
            source, kind = manifest["source"], manifest["kind"]
        except (OSError, ValueError, RecursionError, TypeError, KeyError):
            continue
        if isinstance(source, str) and isinstance(kind, str) and os.path.isdir(source):
            return source, kind
    return None


def _write_side(side: Path, classes: Mapping[str, Iterable[str]]) -> None:
    """Create one subset's links, and remove those that no longer belong to it."""
    if not classes and not side.is_dir():
        return
    side.mkdir(mode=0o700, exist_ok=True)
    for label, paths in classes.items():
        folder = side / label
        folder.mkdir(mode=0o700, exist_ok=True)
        wanted = {os.path.basename(path): path for path in paths}
        for name in os.listdir(folder):
            link = folder / name
            if name not in wanted or os.readlink(link) != wanted[name]:
                link.unlink()
            else:
                del wanted[name]
        for name, target in wanted.items():
            os.symlink(target, folder / name)
    for label in set(os.listdir(side)) - set(classes):
        for name in os.listdir(side / label):
            (side / label / name).unlink()
        (side / label).rmdir()
    if not classes:
        side.rmdir()


def _has_content(path: Path, data: bytes) -> bool:
    try:
        return read_small(path) == data
    except OSError:
        return False
