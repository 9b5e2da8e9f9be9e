"""Unpack archives inside an archive, as competitions pack `train.zip` and `test1.zip` in one."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from tui.common.text import clean
from tui.datasets.folder.folder_summary import join_names
from tui.datasets.folder.listing import is_image_name
from tui.datasets.getting.resolve_source import is_archive_name
from tui.datasets.getting.size_limits import Limits
from tui.datasets.getting.transfer_errors import GetError, NestedArchivesError
from tui.datasets.getting.transfer_progress import Control
from tui.datasets.getting.unpack import unpack

_DEEPEST = 4
_MOST = 100


def unpack_nested(
    images: Path, tree: Path, control: Control, chosen: Sequence[str], outer: int, name: str
) -> list[str]:
    """Unpack an archive that was inside another one, and replace it by its content.

    Without a choice, a single archive is unpacked if there are no images beside it.

    Args:
        images: the folder of what was unpacked; holds the content of the inner archive afterwards.
        tree: a folder beside it, on the same disk.
        control: receives progress, and can stop the transfer.
        chosen: names of archives, each inside the one before.
        outer: size of the outermost archive in bytes; its limits apply to all of them together.
        name: name of the outermost archive, safe to show.

    Returns:
        Notes on what was or was not unpacked, one sentence each.

    Raises:
        NestedArchivesError: if there are several to choose from, and no images.
        GetError: if no archive has a chosen name, or as raised by `unpack`.
    """
    notes: list[str] = []
    for level in range(_DEEPEST):
        found = find_archives(images)
        if level < len(chosen):
            taken = _find_by_name(found, chosen[level], name)
        elif not found or has_images_below(images):
            if found:
                notes.append(
                    f"Not unpacked: {join_names(found)}, inside it (--inner NAME does so)."
                )
            return notes
        elif len(found) > 1:
            raise NestedArchivesError(name, found, tuple(chosen))
        else:
            taken = found[0]
        moved = tree / f"inner-{level}"
        (images / taken).rename(moved)
        shutil.rmtree(images)
        images.mkdir()
        limits = Limits()
        most = max(limits.ratio_from, limits.ratio * outer)
        bounded = Limits(size=min(limits.size, most))
        notes += unpack(moved, images, control, bounded, os.path.basename(taken)).notes()
        notes.append(f"Unpacked {clean(taken, 60)}, an archive inside {name}.")
        moved.unlink()
    return notes


def find_archives(folder: Path) -> tuple[str, ...]:
    """Return the relative paths of the archives below a folder, sorted."""
    found = [
        os.path.relpath(os.path.join(path, name), folder)
        for path, _, names in os.walk(folder)
        for name in names
        if is_archive_name(name)
    ]
    return tuple(sorted(found)[:_MOST])


def has_images_below(folder: Path) -> bool:
    """Return whether a folder contains an image at any depth."""
    return any(is_image_name(name) for *_, names in os.walk(folder) for name in names)


def _find_by_name(found: Sequence[str], name: str, outer: str) -> str:
    """Return the path of an archive, given its path or only its file name."""
    fit = [path for path in found if path == name] or [
        path for path in found if os.path.basename(path) == name
    ]
    if len(fit) == 1:
        return fit[0]
    known = f"It holds {join_names(found, 10)}." if found else "It holds no archive."
    raise GetError(f"There is no archive {clean(name, 60)} inside {outer}. {known}")
