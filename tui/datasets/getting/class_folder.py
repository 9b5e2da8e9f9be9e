"""Where in an unpacked archive the class folders are."""

from __future__ import annotations

from pathlib import Path

from tui.datasets.folder.describe import describe
from tui.datasets.folder.scan import has_images, visible_folders
from tui.datasets.folder.summary import FolderError

_DEEPEST = 4


def class_folder(top: Path) -> Path:
    """Return the folder that holds the class folders, or `train/` and `validation/`.

    Archives often hold one folder that holds everything, and sometimes a second one beside it for
    papers; those are gone through.

    Args:
        top: what an archive was unpacked to.

    Returns:
        `top`, a folder in it, or `top` again when none looks like it.
    """
    return _search(top, _DEEPEST) or top


def _search(folder: Path, deepest: int) -> Path | None:
    inner = [folder / name for name in visible_folders(str(folder))]
    if any(has_images(str(path)) for path in inner) or (inner and _is_pair(folder)):
        return folder
    if deepest == 0:
        return None
    found = [place for path in inner if (place := _search(path, deepest - 1)) is not None]
    return found[0] if len(found) == 1 else None


def _is_pair(folder: Path) -> bool:
    try:
        summary = describe(folder)
    except FolderError:
        return False
    return summary.layout == "split" or "halves" in summary.readings
