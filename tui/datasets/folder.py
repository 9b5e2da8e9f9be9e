"""A quick look at a folder of images: its classes, its counts, and what is odd.

Nothing is decoded here; only names are read. `check.py` opens the files.
"""

from __future__ import annotations

import os

from tui.datasets import class_findings, file_findings
from tui.datasets.scan import Level, scan_class, scan_level
from tui.datasets.summary import ClassCount, Finding, FolderError, FolderSummary, Layout
from tui.text import clean

TRAIN_NAMES = ("train", "training")
VALIDATION_NAMES = ("validation", "val", "valid", "test")
ARCHIVE_ENDINGS = (".zip", ".tar", ".tgz", ".gz", ".bz2", ".xz", ".7z", ".rar")
_SEVERITY_ORDER = {"error": 0, "warning": 1, "note": 2}


def describe(path: str | os.PathLike[str]) -> FolderSummary:
    """Look at a folder and say which classes it holds.

    Args:
        path: a folder with one sub-folder for each class, or with `train/` and `validation/`
            that hold them. `~` stands for the home folder.

    Returns:
        Classes, counts and findings. A folder that cannot be trained on is still described; its
        findings then hold an error.

    Raises:
        FolderError: when there is no such folder or it cannot be listed.
    """
    top = _folder_path(path)
    level = scan_level(top)
    layout, train_name, validation_name = _layout(level)
    train = scan_level(os.path.join(top, train_name)) if train_name else level
    scans = {name: scan_class(os.path.join(train.path, name)) for name in train.folders}
    validation: Level | None = None
    second = {}
    if validation_name:
        validation = scan_level(os.path.join(top, validation_name))
        second = {
            name: scan_class(os.path.join(validation.path, name)) for name in validation.folders
        }
    classes = tuple(
        ClassCount(
            name,
            scan.images,
            None if validation is None else second[name].images if name in second else 0,
        )
        for name, scan in scans.items()
    )

    found: list[Finding] = []
    if layout == "split":
        found += file_findings.about_other_folders(level, {train_name, validation_name})
    else:
        found += class_findings.about_split_above(top, TRAIN_NAMES, VALIDATION_NAMES)
    found += class_findings.about_path(top)
    found += class_findings.about_classes(train, classes, scans, chosen=train is level)
    found += file_findings.about_level(train)
    found += file_findings.about_scans(scans)
    if validation is None:
        found += class_findings.about_few_images(classes)
    else:
        extra = [name for name in second if name not in scans]
        found += class_findings.about_validation(validation, classes, extra)
        found += file_findings.about_level(validation)
        found += file_findings.about_scans(second)
    found.sort(key=lambda item: _SEVERITY_ORDER[item.severity])
    return FolderSummary(
        path=top,
        layout=layout,
        train_directory=train.path,
        validation_directory=None if validation is None else validation.path,
        classes=classes,
        findings=tuple(found),
    )


def _folder_path(path: str | os.PathLike[str]) -> str:
    given = os.fspath(path)
    if not given.strip():
        raise FolderError("No folder was named: type the path of a folder of images.")
    shown = clean(given)
    try:
        top = os.path.abspath(os.path.expanduser(given))
        os.stat(top)
    except ValueError as error:  # a NUL in the path
        raise FolderError(f"{shown} is no path ({clean(error)}): type it again.") from error
    except FileNotFoundError as error:
        above = top
        while not os.path.isdir(above):
            above = os.path.dirname(above)
        raise FolderError(
            f"There is no folder {shown}: {clean(above)} is there, so check what follows it."
        ) from error
    except OSError as error:
        raise FolderError(
            f"The folder {shown} cannot be opened ({error.strerror or clean(error)}): "
            "check its path and permissions."
        ) from error
    if os.path.isdir(top):
        return top
    if top.lower().endswith(ARCHIVE_ENDINGS):
        raise FolderError(f"{shown} is an archive: unpack it and choose the folder that results.")
    raise FolderError(
        f"{shown} is a file: choose the folder that holds one sub-folder for each class."
    )


def _layout(level: Level) -> tuple[Layout, str, str]:
    """Tell a folder of classes from one that holds `train/` and `validation/`."""
    by_name = {name.lower(): name for name in reversed(level.folders)}
    train = next((by_name[name] for name in TRAIN_NAMES if name in by_name), "")
    validation = next((by_name[name] for name in VALIDATION_NAMES if name in by_name), "")
    if train and validation:
        return "split", train, validation
    # A folder "train" may be a class (trains and cars): without a partner it holds the classes
    # only when it stands alone and has folders of its own.
    if train and len(level.folders) == 1:
        inner = scan_level(os.path.join(level.path, train))
        if inner.folders and not inner.images:
            return "split", train, ""
    return "classes", "", ""
